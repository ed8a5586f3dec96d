import Testing
import UESynthCore

@testable import UESynthWire

@Suite struct StreamRequestTests {
  @Test func bytesAreProtobufs() {
    for line in Vectors.lines("stream") {
      guard let kind = UInt32(line[1]).flatMap(ActionKind.init(rawValue:)),
        let id = UInt64(line[2])
      else { continue }
      let payload = withAction(kind, "full") { encoded($0) }
      #expect(
        hex(streamMessage(id, kind, payload)) == hex(framed(bytes(hex: line[3]))), "\(kind) \(id)")
    }
  }

  @Test func sizesHoldForAnyIDAndPayload() {
    var id: UInt64 = 1
    for digits in 1...20 {
      for size in [0, 1, 127, 128, 16_383, 16_384, 70_000] {
        for kind in [ActionKind.captureRGB, .destroyObject, .setLighting] {
          let message = streamMessage(id, kind, [UInt8](repeating: 7, count: size))
          let prefix = digits + 2 + 5
          #expect(message.count > prefix + size)
          #expect(message.suffix(size).allSatisfy { $0 == 7 })
        }
      }
      id = digits < 19 ? id * 10 + 3 : .max
    }
  }
}

/// A message of ControlStream with its prefix, in memory of exactly that size.
func streamMessage(_ id: UInt64, _ kind: ActionKind, _ payload: [UInt8]) -> [UInt8] {
  let front = StreamRequest.mostInFront
  let memory = UnsafeMutableRawBufferPointer.allocate(
    byteCount: front + payload.count + 8, alignment: 1)
  defer { memory.deallocate() }
  memory.initializeMemory(as: UInt8.self, repeating: 0xEE)
  let place = memory.baseAddress! + front
  for (index, byte) in payload.enumerated() { memory[front + index] = byte }
  let start = StreamRequest.write(id: id, kind: kind, payload: place, count: payload.count)
  #expect(start >= memory.baseAddress! && start < place)
  let offset = start - memory.baseAddress!
  #expect(memory[..<offset].allSatisfy { $0 == 0xEE })
  #expect(memory[(front + payload.count)...].allSatisfy { $0 == 0xEE })
  return Array(memory[offset..<(front + payload.count)])
}

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
      #expect(hex(write(id, kind, payload)) == hex(framed(bytes(hex: line[3]))), "\(kind) \(id)")
    }
  }

  @Test func sizesHoldForAnyIDAndPayload() {
    var id: UInt64 = 1
    for digits in 1...20 {
      for size in [0, 1, 127, 128, 16_383, 16_384, 70_000] {
        for kind in [ActionKind.captureRGB, .destroyObject, .setLighting] {
          let message = write(id, kind, [UInt8](repeating: 7, count: size))
          let prefix = digits + 2 + 5
          #expect(message.count > prefix + size)
          #expect(message.suffix(size).allSatisfy { $0 == 7 })
        }
      }
      id = digits < 19 ? id * 10 + 3 : .max
    }
  }

  private func write(_ id: UInt64, _ kind: ActionKind, _ payload: [UInt8]) -> [UInt8] {
    payload.withUnsafeBytes { payload in
      let most = StreamRequest.overhead + payload.count
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: most, alignment: 1)
      defer { memory.deallocate() }
      memory.initializeMemory(as: UInt8.self, repeating: 0xEE)
      let count = StreamRequest.write(
        id: id, kind: kind, payload: payload, into: memory.baseAddress!)
      #expect(count <= most)
      #expect(memory[count...].allSatisfy { $0 == 0xEE })
      return Array(memory[..<count])
    }
  }
}

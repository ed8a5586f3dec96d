import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct StreamRequestScanTests {
  private func scan(_ bytes: [UInt8], _ body: (StreamRequestScan) -> Void) {
    bytes.withUnsafeBytes { body(StreamRequestScan($0)) }
  }

  @Test func outermostFields() {
    scan(Proto.request("id", 9, Proto.string(1, "Cube"))) { scan in
      #expect(scan.isWellFormed && scan.kind == .setObjectTransform && scan.actions == 1)
      #expect(Array(scan.requestID) == Array("id".utf8))
    }
    scan(Proto.bytes(2, []) + Proto.number(50, 1) + Proto.float(51, 1) + Proto.bytes(3, [])) {
      scan in
      #expect(scan.isWellFormed && scan.kind == .getCameraTransform && scan.actions == 2)
      #expect(scan.requestID.count == 0)
    }
    scan(Proto.string(1, "old") + Proto.bytes(99, [1]) + Proto.string(1, "new")) { scan in
      #expect(scan.isWellFormed && scan.kind == nil && scan.actions == 0)
      #expect(Array(scan.requestID) == Array("new".utf8))
    }
    // An action's number with another wire type is an unknown field.
    scan(Proto.number(2, 7)) { #expect($0.isWellFormed && $0.actions == 0) }
    scan([]) { #expect($0.isWellFormed && $0.actions == 0) }
  }

  @Test(
    arguments: [
      [0x0a], [0x0a, 5, 1], [0xff], [0x00, 0x00], [0x0b], [0x0c], [0x0d, 1, 2, 3],
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x00],
    ] as [[UInt8]])
  func damaged(bytes: [UInt8]) {
    scan(bytes) { #expect(!$0.isWellFormed) }
  }

  /// The usual shape has a way of its own; an unknown field in front of it is never that shape.
  @Test func theShortWayFindsWhatTheLongOneFinds() {
    var random = SplitMix64(seed: 11)
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    var usual = 0
    for round in 0..<20_000 {
      let id = String(repeating: "i", count: [0, 1, 8, 126, 127, 128, 300][below(7)])
      let kind = [2, 3, 9, 15, 16, 18, 99][below(7)]
      let action = [UInt8](repeating: 1, count: [0, 1, 80, 127, 128, 16_383, 16_384][below(7)])
      var bytes = Proto.string(1, id) + Proto.bytes(kind, action)
      if round % 3 == 1 { bytes[below(min(bytes.count, 300))] = UInt8(below(256)) }
      if round % 3 == 2 { bytes.removeLast(below(min(bytes.count, 4))) }
      scan(bytes) { found in
        scan(Proto.number(50, 1) + bytes) { expected in
          #expect(found.isWellFormed == expected.isWellFormed)
          guard expected.isWellFormed else { return }
          #expect(found.kind == expected.kind && found.actions == expected.actions)
          #expect(found.requestID.elementsEqual(expected.requestID))
          if found.actions == 1 { usual += 1 }
        }
      }
    }
    #expect(usual > 5_000)
  }
}

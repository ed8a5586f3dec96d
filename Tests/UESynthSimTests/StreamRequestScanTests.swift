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
}

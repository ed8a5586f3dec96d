import Testing
import UESynthCore

@testable import UESynthWire

@Suite struct RPCTests {
  @Test func pathsThereAndBack() {
    let all = ActionKind.allCases.map { RPC.unary($0) } + [.controlStream]
    #expect(Set(all.map { $0.path.description }).count == 18)
    for rpc in all {
      #expect(parsed(rpc.path.description) == rpc)
      #expect(rpc.path.description.hasPrefix("/uesynth.UESynthService/"))
    }
    #expect(RPC.unary(.captureRGB).path.description == "/uesynth.UESynthService/CaptureRgbImage")
  }

  @Test(arguments: [
    "", "/", "/uesynth.UESynthService/", "/uesynth.UESynthService/capturergbimage",
    "/uesynth.UESynthService/ControlStream/", "/uesynth.UESynthService/ControlStrea",
  ])
  func otherPaths(path: String) {
    #expect(parsed(path) == nil)
  }

  private func parsed(_ path: String) -> RPC? {
    Array(path.utf8).withUnsafeBytes { RPC(path: $0) }
  }
}

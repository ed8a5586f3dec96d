import Foundation
import Testing

/// The protobuf-c code in Sources is what its script makes of uesynth.proto.
@Suite struct ProtoTests {
  private static let compiler = "/usr/bin/protoc-c"

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: compiler)))
  func generatedCodeIsUpToDate() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/CUESynthProto")
    let fresh = FileManager.default.temporaryDirectory
      .appendingPathComponent("uesynth-proto-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: fresh) }
    let script = sources.appendingPathComponent("regenerate.sh").path
    let pipe = try #require(popen("'\(script)' '\(fresh.path)'", "r"))
    #expect(pclose(pipe) == 0)
    for file in [
      "uesynth.pb-c.c", "empty.pb-c.c", "include/uesynth.pb-c.h",
      "include/google/protobuf/empty.pb-c.h",
    ] {
      let made = try Data(contentsOf: fresh.appendingPathComponent(file))
      let kept = try Data(contentsOf: sources.appendingPathComponent(file))
      #expect(made == kept, "\(file): run regenerate.sh")
    }
  }
}

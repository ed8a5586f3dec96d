import CUESynth
import Testing
import UESynthABI
import UESynthCore
import UESynthNet
import UESynthSim

/// A simulator in this process and a client of it, through the C functions, as a host uses them.
final class Simulated {
  let server: SimServer
  let client: OpaquePointer

  init(
    _ server: ServerOptions = ServerOptions(),
    options: ((inout uesynth_client_options) -> Void)? = nil
  ) throws {
    self.server = try SimServer(server, listenOn: [.loopback(port: 0)])
    var settings = uesynth_client_options()
    settings.struct_size = UInt32(MemoryLayout<uesynth_client_options>.size)
    try expectOK(uesynth_client_options_preset(0, &settings))
    options?(&settings)
    var client: OpaquePointer?
    try expectOK(uesynth_client_new("127.0.0.1:\(self.server.port)", &settings, &client))
    self.client = try #require(client)
  }

  deinit {
    uesynth_client_free(client)
    server.stop()
  }

  static func action(_ kind: ActionKind) -> uesynth_action {
    var action = uesynth_action()
    action.struct_size = UInt32(MemoryLayout<uesynth_action>.size)
    action.kind = kind.rawValue
    action.transform.scale = uesynth_vector3(x: 1, y: 1, z: 1)
    action.intensity = 1
    action.color = uesynth_vector3(x: 1, y: 1, z: 1)
    return action
  }

  static func submitOptions(
    _ change: (inout uesynth_submit_options) -> Void = { _ in }
  ) -> uesynth_submit_options {
    var options = uesynth_submit_options()
    options.struct_size = UInt32(MemoryLayout<uesynth_submit_options>.size)
    change(&options)
    return options
  }

  static func event() -> uesynth_event {
    var event = uesynth_event()
    event.struct_size = UInt32(MemoryLayout<uesynth_event>.size)
    return event
  }

  var stats: uesynth_stats {
    var stats = uesynth_stats()
    stats.struct_size = UInt32(MemoryLayout<uesynth_stats>.size)
    #expect(uesynth_client_stats(client, &stats) == 0)
    return stats
  }

  /// Both laws of the header.
  func expectConserved() {
    let s = stats
    #expect(
      s.requests_submitted
        == s.requests_in_flight + s.completed_ok + s.completed_cancelled
        + s.completed_deadline_exceeded + s.completed_unavailable + s.completed_no_answer
        + s.completed_closed + s.completed_other)
    #expect(
      s.frames_received
        == s.frames_delivered + s.frames_queued + s.frames_dropped_superseded
        + s.frames_dropped_oldest + s.frames_dropped_newest + s.frames_dropped_latest
        + s.frames_dropped_expired + s.frames_dropped_abandoned + s.frames_dropped_settling)
  }

  /// Runs an action on a route and hands its event to `body` before it is let go.
  func call<Result>(
    _ action: uesynth_action, route: Int = UESYNTH_ROUTE_AUTO,
    _ body: (uesynth_event) throws -> Result
  ) rethrows -> Result {
    var action = action
    var options = Self.submitOptions { $0.route = UInt32(route) }
    var event = Self.event()
    _ = uesynth_client_call(client, &action, &options, &event)
    defer { uesynth_events_release(&event, 1, MemoryLayout<uesynth_event>.size) }
    return try body(event)
  }

  static func info(_ frame: OpaquePointer?) throws -> uesynth_frame_info {
    var info = uesynth_frame_info()
    info.struct_size = UInt32(MemoryLayout<uesynth_frame_info>.size)
    try expectOK(uesynth_frame_view(frame, &info))
    return info
  }

  static func bytes(_ frame: OpaquePointer?) throws -> [UInt8] {
    let info = try info(frame)
    return Array(UnsafeBufferPointer(start: info.data, count: info.size))
  }
}

struct Refused: Error, CustomStringConvertible {
  let status: uesynth_status
  var description: String { "\(status): \(String(cString: uesynth_last_error()))" }
}

func expectOK(_ status: uesynth_status) throws {
  if status != UESYNTH_OK { throw Refused(status: status) }
}

/// What the simulator's scene of seed 1 shows from a pose, drawn without any network.
func drawn(_ modality: Modality, _ width: UInt32, _ height: UInt32, from pose: Transform?) throws
  -> [UInt8]
{
  let scene = Scene(Scene.Options())
  if let pose { _ = try scene.setCameraTransform(named: "", to: pose) }
  let view = try scene.snapshot().view(camera: "", width: width, height: height)
  var pixels = [UInt8](
    repeating: 0, count: FramePixels.byteCount(modality, width: Int(width), height: Int(height)))
  try pixels.withUnsafeMutableBytes { memory in
    let rendering = try #require(
      Rendering(view: view, targets: [RenderTarget(modality, into: memory)]))
    rendering.draw(rows: 0..<view.height, RowScratch())
  }
  return pixels
}

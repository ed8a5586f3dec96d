import CUESynth
import Glibc
import Testing
import UESynthABI
import UESynthCore
import UESynthSim

/// Compressed pictures, which workers inflate while the loop goes on.
@Suite struct InflatingTests {
  private static let width: UInt32 = 480
  private static let height: UInt32 = 320

  private func simulated(
    _ options: ((inout uesynth_client_options) -> Void)? = nil
  ) throws -> Simulated {
    var server = ServerOptions()
    server.replay = true
    server.compression = .gzip
    return try Simulated(server) {
      $0.compression = UInt32(UESYNTH_COMPRESSION_ON)
      $0.timeout_ms = 60_000
      options?(&$0)
    }
  }

  private func capture() -> uesynth_action {
    var action = Simulated.action(.captureRGB)
    action.width = Self.width
    action.height = Self.height
    return action
  }

  private func submit(
    _ simulated: Simulated, _ action: uesynth_action, _ route: Int,
    _ change: (inout uesynth_submit_options) -> Void = { _ in }
  ) throws -> UInt64 {
    var action = action
    var options = Simulated.submitOptions {
      $0.route = UInt32(route)
      change(&$0)
    }
    var id: UInt64 = 0
    try expectOK(
      uesynth_client_submit(simulated.client, &action, &options, &id, nil, nil, nil))
    return id
  }

  /// Hands every event to `body` until nothing is under way.
  private func poll(_ simulated: Simulated, count: Int, _ body: (uesynth_event) throws -> Void)
    throws
  {
    var left = count
    while left > 0 {
      var events = [uesynth_event](repeating: Simulated.event(), count: 8)
      let stride = MemoryLayout<uesynth_event>.size
      var got = 0
      try expectOK(uesynth_client_poll(simulated.client, &events, 8, stride, 60_000, &got))
      defer { uesynth_events_release(&events, got, stride) }
      for event in events.prefix(got) { try body(event) }
      left -= got
    }
  }

  @Test(arguments: [UESYNTH_ROUTE_STREAM, UESYNTH_ROUTE_DIRECT])
  func everyPictureIsWholeAndInItsPlace(route: Int) throws {
    let simulated = try simulated()
    let expected = try drawn(.rgb, Self.width, Self.height, from: nil)
    var ids: [UInt64] = []
    var captures: Set<UInt64> = []
    for index in 0..<48 {
      // Short replies, compressed or not, stand between pictures.
      if index % 5 == 3 {
        ids.append(try submit(simulated, Simulated.action(.listObjects), route))
      } else if index % 7 == 2 {
        ids.append(try submit(simulated, Simulated.action(.setCameraTransform), route))
      } else {
        ids.append(try submit(simulated, capture(), route))
        captures.insert(ids[index])
      }
    }
    var order: [UInt64] = []
    try poll(simulated, count: ids.count) { event in
      #expect(event.status == UESYNTH_OK)
      order.append(event.request_id)
      guard captures.contains(event.request_id) else { return }
      let info = try Simulated.info(event.frame)
      try #require(info.size == expected.count)
      expected.withUnsafeBytes { wanted in
        #expect(wanted.baseAddress.map { memcmp($0, info.data, wanted.count) } == 0)
      }
    }
    if route == UESYNTH_ROUTE_STREAM { #expect(order == ids) }
    let stats = simulated.stats
    #expect(stats.compressed_messages >= UInt64(captures.count))
    #expect(stats.image_bytes == UInt64(captures.count * expected.count))
    // Only what the first chunk of a message holds was copied.
    #expect(stats.image_bytes_copied <= UInt64(captures.count * 65_536))
    #expect(stats.bytes_received < stats.image_bytes / 2)
    simulated.expectConserved()
  }

  @Test(arguments: [UESYNTH_ROUTE_STREAM, UESYNTH_ROUTE_DIRECT])
  func cancelledWhileBeingInflated(route: Int) throws {
    let simulated = try simulated()
    let size = Int(Self.width * Self.height * 4)
    var dice = UInt32(7)
    for _ in 0..<40 {
      // Memory of the host, which is its own again when that is said.
      let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
      let done = UnsafeMutablePointer<Int>.allocate(capacity: 1)
      done.initialize(to: 0)
      let id = try submit(simulated, capture(), route) {
        $0.destination = memory
        $0.destination_capacity = size
        $0.destination_done = { $0?.assumingMemoryBound(to: Int.self).pointee = 1 }
        $0.destination_user_data = UnsafeMutableRawPointer(done)
      }
      let other = try submit(simulated, capture(), route)
      dice = dice &* 1_103_515_245 &+ 12345
      usleep(dice >> 16 & 8191)
      // Too late now and then.
      _ = uesynth_client_cancel(simulated.client, id)
      try poll(simulated, count: 2) { event in
        let isOK = event.status == UESYNTH_OK
        #expect(isOK || (event.request_id == id && event.status == UESYNTH_CANCELLED))
        if event.request_id == other { #expect(isOK) }
      }
      let deadline = 20_000
      var waited = 0
      while done.pointee == 0, waited < deadline {
        usleep(1000)
        waited += 1
      }
      #expect(done.pointee == 1)
      memset(memory, 0xEE, size)
      memory.deallocate()
      done.deallocate()
    }
    simulated.expectConserved()
  }

  @Test(arguments: [UESYNTH_ROUTE_STREAM, UESYNTH_ROUTE_DIRECT])
  func closedWhileBeingInflated(route: Int) throws {
    var server = ServerOptions()
    server.replay = true
    server.compression = .deflate
    let sim = try SimServer(server, listenOn: [.loopback(port: 0)])
    defer { sim.stop() }
    for round in 0..<16 {
      var settings = uesynth_client_options()
      settings.struct_size = UInt32(MemoryLayout<uesynth_client_options>.size)
      try expectOK(uesynth_client_options_preset(0, &settings))
      settings.compression = UInt32(UESYNTH_COMPRESSION_ON)
      settings.lanes = UInt32(1 + round % 3)
      var client: OpaquePointer?
      try expectOK(uesynth_client_new("127.0.0.1:\(sim.port)", &settings, &client))
      try expectOK(uesynth_client_connect(client, 20_000))
      var action = capture()
      for _ in 0..<12 {
        var options = Simulated.submitOptions { $0.route = UInt32(route) }
        var id: UInt64 = 0
        try expectOK(uesynth_client_submit(client, &action, &options, &id, nil, nil, nil))
      }
      usleep(UInt32(round * 1500))
      uesynth_client_free(client)
    }
  }

  @Test func roomIsWaitedForWhileOthersAreInflated() throws {
    let picture = Int(Self.width * Self.height * 4)
    let cap = 5 * picture
    let simulated = try simulated {
      $0.stream_buffer_bytes = UInt64(cap)
      $0.overflow = UInt32(UESYNTH_OVERFLOW_BLOCK)
    }
    for _ in 0..<30 { _ = try submit(simulated, capture(), UESYNTH_ROUTE_STREAM) }
    try poll(simulated, count: 30) { event in
      #expect(event.status == UESYNTH_OK)
      #expect(simulated.stats.buffer_bytes <= UInt64(cap))
      usleep(500)
    }
    #expect(simulated.stats.buffer_bytes_peak <= UInt64(cap))
    simulated.expectConserved()
  }
}

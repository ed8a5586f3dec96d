import CUESynth
import Glibc
import Testing
import UESynthABI
import UESynthCore
import UESynthSim

@testable import UESynthClient

@Suite struct FrameTests {
  @Test(arguments: [UESYNTH_ROUTE_STREAM, UESYNTH_ROUTE_DIRECT])
  func aPictureOf1080pArrivesByteForByte(route: Int) throws {
    let simulated = try Simulated(options: { $0.timeout_ms = 60_000 })
    var action = Simulated.action(.captureRGB)
    action.width = 1920
    action.height = 1080
    let expected = try drawn(.rgb, 1920, 1080, from: nil)
    try simulated.call(action, route: route) { event in
      #expect(event.status == 0)
      let info = try Simulated.info(event.frame)
      #expect(info.size == 8_294_400)
      #expect(Int(bitPattern: info.data) % 64 == 0)
      #expect(info.flags & ~UInt32(UESYNTH_FRAME_HAS_POSE) == 0)
      #expect(info.format == UInt32(UESYNTH_FORMAT_RGBA8))
      #expect(info.stride == 1920 * 4)
      expected.withUnsafeBytes { wanted in
        #expect(wanted.baseAddress.map { memcmp($0, info.data, wanted.count) } == 0)
      }
    }
    let stats = simulated.stats
    #expect(stats.image_bytes == 8_294_400)
    #expect(stats.image_bytes_copied <= 8_294_400)
  }

  @Test(arguments: [UESYNTH_ROUTE_STREAM, UESYNTH_ROUTE_DIRECT])
  func aPictureInMemoryOfTheHost(route: Int) throws {
    // To draw it takes seconds under a sanitizer.
    let simulated = try Simulated(options: { $0.timeout_ms = 120_000 })
    let size = 640 * 480 * 4
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    defer { memory.deallocate() }
    var done = 0
    var action = Simulated.action(.captureRGB)
    action.width = 640
    action.height = 480
    let expected = try drawn(.rgb, 640, 480, from: nil)
    try withUnsafeMutablePointer(to: &done) { counter in
      var options = Simulated.submitOptions {
        $0.route = UInt32(route)
        $0.destination = memory
        $0.destination_capacity = size
        $0.destination_done = { $0?.assumingMemoryBound(to: Int.self).pointee += 1 }
        $0.destination_user_data = UnsafeMutableRawPointer(counter)
      }
      var event = Simulated.event()
      try expectOK(uesynth_client_call(simulated.client, &action, &options, &event))
      let info = try Simulated.info(event.frame)
      #expect(UnsafeRawPointer(info.data) == UnsafeRawPointer(memory))
      #expect(info.flags & UInt32(UESYNTH_FRAME_HOST_MEMORY) != 0)
      expected.withUnsafeBytes { wanted in
        #expect(wanted.baseAddress.map { memcmp($0, memory, size) } == 0)
      }
      #expect(counter.pointee == 0)
      uesynth_events_release(&event, 1, MemoryLayout<uesynth_event>.size)
      #expect(counter.pointee == 1)
    }
  }

  @Test(arguments: Modality.allCases)
  func everyModalityIsWhatTheRendererDraws(modality: Modality) throws {
    let simulated = try Simulated()
    let pose = Transform(
      location: Vector3(-150, 80, 160), rotation: Rotator(pitch: -8, yaw: 20, roll: 3))
    var move = Simulated.action(.setCameraTransform)
    move.transform.location = uesynth_vector3(x: -150, y: 80, z: 160)
    move.transform.rotation = uesynth_rotator(pitch: -8, yaw: 20, roll: 3)
    simulated.call(move) { #expect($0.status == 0) }
    var action = Simulated.action(ActionKind(capturing: modality))
    action.width = 160
    action.height = 120
    let expected = try drawn(modality, 160, 120, from: pose)
    try simulated.call(action) { event in
      #expect(try Simulated.bytes(event.frame) == expected)
      let info = try Simulated.info(event.frame)
      #expect(info.pose.location.x == -150 && info.pose.rotation.roll == 3)
    }
  }

  /// Two camera names, many lanes, poses and captures by the thousand: each picture shows its pose.
  @Test(arguments: [1, 16])
  func noPictureHasAWrongPose(lanes: UInt32) throws {
    let simulated = try Simulated(options: {
      $0.lanes = lanes
      $0.distinct_cameras = 1
      $0.max_concurrent_requests = 4000
    })
    "second".withCString { name in
      var create = Simulated.action(.createCamera)
      create.name = name
      simulated.call(create) { #expect($0.status == 0) }
    }
    let count = 1000
    var wanted: [UInt64: Transform] = [:]
    var options = Simulated.submitOptions()
    "second".withCString { second in
      "Cube_0".withCString { object in
        for index in 0..<count {
          let name = index % 2 == 0 ? nil : second
          var move = Simulated.action(.setCameraTransform)
          move.name = name
          move.transform.location = uesynth_vector3(
            x: Float(index) - 500, y: Float(index % 7) * 30, z: 180)
          move.transform.rotation = uesynth_rotator(pitch: -5, yaw: Float(index % 90), roll: 0)
          _ = uesynth_client_submit(simulated.client, &move, &options, nil, nil, nil, nil)
          var nudge = Simulated.action(.getObjectTransform)
          nudge.name = object
          _ = uesynth_client_submit(simulated.client, &nudge, &options, nil, nil, nil, nil)
          var capture = Simulated.action(.captureDepth)
          capture.name = name
          capture.width = 12
          capture.height = 8
          var id: UInt64 = 0
          _ = uesynth_client_submit(simulated.client, &capture, &options, &id, nil, nil, nil)
          wanted[id] = Transform(
            location: Vector3(Float(index) - 500, Float(index % 7) * 30, 180),
            rotation: Rotator(pitch: -5, yaw: Float(index % 90), roll: 0))
        }
      }
    }
    var events = [uesynth_event](repeating: Simulated.event(), count: 256)
    let size = MemoryLayout<uesynth_event>.size
    let scene = Scene(Scene.Options())
    var pictures = 0
    var others = 0
    while pictures < count || others < 2 * count {
      var got = 0
      try expectOK(uesynth_client_poll(simulated.client, &events, 256, size, 10_000, &got))
      for event in events[0..<got] {
        guard event.action == UInt32(UESYNTH_ACTION_CAPTURE_DEPTH) else {
          others += 1
          continue
        }
        pictures += 1
        #expect(event.status == 0)
        let found = wanted.removeValue(forKey: event.request_id)
        let pose = try #require(found)
        _ = try scene.setCameraTransform(named: "", to: pose)
        let view = try scene.snapshot().view(camera: "", width: 12, height: 8)
        var pixels = [UInt8](repeating: 0, count: 12 * 8 * 4)
        pixels.withUnsafeMutableBytes { memory in
          Rendering(view: view, targets: [RenderTarget(.depth, into: memory)])?
            .draw(rows: 0..<8, RowScratch())
        }
        #expect(try Simulated.bytes(event.frame) == pixels)
      }
      uesynth_events_release(&events, got, size)
    }
    simulated.expectConserved()
  }
}

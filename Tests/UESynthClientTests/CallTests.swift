import CUESynth
import Testing
import UESynthABI
import UESynthCore

@testable import UESynthClient

@Suite struct CallTests {
  static let routes = [UESYNTH_ROUTE_AUTO, UESYNTH_ROUTE_STREAM, UESYNTH_ROUTE_DIRECT]

  @Test(arguments: routes)
  func everyActionByEveryRoute(route: Int) throws {
    let simulated = try Simulated()
    for kind in ActionKind.allCases {
      var action = Simulated.action(kind)
      action.width = 32
      action.height = 24
      let needsObject: Set<ActionKind> = [
        .setObjectTransform, .getObjectTransform, .setMaterial, .destroyObject,
      ]
      let name =
        switch kind {
        case .setLighting: "Sun"
        case .createCamera, .destroyCamera: "second"
        case .spawnObject: "Fresh"
        default: needsObject.contains(kind) ? "Fresh" : ""
        }
      if needsObject.contains(kind) { try spawn("Fresh", simulated) }
      if kind == .destroyCamera {
        var create = Simulated.action(.createCamera)
        "second".withCString { text in
          create.name = text
          simulated.call(create) { _ in }
        }
      }
      name.withCString { text in
        "/Engine/BasicShapes/Cube.Cube".withCString { asset in
          "color".withCString { property in
            "#ff0000".withCString { value in
              action.name = text
              action.asset_path = asset
              action.material_property = property
              action.material_value = value
              if kind == .spawnObject { destroy("Fresh", simulated) }
              simulated.call(action, route: route) { event in
                #expect(event.status == 0, "\(kind): \(String(cString: event.message))")
                #expect((event.frame != nil) == (kind.modality != nil))
                #expect((event.reply != nil) == (kind.modality == nil))
                if kind == .listObjects { #expect((event.reply?.pointee.name_count ?? 0) > 50) }
              }
            }
          }
        }
      }
    }
    simulated.expectConserved()
  }

  private func spawn(_ name: String, _ simulated: Simulated) throws {
    var action = Simulated.action(.spawnObject)
    name.withCString { text in
      "/Engine/BasicShapes/Cube.Cube".withCString { asset in
        action.name = text
        action.asset_path = asset
        simulated.call(action) { _ in }
      }
    }
  }

  private func destroy(_ name: String, _ simulated: Simulated) {
    var action = Simulated.action(.destroyObject)
    name.withCString { text in
      action.name = text
      simulated.call(action) { _ in }
    }
  }

  @Test func aDestroyedHandleOfNothingIsRefused() {
    #expect(uesynth_client_cancel(nil, 1) == UESYNTH_MISUSE)
    #expect(uesynth_client_close(nil) == UESYNTH_OK)
    uesynth_client_free(nil)
    uesynth_frame_release(nil)
    uesynth_runtime_free(nil)
    uesynth_subscription_close(nil)
    uesynth_events_release(nil, 1, MemoryLayout<uesynth_event>.size)
  }

  @Test func theVersionIsTheHeaders() {
    let text = "\(UESYNTH_VERSION_MAJOR).\(UESYNTH_VERSION_MINOR).\(UESYNTH_VERSION_PATCH)"
    #expect(String(cString: uesynth_version()) == text)
    #expect(
      uesynth_version_number()
        == UInt32(
          UESYNTH_VERSION_MAJOR * 1_000_000 + UESYNTH_VERSION_MINOR * 1000 + UESYNTH_VERSION_PATCH))
    #expect(Engine.userAgent.description == "grpc-swift-uesynth/\(text) (linux)")
  }

  @Test func tenThousandStreamedCommandsCompleteExactlyOnce() throws {
    let simulated = try Simulated()
    let total = 10_000
    let names = (0..<64).map { "Cube_\($0)" }
    for name in names.prefix(64) { try spawn(name, simulated) }
    var actions: [uesynth_action] = []
    let texts = names.map { name in
      name.withCString { source in
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: 32)
        memory.update(from: source, count: name.utf8.count + 1)
        return memory
      }
    }
    defer { for text in texts { text.deallocate() } }
    for index in 0..<500 {
      var action = Simulated.action(.setObjectTransform)
      action.name = UnsafePointer(texts[index % texts.count])
      action.transform.location.x = Float(index)
      actions.append(action)
    }
    var options = Simulated.submitOptions { $0.route = UInt32(UESYNTH_ROUTE_STREAM) }
    var seen: [UInt64: Int] = [:]
    var submitted = 0
    var events = [uesynth_event](repeating: Simulated.event(), count: 512)
    func drain() {
      var count = 0
      let size = MemoryLayout<uesynth_event>.size
      guard uesynth_client_poll(simulated.client, &events, 512, size, 5000, &count) == 0 else {
        Issue.record("no event came: \(String(cString: uesynth_last_error()))")
        submitted = total
        return
      }
      for event in events[0..<count] {
        seen[event.request_id, default: 0] += 1
        #expect(event.status == 0)
      }
      uesynth_events_release(&events, count, size)
    }
    while submitted < total {
      var accepted = 0
      try expectOK(
        uesynth_client_submit_batch(
          simulated.client, actions, 500, MemoryLayout<uesynth_action>.size, &options, nil,
          &accepted, nil, nil, nil))
      submitted += accepted
      while seen.values.reduce(0, +) < submitted - 500, submitted < total { drain() }
    }
    while seen.count < total, submitted == total { drain() }
    #expect(seen.count == total)
    #expect(seen.values.allSatisfy { $0 == 1 })
    simulated.expectConserved()
  }
}

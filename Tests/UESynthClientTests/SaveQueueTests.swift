import CUESynth
import Glibc
import Testing
import UESynthABI
import UESynthCore
import UESynthNet

@testable import UESynthClient

/// What a callback was told, on the delivery thread.
private final class Told: @unchecked Sendable {
  private let lock = Lock()
  private var cookies: [UInt64] = []
  private var failures = 0
  private var destroyed = 0

  func add(_ event: uesynth_event) {
    lock.withLock {
      cookies.append(event.cookie)
      if event.status != 0 || event.type != UInt32(UESYNTH_EVENT_SAVED) { failures += 1 }
    }
  }

  func end() { lock.withLock { destroyed += 1 } }
  var state: (cookies: [UInt64], failures: Int, destroyed: Int) {
    lock.withLock { (cookies, failures, destroyed) }
  }
}

@Suite struct SaveQueueTests {
  private static func folder() throws -> String {
    var template = Array("/tmp/uesynth-saves-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { name in
      name.baseAddress.map { mkdtemp($0) != nil } ?? false
    }
    try #require(made)
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func saveOptions(_ cookie: UInt64, flags: UInt32 = 0) -> uesynth_save_options {
    var options = uesynth_save_options()
    options.struct_size = UInt32(MemoryLayout<uesynth_save_options>.size)
    options.timeout_ms = -1
    options.cookie = cookie
    options.flags = flags
    return options
  }

  private static func capture(_ simulated: Simulated) throws -> OpaquePointer {
    var frame: OpaquePointer?
    let modality = Modality.rgb.rawValue
    try expectOK(uesynth_client_capture(simulated.client, modality, "", 64, 48, &frame))
    return try #require(frame)
  }

  /// Several threads save by callback, by poll and without events while others look; every event comes
  /// once, those of a thread in its order, and all destroy-notifies run.
  @Test func manyThreads() throws {
    let simulated = try Simulated()
    let frame = try Self.capture(simulated)
    let folder = try Self.folder()
    let told = Told()
    let (threads, each) = (4, 30)
    let client = UInt(bitPattern: UnsafeRawPointer(simulated.client))
    let picture = UInt(bitPattern: UnsafeRawPointer(frame))
    let workers = try (0..<threads).map { worker in
      try NetThread.start(name: "saver", role: .worker) {
        let client = OpaquePointer(bitPattern: client)
        let frame = OpaquePointer(bitPattern: picture)
        for number in 0..<each {
          let path = "\(folder)/\(worker)-\(number).\(number % 2 == 0 ? "npy" : "png")"
          var options = Self.saveOptions(UInt64(worker) << 32 | UInt64(number))
          if worker == 0 {
            let reference = Unmanaged.passRetained(told).toOpaque()
            _ = uesynth_client_save(
              client, frame, path, &options,
              { event, data in
                guard let event, let data else { return }
                Unmanaged<Told>.fromOpaque(data).takeUnretainedValue().add(event.pointee)
              }, reference,
              { data in
                guard let data else { return }
                Unmanaged<Told>.fromOpaque(data).takeRetainedValue().end()
              })
          } else {
            if worker == 1 { options.flags = UInt32(UESYNTH_SAVE_NO_EVENT) }
            _ = uesynth_client_save(client, frame, path, &options, nil, nil, nil)
          }
          if worker == 3 { _ = uesynth_client_flush_saves(client, 1) }
        }
      }
    }
    var polled: [UInt64] = []
    var event = Simulated.event()
    var count = 0
    while polled.count < 2 * each,
      uesynth_client_poll(
        simulated.client, &event, 1, MemoryLayout<uesynth_event>.size, 20_000, &count) == 0
    {
      #expect(event.status == 0 && event.type == UInt32(UESYNTH_EVENT_SAVED))
      polled.append(event.cookie)
      uesynth_events_release(&event, 1, MemoryLayout<uesynth_event>.size)
    }
    for worker in workers { worker.join() }
    try expectOK(uesynth_client_flush_saves(simulated.client, -1))
    for worker in [2, 3] {
      let own = polled.filter { $0 >> 32 == UInt64(worker) }.map { $0 & 0xffff }
      #expect(own == (0..<UInt64(each)).map { $0 })
    }
    for _ in 0..<2000 where told.state.destroyed < each { usleep(1000) }
    #expect(told.state.cookies == (0..<UInt64(each)).map { $0 })
    #expect(told.state.failures == 0 && told.state.destroyed == each)
    for worker in 0..<threads {
      for number in 0..<each {
        let path = "\(folder)/\(worker)-\(number).\(number % 2 == 0 ? "npy" : "png")"
        #expect(unlink(path) == 0)
      }
    }
    #expect(rmdir(folder) == 0)
    uesynth_frame_release(frame)
  }

  /// Freed in the middle, a client leaves its saves to the runtime, which ends them in its own time.
  @Test func aClientThatGoes() throws {
    let folder = try Self.folder()
    for round in 0..<10 {
      let simulated = try Simulated()
      let frame = try Self.capture(simulated)
      for number in 0..<8 {
        var options = Self.saveOptions(0)
        try expectOK(
          uesynth_client_save(
            simulated.client, frame, "\(folder)/\(round)-\(number).npy", &options, nil, nil, nil))
      }
      uesynth_frame_release(frame)
    }
    for round in 0..<10 {
      for number in 0..<8 {
        let path = "\(folder)/\(round)-\(number).npy"
        for _ in 0..<5000 where access(path, F_OK) != 0 { usleep(1000) }
        #expect(unlink(path) == 0)
      }
    }
    #expect(rmdir(folder) == 0)
  }
}

import CUESynth
import Glibc
import Testing
import UESynthABI
import UESynthCore
import UESynthNet
import UESynthSim

/// 32 threads do whatever the header allows with one client, and others come and go. What has to be true
/// afterwards: one completion for each accepted request, one destroy-notify for each registration, both
/// laws of the statistics, and nothing that the host still holds.
@Suite(.serialized) struct RaceTests {
  static let threads = 32
  static let nanoseconds: Int64 = 1_000_000_000
  /// Another one finds other orders of events: UESYNTH_RACE_SEED.
  static let seed = getenv("UESYNTH_RACE_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1

  @Test(arguments: [0, 1, 2, 3] as [UInt32])
  func everyoneAtOnce(policy: UInt32) throws {
    var behaviour = ServerOptions()
    behaviour.replay = true
    let server = try SimServer(behaviour, listenOn: [.loopback(port: 0)])
    defer { server.stop() }
    var template = Array("/tmp/uesynth-race-XXXXXX".utf8CString)
    let folder = String(cString: try #require(mkdtemp(&template)))
    defer {
      for index in 0..<64 { unlink("\(folder)/\(index).npy") }
      rmdir(folder)
    }
    let race = try Race(
      target: "127.0.0.1:\(server.port)", folder: folder, lasting: Self.nanoseconds
    ) {
      $0.overflow = policy
      $0.timeout_ms = 250
      $0.max_concurrent_requests = 256
      $0.stream_buffer_size = 32
      $0.stream_buffer_bytes = 8 << 20
      $0.lanes = 1 + policy
      $0.when_full = policy % 2
    }
    let closesEarly = policy % 2 == 1
    onThreads(Self.threads + 1) { thread in
      if thread < Self.threads {
        race.run(thread: thread, seed: Self.seed)
      } else if closesEarly {
        usleep(UInt32(Self.nanoseconds / 1000 * 4 / 5))
        #expect(uesynth_client_close(race.client) == 0)
      }
    }
    try settle(race)
    uesynth_pacer_free(race.pacer)
    uesynth_client_free(race.client)
    uesynth_runtime_free(race.runtime)
    let end = MonotonicClock.now() + 5_000_000_000
    while race.tickets.sum != Tickets.Sum(), MonotonicClock.now() < end { usleep(1000) }
    #expect(race.tickets.sum == Tickets.Sum())
  }

  /// Fetches what is left, and sees that it is all.
  private func settle(_ race: Race) throws {
    var random = Seeded(Self.seed)
    let end = MonotonicClock.now() + 20_000_000_000
    while race.stats().requests_in_flight > 0, MonotonicClock.now() < end {
      _ = race.poll(capacity: 16, wait: 1, &random)
      // Under BLOCK frames without an event keep the server waiting while somebody polls.
      race.takeEveryLatest()
    }
    #expect(race.stats().requests_in_flight == 0)
    #expect(uesynth_client_flush_saves(race.client, 10_000) == 0)
    #expect(uesynth_client_close(race.client) == 0)
    let closed = MonotonicClock.now() + 5_000_000_000
    while race.poll(capacity: 16, wait: 10, &random), MonotonicClock.now() < closed {}
    while race.stats().events_queued > 0 || race.tickets.sum.open > 0, MonotonicClock.now() < closed
    {
      usleep(1000)
    }
    #expect(race.tickets.sum.open == 0)
    #expect(race.tickets.sum.wrong == 0)
    race.releaseFrames()
    // The connection is half closed first.
    while race.stats().buffer_bytes != race.stats().frame_bytes_kept, MonotonicClock.now() < closed
    {
      usleep(1000)
    }
    let last = race.stats()
    #expect(last.events_queued == 0)
    #expect(last.host_frame_bytes == 0)
    #expect(last.buffer_bytes == last.frame_bytes_kept)
    #expect(last.completed_ok > 0)
  }
}

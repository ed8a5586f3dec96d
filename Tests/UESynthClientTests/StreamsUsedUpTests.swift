import CUESynth
import Testing
import UESynthCore
import UESynthHTTP2

@testable import UESynthABI
@testable import UESynthClient

/// A connection has 2^30 streams of a client (RFC 9113 §5.1.1): what comes after as many calls.
@Suite struct StreamsUsedUpTests {
  /// Odd, with nine streams left above those that the client keeps for the change.
  private static let late = Int32.max - (1 << 21) - 18

  @Test(arguments: [UESYNTH_ROUTE_DIRECT, UESYNTH_ROUTE_STREAM])
  func anotherConnectionTakesOver(route: Int) throws {
    let simulated = try Simulated(options: { $0.timeout_ms = 60_000 })
    try expectOK(uesynth_client_connect(simulated.client, 60_000))
    let client = try Handles.client(simulated.client)
    let engine = client.engine
    withExtendedLifetime(client) {
      let isAged = Aged()
      client.loop.run {
        engine.channel.connection?.useUpStreams(to: Self.late)
        isAged.finish(engine.channel.connection?.remainingStreams ?? 0)
      }
      #expect(isAged.wait() == (1 << 20) + 9)
    }
    // The stream of a lane is one of them, opened by its first request.
    for _ in 0..<40 {
      simulated.call(Simulated.action(.getCameraTransform), route: UESYNTH_ROUTE_DIRECT) {
        #expect($0.status == 0)
      }
      simulated.call(Simulated.action(.setCameraTransform), route: route) {
        #expect($0.status == 0)
      }
    }
    let stats = simulated.stats
    #expect(stats.connects == 2)
    #expect(stats.completed_ok == 80)
    simulated.expectConserved()
  }
}

/// What the loop has found, for the thread that waits.
private final class Aged: @unchecked Sendable {
  private let lock = Lock()
  private let changed = Condition()
  private var remaining: UInt32?

  func finish(_ count: UInt32) {
    lock.withLock { remaining = count }
    changed.broadcast()
  }

  func wait() -> UInt32 {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if let remaining { return remaining }
      changed.wait(lock)
    }
  }
}

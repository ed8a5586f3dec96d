import Synchronization
import UESynthCore

/// One name being looked up on a thread of its own. getaddrinfo cannot be cancelled, so the thread
/// is detached and this request, which it holds, is all that it touches.
final class Resolution: @unchecked Sendable {
  enum Start { case started(Resolution), busy }

  private let lock = Lock()
  // Weak: a lookup that hangs for a minute must not keep a stopped loop or a connection in memory.
  private weak var loop: EventLoop?
  private weak var participant: LoopParticipant?
  private var result: Result<[SocketAddress], NetError>?

  private init(loop: EventLoop, participant: LoopParticipant) {
    self.loop = loop
    self.participant = participant
  }

  /// Schedules `participant` on `loop` when there is a result. `busy`: too many lookups are under
  /// way in this process, ask again later.
  static func start(
    host: String, port: UInt16, lookup: @escaping AddressLookup.Function, loop: EventLoop,
    participant: LoopParticipant
  ) throws(NetError) -> Start {
    guard LookupLimit.enter() else { return .busy }
    let resolution = Resolution(loop: loop, participant: participant)
    // No hooks: after its client is gone no code of the host may run on behalf of it.
    do {
      let thread = try NetThread.start(name: "uesynth-dns", role: .worker) {
        let result = lookup(host, port)
        LookupLimit.leave()
        resolution.finish(result)
      }
      thread.detach()
    } catch {
      LookupLimit.leave()
      throw error
    }
    return .started(resolution)
  }

  /// Loop thread.
  func takeResult() -> Result<[SocketAddress], NetError>? {
    lock.withLock { result }
  }

  /// Loop thread. The participant will not be scheduled any more.
  func cancel() {
    lock.withLock {
      loop = nil
      participant = nil
    }
  }

  private func finish(_ result: Result<[SocketAddress], NetError>) {
    let (loop, participant) = lock.withLock {
      self.result = result
      return (self.loop, self.participant)
    }
    if let loop, let participant { loop.schedule(participant) }
  }
}

/// At most eight lookups at a time in a process. A forked child has none of its parent's threads,
/// so the count belongs to a fork generation.
enum LookupLimit {
  static let limit: UInt64 = 8

  /// Fork generation in the upper half, lookups under way in the lower.
  private static let state = Atomic<UInt64>(0)

  /// How many are under way.
  static var count: Int {
    let seen = state.load(ordering: .acquiring)
    return seen >> 32 == UInt64(ForkGuard.generation) ? Int(seen & 0xFFFF_FFFF) : 0
  }

  static func enter() -> Bool {
    change { $0 < limit ? $0 &+ 1 : nil }
  }

  static func leave() {
    _ = change { $0 > 0 ? $0 &- 1 : nil }
  }

  private static func change(_ next: (UInt64) -> UInt64?) -> Bool {
    let generation = UInt64(ForkGuard.generation)
    var seen = state.load(ordering: .relaxed)
    while true {
      let count = seen >> 32 == generation ? seen & 0xFFFF_FFFF : 0
      guard let changed = next(count) else { return false }
      let (exchanged, original) = state.weakCompareExchange(
        expected: seen, desired: generation << 32 | changed,
        successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      if exchanged { return true }
      seen = original
    }
  }
}

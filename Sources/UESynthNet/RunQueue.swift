import Synchronization

/// The participants that any thread has scheduled on a loop, and whether the loop sleeps: one word
/// that is empty, a mark, or the youngest entry of a list linked through `LoopParticipant.next`.
/// Only the loop takes, and it takes all, so there is no ABA problem.
///
///     empty --push--> list --take--> empty        no system call
///     empty --sleep-> sleeping --push--> list     the pusher, and nobody else, wakes the loop
///     sleeping --awaken--> empty
///     any --close--> closed
///
/// Ordering. `push` releases the entry's link and all that its thread wrote before; `take`
/// acquires. Later pushes are read-modify-writes, so they continue the release sequence of earlier
/// ones. `LoopParticipant.scheduled` is set and cleared by acquire-release exchanges: a producer
/// that finds it set is ordered before the exchange that clears it, so the pass that follows sees
/// what that producer wrote. Because "sleeping" and "list" are states of one word, a push between
/// the loop's last look and its sleep cannot be missed, and no sequential consistency is needed.
struct RunQueue: ~Copyable {
  enum Push { case queued, mustWake, closed }

  private static let empty: UInt = 0
  private static let sleeping: UInt = 1
  private static let closed: UInt = 2

  private let head = Atomic<UInt>(RunQueue.empty)

  /// Any thread, by the one that changed `scheduled` from false to true.
  func push(_ participant: LoopParticipant) -> Push {
    let reference = Unmanaged.passRetained(participant)
    let entry = UInt(bitPattern: reference.toOpaque())
    var seen = head.load(ordering: .relaxed)
    while true {
      if seen == Self.closed {
        reference.release()
        return .closed
      }
      participant.next = seen == Self.sleeping ? Self.empty : seen
      let (exchanged, original) = head.weakCompareExchange(
        expected: seen, desired: entry, successOrdering: .releasing, failureOrdering: .relaxed)
      if exchanged { return seen == Self.sleeping ? .mustWake : .queued }
      seen = original
    }
  }

  /// Loop thread. False: something is queued, don't sleep.
  func sleep() -> Bool {
    head.compareExchange(
      expected: Self.empty, desired: Self.sleeping, ordering: .relaxed
    ).exchanged
  }

  /// Loop thread, after `sleep` returned true. False: a pusher has woken or will wake the loop.
  func awaken() -> Bool {
    head.compareExchange(
      expected: Self.sleeping, desired: Self.empty, ordering: .relaxed
    ).exchanged
  }

  /// Loop thread, awake. The first of the entries in the order of their pushes, 0 if there is none;
  /// the caller owns a reference to each.
  func take() -> UInt {
    if head.load(ordering: .relaxed) == Self.empty { return 0 }
    return Self.reversed(head.exchange(Self.empty, ordering: .acquiring))
  }

  /// As `take`; later pushes are refused.
  func close() -> UInt {
    Self.reversed(head.exchange(Self.closed, ordering: .acquiring))
  }

  private static func reversed(_ youngest: UInt) -> UInt {
    var remaining = youngest
    var reversed = empty
    while let participant = participant(at: remaining) {
      let older = participant._withUnsafeGuaranteedRef { $0.next }
      participant._withUnsafeGuaranteedRef { $0.next = reversed }
      reversed = remaining
      remaining = older
    }
    return reversed
  }

  static func participant(at entry: UInt) -> Unmanaged<LoopParticipant>? {
    UnsafeRawPointer(bitPattern: entry).map { Unmanaged.fromOpaque($0) }
  }
}

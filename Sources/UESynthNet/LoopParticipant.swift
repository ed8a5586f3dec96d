import Synchronization

/// What an event loop runs when it was scheduled or its deadline is due. The links are intrusive, so
/// that neither allocates; hence one participant belongs to one loop. While it is scheduled or has a
/// deadline, the loop holds a reference to it.
open class LoopParticipant: @unchecked Sendable {
  /// True from `schedule` until the pass that serves it begins.
  let scheduled = Atomic<Bool>(false)

  /// The next older entry of the run queue; owned by whoever set `scheduled`, then by the loop.
  var next: UInt = 0

  /// Position in the loop's deadline heap, or -1. Loop thread only.
  var heapIndex = -1

  public init() {}

  /// Loop thread; at most once per pass, after the I/O events of that pass. A deadline that was due
  /// has been cleared. `now` is the loop's.
  open func loopPass(now: Int64) {}
}

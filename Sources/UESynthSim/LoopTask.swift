import UESynthNet

/// Work that any thread may ask a loop for, or that has a deadline. The loop runs it once for any
/// number of requests.
final class LoopTask: LoopParticipant, @unchecked Sendable {
  /// Loop thread; set before the first request and taken away by its owner, whom it may hold.
  var body: (Int64) -> Void = { _ in }

  override func loopPass(now: Int64) { body(now) }
}

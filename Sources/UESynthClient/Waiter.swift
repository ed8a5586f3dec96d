import Synchronization
import UESynthCore
import UESynthNet

/// A thread that blocks until its request is over. Reused; the loop writes `completion`, then the word.
final class Waiter: @unchecked Sendable {
  private static let waiting: UInt32 = 0
  private static let asleep: UInt32 = 1
  private static let finished: UInt32 = 2

  private let word = FutexWord.allocate(Waiter.waiting)
  var completion = Completion()
  /// In the list of those to wake, or of those to reuse.
  var next: Waiter?

  deinit { FutexWord.free(word) }

  func prepare() {
    completion = Completion()
    word.pointee.store(Self.waiting, ordering: .relaxed)
  }

  /// Until `finish`; every request ends, so this does. Looks without sleeping for `spinning` nanoseconds.
  func wait(spinning: Int64) {
    Spin.wait(spinning) { word.pointee.load(ordering: .acquiring) == Self.finished }
    while true {
      let (_, seen) = word.pointee.compareExchange(
        expected: Self.waiting, desired: Self.asleep, ordering: .acquiringAndReleasing)
      if seen == Self.finished { return }
      FutexWord.wait(word, while: Self.asleep)
    }
  }

  func finish() {
    // Whoever has not gone to sleep need not be woken.
    if word.pointee.exchange(Self.finished, ordering: .acquiringAndReleasing) == Self.asleep {
      FutexWord.wake(word)
    }
  }
}

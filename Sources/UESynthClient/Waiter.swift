import Synchronization
import UESynthCore
import UESynthNet

/// A thread that blocks until its request is over. Reused; the loop writes `completion`, then the word.
final class Waiter: @unchecked Sendable {
  private let word = FutexWord.allocate(0)
  var completion = Completion()
  /// In the list of those to wake, or of those to reuse.
  var next: Waiter?

  deinit { FutexWord.free(word) }

  func prepare() {
    completion = Completion()
    word.pointee.store(0, ordering: .relaxed)
  }

  /// Sleeps until `finish`. Every request ends, so this does.
  func wait() {
    while word.pointee.load(ordering: .acquiring) == 0 {
      FutexWord.wait(word, while: 0)
    }
  }

  func finish() {
    word.pointee.store(1, ordering: .releasing)
    FutexWord.wake(word)
  }
}

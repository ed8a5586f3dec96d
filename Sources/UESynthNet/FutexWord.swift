import CUESynthSys
import Glibc
import Synchronization

/// Sleeping on an atomic word, for callers that block until the loop has their answer.
public enum FutexWord {
  public typealias Pointer = UnsafeMutablePointer<Atomic<UInt32>>

  /// Sleeps while the word holds `expected`, at the latest until `deadline` (CLOCK_MONOTONIC,
  /// `Int64.max` for none). Signals and spurious wake-ups also end it: callers loop on the word.
  /// False once the deadline has passed.
  @discardableResult
  public static func wait(
    _ word: Pointer, while expected: UInt32, until deadline: Int64 = .max
  ) -> Bool {
    uesynth_sys_futex_wait(word, expected, deadline) != -ETIMEDOUT
  }

  /// Wakes at most `count` waiters, after the word was changed with `.releasing` or stronger.
  public static func wake(_ word: Pointer, count: Int32 = 1) {
    _ = uesynth_sys_futex_wake(word, count)
  }

  public static func allocate(_ value: UInt32) -> Pointer {
    let word = Pointer.allocate(capacity: 1)
    word.initialize(to: Atomic(value))
    return word
  }

  public static func free(_ word: Pointer) {
    word.deinitialize(count: 1)
    word.deallocate()
  }
}

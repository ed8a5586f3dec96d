import Glibc

/// A mutex. Heap-allocated, because a pthread mutex must not move; pthread rather than
/// Synchronization.Mutex, because the thread sanitizer cannot see the latter. Not recursive.
public final class Lock: @unchecked Sendable {
  public let mutex: UnsafeMutablePointer<pthread_mutex_t>

  public init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  @inlinable
  public func lock() { pthread_mutex_lock(mutex) }

  @inlinable
  public func unlock() { pthread_mutex_unlock(mutex) }

  @inlinable
  public func withLock<Value: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }
}

/// A condition variable whose deadlines are on CLOCK_MONOTONIC. Wake-ups may be spurious: wait in a
/// loop on the state that the lock guards.
public final class Condition: @unchecked Sendable {
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  public init() {
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
  }

  /// Releases `lock`, which the caller holds, while it waits. False once the deadline has passed;
  /// `Int64.max` waits without one.
  @discardableResult
  public func wait(_ lock: Lock, untilMonotonicNanoseconds deadline: Int64 = .max) -> Bool {
    if deadline == .max {
      pthread_cond_wait(condition, lock.mutex)
      return true
    }
    let clamped = max(deadline, 0)
    var time = timespec(
      tv_sec: Int(clamped / 1_000_000_000), tv_nsec: Int(clamped % 1_000_000_000))
    return pthread_cond_timedwait(condition, lock.mutex, &time) != ETIMEDOUT
  }

  public func signal() { pthread_cond_signal(condition) }

  public func broadcast() { pthread_cond_broadcast(condition) }
}

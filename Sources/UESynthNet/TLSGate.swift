import COpenSSL
import Glibc
import UESynthCore

/// Keeps TLS off OpenSSL once the process exits: it frees its tables in an exit handler while loops may
/// still run. Ours is registered after OpenSSL's and so runs before it: it waits until no thread is
/// inside, and lets none in again.
enum TLSGate {
  /// How long an exit waits at most.
  private static let patience: Int64 = 100_000_000

  private final class State: @unchecked Sendable {
    let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
    let generation = ForkGuard.generation
    /// Guarded by the lock.
    var isClosed = false

    init() {
      lock.initialize(to: pthread_rwlock_t())
      pthread_rwlock_init(lock, nil)
      OPENSSL_init_ssl(0, nil)
      atexit { TLSGate.close() }
    }
  }

  /// Made with the first context; never goes.
  private static let state = State()

  /// Runs `body` with OpenSSL; nil if the process is ending.
  @inline(__always)
  static func inside<Value, Failure: Error>(
    _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value? {
    let state = state
    pthread_rwlock_rdlock(state.lock)
    defer { pthread_rwlock_unlock(state.lock) }
    if state.isClosed { return nil }
    return try body()
  }

  private static func close() {
    // In a child the lock may be held by a thread that is not there.
    guard state.generation == ForkGuard.generation else { return }
    let end = MonotonicClock.now() &+ patience
    while pthread_rwlock_trywrlock(state.lock) != 0 {
      if MonotonicClock.now() >= end { return }
      usleep(200)
    }
    state.isClosed = true
    pthread_rwlock_unlock(state.lock)
  }
}

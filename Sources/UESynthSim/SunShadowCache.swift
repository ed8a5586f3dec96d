import Glibc

/// Makes the shadows of some bodies in some sun when the first RGB picture asks, once. Any thread.
final class SunShadowCache: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var made: SunShadows?

  init() { pthread_mutex_init(lock, nil) }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  /// All snapshots that share a cache give it the same bodies, as far as shadows go.
  func shadows(of bodies: [Body], in sun: Light) -> SunShadows {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    if let made { return made }
    let new = SunShadows(bodies: bodies, sun: sun)
    made = new
    return new
  }
}

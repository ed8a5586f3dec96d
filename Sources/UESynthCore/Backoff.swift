/// When to try to connect again (grpc doc/connection-backoff.md): counted from the start of the failed
/// attempt, 1 s growing by 1.6 up to 120 s, each with a jitter of a fifth either way.
package struct Backoff {
  private static let initial = 1_000_000_000.0
  private static let multiplier = 1.6
  private static let maximum = 120_000_000_000.0
  private static let jitter = 0.2

  private var current = Backoff.initial
  private var seed: UInt64

  package init(seed: UInt64) { self.seed = seed | 1 }

  /// The attempt that began at `start` failed: when the next one may begin.
  package mutating func next(after start: Int64) -> Int64 {
    seed ^= seed << 13
    seed ^= seed >> 7
    seed ^= seed << 17
    let unit = Double(seed >> 11) / Double(1 << 53)
    let delay = current * (1 + Self.jitter * (2 * unit - 1))
    current = min(current * Self.multiplier, Self.maximum)
    return start &+ Int64(delay)
  }

  /// A connection did its work: the next failure begins at one second again.
  package mutating func reset() { current = Self.initial }
}

/// When to try to connect again (grpc doc/connection-backoff.md): counted from the start of the failed
/// attempt, a pause growing by 1.6 up to a maximum, each with a jitter of a fifth either way.
public struct Backoff {
  private static let multiplier = 1.6
  private static let jitter = 0.2

  private let initial: Double
  private let maximum: Double
  private var current: Double
  private var seed: UInt64

  /// Nanoseconds.
  public init(
    initial: Int64 = 1_000_000_000, maximum: Int64 = 120_000_000_000, seed: UInt64
  ) {
    self.initial = Double(initial)
    self.maximum = max(Double(initial), Double(maximum))
    current = self.initial
    self.seed = seed | 1
  }

  /// The attempt that began at `start` failed: when the next one may begin.
  public mutating func next(after start: Int64) -> Int64 {
    seed ^= seed << 13
    seed ^= seed >> 7
    seed ^= seed << 17
    let unit = Double(seed >> 11) / Double(1 << 53)
    let delay = current * (1 + Self.jitter * (2 * unit - 1))
    current = min(current * Self.multiplier, maximum)
    return start &+ Int64(delay)
  }

  /// A connection did its work: the next failure begins with the first pause again.
  public mutating func reset() { current = initial }
}

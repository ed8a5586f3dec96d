/// One beat of a pacer.
public struct PaceBeat: Equatable, Sendable {
  /// 0, 1, 2 ... since the first; missed ones count.
  public var number: UInt64
  /// Right before this one.
  public var missed: UInt64
  /// When it was due, in nanoseconds.
  public var intended: Int64

  public init(number: UInt64, missed: UInt64, intended: Int64) {
    self.number = number
    self.missed = missed
    self.intended = intended
  }
}

/// When beats are due: at a start plus whole periods, each computed from the start, so that neither
/// rounding nor lateness adds up.
public struct PaceGrid {
  private let period: Double
  public let start: Int64
  /// The number of the next beat.
  public private(set) var next: UInt64 = 0
  public private(set) var taken: UInt64 = 0
  public private(set) var missed: UInt64 = 0

  /// The first beat is due at `start`. `rate`: beats a second, over 0.
  public init(rate: Double, start: Int64) {
    period = 1e9 / rate
    self.start = start
  }

  public func due(_ number: UInt64) -> Int64 {
    let offset = (Double(number) * period).rounded()
    guard offset < 9e18 else { return .max }
    return start.addingReportingOverflow(Int64(offset)).partialValue
  }

  public var nextDue: Int64 { due(next) }

  /// The newest beat that is due; those before it that nobody took are missed. nil while none is due.
  public mutating func take(now: Int64) -> PaceBeat? {
    guard nextDue <= now else { return nil }
    let elapsed = Double(now &- start) / period
    var newest = max(next, UInt64(max(0, min(elapsed, 9e15))))
    // The quotient is rounded, so it may be off by one either way.
    while newest > next, due(newest) > now { newest -= 1 }
    while due(newest + 1) <= now { newest += 1 }
    let beat = PaceBeat(number: newest, missed: newest - next, intended: due(newest))
    missed &+= beat.missed
    taken &+= 1
    next = newest + 1
    return beat
  }
}

import Glibc

/// Nanoseconds on CLOCK_MONOTONIC: the only clock that deadlines use.
public enum MonotonicClock {
  @inline(__always)
  public static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000
      &+ Int64(truncatingIfNeeded: time.tv_nsec)
  }
}

extension Int64 {
  /// The instant `nanoseconds` after `now`; `Int64.max` ("never") if there is no such instant.
  public static func deadline(_ nanoseconds: Int64, after now: Int64) -> Int64 {
    let (sum, overflow) = now.addingReportingOverflow(nanoseconds)
    return overflow ? .max : sum
  }
}

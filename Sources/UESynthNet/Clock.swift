import Glibc

/// Nanoseconds on CLOCK_MONOTONIC: the only clock that deadlines use.
package enum MonotonicClock {
  @inline(__always)
  package static func now() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }
}

/// Nanoseconds since 1970, for time stamps that leave the process.
package enum WallClock {
  package static func now() -> Int64 { nanoseconds(CLOCK_REALTIME) }
}

@inline(__always)
private func nanoseconds(_ clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000
    &+ Int64(truncatingIfNeeded: time.tv_nsec)
}

extension Int64 {
  /// The instant `nanoseconds` after `now`; `Int64.max` ("never") if there is no such instant.
  package static func deadline(_ nanoseconds: Int64, after now: Int64) -> Int64 {
    let (sum, overflow) = now.addingReportingOverflow(nanoseconds)
    return overflow ? .max : sum
  }
}

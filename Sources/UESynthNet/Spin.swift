import CUESynthSys
import UESynthCore

/// Waiting without sleeping: to be woken takes a thread longer than most answers take.
public enum Spin {
  /// Looks between two looks at the clock.
  private static let looks = 32

  /// Until `isOver`, for at most so many nanoseconds; 0 does not even look.
  @inline(__always)
  public static func wait(_ nanoseconds: Int64, _ isOver: () -> Bool) {
    guard nanoseconds > 0 else { return }
    let end = MonotonicClock.now() &+ nanoseconds
    while MonotonicClock.now() < end {
      for _ in 0..<looks {
        if isOver() { return }
        uesynth_sys_pause()
      }
    }
  }
}

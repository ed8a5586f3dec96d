import CUESynthSys
import Glibc
import UESynthCore
import UESynthNet

/// Beats at a fixed rate, for threads that wait and for event loops. How late each beat was taken is
/// kept, those that were missed included: they count with the time that had passed when it was noticed.
///
/// Thread: any.
public final class Pacer: @unchecked Sendable {
  public struct Report {
    public var rate = 0.0
    public var started: Int64 = 0
    public var beats: UInt64 = 0
    public var missed: UInt64 = 0
    /// How late beats were: the 50th, 90th and 99th percentile and the greatest, in nanoseconds.
    public var late: (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
  }

  /// More missed beats than this at once are recorded in so many groups.
  private static let groups: UInt64 = 1024

  private let rate: Double
  private let lock = Lock()
  private let changed = Condition()
  private let generation = ForkGuard.generation
  // Guarded by the lock.
  private var grid: PaceGrid?
  private var lateness = LatencyHistogram()
  private var timerFD: Int32 = -1
  private var isClosed = false

  public init(rate: Double) { self.rate = rate }

  deinit {
    if timerFD >= 0 { Glibc.close(timerFD) }
  }

  public var isForked: Bool { generation != ForkGuard.generation }

  /// Waits for the next beat. The first one is due at once.
  public func wait(_ wait: Int64) throws(ClientFailure) -> (beat: PaceBeat, actual: Int64) {
    let began = MonotonicClock.now()
    let deadline = wait < 0 ? Int64.max : Int64.deadline(wait, after: began)
    lock.lock()
    defer { lock.unlock() }
    begin(now: began)
    while true {
      if isClosed { throw ClientFailure(.closed, "the pacer was freed") }
      let now = MonotonicClock.now()
      if let beat = take(now: now) { return (beat, now) }
      guard now < deadline else { throw ClientFailure(.wouldBlock, "no beat is due yet") }
      changed.wait(lock, untilMonotonicNanoseconds: min(deadline, grid?.nextDue ?? deadline))
    }
  }

  /// Lock held.
  private func begin(now: Int64) {
    guard grid == nil else { return }
    grid = PaceGrid(rate: rate, start: now)
    arm()
  }

  private func take(now: Int64) -> PaceBeat? {
    guard let beat = grid?.take(now: now), let grid else { return nil }
    lateness.record(now &- beat.intended)
    if beat.missed > 0 {
      let group = (beat.missed - 1) / Self.groups + 1
      var first = beat.number - beat.missed
      while first < beat.number {
        let size = min(group, beat.number - first)
        lateness.record(now &- grid.due(first + size / 2), times: size)
        first += size
      }
    }
    arm()
    return beat
  }

  /// Sets the timer to the next beat, which makes it unreadable until then. Lock held.
  private func arm() {
    guard timerFD >= 0, let grid else { return }
    let due = max(grid.nextDue, 1)
    var time = itimerspec()
    time.it_value.tv_sec = Int(due / 1_000_000_000)
    time.it_value.tv_nsec = Int(due % 1_000_000_000)
    timerfd_settime(timerFD, Int32(truncatingIfNeeded: TFD_TIMER_ABSTIME), &time, nil)
  }

  /// Readable while a beat is due; the first one is due at once.
  public func descriptor() throws(ClientFailure) -> Int32 {
    lock.lock()
    defer { lock.unlock() }
    if isClosed { throw ClientFailure(.closed, "the pacer was freed") }
    if timerFD < 0 {
      let flags = Int32(truncatingIfNeeded: TFD_CLOEXEC | TFD_NONBLOCK)
      let fd = timerfd_create(CLOCK_MONOTONIC, flags)
      guard fd >= 0 else {
        throw ClientFailure(
          .resourceExhausted, "cannot make a timer descriptor: \(String(cString: strerror(errno)))")
      }
      timerFD = fd
      if grid == nil { begin(now: MonotonicClock.now()) } else { arm() }
    }
    return timerFD
  }

  public func report() -> Report {
    lock.lock()
    defer { lock.unlock() }
    var report = Report()
    report.rate = rate
    report.started = grid?.start ?? 0
    report.beats = grid?.taken ?? 0
    report.missed = grid?.missed ?? 0
    report.late = (
      lateness.percentile(50), lateness.percentile(90), lateness.percentile(99), lateness.maximum
    )
    return report
  }

  /// A percentile of how late beats were, in nanoseconds.
  public func late(_ percentile: Double) -> Int64 {
    lock.withLock { lateness.percentile(percentile) }
  }

  /// Whoever waits is sent away.
  public func close() {
    lock.lock()
    isClosed = true
    changed.broadcast()
    lock.unlock()
  }
}

/// How many captures a sequence keeps ahead of its consumer. It grows while the consumer spends a part of
/// its time waiting and growing makes the frames come faster; what did not help is taken back; and it
/// shrinks while frames lie ready that nobody waits for.
///
///     settled --the consumer waits--> trial --faster--> settled, grown
///                                       \--no faster--> settled, as before, and a pause
public struct PrefetchDepth {
  private static let start = 2
  /// What growing has to gain.
  private static let gain = 1.05
  private static let longestPause = 64
  /// Parts of the consumer's time: with less than the first there is nothing to gain, with less than the
  /// second something to save.
  private static let muchWaiting = 0.1
  private static let hardlyAnyWaiting = 0.01

  public private(set) var value: Int
  public private(set) var peak: Int
  private let isFixed: Bool
  private var limit: Int

  /// Of this measurement; those that were under way when the depth changed do not count.
  private var ignored = 0
  private var count = 0
  private var waited: Int64 = 0
  private var began: Int64?
  /// While a larger depth is tried: the one before, and its rate.
  private var trial: (depth: Int, rate: Double)?
  /// Measurements until growing is tried again, and how long the next pause is.
  private var pause = 0
  private var nextPause = 8
  /// Measurements in a row without a wait.
  private var idle = 0

  /// `fixed` is kept as it is; nil chooses between 1 and `limit`.
  public init(fixed: Int?, limit: Int) {
    isFixed = fixed != nil
    self.limit = max(limit, 1)
    value = fixed ?? min(Self.start, self.limit)
    peak = value
  }

  /// A new upper limit, once the size of the frames is known.
  public mutating func setLimit(_ limit: Int) {
    self.limit = max(limit, 1)
    if !isFixed, value > self.limit { change(to: self.limit) }
  }

  /// A frame went to the consumer, who had waited for it so long, in nanoseconds.
  public mutating func handedOut(waited: Int64, now: Int64) {
    if isFixed { return }
    guard let began, ignored == 0 else {
      began = now
      ignored = max(0, ignored - 1)
      return
    }
    count += 1
    self.waited &+= max(0, waited)
    guard count >= max(8, 2 * value), now > began else { return }
    let elapsed = Double(now - began)
    let rate = Double(count) / elapsed * 1e9
    let share = Double(self.waited) / elapsed
    count = 0
    self.waited = 0
    self.began = now
    judge(rate: rate, waiting: share)
  }

  private mutating func judge(rate: Double, waiting: Double) {
    if pause > 0 { pause -= 1 }
    if let trial {
      self.trial = nil
      if rate < trial.rate * Self.gain {
        change(to: trial.depth)
        pause = nextPause
        nextPause = min(nextPause * 2, Self.longestPause)
        return
      }
      nextPause = 8
    }
    if waiting > Self.muchWaiting {
      idle = 0
      guard pause == 0, value < limit else { return }
      trial = (value, rate)
      change(to: min(limit, value < 8 ? value * 2 : value + value / 2))
    } else if waiting < Self.hardlyAnyWaiting {
      idle += 1
      guard idle >= 4, value > 1 else { return }
      idle = 0
      change(to: value - max(1, value / 4))
    } else {
      idle = 0
    }
  }

  private mutating func change(to depth: Int) {
    // What is under way belongs to the old depth, and filling up to the new one takes a while.
    ignored = max(value, depth)
    value = depth
    peak = max(peak, depth)
    count = 0
    waited = 0
  }
}

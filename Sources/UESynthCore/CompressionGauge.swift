/// What a client has seen of its link and of compressed replies, and whether compression would pay: it
/// spares the link, and costs the server's time to compress and ours to inflate.
///
/// Not compressed, a byte of a picture takes 1 / link seconds; compressed to a share of its size, share /
/// link + 1 / deflating + 1 / inflating. Until measured, what a realistic 1080p picture took on one core
/// counts: a third of its size left, 20 MB/s of zlib's default level, 200 MB/s of inflating.
public struct CompressionGauge {
  private static let assumedShare = 0.37
  private static let deflateRate = 20e6
  private static let assumedInflateRate = 200e6
  /// Bytes on which a measurement has to rest.
  private static let evidence = 256e3
  /// Beyond so many seconds what is old counts less and less.
  private static let memory = 1.0
  /// The choice changes only where it makes this much of a difference.
  private static let hysteresis = 1.25

  private var linkBytes = 0.0
  private var linkSeconds = 0.0
  private var last: Int64 = 0
  private var wireBytes = 0.0
  private var plainBytes = 0.0
  private var inflateSeconds = 0.0
  /// Whether compressed replies are wanted, as of the last measurement.
  public private(set) var pays = false

  public init() {}

  /// A new connection: its link is not known yet.
  public mutating func connected() {
    linkBytes = 0
    linkSeconds = 0
    last = 0
    pays = false
  }

  /// Payload has come. The time since the last payload counts if the link was what was waited for: a
  /// message was under way, and this side did not hold it up.
  public mutating func received(_ bytes: Int, now: Int64, isLinkBusy: Bool) {
    if isLinkBusy, last > 0 {
      linkBytes += Double(bytes)
      linkSeconds += Double(max(now &- last, 0)) / 1e9
      if linkSeconds > Self.memory {
        linkBytes /= 2
        linkSeconds /= 2
      }
      look()
    }
    last = now
  }

  /// `wire` bytes were inflated to `plain`.
  public mutating func inflated(wire: Int, plain: Int, nanoseconds: Int64) {
    wireBytes += Double(wire)
    plainBytes += Double(plain)
    inflateSeconds += Double(max(nanoseconds, 0)) / 1e9
    if inflateSeconds > Self.memory {
      wireBytes /= 2
      plainBytes /= 2
      inflateSeconds /= 2
    }
  }

  /// Bytes a second that the link carries; 0 if not measured.
  public var linkRate: Double {
    guard linkBytes >= Self.evidence else { return 0 }
    return linkBytes / max(linkSeconds, 1e-6)
  }

  /// Plain bytes a second that come out of zlib; 0 if not measured.
  public var inflateRate: Double {
    guard plainBytes >= Self.evidence else { return 0 }
    return plainBytes / max(inflateSeconds, 1e-6)
  }

  /// The link rate below which compression pays.
  public var breakEven: Double {
    let share = plainBytes >= Self.evidence ? min(wireBytes / plainBytes, 1) : Self.assumedShare
    let inflating = inflateRate > 0 ? inflateRate : Self.assumedInflateRate
    return (1 - share) / (1 / Self.deflateRate + 1 / inflating)
  }

  private mutating func look() {
    let rate = linkRate
    guard rate > 0 else { return }
    if pays {
      pays = rate < breakEven * Self.hysteresis
    } else {
      pays = rate * Self.hysteresis < breakEven
    }
  }
}

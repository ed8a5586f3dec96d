/// How many requests are on each lane, of which most have none. The last one stands for unary RPCs.
struct LaneCounts {
  static let lanes = 0..<65

  private var counts = InlineArray<65, Int>(repeating: 0)
  /// Of lanes 0 to 63, those with requests.
  private var streams: UInt64 = 0

  var isEmpty: Bool { streams == 0 && counts[64] == 0 }

  /// The lane that has them all, if there is one.
  var onlyLane: Int? {
    if streams == 0 { return counts[64] > 0 ? 64 : nil }
    return counts[64] == 0 && streams & (streams &- 1) == 0 ? streams.trailingZeroBitCount : nil
  }

  mutating func add(_ lane: Int) {
    counts[lane] &+= 1
    if lane < 64 { streams |= 1 << UInt64(truncatingIfNeeded: lane) }
  }

  mutating func remove(_ lane: Int) {
    guard counts[lane] > 0 else { return }
    counts[lane] &-= 1
    if lane < 64, counts[lane] == 0 { streams &= ~(1 << UInt64(truncatingIfNeeded: lane)) }
  }

  mutating func move(to other: inout LaneCounts) {
    if isEmpty { return }
    var left = streams
    while left != 0 {
      let lane = left.trailingZeroBitCount
      other.counts[lane] &+= counts[lane]
      counts[lane] = 0
      left &= left &- 1
    }
    other.streams |= streams
    streams = 0
    other.counts[64] &+= counts[64]
    counts[64] = 0
  }
}

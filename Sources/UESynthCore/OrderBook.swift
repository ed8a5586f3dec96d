/// ORDER: a change takes effect before every read that is submitted after it, and after all those
/// submitted before it. Reads commute, and so do changes of different names.
///
/// Requests fall into epochs, alternately of changes and of reads, in the order of submission. One of
/// epoch e may go when those of earlier epochs are over, or on the lane that all of them are on, since a
/// server works each lane in order. Among changes of one name the same holds for each one's predecessor:
/// those of one route are sent in the order of submission, which is their queue's doing, and one whose
/// predecessor still waits for the other route begins an epoch of its own.
///
/// Thread: one at a time.
package final class OrderBook {
  /// Where a request may be sent now.
  package enum Clearance: Equatable {
    case anywhere
    /// Only behind its predecessors, on their lane.
    case lane(Int)
    /// Not before more of its predecessors are over.
    case wait
  }

  /// The lane number that stands for unary RPCs: nothing can follow on it.
  package static let direct = 64
  private static let laneCount = 65

  /// Epochs are numbered from 1, and two of changes may follow each other; the newest one.
  private var newest: UInt64 = 0
  private var newestIsChange = false
  /// The oldest epoch with requests that were not sent yet.
  private var frontier: UInt64 = 1
  /// Requests not yet sent, by epoch from `frontier` on.
  private var unsent: [UInt32] = []
  private var unsentStart = 0

  /// Sent and unanswered, of epochs before the frontier and of the frontier itself, by lane.
  private let earlier: UnsafeMutablePointer<Int>
  private let current: UnsafeMutablePointer<Int>
  private var earlierTotal = 0
  /// Changes that were sent and are unanswered, by name: count << 8 | lane.
  private let names = IntegerTable(minimumCapacity: 256)
  /// Changes that were not sent yet, by name: by stream << 32 | direct ones.
  private let waiting = IntegerTable(minimumCapacity: 256)

  package init() {
    earlier = .allocate(capacity: Self.laneCount)
    current = .allocate(capacity: Self.laneCount)
    earlier.initialize(repeating: 0, count: Self.laneCount)
    current.initialize(repeating: 0, count: Self.laneCount)
  }

  deinit {
    earlier.deallocate()
    current.deallocate()
  }

  /// A request was submitted; returns its epoch. `name` is what it changes, 0 for reads.
  package func enter(name: UInt64, isDirect: Bool) -> UInt64 {
    let isChange = name != 0
    let counts = isChange ? waiting.value(name) ?? 0 : 0
    let crosses = (isDirect ? counts >> 32 : counts & 0xFFFF_FFFF) > 0
    if newest == 0 || isChange != newestIsChange || crosses {
      newest &+= 1
      newestIsChange = isChange
      unsent.append(0)
    }
    unsent[unsent.count - 1] &+= 1
    if isChange { waiting.set(name, counts &+ Self.one(isDirect)) }
    return newest
  }

  private static func one(_ isDirect: Bool) -> UInt64 { isDirect ? 1 : 1 << 32 }

  /// Whether a request that was not sent yet may go, the oldest of its route.
  package func clearance(epoch: UInt64, name: UInt64) -> Clearance {
    advance(to: epoch)
    guard epoch == frontier else { return .wait }
    var lane = -1
    if earlierTotal > 0 {
      for index in 0..<Self.laneCount where earlier[index] > 0 {
        if lane >= 0 || index == Self.direct { return .wait }
        lane = index
      }
    }
    if name != 0, let entry = names.value(name) {
      let behind = Int(entry & 0xFF)
      if behind == Self.direct || (lane >= 0 && lane != behind) { return .wait }
      lane = behind
    }
    return lane < 0 ? .anywhere : .lane(lane)
  }

  /// It was sent.
  package func sent(epoch: UInt64, name: UInt64, lane: Int) {
    guard lane >= 0, lane < Self.laneCount else { return }
    leave(epoch, name, isDirect: lane == Self.direct)
    if epoch == frontier {
      current[lane] &+= 1
    } else {
      earlier[lane] &+= 1
      earlierTotal &+= 1
    }
    if name != 0 {
      let count = (names.value(name) ?? 0) >> 8
      names.set(name, (count &+ 1) << 8 | UInt64(lane))
    }
  }

  /// It is over, after it was sent on `lane`.
  package func ended(epoch: UInt64, name: UInt64, lane: Int) {
    guard lane >= 0, lane < Self.laneCount else { return }
    if epoch == frontier {
      current[lane] = max(0, current[lane] &- 1)
    } else if earlier[lane] > 0 {
      earlier[lane] &-= 1
      earlierTotal &-= 1
    }
    if name != 0, let entry = names.value(name) {
      if entry >> 8 <= 1 {
        names.remove(name)
      } else {
        names.set(name, entry &- 0x100)
      }
    }
  }

  /// It is over without having been sent.
  package func withdrawn(epoch: UInt64, name: UInt64, isDirect: Bool) {
    leave(epoch, name, isDirect: isDirect)
    // While nothing can be sent nobody asks for clearance, and epochs must not pile up.
    advance(to: newest)
  }

  private func leave(_ epoch: UInt64, _ name: UInt64, isDirect: Bool) {
    guard epoch >= frontier else { return }
    let index = unsentStart &+ Int(truncatingIfNeeded: epoch &- frontier)
    guard index >= 0, index < unsent.count, unsent[index] > 0 else { return }
    unsent[index] &-= 1
    guard name != 0, let counts = waiting.value(name) else { return }
    let left = counts &- min(counts, Self.one(isDirect))
    if left == 0 {
      waiting.remove(name)
    } else {
      waiting.set(name, left)
    }
  }

  /// Epochs that are remembered: those from the frontier on, and at most as many or 1024 before it.
  var epochsHeld: Int { unsent.count }

  /// Moves the frontier past epochs that have nothing unsent, up to `epoch`.
  private func advance(to epoch: UInt64) {
    while frontier < epoch, unsentStart < unsent.count, unsent[unsentStart] == 0 {
      frontier &+= 1
      unsentStart &+= 1
      for lane in 0..<Self.laneCount where current[lane] > 0 {
        earlier[lane] &+= current[lane]
        earlierTotal &+= current[lane]
        current[lane] = 0
      }
    }
    if unsentStart > 1024, unsentStart &* 2 > unsent.count {
      unsent.removeFirst(unsentStart)
      unsentStart = 0
    }
  }
}

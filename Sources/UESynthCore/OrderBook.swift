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
public final class OrderBook {
  /// Where a request may be sent now.
  public enum Clearance: Equatable {
    case anywhere
    /// Only behind its predecessors, on their lane.
    case lane(Int)
    /// Not before more of its predecessors are over.
    case wait
  }

  /// The lane number that stands for unary RPCs: nothing can follow on it.
  public static let direct = 64

  /// Changes of one name that are not over.
  private struct Changes: BitwiseCopyable {
    /// Not sent yet, of either route.
    var forStream: UInt32 = 0
    var forDirect: UInt32 = 0
    /// Sent and unanswered, all on one lane.
    var sent: UInt32 = 0
    var lane: UInt32 = 0

    var isOver: Bool { forStream | forDirect | sent == 0 }

    mutating func leave(isDirect: Bool) {
      if isDirect {
        if forDirect > 0 { forDirect &-= 1 }
      } else if forStream > 0 {
        forStream &-= 1
      }
    }
  }

  /// Epochs are numbered from 1, and two of changes may follow each other; the newest one.
  private var newest: UInt64 = 0
  private var newestIsChange = false
  /// The oldest epoch with requests that were not sent yet.
  private var frontier: UInt64 = 1
  /// Requests not yet sent, by epoch from `frontier` on.
  private var unsent: [UInt32] = []
  private var unsentStart = 0

  /// Sent and unanswered, of epochs before the frontier and of the frontier itself, by lane.
  private var earlier = LaneCounts()
  private var current = LaneCounts()
  private var changes = OpenTable<Changes>(minimumCapacity: 512, blank: Changes())

  public init() {}

  deinit { changes.deallocate() }

  /// A request was submitted; returns its epoch. `name` is what it changes, 0 for reads.
  public func enter(name: UInt64, isDirect: Bool) -> UInt64 {
    let isChange = name != 0
    var crosses = false
    if isChange, let entry = changes.make(name) {
      crosses = (isDirect ? entry.pointee.value.forStream : entry.pointee.value.forDirect) > 0
      if isDirect {
        entry.pointee.value.forDirect &+= 1
      } else {
        entry.pointee.value.forStream &+= 1
      }
    }
    if newest == 0 || isChange != newestIsChange || crosses {
      newest &+= 1
      newestIsChange = isChange
      unsent.append(0)
    }
    unsent[unsent.count - 1] &+= 1
    return newest
  }

  /// Whether a request that was not sent yet may go, the oldest of its route.
  public func clearance(epoch: UInt64, name: UInt64) -> Clearance {
    advance(to: epoch)
    guard epoch == frontier else { return .wait }
    var lane = -1
    if !earlier.isEmpty {
      guard let only = earlier.onlyLane, only != Self.direct else { return .wait }
      lane = only
    }
    if name != 0, let entry = changes.find(name), entry.pointee.value.sent > 0 {
      let behind = Int(entry.pointee.value.lane)
      if behind == Self.direct || (lane >= 0 && lane != behind) { return .wait }
      lane = behind
    }
    return lane < 0 ? .anywhere : .lane(lane)
  }

  /// It was sent.
  public func sent(epoch: UInt64, name: UInt64, lane: Int) {
    guard LaneCounts.lanes.contains(lane) else { return }
    if leave(epoch), name != 0, let entry = changes.find(name) {
      entry.pointee.value.leave(isDirect: lane == Self.direct)
      entry.pointee.value.sent &+= 1
      entry.pointee.value.lane = UInt32(truncatingIfNeeded: lane)
    }
    if epoch == frontier {
      current.add(lane)
    } else {
      earlier.add(lane)
    }
  }

  /// It is over, after it was sent on `lane`.
  public func ended(epoch: UInt64, name: UInt64, lane: Int) {
    guard LaneCounts.lanes.contains(lane) else { return }
    if epoch == frontier {
      current.remove(lane)
    } else {
      earlier.remove(lane)
    }
    if name != 0, let entry = changes.find(name) {
      if entry.pointee.value.sent > 0 { entry.pointee.value.sent &-= 1 }
      if entry.pointee.value.isOver { changes.remove(entry) }
    }
  }

  /// It is over without having been sent.
  public func withdrawn(epoch: UInt64, name: UInt64, isDirect: Bool) {
    if leave(epoch), name != 0, let entry = changes.find(name) {
      entry.pointee.value.leave(isDirect: isDirect)
      if entry.pointee.value.isOver { changes.remove(entry) }
    }
    // While nothing can be sent nobody asks for clearance, and epochs must not pile up.
    advance(to: newest)
  }

  /// A request waits no longer. False if the book does not know it.
  private func leave(_ epoch: UInt64) -> Bool {
    guard epoch >= frontier else { return false }
    let index = unsentStart &+ Int(truncatingIfNeeded: epoch &- frontier)
    guard index >= 0, index < unsent.count, unsent[index] > 0 else { return false }
    unsent[index] &-= 1
    return true
  }

  /// Epochs that are remembered: those from the frontier on, and at most as many or 1024 before it.
  var epochsHeld: Int { unsent.count }

  /// Moves the frontier past epochs that have nothing unsent, up to `epoch`.
  private func advance(to epoch: UInt64) {
    while frontier < epoch, unsentStart < unsent.count, unsent[unsentStart] == 0 {
      frontier &+= 1
      unsentStart &+= 1
      current.move(to: &earlier)
    }
    if unsentStart > 1024, unsentStart &* 2 > unsent.count {
      unsent.removeFirst(unsentStart)
      unsentStart = 0
    }
  }
}

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
  public enum Clearance: Equatable, Sendable {
    case anywhere
    /// Only behind its predecessors, on their lane.
    case lane(Int)
    /// Not before more of its predecessors are over.
    case wait
  }

  /// What the book knows a request by, from its submission until it is over.
  public struct Place: BitwiseCopyable, Sendable {
    public fileprivate(set) var epoch: UInt64 = 0
    /// Of the changes of its name; negative for reads.
    fileprivate var changes: Int32 = -1

    public init() {}
  }

  /// The lane number that stands for unary RPCs: nothing can follow on it.
  public static let direct = 64

  /// Epochs are numbered from 1, and two of changes may follow each other; the newest one.
  private var newest: UInt64 = 0
  private var newestIsChange = false
  /// The oldest epoch with requests that were not sent yet.
  private var frontier: UInt64 = 1
  /// Requests not yet sent of the epochs from `frontier` to `newest`, each at its number's place in the ring.
  private var unsent: UnsafeMutablePointer<UInt32>
  private var ring: UInt64 = 64

  /// Sent and unanswered, of epochs before the frontier and of the frontier itself, by lane.
  private var earlier = LaneCounts()
  private var current = LaneCounts()
  private var changes = ChangesByName()

  public init() { unsent = .allocate(capacity: Int(ring)) }

  deinit {
    unsent.deallocate()
    changes.deallocate()
  }

  /// A request was submitted. `name` is what it changes, 0 for reads.
  public func enter(name: UInt64, isDirect: Bool) -> Place {
    var place = Place()
    let isChange = name != 0
    var crosses = false
    if isChange {
      place.changes = changes.index(of: name)
      crosses = changes[place.changes].enter(isDirect: isDirect)
    }
    if newest == 0 || isChange != newestIsChange || crosses { beginEpoch(isChange) }
    place.epoch = newest
    unsent[slot(newest)] &+= 1
    return place
  }

  /// Whether a request that was not sent yet may go, the oldest of its route.
  public func clearance(_ place: Place) -> Clearance {
    advance(to: place.epoch)
    guard place.epoch == frontier else { return .wait }
    var lane = -1
    if !earlier.isEmpty {
      guard let only = earlier.onlyLane, only != Self.direct else { return .wait }
      lane = only
    }
    if place.changes >= 0, changes[place.changes].sent > 0 {
      let behind = Int(changes[place.changes].lane)
      if behind == Self.direct || (lane >= 0 && lane != behind) { return .wait }
      lane = behind
    }
    return lane < 0 ? .anywhere : .lane(lane)
  }

  /// It was sent.
  public func sent(_ place: Place, lane: Int) {
    guard LaneCounts.lanes.contains(lane) else { return }
    if leave(place.epoch), place.changes >= 0 {
      changes[place.changes].send(lane: lane, isDirect: lane == Self.direct)
    }
    if place.epoch == frontier {
      current.add(lane)
    } else {
      earlier.add(lane)
    }
  }

  /// It is over, after it was sent on `lane`.
  public func ended(_ place: Place, lane: Int) {
    guard LaneCounts.lanes.contains(lane) else { return }
    if place.epoch == frontier {
      current.remove(lane)
    } else {
      earlier.remove(lane)
    }
    if place.changes >= 0 { changes[place.changes].end() }
  }

  /// It is over without having been sent.
  public func withdrawn(_ place: Place, isDirect: Bool) {
    if leave(place.epoch), place.changes >= 0 { changes[place.changes].leave(isDirect: isDirect) }
    // While nothing can be sent nobody asks for clearance, and epochs must not pile up.
    advance(to: newest)
  }

  // MARK: Epochs

  /// Epochs that are remembered, those from the frontier on.
  var epochsHeld: Int { newest < frontier ? 0 : Int(truncatingIfNeeded: newest &- frontier &+ 1) }

  @inline(__always)
  private func slot(_ epoch: UInt64) -> Int { Int(truncatingIfNeeded: epoch & (ring &- 1)) }

  private func beginEpoch(_ isChange: Bool) {
    newest &+= 1
    newestIsChange = isChange
    if newest &- frontier >= ring { growRing() }
    unsent[slot(newest)] = 0
  }

  private func growRing() {
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(ring &* 2))
    var epoch = frontier
    while epoch < newest {
      larger[Int(truncatingIfNeeded: epoch & (ring &* 2 &- 1))] = unsent[slot(epoch)]
      epoch &+= 1
    }
    unsent.deallocate()
    unsent = larger
    ring &*= 2
  }

  /// A request waits no longer. False if the book does not know it.
  @inline(__always)
  private func leave(_ epoch: UInt64) -> Bool {
    guard epoch >= frontier, epoch <= newest, unsent[slot(epoch)] > 0 else { return false }
    unsent[slot(epoch)] &-= 1
    return true
  }

  /// Moves the frontier past epochs that have nothing unsent, up to `epoch`.
  @inline(__always)
  private func advance(to epoch: UInt64) {
    while frontier < epoch, frontier <= newest, unsent[slot(frontier)] == 0 {
      frontier &+= 1
      current.move(to: &earlier)
    }
  }
}

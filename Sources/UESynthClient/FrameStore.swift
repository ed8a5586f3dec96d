import UESynthCore

/// Why a frame was dropped; one cause each.
enum DropCause: Int, CaseIterable {
  case superseded, oldest, newest, latest, expired, abandoned, settling
}

/// The frames that wait for the host, in order of arrival: by request id, and the newest of each camera
/// and modality. A frame is queued, delivered or dropped, and the counters add up at every moment.
///
/// Guarded by the exchange's lock.
final class FrameStore {
  /// The newest frame of one camera and modality.
  private struct Latest {
    var key: UInt64
    /// Referenced here, whether it is still queued or was delivered.
    var frame: FrameRef?
    /// Frames of this key up to here are superseded.
    var supersededUpTo: UInt64 = 0
    /// Dropped since the last delivery.
    var dropped: UInt64 = 0
    var lastUse: UInt64 = 0
  }

  static let latestLimit = 64

  let policy: OverflowPolicy
  let frameLimit: Int
  private let ledger: HostLedger
  /// The runtime's cap, if it has one.
  private let shared: MemoryBudget?
  private let latencies: LatencyBook
  private let byID = IntegerTable(minimumCapacity: 1024)
  private var oldest: FrameRef?
  private var newest: FrameRef?
  private var latests: [Latest] = []
  private var mayHaveSuperseded = false

  private(set) var count = 0
  /// Memory that counts against the cap: queued frames, and delivered ones that are kept as latest.
  private(set) var bytes = 0 {
    didSet { shared?.add(bytes - oldValue) }
  }
  private(set) var received: UInt64 = 0
  private(set) var delivered: UInt64 = 0
  private var drops = [UInt64](repeating: 0, count: DropCause.allCases.count)

  init(
    policy: OverflowPolicy, frameLimit: Int, ledger: HostLedger, shared: MemoryBudget?,
    latencies: LatencyBook
  ) {
    self.shared = shared
    self.latencies = latencies
    self.policy = policy
    self.frameLimit = frameLimit
    self.ledger = ledger
    latests.reserveCapacity(Self.latestLimit)
  }

  /// References to frames in the host's memory that go once the lock is released: the last one calls
  /// the host's functions.
  var graveyard = Graveyard<FrameRef>()

  /// Lets go of a reference, at the latest when the lock is released.
  func bury(_ frame: FrameRef) {
    if frame.pointee.flags.contains(.hostMemory) { graveyard.bury(frame) } else { frame.release() }
  }

  func dropped(_ cause: DropCause) -> UInt64 { drops[cause.rawValue] }

  /// When the first frame came after there had been none; that all had expired does not count.
  private(set) var filledSince: Int64 = 0
  private var isExpiring = false

  private func counted(_ frame: FrameRef) -> Int {
    frame.pointee.flags.contains(.hostMemory) ? 0 : frame.pointee.size
  }

  // MARK: Arrival

  /// A frame that goes straight to the host, past the queue.
  func passThrough(_ frame: FrameRef, now: Int64) {
    arrive(frame)
    setLatest(frame)
    handOver(frame, now: now)
  }

  /// A frame that nobody asks for any more.
  func abandon(_ frame: FrameRef) {
    arrive(frame)
    drop(cause: .abandoned, key: frame.pointee.key)
    bury(frame)
  }

  /// A frame that was only waited for, until the picture has settled.
  func throwAway(_ frame: FrameRef) {
    arrive(frame)
    drops[DropCause.settling.rawValue] &+= 1
    bury(frame)
  }

  /// A picture that came and found no room in memory.
  func refuse(key: UInt64) {
    received &+= 1
    drop(cause: .newest, key: key)
  }

  /// Queues a frame and takes over the caller's reference. False if it was dropped on the spot.
  func insert(_ frame: FrameRef, holder: EventRef?) -> Bool {
    arrive(frame)
    if policy == .latest { dropFollowed(by: frame) }
    while count >= frameLimit {
      if makeRoom(forBytes: false) { continue }
      if policy == .dropNewest {
        drop(cause: .newest, key: frame.pointee.key)
        bury(frame)
        return false
      }
      break
    }
    if count == 0, !isExpiring { filledSince = frame.pointee.completed }
    frame.pointee.isQueued = true
    frame.pointee.holder = holder.map { UnsafeMutableRawPointer($0) }
    frame.pointee.older = newest
    frame.pointee.newer = nil
    if let newest { newest.pointee.newer = frame } else { oldest = frame }
    newest = frame
    count += 1
    bytes += counted(frame)
    byID.set(frame.pointee.requestID, UInt64(UInt(bitPattern: frame)))
    setLatest(frame)
    return true
  }

  private func arrive(_ frame: FrameRef) {
    received &+= 1
    frame.pointee.sequence = received
    frame.pointee.ledger = Unmanaged.passRetained(ledger)
  }

  private func dropFollowed(by frame: FrameRef) {
    var candidate = oldest
    while let current = candidate {
      candidate = current.pointee.newer
      if current.pointee.key == frame.pointee.key { drop(current, cause: .latest) }
    }
  }

  // MARK: Room

  /// Frees a place, or memory if that is what is short: kept frames, superseded ones, then by policy.
  /// False if nothing gives way.
  func makeRoom(forBytes: Bool) -> Bool {
    if forBytes, letKeptGo() { return true }
    if mayHaveSuperseded {
      var candidate = oldest
      while let frame = candidate {
        if isSuperseded(frame) {
          drop(frame, cause: .superseded)
          return true
        }
        candidate = frame.pointee.newer
      }
      mayHaveSuperseded = false
    }
    if policy == .dropOldest || policy == .latest, let oldest {
      drop(oldest, cause: .oldest)
      return true
    }
    return false
  }

  /// Lets go of a frame that was delivered and is kept as the latest. False if there is none.
  func letKeptGo() -> Bool {
    for index in latests.indices {
      if let frame = latests[index].frame, !frame.pointee.isQueued {
        unsetLatest(index)
        return true
      }
    }
    return false
  }

  /// BLOCK, and nobody fetches: lets the oldest frame go, unless it has a callback: then it is being
  /// fetched.
  func expireOldest() -> Bool {
    guard let oldest else { return false }
    if let holder = oldest.pointee.holder?.assumingMemoryBound(to: EventRecord.self),
      holder.pointee.sink != nil
    {
      return false
    }
    drop(oldest, cause: .expired)
    isExpiring = true
    return true
  }

  private func isSuperseded(_ frame: FrameRef) -> Bool {
    for latest in latests where latest.key == frame.pointee.key {
      return frame.pointee.sequence <= latest.supersededUpTo
    }
    return false
  }

  // MARK: Departure

  private func drop(_ frame: FrameRef, cause: DropCause) {
    unlink(frame)
    if let holder = frame.pointee.holder?.assumingMemoryBound(to: EventRecord.self) {
      holder.pointee.completion.frame = nil
      holder.pointee.completion.status = .noFrame
      holder.pointee.frameIsStored = false
      frame.pointee.holder = nil
    }
    if frame.pointee.isLatest, let index = latests.firstIndex(where: { $0.frame == frame }) {
      latests[index].frame = nil
      frame.pointee.isLatest = false
      frame.release()
    }
    drop(cause: cause, key: frame.pointee.key)
    bury(frame)
  }

  private func drop(cause: DropCause, key: UInt64) {
    drops[cause.rawValue] &+= 1
    guard let index = latests.firstIndex(where: { $0.key == key }) else {
      // The first frames of a camera may be dropped before any was kept.
      if latests.count < Self.latestLimit { latests.append(Latest(key: key, dropped: 1)) }
      return
    }
    latests[index].dropped &+= 1
  }

  private func unlink(_ frame: FrameRef) {
    let older = frame.pointee.older
    let newer = frame.pointee.newer
    if let older { older.pointee.newer = newer } else { oldest = newer }
    if let newer { newer.pointee.older = older } else { newest = older }
    frame.pointee.older = nil
    frame.pointee.newer = nil
    frame.pointee.isQueued = false
    count -= 1
    bytes -= counted(frame)
    byID.remove(frame.pointee.requestID)
  }

  /// The host gets it, first of all ways.
  private func handOver(_ frame: FrameRef, now: Int64) {
    delivered &+= 1
    frame.pointee.delivered = now
    for index in latests.indices where latests[index].key == frame.pointee.key {
      frame.pointee.droppedBefore = latests[index].dropped
      latests[index].dropped = 0
    }
    guard frame.pointee.isLatest else { return }
    if frame.pointee.flags.contains(.hostMemory) {
      // Memory of the host's goes back as soon as the host lets go of the frame.
      if let index = latests.firstIndex(where: { $0.frame == frame }) {
        latests[index].frame = nil
        frame.pointee.isLatest = false
        frame.release()
      }
    } else {
      bytes += counted(frame)
    }
  }

  /// A queued frame goes to the host with the store's reference.
  func deliver(_ frame: FrameRef, now: Int64) {
    isExpiring = false
    unlink(frame)
    latencies.delivered(
      ActionKind(capturing: frame.pointee.modality), submitted: frame.pointee.submitted,
      completed: frame.pointee.completed, now: now)
    if let holder = frame.pointee.holder?.assumingMemoryBound(to: EventRecord.self) {
      // Its event is still to come.
      holder.pointee.frameIsStored = false
      frame.pointee.holder = nil
      if holder.pointee.keepsFrame {
        frame.retain()
      } else {
        holder.pointee.completion.frame = nil
        holder.pointee.completion.status = .noFrame
      }
    }
    handOver(frame, now: now)
  }

  /// A queued frame leaves with its own event.
  func deliverWithEvent(_ event: EventRef, now: Int64) {
    guard event.pointee.frameIsStored, let frame = event.pointee.completion.frame else { return }
    event.pointee.frameIsStored = false
    frame.pointee.holder = nil
    deliver(frame, now: now)
  }

  /// The event of a queued frame goes unseen: the frame goes with it.
  func dropWithEvent(_ event: EventRef) {
    guard event.pointee.frameIsStored, let frame = event.pointee.completion.frame else { return }
    drop(frame, cause: .abandoned)
  }

  func queued(requestID: UInt64) -> FrameRef? {
    guard let bits = byID.value(requestID) else { return nil }
    return FrameRef(bitPattern: UInt(bits))
  }

  // MARK: Latest

  private func setLatest(_ frame: FrameRef) {
    let key = frame.pointee.key
    var place = latests.firstIndex { $0.key == key }
    if place == nil {
      if latests.count < Self.latestLimit {
        latests.append(Latest(key: key))
        place = latests.count - 1
      } else if let coldest = latests.indices.min(by: { latests[$0].lastUse < latests[$1].lastUse })
      {
        unsetLatest(coldest)
        latests[coldest] = Latest(key: key)
        place = coldest
      }
    }
    guard let place else { return }
    unsetLatest(place)
    frame.retain()
    frame.pointee.isLatest = true
    latests[place].frame = frame
    latests[place].lastUse = received
  }

  private func unsetLatest(_ index: Int) {
    guard let frame = latests[index].frame else { return }
    latests[index].frame = nil
    frame.pointee.isLatest = false
    if !frame.pointee.isQueued { bytes -= counted(frame) }
    bury(frame)
  }

  /// The newest frame of a key, with a reference for the caller: once, unless it only peeks, which
  /// leaves the frame as it is.
  func takeLatest(key: UInt64, peek: Bool, now: Int64) -> FrameRef? {
    guard let index = latests.firstIndex(where: { $0.key == key }), let frame = latests[index].frame
    else { return nil }
    if peek {
      frame.retain()
      return frame
    }
    guard frame.pointee.isQueued else { return nil }
    deliver(frame, now: now)
    latests[index].supersededUpTo = frame.pointee.sequence
    if count > 0 { mayHaveSuperseded = true }
    return frame
  }

  /// The client goes: what is queued is abandoned.
  func removeAll() {
    while let frame = oldest { drop(frame, cause: .abandoned) }
    for index in latests.indices { unsetLatest(index) }
  }
}

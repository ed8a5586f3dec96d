import Glibc
import Synchronization
import UESynthCore
import UESynthNet
import UESynthWire

/// A call that the library itself turns down: a status and what can be done about it.
public struct ClientFailure: Error {
  public let status: Status
  public let message: String

  public init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }
}

/// Where the host's threads and the client's loop meet: requests go in, completions and frames come
/// out, everything under one lock, so that each snapshot of the counters is of one moment.
///
/// Thread: any, except what is said to be the loop's.
public final class Exchange: @unchecked Sendable {
  /// Completions that wait to be polled, beyond which submits are refused.
  static let eventLimit = 1 << 17
  /// The same for those of subscriptions, which go unseen beyond it: a host may read the latest frame and
  /// nothing else.
  static let repeatedEventLimit = 1 << 16

  let options: ClientOptions
  let loop: EventLoop
  let lock = Lock()
  /// Room was made, an event or a frame came, or the client was closed.
  let changed = Condition()
  let ledger = HostLedger()
  /// The engine, to be scheduled. Set once, before the first request.
  var participant: LoopParticipant?
  /// Made with the first callback.
  var delivery: DeliveryThread?
  /// Whose callback runs now.
  var runningSink: ObjectIdentifier?

  // Guarded by the lock.
  let table = RequestTable()
  var inbox = RequestList()
  var cancels: [UInt64] = []
  var inFlight = 0
  var isClosed = false
  var wantsConnection = false
  let slab = EventSlab()
  var polled = EventQueue()
  var callbacks = EventQueue()
  let frames: FrameStore
  var counters = Counters()
  var failedCaptures = FailedCaptures()
  var saves = SaveTally()
  let watching = Watch()
  /// Sets that are under way.
  var sets: [UInt64: Frameset] = [:]
  var setSerial: UInt64 = 0
  let latencies: LatencyBook
  var rates = RateWindow(now: MonotonicClock.now())
  /// Changes with each publication, for threads that look without sleeping. Needs no lock.
  let publications = Atomic<UInt32>(0)
  /// Threads that wait on `changed`.
  var sleepers = 0
  /// Threads that wait for events, whatever comes. Who waits for the frame of one request does not count:
  /// it may be what finds no room.
  var fetchers = 0
  var pollWake = PollWake()
  var lastFetch: Int64 = 0
  /// The loop withholds credit or captures until frames have left.
  var loopAwaitsRoom = false
  var eventFD: Int32 = -1
  var idleWaiters: Waiter?
  var state = ClientState.idle
  /// Why the last attempt to connect failed.
  var connectFailure: ClientFailure?
  /// Connect attempts that have come to an end, so that a waiting host sees the one it asked for.
  var connectOutcomes: UInt64 = 0
  var lastAttemptWorked = false
  private var graveyard = Graveyard<AnyObject>()

  public init(options: ClientOptions, loop: EventLoop, shared: MemoryBudget?) {
    self.options = options
    self.loop = loop
    let latencies = LatencyBook()
    self.latencies = latencies
    frames = FrameStore(
      policy: options.overflow, frameLimit: options.bufferFrames, ledger: ledger,
      shared: shared, latencies: latencies)
    cancels.reserveCapacity(64)
  }

  deinit {
    // Whoever is told of events holds the client, so nobody is left to hear of these.
    lock.lock()
    while let event = polled.popFirst() { discard(event) }
    while let event = callbacks.popFirst() { discard(event) }
    frames.removeAll()
    unlock()
    if eventFD >= 0 { Glibc.close(eventFD) }
  }

  /// Keeps what may be the last reference to something of the host's until the lock is released: its
  /// functions are never called with the lock held.
  func bury(_ object: AnyObject) { graveyard.bury(object) }

  /// Releases the lock, then what was buried under it.
  func unlock() {
    if graveyard.isEmpty, frames.graveyard.isEmpty {
      lock.unlock()
      return
    }
    // What the host does when it hears of its objects may let go of this one.
    let mine = Unmanaged.passRetained(self)
    defer { mine.release() }
    var buried = frames.graveyard.open()
    var objects = graveyard.open()
    lock.unlock()
    for frame in buried { frame.release() }
    buried.removeAll(keepingCapacity: true)
    objects.removeAll(keepingCapacity: true)
    lock.lock()
    frames.graveyard.close(buried)
    graveyard.close(objects)
    lock.unlock()
  }

  func wakeLoop() {
    if let participant { loop.schedule(participant) }
  }

  /// Sleeps until something has changed or the deadline has passed (false). Lock held. First it looks for
  /// a while without sleeping, if the host has asked for that.
  func sleep(until deadline: Int64) -> Bool {
    if options.busyPoll > 0, lookOut(until: deadline) { return true }
    sleepers += 1
    defer { sleepers -= 1 }
    return changed.wait(lock, untilMonotonicNanoseconds: deadline)
  }

  /// Lock held, but not meanwhile. True if something was published.
  private func lookOut(until deadline: Int64) -> Bool {
    let before = publications.load(ordering: .relaxed)
    lock.unlock()
    Spin.wait(min(options.busyPoll, deadline &- MonotonicClock.now())) {
      publications.load(ordering: .acquiring) != before
    }
    lock.lock()
    return publications.load(ordering: .relaxed) != before
  }

  /// Lock held.
  func wakeSleepers() {
    if sleepers > 0 { changed.broadcast() }
  }

  // MARK: Events

  /// Lets an event go unseen.
  func discard(_ event: EventRef) {
    watchEventTaken(event)
    if event.pointee.frameIsStored {
      frames.dropWithEvent(event)
    }
    if let set = event.pointee.completion.set {
      discard(set.takeUnretainedValue())
      bury(set.takeRetainedValue())
      event.pointee.completion.set = nil
    }
    event.pointee.completion.frame.map { frames.bury($0) }
    event.pointee.completion.frame = nil
    event.pointee.completion.release()
    if let sink = event.pointee.sink { bury(sink.takeRetainedValue()) }
    slab.give(event)
  }

  /// Makes the event fd readable exactly while the queue is not empty. Lock held.
  func updateEventFD(wasEmpty: Bool) {
    guard eventFD >= 0, wasEmpty != (polled.count == 0) else { return }
    var value: UInt64 = 1
    if polled.count > 0 {
      while write(eventFD, &value, 8) < 0, errno == EINTR {}
    } else {
      while read(eventFD, &value, 8) < 0, errno == EINTR {}
    }
  }
}

import CUESynthSys
import Glibc
import Synchronization
import UESynthCore

/// One thread around epoll. A pass waits for events, hands them to their handlers, then runs the
/// participants that were scheduled or whose deadline is due, each at most once. Nothing else is
/// touched: idle connections that share the loop cost nothing.
///
/// The thread keeps the loop alive until `stop`, which its owner must call.
public final class EventLoop: @unchecked Sendable {
  private static let eventCapacity = 256
  private static let hotBufferSize = 256 << 10
  /// The token of the eventfd; no slot has it.
  private static let wakeToken = UInt64.max
  private static let farFuture: Int64 = 3600 * 1_000_000_000

  public let hooks: ThreadHooks

  /// The receive buffer that all connections of the loop share; 64-byte aligned. Loop thread only.
  public let hotBuffer: UnsafeMutableRawBufferPointer

  /// Monotonic nanoseconds, refreshed once per pass. Loop thread only.
  public private(set) var now = MonotonicClock.now()

  let epollFD: Int32
  private let wakeFD: Int32
  private let generation = ForkGuard.generation
  private let queue = RunQueue()
  private let jobs = JobQueue()
  private let events: UnsafeMutablePointer<epoll_event>
  private let threadLock = Lock()
  private var thread: NetThread?
  /// pthread_self() of the loop thread, 0 when it does not run.
  private let loopThread = Atomic<UInt>(0)

  // Loop thread only from here.
  private var handlers = HandlerTable()
  private var deadlines = DeadlineHeap()
  private var stopping = false

  /// How often a producer has written, or is about to write, to the eventfd.
  private let wakes = Atomic<UInt64>(0)
  private let descriptorsOpen = Atomic<Bool>(true)

  public init(index: Int = 0, hooks: ThreadHooks = .none) throws(NetError) {
    let descriptors = try LoopDescriptors(wakeToken: Self.wakeToken)
    epollFD = descriptors.epoll
    wakeFD = descriptors.wake
    self.hooks = hooks
    events = .allocate(capacity: Self.eventCapacity)
    hotBuffer = .allocate(byteCount: Self.hotBufferSize, alignment: 64)
    let name = index == 0 ? "uesynth-loop" : "uesynth-loop\(index)"
    let started = try NetThread.start(name: name, role: .loop, index: index, hooks: hooks) {
      self.main()
    }
    threadLock.withLock { thread = started }
  }

  deinit {
    closeDescriptors()
    events.deallocate()
    hotBuffer.deallocate()
  }

  // MARK: Any thread

  /// Only the loop thread finds its own identity here, so relaxed order is enough.
  public var isCurrent: Bool { loopThread.load(ordering: .relaxed) == UInt(pthread_self()) }

  /// How many system calls the wake-ups of this loop have cost.
  public var wakeCount: UInt64 { wakes.load(ordering: .relaxed) }

  /// Asks for a pass. What the caller wrote before is visible to that pass. Cheap while already
  /// scheduled; wakes the loop only if it sleeps. Ignored once the loop has stopped.
  public func schedule(_ participant: LoopParticipant) {
    if participant.scheduled.exchange(true, ordering: .acquiringAndReleasing) { return }
    if case .mustWake = queue.push(participant) { wake() }
  }

  /// Runs a control job on the loop, after those given before. False, and the job is dropped, once
  /// the loop is stopping.
  @discardableResult
  public func run(_ job: @escaping @Sendable () -> Void) -> Bool {
    guard jobs.append(job) else { return false }
    schedule(jobs)
    return true
  }

  /// Jobs given before still run; then the thread ends, drops its references to handlers and
  /// participants and closes its descriptors. Returns when that is done, to every caller; on the
  /// loop's own thread it returns at once. In a forked child only the descriptors are closed.
  public func stop() {
    if generation != ForkGuard.generation {
      closeDescriptors()
      return
    }
    if jobs.close(with: { self.stopping = true }) { schedule(jobs) }
    threadLock.withLock { thread }?.join()
  }

  private func wake() {
    var one: UInt64 = 1
    while write(wakeFD, &one, 8) < 0 && errno == EINTR {}
  }

  // MARK: Loop thread

  /// Watches a descriptor, level-triggered. The loop holds `handler` until `remove`.
  public func add(
    fd: Int32, events: UInt32, handler: any EventHandler
  ) throws(NetError) -> EventRegistration {
    assertOnLoop()
    guard ownsDescriptors, !stopping else {
      throw NetError(.closed, "the event loop has stopped")
    }
    let registration = handlers.insert(handler, fd: fd)
    let error = control(EPOLL_CTL_ADD, registration, events)
    if error != 0 {
      _ = handlers.remove(registration)
      throw NetError(errno: error, "cannot watch a socket")
    }
    return registration
  }

  public func modify(_ registration: EventRegistration, events: UInt32) throws(NetError) {
    guard handlers.contains(registration) else { return }
    let error = control(EPOLL_CTL_MOD, registration, events)
    if error != 0 { throw NetError(errno: error, "cannot watch a socket") }
  }

  /// Before the descriptor is closed. The handler gets no further event, not even one that was
  /// already fetched.
  public func remove(_ registration: EventRegistration) {
    let removed = handlers.remove(registration)
    if removed != nil { _ = control(EPOLL_CTL_DEL, registration, 0) }
  }

  /// The participant's pass runs at `deadline` (monotonic nanoseconds) or soon after; `Int64.max`
  /// clears it. It replaces the previous one and is cleared when it is due.
  public func setDeadline(_ participant: LoopParticipant, at deadline: Int64) {
    assertOnLoop()
    if stopping && deadline != .max { return }
    deadlines.set(participant, at: deadline)
  }

  /// A stopped loop has no thread any more; calls have no effect then.
  private func assertOnLoop() { assert(isCurrent || !ownsDescriptors) }

  /// An epoll set is shared across fork: a child must not edit its parent's.
  private var ownsDescriptors: Bool {
    descriptorsOpen.load(ordering: .relaxed) && generation == ForkGuard.generation
  }

  private func control(
    _ operation: Int32, _ registration: EventRegistration, _ events: UInt32
  ) -> Int32 {
    guard ownsDescriptors else { return EBADF }
    var event = epoll_event()
    event.events = events
    event.data.u64 = registration.token
    return epoll_ctl(epollFD, operation, registration.fd, &event) == 0 ? 0 : errno
  }

  private func main() {
    loopThread.store(UInt(pthread_self()), ordering: .relaxed)
    now = MonotonicClock.now()
    while !stopping {
      dispatch(waitForEvents())
      runParticipants()
    }
    shutDown()
    loopThread.store(0, ordering: .relaxed)
  }

  private func waitForEvents() -> Int {
    var timeout: Int64 = -1
    let earliest = deadlines.earliest
    if earliest != .max {
      // A long pass must not delay a deadline, so the cached time will not do.
      let present = MonotonicClock.now()
      timeout = earliest <= present ? 0 : min(earliest &- present, Self.farFuture)
    }
    let sleeps = timeout != 0 && queue.sleep()
    let count = uesynth_sys_epoll_wait(
      epollFD, events, Int32(Self.eventCapacity), sleeps ? timeout : 0)
    if sleeps && !queue.awaken() {
      wakes.store(wakes.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }
    if count < 0 {
      // The host has closed our descriptors. Deadlines and `stop` go on working, by polling.
      usleep(10_000)
    }
    now = MonotonicClock.now()
    return Int(max(count, 0))
  }

  private func dispatch(_ count: Int) {
    for index in 0..<count {
      let token = events[index].data.u64
      if token == Self.wakeToken { continue }
      handlers.handler(token: token)?.handle(events: events[index].events)
    }
  }

  private func runParticipants() {
    var entry = queue.take()
    // What is due joins the scheduled ones unless it is among them, here or already for the next
    // pass: `scheduled` decides.
    var due: UInt = 0
    var lastDue: Unmanaged<LoopParticipant>?
    while let participant = deadlines.popDue(now: now) {
      let isNew = participant._withUnsafeGuaranteedRef {
        !$0.scheduled.exchange(true, ordering: .acquiringAndReleasing)
      }
      if !isNew {
        participant.release()
        continue
      }
      participant._withUnsafeGuaranteedRef { $0.next = 0 }
      let link = UInt(bitPattern: participant.toOpaque())
      if let lastDue { lastDue._withUnsafeGuaranteedRef { $0.next = link } } else { due = link }
      lastDue = participant
    }
    while let reference = RunQueue.participant(at: entry) {
      entry = runPass(reference)
    }
    while let reference = RunQueue.participant(at: due) {
      due = runPass(reference)
    }
  }

  private func runPass(_ reference: Unmanaged<LoopParticipant>) -> UInt {
    let participant = reference.takeRetainedValue()
    let next = participant.next
    _ = participant.scheduled.exchange(false, ordering: .acquiringAndReleasing)
    participant.loopPass(now: now)
    return next
  }

  // MARK: The end

  private func shutDown() {
    var entry = queue.close()
    while let reference = RunQueue.participant(at: entry) {
      entry = reference._withUnsafeGuaranteedRef { $0.next }
      reference.release()
    }
    while let participant = deadlines.popDue(now: .max) { participant.release() }
    _ = handlers.removeAll()
    if collectWakes() { closeDescriptors() }
  }

  /// Waits for the producers that took it upon themselves to wake the loop: writing to a closed
  /// eventfd could reach a descriptor of the host. After a second `deinit` closes it: producers
  /// hold a reference to the loop.
  private func collectWakes() -> Bool {
    var missing = wakes.load(ordering: .relaxed)
    let deadline = MonotonicClock.now() &+ 1_000_000_000
    while missing > 0 {
      var written: UInt64 = 0
      if read(wakeFD, &written, 8) == 8 {
        missing = written < missing ? missing &- written : 0
        continue
      }
      if MonotonicClock.now() > deadline { return false }
      var descriptor = pollfd(fd: wakeFD, events: Int16(POLLIN), revents: 0)
      poll(&descriptor, 1, 100)
    }
    return true
  }

  private func closeDescriptors() {
    guard descriptorsOpen.exchange(false, ordering: .acquiringAndReleasing) else { return }
    close(epollFD)
    close(wakeFD)
  }
}

import UESynthCore
import UESynthHTTP2
import UESynthNet
import UESynthWire

/// The loop's side of a client: takes what was submitted, sends it where and when ORDER allows, matches
/// replies, keeps deadlines and the byte cap, and publishes outcomes once a pass.
///
///     inbox -> waiting (by route) -> on a lane, or a direct call -> completed -> published
///
/// Loop thread only.
final class Engine: LoopParticipant, @unchecked Sendable {
  /// Holds this engine; gone once `isRetired`.
  unowned(unsafe) let exchange: Exchange
  let loop: EventLoop
  let options: ClientOptions
  let pool: BufferPool
  let allocator: BufferSource?
  let shared: MemoryBudget?
  /// The time of this pass.
  var now: Int64 { loop.now }

  private(set) lazy var channel = Channel(engine: self, target: target)
  let target: Target
  let lanes: LaneList
  /// How many of them take requests that may go anywhere.
  var governor: LaneGovernor
  let book = OrderBook()
  var waitingForStream = RequestList()
  var waitingForDirect = RequestList()
  /// Captures of each route that wait for a place for their frames, and let others pass.
  var heldForStream = RequestList()
  var heldForDirect = RequestList()
  var directUnderWay = RequestList()
  /// Direct captures that failed and will be tried again.
  var retrying = RequestList()
  var retryBudget = RetryBudget()
  let deadlines = DeadlineHeap()
  /// By id, from the inbox until the outcome is set.
  let known = SlotIndex()
  var completed = RequestList()
  var budget: CreditBudget
  /// Streams that wait for room before their credit is returned, in order.
  var creditQueue: [ReplyStream] = []
  let inflates: InflateQueue
  /// Streams whose pictures workers inflate.
  private var inflatingStreams: [ReplyStream] = []
  var idleCalls: [DirectCall] = []
  var openDirect = 0
  /// Captures that will need a place among the undelivered frames.
  var capturesUnderWay = 0
  /// Of these, frames that have come and are published at the end of the pass.
  var framesToPublish = 0
  /// Room that the frames of these captures are expected to take, and those to be published among them.
  var promisedBytes = 0
  var bytesToPublish = 0
  /// Windows and messages under way, as the exchange last heard.
  var publishedStreamBytes = 0
  /// Frames that wait for the host, as of the last look.
  var queuedBytes = 0
  var queuedFrames = 0
  /// BLOCK holds something back, so what nobody fetches may have to give way.
  var isBlocked = false
  /// When a set that is settling goes on.
  var nextSettle = Int64.max
  var failedChanges = FailedChanges()
  /// What is known of the link and of compressed replies, of the connection that is open.
  var gauge = CompressionGauge()
  /// By request or lane: what the host was asked for, and what it has answered.
  var metadataAsked: Set<UInt64> = []
  var metadataAnswers: [UInt64: MetadataAnswer] = [:]
  /// What the server takes compressed requests in, once it has said so.
  var serverAccepts: MessageEncoding?
  /// Poses as they are after what was sent, for changes of a part.
  var poses = PoseBook()
  /// The last pose of each camera that the server acknowledged, for frames.
  var acknowledged: [UInt64: Transform] = [:]
  var subscriptions: [Subscription] = []
  var raw = RawCalls()
  let headers = HeaderBlock()
  /// Counted here, added to the exchange's counters when outcomes are published.
  var tally = Tally()
  var isClosing = false
  var isRetired = false
  /// A call was completed on the connection that is open.
  var workedOnThisConnection = false

  init(
    exchange: Exchange, loop: EventLoop, target: Target, options: ClientOptions, pool: BufferPool,
    allocator: BufferSource?, shared: MemoryBudget?, inflates: InflateQueue
  ) {
    self.exchange = exchange
    self.loop = loop
    self.target = target
    self.options = options
    self.pool = pool
    self.allocator = allocator
    self.shared = shared
    self.inflates = inflates
    governor = LaneGovernor(most: options.findsLanes ? options.lanes : 1)
    budget = CreditBudget(cap: options.bufferBytes, lanes: options.lanes)
    lanes = LaneList(capacity: options.lanes)
    super.init()
    for index in 0..<options.lanes { lanes.append(Lane(index: index, engine: self)) }
  }

  // MARK: A pass

  override func loopPass(now: Int64) {
    if isRetired { return }
    for subscription in subscriptions { subscription.pass(now: now) }
    takeInbox(now: now)
    takeInflated()
    takeMetadata()
    expire(now: now)
    channel.pass(now: now)
    governor.pass(now: now, isBusy: isBusy)
    retryCredit()
    dispatch(now: now)
    channel.flush()
    publish(now: now)
    exchange.wakePollers(now: now)
    schedule(now: now)
  }

  private func takeInbox(now: Int64) {
    exchange.lock.lock()
    var list = exchange.inbox
    exchange.inbox = RequestList()
    let cancels = exchange.cancels
    if !cancels.isEmpty { exchange.cancels.removeAll(keepingCapacity: true) }
    let closes = exchange.isClosed
    let connects = exchange.wantsConnection
    exchange.wantsConnection = false
    queuedBytes = exchange.frames.bytes
    queuedFrames = exchange.frames.count
    exchange.lock.unlock()
    while let request = list.popFirst() {
      if let next = list.first {
        next.prefetchMessage()
        next.pointee.next?.prefetch()
      }
      accept(request)
    }
    for id in cancels {
      if let request = underWay(id) { finish(request, .cancelled, "cancelled") }
    }
    if connects { channel.connectNow() }
    if closes, !isClosing { close() }
  }

  private func takeInflated() {
    guard !inflatingStreams.isEmpty else { return }
    let streams = inflatingStreams
    inflatingStreams.removeAll(keepingCapacity: true)
    for stream in streams {
      stream.takeInflated()
      if stream.isInflating { inflating(stream) }
    }
  }

  /// A worker has been given a picture of this stream.
  func inflating(_ stream: ReplyStream) {
    if !inflatingStreams.contains(where: { $0 === stream }) { inflatingStreams.append(stream) }
  }

  /// Gives up all streams that wait for workers or for room. No worker touches anything of them after this.
  func endReading(_ status: Status, _ message: String) {
    for stream in inflatingStreams + creditQueue {
      stream.giveUp(CallOutcome(status: status, message: message))
    }
    inflatingStreams.removeAll()
  }

  /// A request enters the loop, behind all others of its route unless `other` of the same is named.
  func accept(_ request: RequestRef, before other: RequestRef? = nil) {
    preparePose(of: request)
    known.set(request.pointee.id, UInt(bitPattern: request))
    newestID = max(newestID, request.pointee.id)
    if request.pointee.isOrdered {
      request.pointee.place = book.enter(
        name: request.pointee.name, isDirect: request.pointee.isDirect)
    }
    if request.pointee.isDirect, asksForMetadata { askForMetadata(request) }
    if request.pointee.deadline != .max {
      deadlines.set(request.pointee.index, request.pointee.deadline)
    }
    switch (request.pointee.isDirect, other) {
    case (true, let other?): waitingForDirect.insert(request, before: other)
    case (true, nil): waitingForDirect.append(request)
    case (false, let other?): waitingForStream.insert(request, before: other)
    case (false, nil): waitingForStream.append(request)
    }
  }

  /// The highest id that was ever under way: a higher one in a reply is none of ours.
  private(set) var newestID: UInt64 = 0

  func underWay(_ id: UInt64) -> RequestRef? { RequestRef(bitPattern: known.value(id)) }

  private var isBusy: Bool {
    options.findsLanes
      && (waitingForStream.count > 0 || lanes.contains { $0.unanswered.count > 0 })
  }

  // MARK: Time

  private func expire(now: Int64) {
    while let slot = deadlines.popExpired(now) {
      guard let request = RequestRef(bitPattern: known.value(inSlot: slot)) else { continue }
      finish(request, .deadlineExceeded, channel.lateness(of: request))
    }
    lanes.forEach { $0.giveUpSilent(now: now) }
    expireRaw(now: now)
  }

  private func schedule(now: Int64) {
    var next = min(deadlines.next, channel.nextDeadline, nextRetry, nextSettle)
    lanes.forEach { next = min(next, $0.silenceDeadline) }
    next = min(next, governor.nextLook(isBusy: isBusy), raw.nextDeadline, exchange.pollWake.due)
    for subscription in subscriptions { next = min(next, subscription.nextBeat) }
    // Room that other clients of the runtime make is looked for, since nobody tells.
    if shared != nil, !creditQueue.isEmpty { next = min(next, now &+ 5_000_000) }
    if isBlocked || !creditQueue.isEmpty {
      let (didExpire, wake) = exchange.expireUnfetched(now: now)
      if didExpire { loop.schedule(self) }
      next = min(next, wake)
    }
    loop.setDeadline(self, at: next)
  }
}

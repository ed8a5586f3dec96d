import Synchronization
import UESynthCore
import UESynthNet
import UESynthWire

/// A client of one UESynth server, as the door of the library sees it. Thread: any.
public final class Client: @unchecked Sendable {
  public let runtime: Runtime
  public let exchange: Exchange
  public var options: ClientOptions { exchange.options }
  let engine: Engine
  let loop: EventLoop
  private let generation = ForkGuard.generation
  private let hasAllocator: Bool

  public init(
    target: String, options: ClientOptions, runtime: Runtime, allocator: BufferSource?
  ) throws(ClientFailure) {
    let parsed: Target
    do {
      parsed = try Target.parse(target)
    } catch {
      throw ClientFailure(.misuse, error.message)
    }
    guard let loop = runtime.nextLoop() else {
      throw ClientFailure(.resourceExhausted, "the runtime has no loop thread")
    }
    self.runtime = runtime
    self.loop = loop
    hasAllocator = allocator != nil
    // Windows by the smaller cap: what fits into one comes without being reserved.
    var options = options
    if let shared = runtime.budget {
      let least = CreditBudget.leastCap(lanes: options.lanes)
      options.bufferBytes = min(options.bufferBytes, max(shared.cap, least))
    }
    exchange = Exchange(options: options, loop: loop, shared: runtime.budget)
    engine = Engine(
      exchange: exchange, loop: loop, target: parsed, options: options, pool: runtime.pool,
      allocator: allocator, shared: runtime.budget, inflates: runtime.inflates)
    exchange.participant = engine
    if let source = options.metadataSource {
      let (loop, engine) = (loop, engine)
      do {
        try source.start(hooks: runtime.hooks) { loop.schedule(engine) }
      } catch {
        throw ClientFailure(error.status, error.message)
      }
    }
  }

  /// In a child process nothing of a client works: its threads and its socket are the parent's.
  public var isForked: Bool { generation != ForkGuard.generation }

  /// On the delivery thread, which must not wait for itself.
  public var isInCallback: Bool { exchange.currentDelivery?.isCurrent ?? false }

  // MARK: Memory

  private static let mostPrewarmed = 64

  /// Has `count` buffers for pictures of `size` bytes ready.
  public func prewarm(size: Int, count: Int) throws(ClientFailure) {
    guard !hasAllocator else {
      throw ClientFailure(
        .misuse, "this client has an allocator: its pictures do not lie in the pool")
    }
    guard size > 0, count > 0, count <= Self.mostPrewarmed else {
      throw ClientFailure(
        .misuse,
        "\(count) pictures of \(size) bytes: it may be 1 to \(Self.mostPrewarmed), of 1 byte or more"
      )
    }
    guard runtime.pool.prewarm(size: size, count: count) else {
      throw ClientFailure(
        .resourceExhausted,
        "\(count) pictures of \(size) bytes are more than the \(Runtime.retained >> 20) MiB that the pool "
          + "keeps, or than there is memory")
    }
  }

  // MARK: Connection

  public func connect(wait: Int64) throws(ClientFailure) { try exchange.connect(wait: wait) }

  public var state: ClientState {
    exchange.lock.withLock { exchange.isClosed ? .closed : exchange.state }
  }

  public func close() {
    exchange.close()
    runtime.saves.lookAgain()
  }

  /// After this no callback runs, unless it is called in one. The client is of no use any more.
  public func shutDown() {
    close()
    exchange.currentDelivery?.stop()
    exchange.options.metadataSource?.stop()
    let engine = engine
    defer { exchange.discardCallbacks() }
    if loop.isCurrent {
      engine.retire()
      return
    }
    let gate = Gate()
    let ran = loop.run {
      engine.retire()
      gate.open()
    }
    if ran { gate.wait() }
  }

  // MARK: Requests

  public func call(
    _ action: borrowing Action, _ options: RequestOptions, destination: HostDestination? = nil
  ) throws(ClientFailure) -> Completion {
    var options = options
    let inCallback = isInCallback
    if inCallback { options.route = .direct }
    options.noEvent = false
    options.notifyOnly = false
    return try exchange.call(
      action,
      Submission(
        options: options, destination: destination.map { .passUnretained($0) }, sinkKind: .waiter,
        sink: nil,
        mayWait: !inCallback))
  }

  public func submit(
    _ action: borrowing Action, _ options: RequestOptions, destination: HostDestination?,
    sink: EventSink?
  ) throws(ClientFailure) -> UInt64 {
    if sink != nil { try exchange.startDelivery(hooks: runtime.hooks) }
    var submission = submission(options, sink)
    submission.destination = destination.map { .passUnretained($0) }
    return try exchange.submit(action, submission)
  }

  /// Requests of a batch that are made ready together.
  public static var batchPart: Int { Exchange.batchPart }

  /// Nothing is submitted if `lend` refuses one of the first `batchPart`.
  public func submitBatch(
    count: Int, _ options: RequestOptions, sink: EventSink?,
    lend: (Int, Exchange.ActionUser) throws(ClientFailure) -> Void,
    accepted: (Int, UInt64) -> Void
  ) throws(ClientFailure) {
    if sink != nil { try exchange.startDelivery(hooks: runtime.hooks) }
    try exchange.submitBatch(
      count: count, submission(options, sink), lend: lend, accepted: accepted)
  }

  private func submission(_ options: RequestOptions, _ sink: EventSink?) -> Submission {
    Submission(
      options: options, sinkKind: sink == nil ? .queue : .callback, sink: sink,
      mayWait: exchange.options.waitsWhenFull && !isInCallback)
  }

  public func capture(
    _ request: Frameset.Request, _ options: RequestOptions
  ) throws(ClientFailure) -> Completion {
    var options = options
    let inCallback = isInCallback
    if inCallback { options.route = .direct }
    return try exchange.call(
      request, Submission(options: options, sinkKind: .waiter, sink: nil, mayWait: !inCallback))
  }

  public func submit(
    _ request: Frameset.Request, _ options: RequestOptions, sink: EventSink?
  ) throws(ClientFailure) -> UInt64 {
    if sink != nil { try exchange.startDelivery(hooks: runtime.hooks) }
    return try exchange.submit(request, submission(options, sink), waiter: nil).id
  }

  public func cancel(_ id: UInt64) throws(ClientFailure) { try exchange.cancel(id) }

  // MARK: Fetching

  public func poll(
    capacity: Int, wait: Int64, _ take: (Int, UnsafePointer<Completion>) -> Void
  ) throws(ClientFailure) -> Int {
    try exchange.poll(capacity: capacity, wait: isInCallback ? 0 : wait, take)
  }

  public func eventDescriptor() throws(ClientFailure) -> Int32 { try exchange.eventDescriptor() }

  public func latestFrame(
    _ modality: Modality, camera: UnsafePointer<CChar>?, peek: Bool
  ) throws(ClientFailure) -> FrameRef {
    try exchange.latestFrame(key: modality.frameKey(camera), peek: peek)
  }

  public func takeFrame(_ id: UInt64, wait: Int64) throws(ClientFailure) -> FrameRef {
    try exchange.takeFrame(id, wait: wait, mayWait: !isInCallback)
  }

  // MARK: Subscription

  public func subscribe(
    _ request: Subscription.Request, camera: UnsafePointer<CChar>?, sink: EventSink?
  ) throws(ClientFailure) -> Subscription {
    if sink != nil { try exchange.startDelivery(hooks: runtime.hooks) }
    if exchange.lock.withLock({ exchange.isClosed }) {
      throw ClientFailure(.closed, Exchange.closedText)
    }
    let subscription = Subscription(engine: engine, request: request, camera: camera, sink: sink)
    let engine = engine
    guard
      loop.run({
        engine.subscriptions.append(subscription)
        subscription.start()
      })
    else { throw ClientFailure(.closed, Exchange.closedText) }
    return subscription
  }

  public func unsubscribe(_ subscription: Subscription) {
    let engine = engine
    loop.run { engine.end(subscription) }
    exchange.closeSink(of: subscription)
  }
}

/// Opened once; whoever waits goes on.
private final class Gate: @unchecked Sendable {
  private let word = FutexWord.allocate(0)
  deinit { FutexWord.free(word) }

  func open() {
    word.pointee.store(1, ordering: .releasing)
    FutexWord.wake(word, count: .max)
  }

  func wait() {
    while word.pointee.load(ordering: .acquiring) == 0 { FutexWord.wait(word, while: 0) }
  }
}

extension Exchange {
  var currentDelivery: DeliveryThread? { lock.withLock { delivery } }

  func startDelivery(hooks: ThreadHooks) throws(ClientFailure) {
    lock.lock()
    defer { lock.unlock() }
    guard delivery == nil else { return }
    if isClosed { throw ClientFailure(.closed, Self.closedText) }
    let thread = DeliveryThread(exchange: self)
    do {
      try thread.start(hooks: hooks)
    } catch {
      throw ClientFailure(error.status, error.message)
    }
    delivery = thread
  }

  /// Ends what is under way; what waits to be fetched stays.
  func close() {
    lock.lock()
    let wasClosed = isClosed
    isClosed = true
    if sleepers > 0 { changed.broadcast() }
    lock.unlock()
    if !wasClosed { wakeLoop() }
  }
}

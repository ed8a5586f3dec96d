import UESynthCore
import UESynthNet

/// Draws pictures for calls: takes orders on the loop, has the render pool draw them, and brings the
/// pictures back to the loop. Orders of one pass that show the same view are drawn together, which
/// saves casting the same rays again; orders beyond what memory and the pool allow wait.
final class Studio: @unchecked Sendable {
  enum Answer {
    /// `ServiceCall.drawn` follows.
    case begun
    /// The call is listed again when there is room.
    case mustWait
    case failed(String)
  }

  private struct Order {
    var call: ServiceCall
    var plan: CapturePlan
    var buffer: PixelBuffer
    /// What optical flow is measured against.
    var previous: CameraView?
    var packing: ReplyPacking?
    /// Once it is packed.
    var message: PackedReply?
  }

  private static let retainedBytes = 256 << 20

  private let loop: EventLoop
  private let pool: RenderPool
  private let buffers = BufferPool(retainedLimit: Studio.retainedBytes)
  private let engine: SimulatedEngine
  private let counters: CounterCells
  private let task = LoopTask()

  // Loop thread.
  /// Orders that are collected or being drawn.
  private(set) var underWay = 0
  private var collected: [Order] = []
  private var waiting: [(call: ServiceCall, bytes: Int)] = []
  /// Nothing is being drawn any more.
  var idle: () -> Void = {}
  var listAgain: (ServiceCall) -> Void = { _ in }

  private let lock = Lock()
  private var finished: [(order: Order, isDrawn: Bool)] = []

  init(loop: EventLoop, engine: SimulatedEngine, counters: CounterCells, threads: Int) {
    self.loop = loop
    self.engine = engine
    self.counters = counters
    pool = RenderPool(threads: threads)
    task.body = { [unowned self] _ in collectPictures() }
  }

  /// Any thread but the pool's; once.
  func close() { pool.close() }

  // MARK: Orders

  /// Takes an order, which `submit` passes on.
  func draw(
    _ plan: CapturePlan, for call: ServiceCall, packing: ReplyPacking? = nil
  ) -> Answer {
    let allowance = call.connection.allowance
    guard underWay < pool.capacity, allowance.hasRoom(for: plan.byteCount) else {
      waiting.append((call, plan.byteCount))
      return .mustWait
    }
    guard
      let buffer = PixelBuffer(byteCount: plan.byteCount, source: buffers, allowance: allowance)
    else { return .failed("no memory for a picture of \(plan.byteCount) bytes") }
    underWay += 1
    collected.append(
      Order(
        call: call, plan: plan, buffer: buffer, previous: engine.begin(plan), packing: packing))
    return .begun
  }

  /// Has everything drawn that was ordered in this pass.
  func submit() {
    if collected.isEmpty { return }
    var groups: [[Order]] = []
    for order in collected {
      let index = groups.firstIndex {
        $0[0].plan.view.isSame(as: order.plan.view)
          && !$0.contains { $0.plan.modality == order.plan.modality }
      }
      if let index { groups[index].append(order) } else { groups.append([order]) }
    }
    collected.removeAll(keepingCapacity: true)
    for group in groups { submit(group) }
  }

  private func submit(_ orders: [Order]) {
    let rendering = Rendering(
      view: orders[0].plan.view, previous: orders.lazy.compactMap(\.previous).first,
      targets: orders.map { RenderTarget($0.plan.modality, into: $0.buffer.bytes) })
    if let rendering, pool.submit(rendering, completion: { self.finish(orders, $0) }) { return }
    finish(orders, false)
  }

  /// Draws at once, which holds the loop up; nil without memory.
  func drawNow(_ plan: CapturePlan) -> ReplyPicture? {
    guard
      let buffer = PixelBuffer(byteCount: plan.byteCount, source: buffers, allowance: nil),
      let rendering = Rendering(
        view: plan.view, previous: engine.begin(plan),
        targets: [RenderTarget(plan.modality, into: buffer.bytes)])
    else { return nil }
    pool.render(rendering)
    counters.count(.drawn)
    return picture(of: buffer, plan)
  }

  private func picture(of buffer: PixelBuffer, _ plan: CapturePlan) -> ReplyPicture {
    ReplyPicture(
      bytes: UnsafeRawBufferPointer(buffer.bytes), owner: buffer, width: plan.width,
      height: plan.height, format: SimulatedEngine.format(of: plan.modality))
  }

  // MARK: Pictures

  /// Any thread: memory has become free.
  func roomFreed() { loop.schedule(task) }

  /// A thread of the pool, or the loop.
  private func finish(_ orders: [Order], _ isDrawn: Bool) {
    let packed = isDrawn ? orders.map(packed) : orders
    lock.withLock { finished.append(contentsOf: packed.map { ($0, isDrawn) }) }
    loop.schedule(task)
  }

  private func packed(_ order: Order) -> Order {
    guard let packing = order.packing else { return order }
    var order = order
    var picture = picture(of: order.buffer, order.plan)
    picture.pack(packing)
    order.message = picture.message
    return order
  }

  private func collectPictures() {
    let results = lock.withLock {
      let results = finished
      finished.removeAll(keepingCapacity: true)
      return results
    }
    for (order, isDrawn) in results {
      underWay -= 1
      if isDrawn { counters.count(.drawn) }
      var picture = isDrawn ? picture(of: order.buffer, order.plan) : nil
      picture?.message = order.message
      order.call.drawn(picture)
      order.call.connection.scheduleService()
    }
    listWaiting()
    if underWay == 0 { idle() }
  }

  private func listWaiting() {
    var places = pool.capacity - underWay
    waiting.removeAll { call, bytes in
      guard !call.isOpen || (places > 0 && call.connection.allowance.hasRoom(for: bytes)) else {
        return false
      }
      places -= 1
      listAgain(call)
      return true
    }
  }
}

extension CameraView {
  fileprivate func isSame(as other: CameraView) -> Bool {
    snapshot === other.snapshot && cameraID == other.cameraID && width == other.width
      && height == other.height && viewWidth == other.viewWidth && viewHeight == other.viewHeight
  }
}

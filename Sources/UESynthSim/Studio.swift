import UESynthCore
import UESynthNet

/// Draws pictures for calls: takes orders on the loop, has the render pool draw them, and brings the
/// pictures back to the loop. Orders beyond what memory and the pool allow wait for their turn.
final class Studio: @unchecked Sendable {
  enum Order {
    /// `ServiceCall.drawn` follows.
    case begun
    /// The call is listed again when there is room.
    case mustWait
    case failed(String)
  }

  private struct Finished {
    var call: ServiceCall
    var picture: Picture?
  }

  private static let retainedBytes = 256 << 20

  private let loop: EventLoop
  private let pool: RenderPool
  private let buffers = BufferPool(retainedLimit: Studio.retainedBytes)
  private let engine: SimulatedEngine
  private let counters: CounterCells
  private let task = LoopTask()

  // Loop thread.
  private(set) var underWay = 0
  private var waiting: [(call: ServiceCall, bytes: Int)] = []
  /// Nothing is being drawn any more.
  var idle: () -> Void = {}
  var listAgain: (ServiceCall) -> Void = { _ in }

  private let lock = Lock()
  private var finished: [Finished] = []

  init(loop: EventLoop, engine: SimulatedEngine, counters: CounterCells, threads: Int) {
    self.loop = loop
    self.engine = engine
    self.counters = counters
    pool = RenderPool(threads: threads)
    task.body = { [unowned self] _ in collect() }
  }

  /// Any thread but the pool's; once.
  func close() { pool.close() }

  func draw(_ plan: CapturePlan, for call: ServiceCall) -> Order {
    let allowance = call.connection.allowance
    guard underWay < pool.capacity, allowance.hasRoom(for: plan.byteCount) else {
      waiting.append((call, plan.byteCount))
      return .mustWait
    }
    guard
      let buffer = PixelBuffer(byteCount: plan.byteCount, source: buffers, allowance: allowance)
    else { return .failed("no memory for a picture of \(plan.byteCount) bytes") }
    guard
      let rendering = Rendering(
        view: plan.view, previous: engine.begin(plan),
        targets: [RenderTarget(plan.modality, into: buffer.bytes)])
    else { return .failed("the picture's memory is too small") }
    let isTaken = pool.submit(rendering) { isDrawn in
      self.finish(Finished(call: call, picture: isDrawn ? self.picture(of: buffer, plan) : nil))
    }
    guard isTaken else { return .failed("the renderer has stopped") }
    underWay += 1
    return .begun
  }

  /// Draws at once, which holds the loop up; nil without memory.
  func drawNow(_ plan: CapturePlan) -> Picture? {
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

  private func picture(of buffer: PixelBuffer, _ plan: CapturePlan) -> Picture {
    Picture(
      bytes: UnsafeRawBufferPointer(buffer.bytes), owner: buffer, width: plan.width,
      height: plan.height, format: SimulatedEngine.format(of: plan.modality))
  }

  /// Any thread: memory or a place has become free.
  func roomFreed() { loop.schedule(task) }

  private func finish(_ result: Finished) {
    lock.withLock { finished.append(result) }
    loop.schedule(task)
  }

  private func collect() {
    let results = lock.withLock {
      let results = finished
      finished.removeAll(keepingCapacity: true)
      return results
    }
    for result in results {
      underWay -= 1
      if result.picture != nil { counters.count(.drawn) }
      result.call.drawn(result.picture)
      result.call.connection.scheduleService()
    }
    var places = pool.capacity - underWay
    waiting.removeAll { call, bytes in
      guard !call.isOpen || (places > 0 && call.connection.allowance.hasRoom(for: bytes)) else {
        return false
      }
      places -= 1
      listAgain(call)
      return true
    }
    if underWay == 0 { idle() }
  }
}

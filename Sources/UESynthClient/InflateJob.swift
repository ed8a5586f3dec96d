import Synchronization
import UESynthNet
import UESynthWire

/// What a message has with the workers: stretches of its picture, one at a time.
///
/// Thread: the queue's while it is there, else the loop's.
final class InflateJob: @unchecked Sendable {
  enum Stage { case idle, queued, running, over }

  /// Hears by a pass that it is over.
  unowned(unsafe) let engine: Engine
  // Guarded by the queue's lock.
  var stage = Stage.idle
  var next: InflateJob?
  /// It is to end soon.
  let isUnwanted = Atomic<Bool>(false)

  private var inflation: Inflation?
  /// How long the last one took.
  private(set) var nanoseconds: Int64 = 0

  init(engine: Engine) { self.engine = engine }

  func begin(_ inflation: Inflation) {
    self.inflation = inflation
    engine.inflates.add(self)
  }

  /// On a worker.
  func run() {
    let began = MonotonicClock.now()
    inflation?.run { !isUnwanted.load(ordering: .relaxed) }
    nanoseconds = MonotonicClock.now() &- began
  }
}

import UESynthCore
import UESynthNet

/// The engine's clock: with a tick rate, actions are carried out only at ticks. A tick takes one
/// action from each stream, since these are serial, and every unary call that waits. It lasts until
/// its pictures are drawn, as an engine's does; ticks that are missed thereby are not made up for.
///
/// Thread: the loop's.
final class GameThread {
  private let loop: EventLoop
  /// Nanoseconds; 0: no ticks, everything is done when it arrives.
  private let period: Int64
  private let task = LoopTask()
  private var waiting: [ServiceCall] = []
  private var next: Int64 = 0
  /// A tick is due as soon as the pictures of the one before are drawn.
  private var isHeldUp = false

  /// What happens at the end of a tick; true if its pictures are drawn.
  var tickEnded: () -> Bool = { true }

  init(loop: EventLoop, rate: Double?) {
    self.loop = loop
    period = rate.map { Int64(1e9 / min(max($0, 0.001), 1e6)) } ?? 0
    task.body = { [unowned self] now in tick(now) }
  }

  func start() {
    if period == 0 { return }
    next = loop.now &+ period
    loop.setDeadline(task, at: next)
  }

  /// False if there is nothing to wait for.
  func takes(_ call: ServiceCall) -> Bool {
    if period == 0 { return false }
    waiting.append(call)
    return true
  }

  private func tick(_ now: Int64) {
    let calls = waiting
    waiting.removeAll(keepingCapacity: true)
    for call in calls {
      call.perform(limit: 1)
      call.connection.scheduleService()
    }
    next = max(next &+ period, now)
    if tickEnded() { loop.setDeadline(task, at: next) } else { isHeldUp = true }
  }

  /// The pictures of the last tick are drawn.
  func picturesDrawn() {
    if !isHeldUp { return }
    isHeldUp = false
    loop.setDeadline(task, at: next)
  }
}

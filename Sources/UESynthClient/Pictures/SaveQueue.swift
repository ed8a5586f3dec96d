import UESynthCore
import UESynthNet

/// Frames that wait to become files: one thread for all clients of a runtime, first in, first out. The
/// thread starts with the first of them, and ends when the runtime has ended and nothing is left to do.
///
/// Thread: any.
final class SaveQueue: @unchecked Sendable {
  static let frameLimit = 64
  static let byteLimit = 256 << 20

  private let hooks: ThreadHooks
  private let lock = Lock()
  /// A job came, one is over, or somebody has to look again.
  private let changed = Condition()
  // Guarded by the lock.
  private var first: SaveJob?
  private var last: SaveJob?
  /// Of the jobs that wait and the one that is under way.
  private var frames = 0
  private var bytes = 0
  private var isEnding = false
  private var thread: NetThread?

  init(hooks: ThreadHooks) { self.hooks = hooks }

  /// Takes a job over. Negative waits for room without end.
  func add(_ job: SaveJob, wait: Int64) throws(ClientFailure) {
    let deadline = Exchange.deadline(wait)
    lock.lock()
    defer { lock.unlock() }
    while !hasRoom(for: job) {
      let isClosed = job.exchange.lock.withLock { job.exchange.isClosed }
      if isClosed { throw ClientFailure(.closed, Exchange.closedText) }
      let inTime = wait != 0 && changed.wait(lock, untilMonotonicNanoseconds: deadline)
      if !inTime, !hasRoom(for: job) {
        throw ClientFailure(
          .wouldBlock,
          "\(frames) frames of \(bytes) bytes wait to be saved: the disk or the encoder is slower than "
            + "they come")
      }
    }
    try startThread()
    if let last { last.next = job } else { first = job }
    last = job
    frames += 1
    bytes += job.size
    changed.broadcast()
  }

  /// Lock held. A frame that is larger than all the room goes alone.
  private func hasRoom(for job: SaveJob) -> Bool {
    frames == 0 || (frames < Self.frameLimit && bytes + job.size <= Self.byteLimit)
  }

  /// Lets waiting threads see that their client was closed.
  func lookAgain() { lock.withLock { changed.broadcast() } }

  /// The runtime ends. What is queued is still carried out, by a thread that nobody waits for.
  func end() {
    lock.lock()
    isEnding = true
    let isIdle = frames == 0
    let thread = thread
    changed.broadcast()
    lock.unlock()
    if isIdle { thread?.join() } else { thread?.detach() }
  }

  /// Lock held.
  private func startThread() throws(ClientFailure) {
    if thread != nil { return }
    do {
      thread = try NetThread.start(name: "uesynth-save", role: .worker, hooks: hooks) { [self] in
        run()
      }
    } catch {
      throw ClientFailure(error.status, error.message)
    }
  }

  private func run() {
    while let job = take() {
      let failure = job.run()
      let size = job.size
      lock.lock()
      frames -= 1
      bytes -= size
      changed.broadcast()
      lock.unlock()
      job.exchange.saveIsOver(job, failure)
    }
  }

  private func take() -> SaveJob? {
    lock.lock()
    defer { lock.unlock() }
    while first == nil && !isEnding { changed.wait(lock) }
    let job = first
    first = job?.next
    if first == nil { last = nil }
    job?.next = nil
    return job
  }
}

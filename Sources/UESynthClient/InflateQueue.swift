import Glibc
import UESynthCore
import UESynthNet

/// Inflates pictures for the loops of a runtime, several at a time, so that these go on serving meanwhile. A
/// thread starts when a job finds none that is idle, and ends with the runtime.
///
/// Thread: any.
final class InflateQueue: @unchecked Sendable {
  private static let mostThreads = 8

  /// Pictures that can be inflated side by side.
  let width = min(max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1), InflateQueue.mostThreads)
  private let hooks: ThreadHooks
  private let lock = Lock()
  /// A job came, or the end.
  private let changed = Condition()
  /// A job that nobody wants any more has been let go.
  private let stopped = Condition()
  // Guarded by the lock, as are the stages of jobs.
  private var first: InflateJob?
  private var last: InflateJob?
  private var queued = 0
  private var idle = 0
  private var threads: [NetThread] = []
  private var isEnding = false

  init(hooks: ThreadHooks) { self.hooks = hooks }

  /// False where no thread can be had.
  var isReady: Bool {
    lock.withLock {
      if threads.isEmpty { startThread() }
      return !threads.isEmpty
    }
  }

  func add(_ job: InflateJob) {
    lock.lock()
    defer { lock.unlock() }
    job.stage = .queued
    if let last { last.next = job } else { first = job }
    last = job
    queued += 1
    if idle < queued { startThread() }
    changed.signal()
  }

  /// Whether it was carried out and its end not yet taken note of: then it is idle again.
  func takeBack(_ job: InflateJob) -> Bool {
    lock.withLock {
      guard job.stage == .over else { return false }
      job.stage = .idle
      return true
    }
  }

  /// Nobody touches what the job is about once this returns, which takes no longer than a slice of it.
  func withdraw(_ job: InflateJob) {
    lock.lock()
    defer { lock.unlock() }
    if job.stage == .queued { unlink(job) }
    job.isUnwanted.store(true, ordering: .relaxed)
    while job.stage == .running { stopped.wait(lock) }
    job.isUnwanted.store(false, ordering: .relaxed)
    job.stage = .idle
  }

  /// The runtime ends, and with it all clients whose jobs these were.
  func end() {
    lock.lock()
    isEnding = true
    let threads = threads
    changed.broadcast()
    lock.unlock()
    for thread in threads { thread.join() }
  }

  /// Lock held.
  private func unlink(_ job: InflateJob) {
    var before: InflateJob?
    var candidate = first
    while let other = candidate, other !== job {
      before = other
      candidate = other.next
    }
    if let before { before.next = job.next } else { first = job.next }
    if last === job { last = before }
    job.next = nil
    queued -= 1
  }

  /// Lock held.
  private func startThread() {
    guard threads.count < width, !isEnding else { return }
    let thread = try? NetThread.start(
      name: "uesynth-inflate", role: .worker, index: threads.count + 1, hooks: hooks
    ) { [self] in run() }
    if let thread { threads.append(thread) }
  }

  private func run() {
    lock.lock()
    while let job = take() {
      lock.unlock()
      job.run()
      lock.lock()
      job.stage = .over
      if job.isUnwanted.load(ordering: .relaxed) {
        stopped.broadcast()
      } else {
        // Under the lock: after `withdraw` the engine may be gone.
        job.engine.loop.schedule(job.engine)
      }
    }
    lock.unlock()
  }

  /// Lock held. nil at the end.
  private func take() -> InflateJob? {
    while first == nil && !isEnding {
      idle += 1
      changed.wait(lock)
      idle -= 1
    }
    guard let job = first else { return nil }
    unlink(job)
    job.stage = .running
    return job
  }
}

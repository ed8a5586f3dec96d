import UESynthCore

/// Control jobs for a loop, in order. A participant of its own, so that they cost the loop nothing
/// when there are none.
final class JobQueue: LoopParticipant, @unchecked Sendable {
  typealias Job = @Sendable () -> Void

  private let lock = Lock()
  private var jobs: [Job] = []
  private var closed = false

  /// Any thread. False once the queue is closed.
  func append(_ job: @escaping Job) -> Bool {
    lock.withLock {
      if closed { return false }
      jobs.append(job)
      return true
    }
  }

  /// Any thread. `job` becomes the last one; false if there was a last one already.
  func close(with job: @escaping Job) -> Bool {
    lock.withLock {
      if closed { return false }
      closed = true
      jobs.append(job)
      return true
    }
  }

  override func loopPass(now: Int64) {
    let taken = lock.withLock {
      let taken = jobs
      jobs = []
      return taken
    }
    for job in taken { job() }
  }
}

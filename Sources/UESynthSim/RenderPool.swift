import Glibc

/// Threads that draw renderings tile by tile, in the order of their submission; all of them work
/// on the oldest one that has tiles left. Any thread may submit.
public final class RenderPool: @unchecked Sendable {
  /// Waiting renderings beyond this are refused.
  public let capacity: Int

  private final class Job {
    let rendering: Rendering
    let completion: @Sendable (Bool) -> Void
    let tiles: Int
    var next = 0
    var unfinished: Int

    init(_ rendering: Rendering, _ completion: @escaping @Sendable (Bool) -> Void) {
      self.rendering = rendering
      self.completion = completion
      let step = rendering.rowsPerTile
      tiles = (rendering.view.height + step - 1) / step
      unfinished = tiles
    }
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var queue: [Job] = []
  private var isClosed = false
  private var threads: [pthread_t] = []

  /// Fewer threads than asked for, but at least one if there is any, where the system has no more.
  public init(threads count: Int, capacity: Int = 256) {
    self.capacity = max(capacity, 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    for _ in 0..<min(max(count, 1), 64) {
      var thread = pthread_t()
      // Balanced by the thread's takeRetainedValue.
      let context = Unmanaged.passRetained(self)
      let failed = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          Unmanaged<RenderPool>.fromOpaque(argument).takeRetainedValue().work()
          return nil
        }, context.toOpaque())
      if failed == 0 { threads.append(thread) } else { context.release() }
    }
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  public var threadCount: Int { threads.count }

  /// False, and `completion` is not called, if the pool is closed, full or without threads.
  /// Otherwise it is called once: true on the thread that drew the last tile, false from `close`.
  public func submit(
    _ rendering: Rendering, completion: @escaping @Sendable (_ isDrawn: Bool) -> Void
  ) -> Bool {
    let job = Job(rendering, completion)
    pthread_mutex_lock(mutex)
    let isTaken = !isClosed && queue.count < capacity && !threads.isEmpty
    if isTaken { queue.append(job) }
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
    return isTaken
  }

  /// Draws and waits. Falls back on the calling thread where `submit` says false.
  public func render(_ rendering: Rendering) {
    let done = Latch()
    if submit(rendering, completion: { _ in done.open() }) {
      done.wait()
    } else {
      rendering.draw(rows: 0..<rendering.view.height, RowScratch())
    }
  }

  /// Ends the threads: renderings that have begun are finished, the others completed with false.
  /// Must be called before the last reference goes, and not on a thread of the pool.
  public func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    let dropped = queue.filter { $0.next == 0 }
    queue.removeAll { $0.next == 0 }
    let ending = threads
    threads = []
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
    for job in dropped { job.completion(false) }
    for thread in ending { pthread_join(thread, nil) }
  }

  private func work() {
    let scratch = RowScratch()
    pthread_mutex_lock(mutex)
    while true {
      guard let job = queue.first else {
        if isClosed { break }
        pthread_cond_wait(condition, mutex)
        continue
      }
      let tile = job.next
      job.next += 1
      if job.next == job.tiles { queue.removeFirst() }
      pthread_mutex_unlock(mutex)
      let step = job.rendering.rowsPerTile
      job.rendering.draw(rows: tile * step..<tile * step + step, scratch)
      pthread_mutex_lock(mutex)
      job.unfinished -= 1
      if job.unfinished == 0 {
        pthread_mutex_unlock(mutex)
        job.completion(true)
        pthread_mutex_lock(mutex)
      }
    }
    pthread_mutex_unlock(mutex)
  }
}

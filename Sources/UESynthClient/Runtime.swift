import Synchronization
import UESynthCore
import UESynthNet

/// What several clients can share: loop threads, the buffer pool, one byte cap. It ends with the last of
/// its clients.
public final class Runtime: @unchecked Sendable {
  /// Buffers kept for reuse, at most.
  static let retained = 256 << 20

  let hooks: ThreadHooks
  let saves: SaveQueue
  let inflates: InflateQueue
  let pool = BufferPool(retainedLimit: Runtime.retained)
  let budget: MemoryBudget?
  private let loops: [EventLoop]
  private let next = Atomic<Int>(0)
  /// Runs when the last thread has ended.
  private let done: () -> Void
  public let generation = ForkGuard.generation

  public init(
    loopThreads: Int, memoryBytes: Int, hooks: ThreadHooks, done: @escaping () -> Void
  ) throws(NetError) {
    self.hooks = hooks
    saves = SaveQueue(hooks: hooks)
    inflates = InflateQueue(hooks: hooks)
    self.done = done
    budget = memoryBytes > 0 ? MemoryBudget(cap: memoryBytes) : nil
    var loops: [EventLoop] = []
    do {
      for index in 0..<loopThreads { loops.append(try EventLoop(index: index, hooks: hooks)) }
    } catch {
      for loop in loops { loop.stop() }
      self.loops = []
      done()
      throw error
    }
    self.loops = loops
  }

  deinit {
    for loop in loops { loop.stop() }
    saves.end()
    inflates.end()
    done()
  }

  func nextLoop() -> EventLoop? {
    guard !loops.isEmpty else { return nil }
    let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return loops[Int(turn.magnitude % UInt(loops.count))]
  }

  public var poolBytes: Int { pool.mappedBytes }
  public var poolTakes: (reused: UInt64, mapped: UInt64) { pool.takes }
}

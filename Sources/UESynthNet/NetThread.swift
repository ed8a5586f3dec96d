import CUESynthSys
import Glibc
import Synchronization
import UESynthCore

/// A pthread whose signal mask keeps the host's handlers on the host's threads.
public final class NetThread: @unchecked Sendable {
  private enum State { case joinable, joined, detached }

  /// Enough for the loop, the callbacks of a C host and getaddrinfo.
  private static let stackSize = 512 << 10

  private let name: String
  private let role: ThreadRole
  private let index: Int
  private let hooks: ThreadHooks
  private let generation = ForkGuard.generation

  /// Taken by the new thread, so that what it captures is released there.
  private var body: (@Sendable () -> Void)?

  /// pthread_self() of the running thread, 0 before and after.
  private let identity = Atomic<UInt>(0)

  private let lock = Lock()
  private var handle = pthread_t()
  private var state = State.joinable

  private init(
    name: String, role: ThreadRole, index: Int, hooks: ThreadHooks,
    body: @escaping @Sendable () -> Void
  ) {
    self.name = name
    self.role = role
    self.index = index
    self.hooks = hooks
    self.body = body
  }

  /// `name` is what top shows, at most 15 bytes.
  public static func start(
    name: String, role: ThreadRole, index: Int = 0, hooks: ThreadHooks = .none,
    body: @escaping @Sendable () -> Void
  ) throws(NetError) -> NetThread {
    let thread = NetThread(name: name, role: role, index: index, hooks: hooks, body: body)
    let argument = Unmanaged.passRetained(thread)
    var handle = pthread_t()
    let result = uesynth_sys_thread_start(&handle, stackSize, NetThread.main, argument.toOpaque())
    if result < 0 {
      argument.release()
      throw NetError(errno: -result, "cannot start thread '\(name)'")
    }
    thread.lock.withLock { thread.handle = handle }
    return thread
  }

  deinit {
    if state == .joinable && generation == ForkGuard.generation { pthread_detach(handle) }
  }

  private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    argument in
    guard let argument else { return nil }
    Unmanaged<NetThread>.fromOpaque(argument).takeRetainedValue().run()
    return nil
  }

  private func run() {
    identity.store(UInt(pthread_self()), ordering: .relaxed)
    uesynth_sys_thread_block_signals()
    uesynth_sys_thread_set_name(name)
    hooks.started?(role, index)
    body?()
    body = nil
    hooks.stopping?(role, index)
    identity.store(0, ordering: .relaxed)
  }

  /// Only the thread itself finds its own identity here, so relaxed order is enough.
  public var isCurrent: Bool {
    identity.load(ordering: .relaxed) == UInt(pthread_self())
  }

  /// Returns when the thread has ended, also to a second caller. A thread that would wait for
  /// itself, and a forked child, in which the thread does not exist, return at once.
  public func join() {
    if isCurrent || generation != ForkGuard.generation { return }
    lock.withLock {
      if state != .joinable { return }
      pthread_join(handle, nil)
      state = .joined
    }
  }

  /// The thread frees itself when it ends.
  public func detach() {
    if generation != ForkGuard.generation { return }
    lock.withLock {
      if state != .joinable { return }
      pthread_detach(handle)
      state = .detached
    }
  }
}

/// What a thread of the library is for. Raw values are the ABI's `UESYNTH_THREAD_*`.
public enum ThreadRole: UInt32, Sendable {
  case loop = 1
  case delivery = 2
  case worker = 3
}

/// The host's say over the library's threads: run on the new thread first and last, so that it can
/// set name, affinity and priority.
public struct ThreadHooks: Sendable {
  public typealias Hook = @Sendable (_ role: ThreadRole, _ index: Int) -> Void

  public var started: Hook?
  public var stopping: Hook?

  public init(started: Hook? = nil, stopping: Hook? = nil) {
    self.started = started
    self.stopping = stopping
  }

  public static let none = ThreadHooks()
}

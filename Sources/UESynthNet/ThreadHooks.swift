/// What a thread of the library is for. Raw values are the ABI's `UESYNTH_THREAD_*`.
package enum ThreadRole: UInt32, Sendable {
  case loop = 1
  case delivery = 2
  case worker = 3
}

/// The host's say over the library's threads: run on the new thread first and last, so that it can
/// set name, affinity and priority.
package struct ThreadHooks: Sendable {
  package typealias Hook = @Sendable (_ role: ThreadRole, _ index: Int) -> Void

  package var started: Hook?
  package var stopping: Hook?

  package init(started: Hook? = nil, stopping: Hook? = nil) {
    self.started = started
    self.stopping = stopping
  }

  package static let none = ThreadHooks()
}

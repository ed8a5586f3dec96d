import UESynthCore

/// Memory of the host's for one picture. Let go (`done`) when neither the library nor a frame refers to
/// it any more.
package final class HostDestination: BufferSource, @unchecked Sendable {
  package let memory: UnsafeMutableRawPointer
  package let capacity: Int
  private let done: () -> Void

  package init(
    memory: UnsafeMutableRawPointer, capacity: Int, done: @escaping () -> Void
  ) {
    self.memory = memory
    self.capacity = capacity
    self.done = done
    super.init()
  }

  deinit { done() }

  package override func take(_ size: Int) -> UnsafeMutableRawPointer? {
    size <= capacity ? memory : nil
  }

  package override var isHostMemory: Bool { true }
}

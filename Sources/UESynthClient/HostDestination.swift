import UESynthCore

/// Memory of the host's for one picture. Let go (`done`) when neither the library nor a frame refers to
/// it any more.
package final class HostDestination: BufferSource, @unchecked Sendable {
  package let memory: UnsafeMutableRawPointer
  package let capacity: Int
  // As the host gave them: one is made for every picture, and a closure would be another allocation.
  private let done: Done?
  private let userData: UnsafeMutableRawPointer?

  package typealias Done = @convention(c) (UnsafeMutableRawPointer?) -> Void

  package init(
    memory: UnsafeMutableRawPointer, capacity: Int, done: Done?, userData: UnsafeMutableRawPointer?
  ) {
    self.memory = memory
    self.capacity = capacity
    self.done = done
    self.userData = userData
    super.init()
  }

  deinit { done?(userData) }

  package override func take(_ size: Int) -> UnsafeMutableRawPointer? {
    size <= capacity ? memory : nil
  }

  package override var isHostMemory: Bool { true }
}

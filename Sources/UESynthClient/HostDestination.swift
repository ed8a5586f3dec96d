import UESynthCore

/// Memory of the host's for one picture. Let go (`done`) when neither the library nor a frame refers to
/// it any more.
package final class HostDestination: BufferSource, @unchecked Sendable {
  package let memory: UnsafeMutableRawPointer
  package let capacity: Int
  // As the host gave them: one is made for every picture, and a closure would be another allocation.
  private let done: Done?
  private let userData: UnsafeMutableRawPointer?
  /// A picture is being written into it, or lies in it. It is only taken for a request that is under way, on
  /// its loop, and a picture that the host has been given is let go after that.
  private var isTaken = false

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
    // A server that answers twice at a time gets it once.
    guard size <= capacity, !isTaken else { return nil }
    isTaken = true
    return memory
  }

  package override func give(_ memory: UnsafeMutableRawPointer, _ size: Int) { isTaken = false }

  package override var isHostMemory: Bool { true }
}

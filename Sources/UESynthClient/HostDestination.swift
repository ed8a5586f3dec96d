import UESynthCore

/// Memory of the host's for one picture. Let go (`done`) when neither the library nor a frame refers to
/// it any more.
public final class HostDestination: BufferSource, @unchecked Sendable {
  public let memory: UnsafeMutableRawPointer
  public let capacity: Int
  // As the host gave them: one is made for every picture, and a closure would be another allocation.
  private let done: Done?
  private let userData: UnsafeMutableRawPointer?

  public typealias Done = @convention(c) (UnsafeMutableRawPointer?) -> Void

  public init(
    memory: UnsafeMutableRawPointer, capacity: Int, done: Done?, userData: UnsafeMutableRawPointer?
  ) {
    self.memory = memory
    self.capacity = capacity
    self.done = done
    self.userData = userData
    super.init()
  }

  deinit { done?(userData) }

  public override func take(_ size: Int) -> UnsafeMutableRawPointer? {
    size <= capacity ? memory : nil
  }

  public override var isHostMemory: Bool { true }
}

import UESynthCore

/// Memory of the host's for one picture. Let go (`done`) when neither the library nor a frame refers to
/// it any more.
public final class HostDestination: BufferSource, @unchecked Sendable {
  public let memory: UnsafeMutableRawPointer
  public let capacity: Int
  // As the host gave them: one is made for every picture, and a closure would be another allocation.
  private let done: Done?
  private let userData: UnsafeMutableRawPointer?
  /// A picture is being written into it, or lies in it. It is only taken for a request that is under way, on
  /// its loop, and a picture that the host has been given is let go after that.
  private var isTaken = false

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
    // A server that answers twice at a time gets it once.
    guard size <= capacity, !isTaken else { return nil }
    isTaken = true
    return memory
  }

  public override func give(_ memory: UnsafeMutableRawPointer, _ size: Int) { isTaken = false }

  public override var isHostMemory: Bool { true }
}

import CUESynth
import UESynthClient
import UESynthCore

/// The host's say over where pictures lie, as a source of buffers. Its end tells the host.
final class HostAllocator: BufferSource, @unchecked Sendable {
  private static let alignment = 64
  private let allocate:
    @convention(c) (Int, Int, UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
  private let deallocate:
    @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void
  private let userData: UnsafeMutableRawPointer?
  private let destroy: uesynth_destroy_fn?

  init(_ hook: uesynth_allocator) throws(ClientFailure) {
    guard let allocate = hook.allocate, let deallocate = hook.deallocate else {
      hook.destroy?(hook.user_data)
      throw misuse("an allocator needs both allocate and deallocate")
    }
    self.allocate = allocate
    self.deallocate = deallocate
    userData = hook.user_data
    destroy = hook.destroy
    super.init()
  }

  deinit { destroy?(userData) }

  override func take(_ size: Int) -> UnsafeMutableRawPointer? {
    allocate(size, Self.alignment, userData)
  }

  override func give(_ memory: UnsafeMutableRawPointer, _ size: Int) {
    deallocate(memory, size, userData)
  }

  override var isHostMemory: Bool { true }
}

extension HostDestination {
  /// The destination that options name, nil if they name none. From here on its end is told.
  static func of(_ options: uesynth_submit_options) -> HostDestination? {
    let done = options.destination_done
    let userData = options.destination_user_data
    guard let memory = options.destination else {
      done?(userData)
      return nil
    }
    return HostDestination(
      memory: memory, capacity: options.destination_capacity, done: done, userData: userData)
  }
}

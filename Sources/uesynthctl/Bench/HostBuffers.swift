import CUESynth
import Glibc

/// A fixed ring of the host's own buffers, each for one picture: ordinary memory, or a file that is mapped.
/// Any thread takes and gives back; nothing is taken from the heap for that. It must outlive the client.
final class HostBuffers {
  struct Failure: Error { let message: String }

  struct Buffer {
    let memory: UnsafeMutableRawPointer
    fileprivate let ring: Unmanaged<HostBuffers>
  }

  let size: Int
  private let stride: Int
  private let memory: UnsafeMutableRawPointer
  private let buffers: UnsafeMutableBufferPointer<Buffer>
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private var free: [Int]

  /// In a file if `isFile`. All of it is touched, as the buffers of a host that has run for a while are.
  init(count: Int, size: Int, isFile: Bool) throws {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let stride = (size + page - 1) / page * page
    var file: Int32 = -1
    if isFile {
      var path = Array("/tmp/uesynth-bench-XXXXXX".utf8CString)
      file = mkstemp(&path)
      unlink(path)
      guard file >= 0, ftruncate(file, stride * count) == 0 else {
        throw Failure(message: "no file to map: \(String(cString: strerror(errno)))")
      }
    }
    let flags = isFile ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS
    let mapped = Glibc.mmap(nil, stride * count, PROT_READ | PROT_WRITE, flags, file, 0)
    if file >= 0 { close(file) }
    guard let mapped, mapped != MAP_FAILED else {
      throw Failure(message: "no \(stride * count) bytes: \(String(cString: strerror(errno)))")
    }
    memset(mapped, 1, stride * count)
    self.size = size
    self.stride = stride
    memory = mapped
    free = Array(0..<count)
    lock = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    buffers = .allocate(capacity: count)
    for index in 0..<count {
      (buffers.baseAddress! + index).initialize(
        to: Buffer(memory: mapped + index * stride, ring: Unmanaged.passUnretained(self)))
    }
  }

  deinit {
    munmap(memory, stride * buffers.count)
    pthread_mutex_destroy(lock)
    lock.deallocate()
    buffers.deallocate()
  }

  /// nil when all are in use.
  func take() -> UnsafeMutablePointer<Buffer>? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return free.popLast().map { buffers.baseAddress! + $0 }
  }

  private func give(_ address: UnsafeMutableRawPointer) {
    pthread_mutex_lock(lock)
    free.append((address - memory) / stride)
    pthread_mutex_unlock(lock)
  }

  /// A destination's `destination_done`, with the buffer that `take` returned.
  static let done: uesynth_destroy_fn = { pointer in
    guard let buffer = pointer?.assumingMemoryBound(to: Buffer.self).pointee else { return }
    buffer.ring.takeUnretainedValue().give(buffer.memory)
  }

  /// For the options of a client.
  var allocator: uesynth_allocator {
    var allocator = uesynth_allocator()
    allocator.struct_size = UInt32(MemoryLayout<uesynth_allocator>.size)
    allocator.user_data = Unmanaged.passUnretained(self).toOpaque()
    allocator.allocate = { size, _, pointer in
      guard let ring = HostBuffers.ring(pointer), size <= ring.size else { return nil }
      return ring.take()?.pointee.memory
    }
    allocator.deallocate = { memory, _, pointer in
      if let memory { HostBuffers.ring(pointer)?.give(memory) }
    }
    return allocator
  }

  private static func ring(_ pointer: UnsafeMutableRawPointer?) -> HostBuffers? {
    pointer.map { Unmanaged<HostBuffers>.fromOpaque($0).takeUnretainedValue() }
  }
}

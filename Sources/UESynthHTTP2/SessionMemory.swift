import CNghttp2
import Glibc

/// Where nghttp2 takes its memory from: blocks of a few sizes, recycled, so that frames and calls in steady
/// state cost nothing from the heap. What is larger, or more than is kept, is malloc's.
///
/// Thread: the session's. Outlives the session. In debug builds everything is malloc's, so that sanitizers
/// see each block.
final class SessionMemory {
  /// Before each block: its class, padded to malloc's alignment.
  private static let header = 16
  private static let classSizes = [64, 128, 256, 512, 1024, 2048, 4096]
  /// Free blocks that are kept of each class: with all of them, half a megabyte.
  private static let kept = 64
  private static let large = classSizes.count

  private struct Class {
    var free: UnsafeMutableRawPointer?
    var count = 0
  }

  private let classes: UnsafeMutablePointer<Class>
  let hooks: UnsafeMutablePointer<nghttp2_mem>

  init() {
    classes = .allocate(capacity: Self.large)
    classes.initialize(repeating: Class(), count: Self.large)
    hooks = .allocate(capacity: 1)
    hooks.initialize(to: nghttp2_mem())
    hooks.pointee.mem_user_data = Unmanaged.passUnretained(self).toOpaque()
    hooks.pointee.malloc = { size, user in SessionMemory.of(user)?.take(size) }
    hooks.pointee.free = { block, user in SessionMemory.of(user)?.give(block) }
    hooks.pointee.calloc = { count, size, user in
      let product = count.multipliedReportingOverflow(by: size)
      guard !product.overflow, let block = SessionMemory.of(user)?.take(product.partialValue)
      else { return nil }
      memset(block, 0, product.partialValue)
      return block
    }
    hooks.pointee.realloc = { block, size, user in SessionMemory.of(user)?.resize(block, size) }
  }

  deinit {
    for index in 0..<Self.large {
      while let block = classes[index].free {
        classes[index].free = block.load(as: UnsafeMutableRawPointer?.self)
        free(block - Self.header)
      }
    }
    classes.deallocate()
    hooks.deallocate()
  }

  private static func of(_ user: UnsafeMutableRawPointer?) -> SessionMemory? {
    user.map { Unmanaged<SessionMemory>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func sizeClass(_ size: Int) -> Int {
    if size > 4096 { return large }
    if size <= 64 { return 0 }
    return Int.bitWidth - (size - 1).leadingZeroBitCount - 6
  }

  private func take(_ size: Int) -> UnsafeMutableRawPointer? {
    guard size >= 0, size <= Int.max - Self.header else { return nil }
    let index = Self.sizeClass(size)
    if index < Self.large, let block = classes[index].free {
      classes[index].free = block.load(as: UnsafeMutableRawPointer?.self)
      classes[index].count -= 1
      return block
    }
    let room = index < Self.large ? 64 << index : size
    guard let memory = malloc(Self.header + room) else { return nil }
    memory.storeBytes(of: index, as: Int.self)
    memory.storeBytes(of: room, toByteOffset: 8, as: Int.self)
    return memory + Self.header
  }

  private func give(_ block: UnsafeMutableRawPointer?) {
    guard let block else { return }
    let memory = block - Self.header
    let index = memory.load(as: Int.self)
    guard index >= 0, index < Self.large, classes[index].count < Self.kept else {
      free(memory)
      return
    }
    block.storeBytes(of: classes[index].free, as: UnsafeMutableRawPointer?.self)
    classes[index].free = block
    classes[index].count += 1
  }

  private func resize(_ block: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
    guard let block else { return take(size) }
    let room = (block - Self.header).load(fromByteOffset: 8, as: Int.self)
    if size <= room { return block }
    guard let larger = take(size) else { return nil }
    memcpy(larger, block, room)
    give(block)
    return larger
  }
}

import Glibc

/// The library's own memory for pictures: mapped pages by exact size, recycled last-in first-out, since
/// fresh pages cost more than everything else on the way of a frame. A length that a peer only claims
/// costs address space and nothing else, until bytes come.
///
/// Thread: any.
public final class BufferPool: BufferSource, @unchecked Sendable {
  private struct Bucket {
    var size = 0
    var free: UnsafeMutablePointer<UnsafeMutableRawPointer>
    var capacity = BufferPool.firstDepth
    var count = 0
    var lastUse: UInt64 = 0

    /// Room for one more. As many are kept as `retainedLimit` allows.
    mutating func grow() {
      let larger = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: capacity &* 2)
      larger.moveInitialize(from: free, count: count)
      free.deallocate()
      free = larger
      capacity = capacity &* 2
    }
  }

  private static let bucketCount = 32
  private static let firstDepth = 64
  private static let mostPrewarmed = 64
  private static let page = 4096
  /// Buffers of this size and more ask for huge pages: the first picture of 1080p costs a handful of
  /// faults instead of 2,000, and who copies or reads it misses the TLB less often.
  private static let leastHuge = 4 << 20

  private let lock = Lock()
  private let buckets: UnsafeMutablePointer<Bucket>
  private var used = 0
  private var clock: UInt64 = 0
  /// Free memory is kept up to this many bytes, or as many as are in use.
  private let retainedLimit: Int
  private var freeBytes = 0
  private var mapped = 0
  private var reused: UInt64 = 0
  private var made: UInt64 = 0

  public init(retainedLimit: Int) {
    self.retainedLimit = retainedLimit
    buckets = .allocate(capacity: Self.bucketCount)
    for index in 0..<Self.bucketCount {
      (buckets + index).initialize(to: Bucket(free: .allocate(capacity: Self.firstDepth)))
    }
    super.init()
  }

  deinit {
    for index in 0..<Self.bucketCount {
      empty(index)
      buckets[index].free.deallocate()
    }
    buckets.deallocate()
  }

  /// Bytes mapped now, in use or kept for reuse.
  public var mappedBytes: Int { lock.withLock { mapped } }

  /// Buffers taken so far: those that had been used before, and those that were mapped afresh.
  public var takes: (reused: UInt64, mapped: UInt64) { lock.withLock { (reused, made) } }

  private static func pages(_ size: Int) -> Int? {
    let padded = max(size, 1).addingReportingOverflow(page - 1)
    return padded.overflow ? nil : padded.partialValue & ~(page - 1)
  }

  public override func take(_ size: Int) -> UnsafeMutableRawPointer? {
    guard size >= 0, let length = Self.pages(size) else { return nil }
    return take(length: length, counts: true)
  }

  private func take(length: Int, counts: Bool) -> UnsafeMutableRawPointer? {
    lock.lock()
    for index in 0..<used where buckets[index].size == length {
      clock &+= 1
      buckets[index].lastUse = clock
      if buckets[index].count > 0 {
        buckets[index].count -= 1
        freeBytes -= length
        if counts { reused &+= 1 }
        let memory = buckets[index].free[buckets[index].count]
        lock.unlock()
        return memory
      }
      break
    }
    lock.unlock()
    let memory = mmap(
      nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else { return nil }
    if length >= Self.leastHuge { _ = madvise(memory, length, MADV_HUGEPAGE) }
    lock.withLock {
      mapped += length
      if counts { made &+= 1 }
    }
    return memory
  }

  public override func give(_ memory: UnsafeMutableRawPointer, _ size: Int) {
    guard let length = Self.pages(size) else { return }
    lock.lock()
    defer { lock.unlock() }
    clock &+= 1
    // What is free may be as much as what is in use: pictures larger than the limit are recycled as well.
    let limit = max(retainedLimit, mapped - freeBytes - length)
    guard length <= limit, let index = bucket(for: length) else {
      munmap(memory, length)
      mapped -= length
      while freeBytes > limit, let oldest = leastRecentlyUsed(not: nil) { empty(oldest) }
      return
    }
    if buckets[index].count == buckets[index].capacity { buckets[index].grow() }
    buckets[index].free[buckets[index].count] = memory
    buckets[index].count += 1
    buckets[index].lastUse = clock
    freeBytes += length
    while freeBytes > limit, let oldest = leastRecentlyUsed(not: index) { empty(oldest) }
    while freeBytes > limit, buckets[index].count > 0 { dropNewest(index) }
  }

  private func bucket(for length: Int) -> Int? {
    for index in 0..<used where buckets[index].size == length { return index }
    if used < Self.bucketCount {
      used += 1
      buckets[used - 1].size = length
      return used - 1
    }
    guard let oldest = leastRecentlyUsed(not: nil, holdsSome: false) else { return nil }
    empty(oldest)
    buckets[oldest].size = length
    return oldest
  }

  private func leastRecentlyUsed(not excluded: Int?, holdsSome: Bool = true) -> Int? {
    var oldest: Int?
    for index in 0..<used where index != excluded {
      if holdsSome, buckets[index].count == 0 { continue }
      if let candidate = oldest, buckets[candidate].lastUse <= buckets[index].lastUse { continue }
      oldest = index
    }
    return oldest
  }

  private func dropNewest(_ index: Int) {
    buckets[index].count -= 1
    munmap(buckets[index].free[buckets[index].count], buckets[index].size)
    freeBytes -= buckets[index].size
    mapped -= buckets[index].size
  }

  private func empty(_ index: Int) {
    let size = buckets[index].size
    for slot in 0..<buckets[index].count { munmap(buckets[index].free[slot], size) }
    freeBytes -= size * buckets[index].count
    mapped -= size * buckets[index].count
    buckets[index].count = 0
  }

  /// Maps and touches buffers until `count` of `size` are free, which `takes` does not count. False if
  /// the pool would not keep so many, or memory has run out.
  @discardableResult
  public func prewarm(size: Int, count: Int) -> Bool {
    guard size > 0, count > 0, count <= Self.mostPrewarmed, let length = Self.pages(size) else {
      return false
    }
    let total = length.multipliedReportingOverflow(by: count)
    guard !total.overflow, total.partialValue <= retainedLimit else { return false }
    var taken: [UnsafeMutableRawPointer] = []
    for _ in 0..<count {
      guard let memory = take(length: length, counts: false) else { break }
      memset(memory, 0, length)
      taken.append(memory)
    }
    for memory in taken { give(memory, length) }
    return taken.count == count
  }
}

import Glibc

/// What a server answered besides pictures, or why a request failed. Lives in `ReplySlab`, is passed by
/// pointer and belongs to whoever holds that pointer.
public struct ReplyRecord {
  /// The server has set `success`; with a status that is not OK it has taken it back in the same breath.
  public var hasSuccess = false
  public var hasTransform = false
  public var transform = Transform()
  /// The server's words, or the library's about a failure.
  public var message = TextBuffer()
  /// LIST_OBJECTS: the names, each ended by NUL, and where each one begins.
  public var names = TextBuffer()
  public var nameCount = 0
  public var nameList: UnsafeMutablePointer<UnsafePointer<CChar>?>?
  /// Memory that the door of the library keeps its own form of this reply in (zeroed when fresh).
  public var host: UnsafeMutableRawPointer?
  fileprivate var next: ReplyRef?

  public init() {}

  /// Points `nameList` at the names, at most `count`; after the last one was appended to `names`.
  public mutating func listNames(count: Int) {
    free(nameList)
    nameList = nil
    nameCount = 0
    guard count > 0, names.count >= count, let memory = calloc(count, MemoryLayout<Int>.size) else {
      return
    }
    let list = memory.assumingMemoryBound(to: UnsafePointer<CChar>?.self)
    let base = names.cString
    var offset = 0
    while nameCount < count, offset < names.count {
      list[nameCount] = base + offset
      nameCount += 1
      offset += strlen(base + offset) + 1
    }
    nameList = list
  }
}

public typealias ReplyRef = UnsafeMutablePointer<ReplyRecord>

/// The reply records of the process, recycled. Thread: any.
public final class ReplySlab: @unchecked Sendable {
  public static let shared = ReplySlab()
  /// Bytes of `ReplyRecord.host`.
  public static let hostBytes = 128

  private static let chunk = 64
  private let lock = Lock()
  private var free: ReplyRef?
  public private(set) var live = 0

  public func take() -> ReplyRef {
    lock.lock()
    defer { lock.unlock() }
    live &+= 1
    if free == nil { grow() }
    guard let record = free else {
      let single = ReplyRef.allocate(capacity: 1)
      single.initialize(to: ReplyRecord())
      return single
    }
    free = record.pointee.next
    record.pointee.next = nil
    return record
  }

  private func grow() {
    let records = ReplyRef.allocate(capacity: Self.chunk)
    guard let host = calloc(Self.chunk, Self.hostBytes) else {
      records.deallocate()
      return
    }
    for index in 0..<Self.chunk {
      (records + index).initialize(to: ReplyRecord())
      records[index].host = host + index * Self.hostBytes
      records[index].next = free
      free = records + index
    }
  }

  public func give(_ record: ReplyRef) {
    record.pointee.hasSuccess = false
    record.pointee.hasTransform = false
    record.pointee.message.clear()
    record.pointee.names.clear()
    record.pointee.nameCount = 0
    if let list = record.pointee.nameList {
      Glibc.free(list)
      record.pointee.nameList = nil
    }
    lock.lock()
    record.pointee.next = free
    free = record
    live &-= 1
    lock.unlock()
  }
}

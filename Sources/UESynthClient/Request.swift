import CUESynthSys
import Glibc
import UESynthCore

/// Who hears of a request's end.
enum SinkKind {
  case none
  case queue
  case callback
  case waiter
  /// Its frameset.
  case set
  /// Its sequence, which fetches what has come.
  case sequence
}

/// One request from its submission to its completion. Lives in `RequestTable`, is passed by pointer;
/// the submitting thread writes it before it enters the inbox, from then on the loop owns it, but for
/// what the exchange's lock guards.
struct RequestRecord {
  /// Where the encoded request is, behind room for what a stream wants in front of it. Ahead of the other
  /// members, where ThreadSanitizer notes a change of any: `find` reads the id of records that are being filled.
  var memory: UnsafeMutableRawPointer?
  var memoryCapacity = 0
  var index = 0

  // What every request has: blank again when the record is given back.
  /// Of the request as it goes by unary RPC.
  var payloadCount = 0
  /// What stands in front of that on a stream.
  var frontCount = 0
  var id: UInt64 = 0
  var kind = ActionKind.listObjects
  var isDirect = false
  var isOrdered = true
  var isChange = false
  var notifyOnly = false
  var noEvent = false
  /// Not to be failed because there is no connection.
  var waitsForReady = false
  /// The library's own: a pose that it has to know. Not counted, nobody is told.
  var isInternal = false
  fileprivate var usesRare = false
  /// Poses: what is set.
  var fields = TransformFields.whole
  var status = Status.ok
  var sinkKind = SinkKind.none
  /// Between its submission and the publication of its outcome. Guarded by the exchange's lock.
  var isLive = false
  /// Guarded by the exchange's lock.
  var isCancelled = false
  /// Of what it changes, 0 for reads.
  var name: UInt64 = 0
  var place = OrderBook.Place()
  /// Nanoseconds of silence (streams), or until `deadline` (everything else).
  var timeout: Int64 = 0
  /// Absolute, `Int64.max` for none.
  var deadline = Int64.max
  var cookie: UInt64 = 0
  var sink: Unmanaged<EventSink>?
  var set: Unmanaged<Frameset>?
  /// -1: not sent; `OrderBook.direct`: by unary RPC. The loop's, as all that follows.
  var lane = -1
  var submitted: Int64 = 0
  var sent: Int64 = 0
  var firstByte: Int64 = 0
  /// When its reply had come whole.
  var completed: Int64 = 0
  var frame: FrameRef?
  var reply: ReplyRef?
  var previous: RequestRef?
  var next: RequestRef?

  /// Poses: what is set, and the plain hash of whose it is. Written whenever it is read.
  var transform = Transform()
  var poseOf: UInt64 = 0

  fileprivate var rarities = Rarities()

  /// What few requests have. Blank until it is written to.
  var rare: Rarities {
    @inline(__always) get { rarities }
    @inline(__always) set {
      usesRare = true
      rarities = newValue
    }
  }

  @inline(__always) var hasRarities: Bool { usesRare }

  struct Rarities {
    /// Captures: what the frame is to say. Changes of a part of a pose: the name.
    var camera = TextBuffer()
    var frameKey: UInt64 = 0
    var width: UInt32 = 0
    var height: UInt32 = 0
    var destination: Unmanaged<HostDestination>?
    var waiter: Unmanaged<Waiter>?
    var subscription: Unmanaged<Subscription>?
    /// Of a subscription, also when that is over.
    var isRepeated = false
    /// In its set.
    var role = Frameset.Role.pose
    var call: Unmanaged<DirectCall>?
    /// Bytes reserved against the cap for its reply, until its outcome is published.
    var reserved = 0
    /// Counted as a capture under way (BLOCK's slots).
    var holdsSlot = false
    /// Not sent, and held by a list of its own until there is a place for its frame.
    var isHeld = false
    /// Bytes of room that its frame is expected to take, while it holds its slot.
    var promised = 0
    var retries = 0
    /// The server refused it unseen, so it was sent once more.
    var wasRefused = false
    /// When a capture that failed is tried again.
    var retryAt: Int64 = 0
  }

  /// From the beginning on, what all but few requests need.
  @inline(__always) static var usualBytes: Int {
    MemoryLayout<RequestRecord>.size &- MemoryLayout<Rarities>.size
  }

  @inline(__always) var isCapture: Bool { kind.isCapture }

  /// A pose of which only parts are set, so that the rest has to be known.
  @inline(__always) var isPartial: Bool { fields.rawValue != TransformFields.whole.rawValue }

  /// A command that needs nothing known and leaves nothing behind: what there may be a million a second of.
  @inline(__always) var isPlain: Bool { isChange && !isPartial && set == nil }

  /// Of the camera or object, in the books of poses.
  var poseKey: UInt64 { TextHash.salted(poseOf, 0) }
}

typealias RequestRef = UnsafeMutablePointer<RequestRecord>

extension RequestRef {
  /// It is wanted soon, and another processor has written it last.
  @inline(__always)
  func prefetch() { uesynth_sys_prefetch(self, RequestRecord.usualBytes) }

  /// So is its message.
  @inline(__always)
  func prefetchMessage() { uesynth_sys_prefetch(pointee.memory, 128) }
}

/// A doubly linked list of requests. A request is in at most one.
struct RequestList {
  private(set) var first: RequestRef?
  private var last: RequestRef?
  private(set) var count = 0

  mutating func append(_ request: RequestRef) {
    request.pointee.previous = last
    request.pointee.next = nil
    if let last { last.pointee.next = request } else { first = request }
    last = request
    count &+= 1
  }

  mutating func insert(_ request: RequestRef, before other: RequestRef) {
    let previous = other.pointee.previous
    request.pointee.previous = previous
    request.pointee.next = other
    other.pointee.previous = request
    if let previous { previous.pointee.next = request } else { first = request }
    count += 1
  }

  mutating func remove(_ request: RequestRef) {
    let previous = request.pointee.previous
    let next = request.pointee.next
    if let previous { previous.pointee.next = next } else { first = next }
    if let next { next.pointee.previous = previous } else { last = previous }
    request.pointee.previous = nil
    request.pointee.next = nil
    count &-= 1
  }

  mutating func popFirst() -> RequestRef? {
    guard let request = first else { return nil }
    first = request.pointee.next
    if let first { first.pointee.previous = nil } else { last = nil }
    request.pointee.next = nil
    count &-= 1
    return request
  }

  mutating func removeAll() -> RequestRef? {
    defer { self = RequestList() }
    return first
  }
}

/// The requests of one client, in chunks that never move and are recycled. An id is a serial number and
/// the record's place, so that both ways are one step. Guarded by the exchange's lock; a record that is
/// under way is the loop's.
final class RequestTable {
  private static let chunk = 1024
  private static let retainedMemory = 4096
  private let blank: RequestRef
  private var chunks: [RequestRef] = []
  private var free = FreeRecords<RequestRecord>()
  private var serial: UInt64 = 0

  init() {
    blank = .allocate(capacity: 1)
    blank.initialize(to: RequestRecord())
  }

  deinit {
    blank.deallocate()
    free.deallocate()
    for records in chunks {
      for index in 0..<Self.chunk {
        Glibc.free(records[index].memory)
        records[index].rarities.camera.destroy()
      }
      records.deinitialize(count: Self.chunk)
      records.deallocate()
    }
  }

  /// A blank record with a new id; nil when a million are under way.
  func take() -> RequestRef? {
    free.upcoming(4)?.prefetch()
    guard let record = free.take() ?? grow() else { return nil }
    serial &+= 1
    record.pointee.id = serial << SlotIndex.slotBits | UInt64(record.pointee.index)
    return record
  }

  private func grow() -> RequestRef? {
    let base = chunks.count * Self.chunk
    guard base < 1 << SlotIndex.slotBits else { return nil }
    let records = RequestRef.allocate(capacity: Self.chunk)
    chunks.append(records)
    for index in 0..<Self.chunk {
      var record = RequestRecord()
      record.index = base + index
      (records + index).initialize(to: record)
    }
    free.add(records, count: Self.chunk)
    return free.take()
  }

  /// The record of a request that is under way.
  func find(_ id: UInt64) -> RequestRef? {
    let index = Int(truncatingIfNeeded: id & ((1 << SlotIndex.slotBits) - 1))
    guard index / Self.chunk < chunks.count else { return nil }
    let record = chunks[index / Self.chunk] + index % Self.chunk
    return record.pointee.id == id && record.pointee.isLive ? record : nil
  }

  /// Plain memory: nothing in a record is counted by Swift.
  func give(_ record: RequestRef) {
    if record.pointee.memoryCapacity > Self.retainedMemory {
      Glibc.free(record.pointee.memory)
      record.pointee.memory = nil
      record.pointee.memoryCapacity = 0
    }
    if record.pointee.usesRare {
      var camera = record.pointee.rarities.camera
      camera.clear()
      record.pointee.rarities = RequestRecord.Rarities()
      record.pointee.rarities.camera = camera
    }
    memcpy(
      UnsafeMutableRawPointer(record) + Self.common.lowerBound,
      UnsafeRawPointer(blank) + Self.common.lowerBound, Self.common.count)
    free.give(record)
  }

  /// Where in a record lies what every request has.
  private static let common: Range<Int> = {
    let start = MemoryLayout<RequestRecord>.offset(of: \.payloadCount) ?? 0
    let end = MemoryLayout<RequestRecord>.offset(of: \.transform) ?? start
    return start..<max(start, end)
  }()
}

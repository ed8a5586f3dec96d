import CUESynthSys
import UESynthCore

/// A completion as the host is to see it. Its frame and reply belong to whoever received it.
public struct Completion {
  /// What is over, or has happened.
  public enum Kind: Sendable {
    case request
    /// The reply's message is the path.
    case save
    /// The connection has changed: `detail` is its state.
    case state
    /// A log record: `detail` is its level, the reply's message the text.
    case log

    var isWatched: Bool {
      switch self {
      case .state, .log: true
      case .request, .save: false
      }
    }
  }

  public var type = Kind.request
  public var detail: UInt32 = 0
  public var requestID: UInt64 = 0
  public var cookie: UInt64 = 0
  public var status = Status.ok
  public var kind = ActionKind.listObjects
  public var frame: FrameRef?
  public var reply: ReplyRef?
  /// A frameset instead, retained by whoever holds the completion.
  public var set: Unmanaged<Frameset>?
  public var submitted: Int64 = 0
  public var completed: Int64 = 0

  public init() {}

  private var isRequest: Bool { if case .request = type { true } else { false } }

  /// It is all that the host gets: a command's, or a read's. A capture's frame counts instead.
  var countsAsDelivery: Bool {
    isRequest && status.isOK && frame == nil && set == nil && !kind.isCapture
  }

  /// Lets go of what it holds.
  public mutating func release() {
    frame?.release()
    frame = nil
    if let reply { ReplySlab.shared.give(reply) }
    reply = nil
    if let set { set.takeUnretainedValue().releaseResults() }
    set?.release()
    set = nil
  }
}

/// Where completions are called back: a host's function with its user data. The subclass lives at the
/// door; when the last request that refers to a sink is over, the sink goes and tells the host.
open class EventSink: @unchecked Sendable {
  /// Set when its subscription was closed: what is still queued is let go unseen. Guarded by the
  /// exchange's lock.
  final var isClosed = false
  /// What has come for a sequence. Guarded by the exchange's lock.
  final var arrivals = EventQueue()

  public init() {}
  /// Delivery thread, no lock held. The completion is BORROWED.
  open func deliver(_ completion: CompletionReference) {}
}

/// A `Completion` in a public signature.
public struct CompletionReference {
  public let completion: UnsafeMutablePointer<Completion>
}

/// A completion that waits for the host, in the queue that is polled or in the one of callbacks.
struct EventRecord {
  var completion = Completion()
  var sink: Unmanaged<EventSink>?
  /// The store owns the frame (it is queued); otherwise this event does.
  var frameIsStored = false
  /// A part of a set or of a sequence, which are bounded, shows its frame though the host had it before.
  /// Other events would hold such frames for as long as nobody polls.
  var keepsFrame = false
  var next: EventRef?
}

typealias EventRef = UnsafeMutablePointer<EventRecord>

extension EventRef {
  /// It is wanted soon, and another processor has written it last.
  @inline(__always)
  func prefetch() { uesynth_sys_prefetch(self, MemoryLayout<EventRecord>.size) }
}

/// A first-in first-out queue of events and the records for it, recycled. Guarded by the exchange's
/// lock.
struct EventQueue {
  private(set) var count = 0
  private var head: EventRef?
  private var tail: EventRef?

  var first: EventRef? { head }

  mutating func append(_ event: EventRef) {
    event.pointee.next = nil
    if let tail { tail.pointee.next = event } else { head = event }
    tail = event
    count += 1
  }

  mutating func popFirst() -> EventRef? {
    guard let event = head else { return nil }
    head = event.pointee.next
    if head == nil { tail = nil }
    event.pointee.next = nil
    count -= 1
    return event
  }
}

/// Event records of one client. Guarded by the exchange's lock.
final class EventSlab {
  private static let chunk = 256
  private var chunks: [EventRef] = []
  private var free = FreeRecords<EventRecord>()

  deinit {
    free.deallocate()
    for records in chunks {
      records.deinitialize(count: Self.chunk)
      records.deallocate()
    }
  }

  func take() -> EventRef {
    free.upcoming(4)?.prefetch()
    if let record = free.take() { return record }
    let records = EventRef.allocate(capacity: Self.chunk)
    records.initialize(repeating: EventRecord(), count: Self.chunk)
    chunks.append(records)
    free.add(records + 1, count: Self.chunk - 1)
    return records
  }

  func give(_ record: EventRef) {
    record.pointee = EventRecord()
    free.give(record)
  }
}

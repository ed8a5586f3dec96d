import Synchronization

/// What the bytes of a frame were found to be, or what they are turned into. Raw values are the ABI's
/// `UESYNTH_FORMAT_*`.
public enum PixelFormat: UInt32, Sendable {
  case unknown = 0
  case rgba8 = 1
  case rgb8 = 2
  case bgra8 = 3
  case gray8 = 4
  case f32 = 5
  case f32x2 = 6
  case f32x3 = 7
  case u32 = 8
  case f16 = 9
  case png = 10
  case jpeg = 11
  case exr = 12
  // Made by decoding, never found.
  case bgr8 = 32
  case gray16 = 33
  case f32x4 = 34
  case f32x3Planar = 35
  case f32x4Planar = 36
}

/// The ABI's `UESYNTH_FRAME_*`.
public struct FrameFlags: OptionSet, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let formatMismatch = FrameFlags(rawValue: 1 << 0)
  public static let sizeMismatch = FrameFlags(rawValue: 1 << 1)
  public static let placeholder = FrameFlags(rawValue: 1 << 2)
  public static let empty = FrameFlags(rawValue: 1 << 3)
  public static let changeFailed = FrameFlags(rawValue: 1 << 4)
  public static let hostMemory = FrameFlags(rawValue: 1 << 5)
  public static let hasPose = FrameFlags(rawValue: 1 << 6)
}

/// A count that frames of one client share with it: bytes that the host holds.
public final class HostLedger: Sendable {
  public let bytes = Atomic<Int>(0)
  public init() {}
}

/// A received picture. Lives in `FrameSlab` and is passed by pointer; immutable once it is complete,
/// but for what is marked as guarded by the client's lock.
public struct FrameRecord: ~Copyable {
  /// The library's own references, and one for all of the host's together.
  public let references = Atomic<UInt32>(0)
  /// The host's references.
  fileprivate let hostReferences = Atomic<UInt32>(0)

  public var memory: UnsafeMutableRawPointer?
  /// What `source` was asked for; the picture has `size` bytes.
  public var capacity = 0
  public var source: Unmanaged<BufferSource>?
  public var size = 0

  public var modality = Modality.rgb
  public var width: UInt32 = 0
  public var height: UInt32 = 0
  public var stride = 0
  public var format = PixelFormat.unknown
  public var flags = FrameFlags()
  public var claimedFormat = TextBuffer()
  public var camera = TextBuffer()
  /// Of camera and modality.
  public var key: UInt64 = 0

  public var sequence: UInt64 = 0
  public var requestID: UInt64 = 0
  public var cookie: UInt64 = 0
  public var droppedBefore: UInt64 = 0
  public var pose = Transform()
  public var submitted: Int64 = 0
  public var sent: Int64 = 0
  public var firstByte: Int64 = 0
  public var completed: Int64 = 0
  /// When the host first got it; 0 before. Written once, before the host can see the frame.
  public var delivered: Int64 = 0

  // Guarded by the client's lock.
  public var isQueued = false
  public var isLatest = false
  /// The event that carries this frame while it is queued.
  public var holder: UnsafeMutableRawPointer?
  public var older: FrameRef?
  public var newer: FrameRef?

  /// Counts the frame while the host holds it.
  public var ledger: Unmanaged<HostLedger>?

  public init() {}
}

public typealias FrameRef = UnsafeMutablePointer<FrameRecord>

extension UnsafeMutablePointer where Pointee == FrameRecord {
  public func retain() {
    pointee.references.wrappingAdd(1, ordering: .relaxed)
  }

  /// The last release lets the memory go.
  public func release() {
    if Self.decrement(pointee.references) == 1 { FrameSlab.shared.recycle(self) }
  }

  // MARK: The host's references

  /// Makes one of the library's references the host's.
  public func handToHost() {
    if pointee.hostReferences.wrappingAdd(1, ordering: .relaxed).oldValue == 0 {
      addToLedger(pointee.size)
    } else {
      release()
    }
  }

  /// One more for the host, who holds the frame or has borrowed it.
  public func retainForHost() {
    if pointee.references.load(ordering: .relaxed) == 0 { return }
    if pointee.hostReferences.wrappingAdd(1, ordering: .relaxed).oldValue == 0 {
      retain()
      addToLedger(pointee.size)
    }
  }

  /// One less for the host. A release too many is ignored, as long as the record was not used for
  /// another frame that the host holds.
  public func releaseForHost() {
    if Self.decrement(pointee.hostReferences) == 1 {
      addToLedger(-pointee.size)
      release()
    }
  }

  private func addToLedger(_ size: Int) {
    pointee.ledger?.takeUnretainedValue().bytes.wrappingAdd(size, ordering: .relaxed)
  }

  /// Counts down, but never below 0; returns the value before.
  private static func decrement(_ counter: borrowing Atomic<UInt32>) -> UInt32 {
    var count = counter.load(ordering: .relaxed)
    while count > 0 {
      let (exchanged, original) = counter.compareExchange(
        expected: count, desired: count &- 1, ordering: .acquiringAndReleasing)
      if exchanged { break }
      count = original
    }
    return count
  }
}

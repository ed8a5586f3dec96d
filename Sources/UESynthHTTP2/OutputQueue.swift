import Glibc

/// Bytes on their way to the socket, in order: small ones staged in one buffer so that hundreds of
/// messages leave in one send, large ones (a server's pictures) by reference, never copied.
///
/// Thread: the session's.
public final class OutputQueue {
  /// Room for staged bytes. A full buffer is the back-pressure: the session is pumped again once the
  /// socket has taken some.
  public static let stagingCapacity = 256 << 10
  /// At most this much is queued by reference before the session is asked to wait.
  static let referencedLimit = 32 << 20

  private struct Segment {
    /// nil: staged bytes at `offset`.
    var memory: UnsafeRawPointer?
    var offset: Int
    var count: Int
    /// Released when the segment has been sent.
    var owner: Unmanaged<AnyObject>?
  }

  private let staging: UnsafeMutableRawPointer
  private var stagedEnd = 0
  private var segments: UnsafeMutablePointer<Segment>
  private var segmentCapacity = 64
  private var first = 0
  private var end = 0
  /// Bytes queued and not yet sent.
  public private(set) var count = 0
  private var referenced = 0

  public init() {
    staging = UnsafeMutableRawPointer.allocate(byteCount: Self.stagingCapacity, alignment: 64)
    segments = .allocate(capacity: segmentCapacity)
  }

  deinit {
    discard()
    staging.deallocate()
    segments.deallocate()
  }

  /// Whether another frame of at most 32 KiB (or a reference) finds room.
  public var hasRoom: Bool {
    Self.stagingCapacity - stagedEnd >= 32 << 10 && referenced < Self.referencedLimit
  }

  /// Copies bytes in. False if they find no room, which `hasRoom` has to rule out.
  public func stage(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return true }
    guard Self.stagingCapacity - stagedEnd >= bytes.count else { return false }
    memcpy(staging + stagedEnd, base, bytes.count)
    if end > first, segments[end - 1].memory == nil {
      segments[end - 1].count += bytes.count
    } else {
      append(Segment(memory: nil, offset: stagedEnd, count: bytes.count, owner: nil))
    }
    stagedEnd += bytes.count
    count += bytes.count
    return true
  }

  /// Where `count` bytes can be written in place, or nil without room; followed by `staged(count)`.
  public func reserve(_ count: Int) -> UnsafeMutableRawPointer? {
    Self.stagingCapacity - stagedEnd >= count ? staging + stagedEnd : nil
  }

  public func staged(_ count: Int) {
    guard count > 0, Self.stagingCapacity - stagedEnd >= count else { return }
    if end > first, segments[end - 1].memory == nil {
      segments[end - 1].count += count
    } else {
      append(Segment(memory: nil, offset: stagedEnd, count: count, owner: nil))
    }
    stagedEnd += count
    self.count += count
  }

  /// Queues bytes where they lie. They stay valid and unchanged until `owner`, which is retained
  /// here, is released.
  public func reference(_ bytes: UnsafeRawBufferPointer, owner: AnyObject?) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    append(
      Segment(
        memory: base, offset: 0, count: bytes.count, owner: owner.map { Unmanaged.passRetained($0) }
      ))
    count += bytes.count
    referenced += bytes.count
  }

  private func append(_ segment: Segment) {
    if end == segmentCapacity {
      if first > 0 {
        segments.update(from: segments + first, count: end - first)
        end -= first
        first = 0
      } else {
        let larger = UnsafeMutablePointer<Segment>.allocate(capacity: segmentCapacity * 2)
        larger.moveInitialize(from: segments, count: end)
        segments.deallocate()
        segments = larger
        segmentCapacity *= 2
      }
    }
    (segments + end).initialize(to: segment)
    end += 1
  }

  /// Describes the front of the queue for one sendmsg; returns how many vectors were filled.
  public func fill(_ vectors: UnsafeMutableBufferPointer<iovec>) -> Int {
    var filled = 0
    var index = first
    while index < end, filled < vectors.count {
      let segment = segments[index]
      let base = segment.memory ?? UnsafeRawPointer(staging)
      vectors[filled] = iovec(
        iov_base: UnsafeMutableRawPointer(mutating: base + segment.offset),
        iov_len: segment.count)
      filled += 1
      index += 1
    }
    return filled
  }

  /// The first `sent` bytes have left.
  public func consume(_ sent: Int) {
    var left = max(0, min(sent, count))
    count -= left
    while left > 0, first < end {
      let segment = segments[first]
      let isReference = segment.memory != nil
      if segment.count > left {
        segments[first].offset += left
        segments[first].count -= left
        if isReference { referenced -= left }
        return
      }
      left -= segment.count
      if isReference {
        referenced -= segment.count
        segment.owner?.release()
      }
      first += 1
    }
    if count == 0 {
      first = 0
      end = 0
      stagedEnd = 0
    } else if first == end {
      first = 0
      end = 0
    }
  }

  /// Forgets everything: the connection is gone.
  public func discard() {
    while first < end {
      segments[first].owner?.release()
      first += 1
    }
    first = 0
    end = 0
    stagedEnd = 0
    count = 0
    referenced = 0
  }
}

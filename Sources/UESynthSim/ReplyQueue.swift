import Glibc
import UESynthHTTP2

/// Replies of one call that the session has not taken yet: small ones copied together, pixels where
/// they lie. Thread: the loop's.
final class ReplyQueue {
  /// Small replies beyond this make a serial stream wait.
  static let smallLimit = 128 << 10
  /// Bytes copied into one DATA frame. The output queue rules out frames beyond 32 KiB.
  private static let stagedLimit = 24 << 10

  private struct Segment {
    /// nil: the next `count` bytes of `small`.
    var pixels: UnsafeRawPointer?
    var owner: AnyObject?
    var count: Int
  }

  private var small: UnsafeMutableRawPointer
  private var capacity = 256
  private var start = 0
  private var end = 0
  private var segments: [Segment] = []
  private var first = 0
  /// Bytes of `small` behind the last segment: hundreds of replies become one segment.
  private var loose = 0
  /// Bytes in all.
  private(set) var count = 0

  init() { small = .allocate(byteCount: capacity, alignment: 16) }

  deinit { small.deallocate() }

  /// Whether another reply may be made.
  var hasRoom: Bool { count < Self.smallLimit }

  func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  func append(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    memcpy(reserve(bytes.count), base, bytes.count)
    appended(bytes.count)
  }

  /// Where `size` bytes may be written, followed by `appended`.
  func reserve(_ size: Int) -> UnsafeMutableRawPointer {
    if end &+ size <= capacity { return small + end }
    return room(size)
  }

  private func room(_ size: Int) -> UnsafeMutableRawPointer {
    let pending = end - start
    // Moving to the front pays only if that frees half of the memory.
    if pending + size <= capacity / 2 {
      memmove(small, small + start, pending)
    } else {
      while capacity < 2 * (pending + size) { capacity *= 2 }
      let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
      memcpy(larger, small + start, pending)
      small.deallocate()
      small = larger
    }
    start = 0
    end = pending
    return small + end
  }

  func appended(_ size: Int) {
    end &+= size
    count &+= size
    loose &+= size
  }

  /// Makes what was appended last a segment.
  private func settle() {
    if loose == 0 { return }
    if first < segments.count, segments[segments.count - 1].pixels == nil {
      segments[segments.count - 1].count += loose
    } else {
      segments.append(Segment(pixels: nil, owner: nil, count: loose))
    }
    loose = 0
  }

  /// Pixels that stay as they are while `owner` is retained.
  func append(pixels: UnsafeRawBufferPointer, owner: AnyObject?) {
    guard let base = pixels.baseAddress, pixels.count > 0 else { return }
    settle()
    segments.append(Segment(pixels: base, owner: owner, count: pixels.count))
    count += pixels.count
  }

  /// How many bytes the next DATA frame of at most `limit` takes.
  func available(limit: Int) -> Int {
    settle()
    var staged = 0
    var total = 0
    var index = first
    while index < segments.count, total < limit, staged < Self.stagedLimit {
      let segment = segments[index]
      var take = min(segment.count, limit - total)
      if segment.pixels == nil {
        take = min(take, Self.stagedLimit - staged)
        staged += take
      }
      total += take
      if take < segment.count { break }
      index += 1
    }
    return total
  }

  /// Moves the first `size` bytes, as `available` allowed, to the output.
  func move(_ size: Int, to output: OutputQueue) {
    settle()
    var left = min(size, count)
    count -= left
    while left > 0, first < segments.count {
      let take = min(segments[first].count, left)
      if let pixels = segments[first].pixels {
        output.reference(
          UnsafeRawBufferPointer(start: pixels, count: take), owner: segments[first].owner)
        segments[first].pixels = pixels + take
      } else {
        // The session has seen to the room.
        _ = output.stage(UnsafeRawBufferPointer(start: small + start, count: take))
        start += take
      }
      left -= take
      segments[first].count -= take
      if segments[first].count > 0 { break }
      segments[first].owner = nil
      first += 1
    }
    if start == end {
      start = 0
      end = 0
    }
    if first == segments.count {
      segments.removeAll(keepingCapacity: true)
      first = 0
    } else if first >= 64 {
      segments.removeFirst(first)
      first = 0
    }
  }

  func removeAll() {
    segments.removeAll()
    first = 0
    loose = 0
    start = 0
    end = 0
    count = 0
  }
}

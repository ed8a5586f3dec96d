import Glibc
import Testing
import UESynthHTTP2

/// A stream that notes what it hears and sends what it is given.
final class RecordingStream: HTTP2Stream {
  /// What goes out as the body: copied to the queue, or by reference.
  enum Part {
    case staged([UInt8])
    case referenced(Payload)
  }

  /// Bytes that an output queue refers to.
  final class Payload {
    let bytes: UnsafeMutableRawBufferPointer
    let released: @Sendable () -> Void

    init(count: Int, released: @escaping @Sendable () -> Void = {}) {
      bytes = .allocate(byteCount: count, alignment: 64)
      self.released = released
      for index in stride(from: 0, to: count, by: 8) {
        bytes[index] = UInt8(truncatingIfNeeded: index / 8 &* 31)
      }
    }

    deinit {
      bytes.deallocate()
      released()
    }
  }

  weak var endpoint: Endpoint?
  var parts: [Part] = []
  /// The body ends with the parts; else more may come.
  var endsBody = true
  var trailers: [(String, String)]?
  /// Returns stream credit as data comes.
  var consumes = true
  var target: UnsafeMutableRawBufferPointer?
  /// A peer that does not read fields needs no strings.
  var keepsFields = true

  private(set) var blocks: [[(name: String, value: String)]] = []
  private(set) var fieldCount = 0
  private(set) var blockEnds: [Bool] = []
  private(set) var body: [UInt8] = []
  private(set) var bodyCount = 0
  private(set) var dataEvents = 0
  private(set) var ends = 0
  private(set) var closings: [UInt32] = []
  var keepsBody = true
  var onClosed: ((RecordingStream) -> Void)?
  var onData: ((RecordingStream) -> Void)?

  var lastBlock: [String] { (blocks.last ?? []).map { "\($0.name): \($0.value)" } }

  override func headersBegan() { blocks.append([]) }

  override func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    fieldCount += 1
    guard keepsFields, !blocks.isEmpty else { return }
    blocks[blocks.count - 1].append(
      (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
  }

  override func headersEnded(endStream: Bool) { blockEnds.append(endStream) }

  override func data(_ bytes: UnsafeRawBufferPointer) {
    #expect(closings.isEmpty)
    dataEvents += 1
    bodyCount += bytes.count
    if keepsBody { body.append(contentsOf: bytes) }
    if consumes { endpoint?.session?.consume(self, bytes.count) }
    onData?(self)
  }

  override func remoteEnded() { ends += 1 }

  override func closed(code: UInt32) {
    #expect(!isOpen)
    closings.append(code)
    onClosed?(self)
  }

  override func pull(limit: Int) -> HTTP2Pull {
    #expect(isOpen)
    var count = 0
    if case .staged(let bytes) = parts.first { count = min(bytes.count, limit, 16 << 10) }
    if case .referenced(let payload) = parts.first {
      count = min(payload.bytes.count - sent, limit)
    }
    let isLast = endsBody && (parts.isEmpty || (parts.count == 1 && count == firstCount))
    if isLast, let trailers { endpoint?.answerTrailers(self, trailers) }
    return HTTP2Pull(count: count, ended: isLast, trailersFollow: isLast && trailers != nil)
  }

  /// Of a referenced part.
  private var sent = 0

  private var firstCount: Int {
    switch parts.first {
    case .staged(let bytes): bytes.count
    case .referenced(let payload): payload.bytes.count - sent
    case nil: 0
    }
  }

  override func write(count: Int, to output: OutputQueueReference) {
    guard count > 0 else { return }
    switch parts.removeFirst() {
    case .staged(let bytes):
      let fits = bytes[..<count].withUnsafeBytes { output.queue.stage($0) }
      #expect(fits)
      if count < bytes.count { parts.insert(.staged(Array(bytes[count...])), at: 0) }
    case .referenced(let payload):
      output.queue.reference(
        UnsafeRawBufferPointer(rebasing: payload.bytes[sent..<(sent + count)]), owner: payload)
      sent += count
      if sent < payload.bytes.count {
        parts.insert(.referenced(payload), at: 0)
      } else {
        sent = 0
      }
    }
  }

  override var directTarget: UnsafeMutableRawBufferPointer? { target }
}

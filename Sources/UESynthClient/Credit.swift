import Glibc
import UESynthCore
import UESynthWire

/// What the loop counts between two publications.
struct Tally {
  var retries: UInt64 = 0
  var lateReplies: UInt64 = 0
  var unknownReplies: UInt64 = 0
  var compressedMessages: UInt64 = 0
  var compressedBytes: UInt64 = 0
  var inflatedBytes: UInt64 = 0
  var compressionOffers: UInt64 = 0
  var offersCompression = false
  var linkRate = 0.0
  var inflateRate = 0.0
  var imageBytes: UInt64 = 0
  var imageBytesCopied: UInt64 = 0
  var bytesSent: UInt64 = 0
  var bytesReceived: UInt64 = 0
  var bufferPeak = 0
  /// Frames whose requests ended otherwise.
  var abandoned: [FrameRef] = []
  /// Frames that there was no room for, by key.
  var refused: [UInt64] = []

  var isDirty: Bool {
    !abandoned.isEmpty || retries != 0 || lateReplies != 0 || unknownReplies != 0
      || compressedMessages != 0 || compressionOffers != 0
  }
}

extension Exchange {
  func absorb(_ tally: inout Tally, now: Int64) {
    lock.lock()
    rates.advance(now: now, rateTotals)
    counters.retries &+= tally.retries
    counters.lateReplies &+= tally.lateReplies
    counters.unknownReplies &+= tally.unknownReplies
    counters.imageBytes &+= tally.imageBytes
    counters.imageBytesCopied &+= tally.imageBytesCopied
    counters.bytesSent = tally.bytesSent
    counters.bytesReceived = tally.bytesReceived
    counters.compressedMessages &+= tally.compressedMessages
    counters.compressedBytes &+= tally.compressedBytes
    counters.inflatedBytes &+= tally.inflatedBytes
    counters.compressionOffers &+= tally.compressionOffers
    counters.offersCompression = tally.offersCompression
    counters.linkRate = tally.linkRate
    counters.inflateRate = tally.inflateRate
    counters.bufferPeak = max(counters.bufferPeak, tally.bufferPeak)
    for frame in tally.abandoned { frames.abandon(frame) }
    for key in tally.refused { frames.refuse(key: key) }
    unlock()
    tally.retries = 0
    tally.lateReplies = 0
    tally.unknownReplies = 0
    tally.imageBytes = 0
    tally.imageBytesCopied = 0
    tally.compressedMessages = 0
    tally.compressedBytes = 0
    tally.inflatedBytes = 0
    tally.compressionOffers = 0
    if !tally.abandoned.isEmpty { tally.abandoned.removeAll(keepingCapacity: true) }
    if !tally.refused.isEmpty { tally.refused.removeAll(keepingCapacity: true) }
  }

  /// The loop wants to be told when frames have left.
  func awaitRoom() {
    lock.lock()
    loopAwaitsRoom = true
    lock.unlock()
  }

  /// Drops a frame that is superseded, if there is one, for a place.
  func makePlace() -> Bool {
    lock.lock()
    defer { unlock() }
    return frames.makeRoom(forBytes: false)
  }

  /// Frees bytes by the overflow policy. False if nothing gives way.
  func makeRoom() -> Bool {
    lock.lock()
    defer { unlock() }
    return frames.makeRoom(forBytes: true)
  }
}

extension Engine {
  /// Looks at what waits for the host.
  func refreshQueued() {
    exchange.lock.lock()
    queuedBytes = exchange.frames.bytes
    queuedFrames = exchange.frames.count
    exchange.lock.unlock()
  }

  /// Reserves a message against the caps, making room as the policy allows.
  func reserve(_ length: Int) -> Bool {
    // What is small is not worth a look at what the host has fetched meanwhile.
    if length > 4096 { refreshQueued() }
    while true {
      if budget.reserve(length, queued: queuedBytes) {
        guard let shared, !shared.reserve(length) else { return true }
        budget.release(length)
      }
      guard length <= budget.room, exchange.makeRoom() else { return false }
      refreshQueued()
    }
  }

  /// Counts what has come without a reservation, within its window.
  func take(_ length: Int) {
    budget.take(length)
    shared?.add(length)
  }

  /// Counted against the cap besides frames: the credit that servers have, and messages under way.
  var streamBytes: Int {
    var bytes = budget.counted(queued: 0)
    for stream in creditQueue { bytes -= stream.withheld }
    return bytes
  }

  /// A reserved message is over.
  func release(_ length: Int) {
    guard length > 0 else { return }
    budget.release(length)
    shared?.release(length)
  }

  /// Whether a stream's credit may be returned now.
  func mayPay(_ stream: ReplyStream) -> Bool {
    if stream.isWithheld { return false }
    return stream.isMidMessage || mayPay
  }

  /// Whether the credit may be returned of a stream that is between messages.
  var mayPay: Bool {
    // What comes within a window is not reserved first, so it must not come while others fill the cap.
    if let shared, shared.reserved > shared.cap - min(budget.laneWindow, shared.cap / 2) {
      return false
    }
    return budget.reserved + queuedBytes <= budget.room
  }

  func awaitCredit(_ stream: ReplyStream) {
    isBlocked = true
    guard !stream.awaitsCredit else { return }
    stream.awaitsCredit = true
    creditQueue.append(stream)
    budget.claim = max(budget.claim, stream.withheldLength)
    exchange.awaitRoom()
  }

  /// In order of arrival: the first one that still has to wait holds back the rest. Only if it waits for
  /// direct calls to end, to have their windows, these pass by.
  func retryCredit() {
    guard !creditQueue.isEmpty else { return }
    refreshQueued()
    while let stream = creditQueue.first, pay(stream) {}
    if let first = creditQueue.first, first.withheldLength > budget.room {
      for stream in creditQueue where stream is DirectCall { _ = pay(stream) }
    }
    noteClaim()
    if !creditQueue.isEmpty {
      isBlocked = true
      exchange.awaitRoom()
    }
  }

  private func pay(_ stream: ReplyStream) -> Bool {
    guard stream.retryGrant(), mayPay(stream) || makesRoom() else { return false }
    creditQueue.removeAll { $0 === stream }
    stream.awaitsCredit = false
    stream.activity()
    if stream.readHeld() {
      stream.payCredit()
    } else {
      // The next message that it holds back waits in its turn.
      awaitCredit(stream)
    }
    return true
  }

  func noteClaim() {
    budget.claim = creditQueue.reduce(0) { max($0, $1.withheldLength) }
  }

  /// How long a request's reply is going to be, as far as can be told.
  func expectedLength(_ request: RequestRef) -> Int {
    guard let modality = request.pointee.kind.modality else { return 0 }
    let pixels = Int(request.pointee.rare.width) * Int(request.pointee.rare.height)
    if pixels == 0 { return budget.longestSeen }
    let perPixel =
      switch modality {
      case .rgb, .depth, .segmentation: 4
      case .opticalFlow: 8
      case .normals: 12
      }
    // Beside its pixels a reply has a few short fields.
    return pixels * perPixel + 4096
  }

  private func makesRoom() -> Bool {
    guard exchange.makeRoom() else { return false }
    refreshQueued()
    return budget.reserved + queuedBytes <= budget.room
  }

  // MARK: Frames

  /// A record with memory for a picture of `length` bytes, or why there is none.
  func frameMemory(length: Int, for request: RequestRef?) -> Result<FrameRef, FrameRefusal> {
    var source: BufferSource = pool
    if let destination = request?.pointee.rare.destination?.takeUnretainedValue() {
      guard length <= destination.capacity else {
        return .failure(
          FrameRefusal(
            .bufferTooSmall,
            "the picture has \(length) bytes, the destination room for \(destination.capacity)"))
      }
      source = destination
    } else if let allocator, Self.fits(length, request) {
      source = allocator
    }
    guard let memory = source.take(length) else {
      return .failure(
        FrameRefusal(
          .resourceExhausted,
          source.isHostMemory
            ? "the host's allocator gave no memory for a picture of \(length) bytes"
            : "out of memory for a picture of \(length) bytes"))
    }
    let frame = FrameSlab.shared.take()
    frame.pointee.memory = memory
    frame.pointee.capacity = length
    frame.pointee.source = Unmanaged.passRetained(source)
    if source.isHostMemory { frame.pointee.flags.insert(.hostMemory) }
    return .success(frame)
  }

  /// The host's allocator hears of a length only if it fits the size asked for, or is small.
  private static func fits(_ length: Int, _ request: RequestRef?) -> Bool {
    if length <= 64 << 10 { return true }
    guard let request else { return false }
    // Widths and heights are at most 65536, pixels at most 16 bytes.
    return Int(request.pointee.rare.width) * Int(request.pointee.rare.height) * 16 >= length
  }

  /// A picture of surprising length has come whole: now it may go where the host wants it.
  func moveToHost(_ frame: FrameRef, _ request: RequestRef) -> Bool {
    guard let allocator, request.pointee.rare.destination == nil, frame.pointee.size > 0,
      !frame.pointee.flags.contains(.hostMemory), let old = frame.pointee.memory
    else { return true }
    guard let memory = allocator.take(frame.pointee.size) else { return false }
    memcpy(memory, old, frame.pointee.size)
    tally.imageBytesCopied &+= UInt64(clamping: frame.pointee.size)
    frame.pointee.source?.takeUnretainedValue().give(old, frame.pointee.capacity)
    frame.pointee.source?.release()
    frame.pointee.memory = memory
    frame.pointee.capacity = frame.pointee.size
    frame.pointee.source = Unmanaged.passRetained(allocator)
    frame.pointee.flags.insert(.hostMemory)
    return true
  }

  func countImage(_ length: Int, copied: UInt64) {
    tally.imageBytes &+= UInt64(clamping: length)
    tally.imageBytesCopied &+= copied
  }

  /// A reply that matches nothing under way. True if its request had been given up.
  func countStray(_ id: UInt64?) -> Bool {
    if let id, id <= newestID {
      tally.lateReplies &+= 1
      loop.schedule(self)
      return true
    }
    tally.unknownReplies &+= 1
    loop.schedule(self)
    return false
  }

  /// DROP_NEWEST: the picture came and there was no room.
  func refuse(_ request: RequestRef) {
    tally.refused.append(request.pointee.rare.frameKey)
    set(
      request, .noFrame,
      "the picture was dropped as it came: stream_buffer_bytes is full (UESYNTH_OVERFLOW_DROP_NEWEST)"
    )
  }
}

struct FrameRefusal: Error {
  let status: Status
  let message: String

  init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }
}

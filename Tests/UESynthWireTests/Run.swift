import Testing

@testable import UESynthWire

extension ReplyReader {
  /// Bytes of which the reader has to take all.
  func feed(_ bytes: UnsafeRawBufferPointer) -> WireFailure? {
    var rest = bytes
    let failure = feed(&rest)
    #expect(rest.isEmpty || failure != nil)
    return failure
  }
}

/// Everything that a run of a reader shows to the outside.
struct Run: Equatable {
  var failure: WireFailure?
  var lengths: [Int]
  var images: [Int]
  var imageIDs: [UInt64?]
  var messages: [String]
  var bodies: [[UInt8]]
  var overruns: Int
}

func run(
  _ pieces: [ArraySlice<UInt8>], _ shape: ReplyShape = .streamFrame, limit: Int = 1 << 20,
  direct: Bool = false, wantsImages: Bool = true
) -> Run {
  let receiver = RecordingReceiver()
  receiver.wantsImages = wantsImages
  let reader = ReplyReader(shape: shape, maximumLength: limit, receiver: receiver)
  var failure: WireFailure?
  var received = 0
  for piece in pieces where failure == nil {
    // A copy of exactly its size: reading past it is an error that sanitizers see.
    var rest = Array(piece)[...]
    while !rest.isEmpty && failure == nil {
      if direct, let target = reader.directTarget {
        let count = min(target.count, rest.count)
        target.copyBytes(from: rest.prefix(count))
        failure = reader.feed(UnsafeRawBufferPointer(rebasing: target[..<count]))
        rest = rest.dropFirst(count)
        received += count
      } else {
        let count = direct ? 1 : rest.count
        failure = rest.prefix(count).withUnsafeBytes { reader.feed($0) }
        rest = rest.dropFirst(count)
      }
    }
  }
  if failure == nil { failure = reader.end() }
  if failure == nil {
    #expect(!reader.isMidMessage)
    #expect(reader.messageBytesPending == 0)
    if wantsImages {
      let total = receiver.images.reduce(0, +)
      #expect(reader.copiedBytes + UInt64(received) == UInt64(total))
    } else {
      #expect(reader.copiedBytes == 0)
    }
  }
  return Run(
    failure: failure, lengths: receiver.lengths, images: receiver.images,
    imageIDs: receiver.imageIDs, messages: receiver.messages, bodies: receiver.bodyBytes,
    overruns: receiver.overruns)
}

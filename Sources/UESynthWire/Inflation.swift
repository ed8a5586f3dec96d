/// A stretch of a compressed picture on its way into its place, which any thread can inflate. Its reader
/// gives it away with the bytes that have come so far, and takes it back with what became of them.
///
/// Thread: `run` on one, and nothing else of it until it is over; the reader's otherwise.
public final class Inflation: @unchecked Sendable {
  /// Inflated between two looks at whether anybody still wants it.
  private static let slice = 64 << 10

  let inflater = Inflater()
  /// Somebody has it.
  var isAway = false
  /// The bytes to be inflated, and those of the same message that have come since.
  var input = ByteAssembly()
  var behind = ByteAssembly()
  /// Where the picture goes on.
  var room = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  // What became of it.
  private(set) var taken = 0
  private(set) var written = 0
  private(set) var outcome = Inflater.Outcome.needsInput

  /// Of the wire, not yet inflated for certain.
  var pendingBytes: Int { input.count &+ behind.count }

  /// Inflates as far as there are bytes and room, or as long as it is wanted. The room must outlive it.
  public func run(while isWanted: () -> Bool) {
    var source = input.bytes
    written = 0
    repeat {
      let start = room.baseAddress.map { $0 + written }
      let count = min(Self.slice, room.count &- written)
      var part = UnsafeMutableRawBufferPointer(start: start, count: count)
      outcome = inflater.inflate(&source, into: &part)
      written &+= count &- part.count
    } while outcome == .full && written < room.count && isWanted()
    taken = input.count &- source.count
  }

  func discard() {
    isAway = false
    input.clear()
    behind.clear()
  }
}

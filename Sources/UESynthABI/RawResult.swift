import CUESynth
import Glibc
import UESynthClient
import UESynthCore
import UESynthWire

/// How a raw call ended, in the form of uesynth_raw.h: one block of memory, the struct first.
enum RawResult {
  private static func textSize(_ pairs: ReceivedMetadata) -> Int {
    pairs.pairs.reduce(0) { $0 &+ $1.key.count &+ $1.value.count &+ 2 }
  }

  /// nil without memory. Takes over the message.
  static func make(
    _ outcome: RawOutcome, _ message: RawMessage?
  ) -> UnsafePointer<uesynth_raw_result>? {
    let head = (MemoryLayout<uesynth_raw_result>.size + 15) & ~15
    let entry = MemoryLayout<uesynth_metadata>.stride
    let entries = outcome.initial.pairs.count &+ outcome.trailing.pairs.count
    let words = Array(outcome.message.utf8)
    let size =
      head &+ entries &* entry &+ textSize(outcome.initial) &+ textSize(outcome.trailing)
      &+ words.count &+ 1
    guard let memory = malloc(size) else { return nil }
    var texts = memory + head + entries * entry
    func put(_ bytes: [UInt8]) -> UnsafePointer<CChar> {
      let start = texts
      bytes.withUnsafeBytes { source in
        if let base = source.baseAddress { memcpy(start, base, source.count) }
      }
      start.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
      texts = start + bytes.count + 1
      return UnsafePointer(start.assumingMemoryBound(to: CChar.self))
    }
    var next = (memory + head).bindMemory(to: uesynth_metadata.self, capacity: max(1, entries))
    func put(_ pairs: ReceivedMetadata) -> UnsafePointer<uesynth_metadata> {
      let first = next
      for pair in pairs.pairs {
        let key = put(pair.key)
        let value = put(pair.value)
        next.initialize(to: uesynth_metadata(key: key, value: value, size: pair.value.count))
        next += 1
      }
      return UnsafePointer(first)
    }
    var result = uesynth_raw_result()
    result.struct_size = UInt32(MemoryLayout<uesynth_raw_result>.size)
    result.status = outcome.status.rawValue
    result.initial = put(outcome.initial)
    result.initial_count = outcome.initial.pairs.count
    result.trailing = put(outcome.trailing)
    result.trailing_count = outcome.trailing.pairs.count
    result.message = put(words)
    let nothing = UnsafeRawPointer(("" as StaticString).utf8Start)
    result.data =
      message.map { UnsafePointer($0.bytes) } ?? nothing.assumingMemoryBound(to: UInt8.self)
    result.size = message?.count ?? 0
    result.reserved = message.map { UnsafeMutableRawPointer($0.bytes) }
    let made = memory.bindMemory(to: uesynth_raw_result.self, capacity: 1)
    made.initialize(to: result)
    return UnsafePointer(made)
  }

  static func text(_ outcome: RawOutcome) -> String {
    outcome.message.isEmpty ? outcome.status.name.description : outcome.message
  }
}

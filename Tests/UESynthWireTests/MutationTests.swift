import Testing
import UESynthCore

@testable import UESynthWire

/// 100,000 damaged inputs, the same in every run: nothing crashes, nothing is written outside the
/// image, and pieces read like the whole.
@Suite struct MutationTests {
  @Test func damagedRepliesAreReadOrRejectedSafely() {
    let seeds = Vectors.lines.compactMap { line -> [UInt8]? in
      switch line[0] {
      case "frame", "image": framed(bytes(hex: line[1]))
      case "reply": framed(bytes(hex: line[3]))
      default: nil
      }
    }
    var dice = Dice(state: 2024)
    let receiver = BoundsReceiver()
    let reader = ReplyReader(shape: .streamFrame, maximumLength: 2048, receiver: receiver)
    let shapes: [ReplyShape] = [
      .streamFrame, .streamFrame, .image, .command, .cameraTransform, .objectsList,
    ]
    var failures = 0
    for round in 0..<70_000 {
      let input = mutated(seeds[round % seeds.count], &dice)
      let shape = shapes[Int(dice.next() % 6)]
      reader.reset(shape: shape)
      receiver.begin()
      var failure = input.withUnsafeBytes { reader.feed($0) }
      if failure == nil { failure = reader.end() }
      if failure != nil { failures += 1 }
      let whole = receiver.digest
      let began = receiver.messagesBegan
      reader.reset(shape: shape)
      receiver.begin()
      let cut = Int(dice.next() % UInt64(input.count + 1))
      var again = input[..<cut].withUnsafeBytes { reader.feed($0) }
      if again == nil { again = input[cut...].withUnsafeBytes { reader.feed($0) } }
      if again == nil { again = reader.end() }
      if again != failure || receiver.digest != whole || receiver.messagesBegan != began {
        Issue.record("\(hex(input)) cut at \(cut)")
      }
    }
    #expect(receiver.overruns == 0)
    #expect(failures > 20_000 && failures < 68_000)
  }

  @Test func damagedRequestsAreReadOrRejectedSafely() {
    let seeds = Vectors.lines.compactMap { line -> [UInt8]? in
      switch line[0] {
      case "action": bytes(hex: line[1])
      case "stream": bytes(hex: line[3])
      default: nil
      }
    }
    var dice = Dice(state: 99)
    var rejected = 0
    for round in 0..<30_000 {
      let input = mutated(seeds[round % seeds.count], &dice)
      do {
        let action = try input.withUnsafeBytes { bytes throws(WireFailure) in
          try ServerRequest.decodeStream(bytes)
        }
        if action.name.utf8.count > input.count { Issue.record("\(hex(input))") }
      } catch { rejected += 1 }
    }
    #expect(rejected > 5_000 && rejected < 29_000)
  }

  private func mutated(_ seed: [UInt8], _ dice: inout Dice) -> [UInt8] {
    var bytes = seed
    for _ in 0...(dice.next() % 3) {
      let at = bytes.isEmpty ? 0 : Int(dice.next() % UInt64(bytes.count))
      let value = UInt8(truncatingIfNeeded: dice.next() >> 20)
      switch dice.next() % 5 {
      case 0 where !bytes.isEmpty: bytes[at] = value
      case 1 where !bytes.isEmpty: bytes[at] ^= 1 << (value & 7)
      case 2: bytes.insert(value, at: at)
      case 3 where !bytes.isEmpty: bytes.remove(at: at)
      case 4 where bytes.count > 5: bytes[4] = UInt8(truncatingIfNeeded: bytes.count - 5)
      default: bytes.append(value)
      }
    }
    return bytes
  }
}

/// Gives out one block of memory and looks whether anything behind what it promised was touched.
private final class BoundsReceiver: ReplyReceiver {
  private let memory = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 64)
  private var promised: Int?
  private(set) var overruns = 0
  private(set) var messagesBegan = 0
  /// Of all that messages said.
  private(set) var digest: UInt64 = 0

  deinit { memory.deallocate() }

  func begin() {
    digest = 14_695_981_039_346_656_037
    messagesBegan = 0
  }

  func messageBegan(length: Int) -> Bool {
    messagesBegan += 1
    return length <= 2048
  }

  func imageBegan(length: Int, requestID: UInt64?) -> UnsafeMutableRawPointer? {
    if length > 2048 { overruns += 1 }
    promised = length
    memory.storeBytes(of: 0xEEEE_EEEE, toByteOffset: length, as: UInt32.self)
    return memory
  }

  func messageEnded(_ reply: borrowing ScannedReply) {
    if let promised {
      if memory.load(fromByteOffset: promised, as: UInt8.self) != 0xEE { overruns += 1 }
      if reply.imageLength > promised { overruns += 1 }
    }
    add(reply.requestID ?? 0)
    add(UInt64(reply.body.rawValue))
    add(UInt64(reply.imageLength))
    add(UInt64(reply.width) << 32 | UInt64(reply.height))
    for byte in reply.claimedFormat { add(UInt64(byte)) }
    if !UTF8Text.isValid(reply.claimedFormat) { overruns += 1 }
    for byte in UnsafeRawBufferPointer(start: memory, count: reply.imageLength) {
      add(UInt64(byte))
    }
    for byte in reply.bodyBytes { add(UInt64(byte)) }
    guard reply.body != .image else { return }
    let failure = ReplyDecoder.decode(reply.body, reply.bodyBytes) { decoded in
      add(decoded.success ? 1 : 0)
      if !UTF8Text.isValid(decoded.message) { overruns += 1 }
      for i in 0..<decoded.nameCount where !UTF8Text.isValid(decoded.name(at: i)!) {
        overruns += 1
      }
    }
    add(failure == nil ? 3 : 4)
  }

  private func add(_ value: UInt64) {
    digest = (digest ^ value) &* 1_099_511_628_211
  }
}

import UESynthCore
@testable import UESynthWire

/// Keeps what a reader says, in the words of wire_vectors.py.
final class RecordingReceiver: ReplyReceiver {
  private(set) var lengths: [Int] = []
  private(set) var images: [Int] = []
  private(set) var imageIDs: [UInt64?] = []
  /// A message as `frame` lines have it; "rejected" if its body cannot be decoded.
  private(set) var messages: [String] = []
  private(set) var bodyBytes: [[UInt8]] = []
  private(set) var overruns = 0
  var acceptsMessages = true
  var wantsImages = true

  private static let guardSize = 16
  private var memory: UnsafeMutableRawPointer?
  private var memorySize = 0

  deinit { memory?.deallocate() }

  func messageBegan(length: Int) -> Bool {
    lengths.append(length)
    return acceptsMessages
  }

  func imageBegan(length: Int, requestID: UInt64?) -> UnsafeMutableRawPointer? {
    images.append(length)
    imageIDs.append(requestID)
    guard wantsImages else { return nil }
    checkGuard()
    memory?.deallocate()
    let fresh = UnsafeMutableRawPointer.allocate(
      byteCount: length + Self.guardSize, alignment: 64)
    fresh.initializeMemory(as: UInt8.self, repeating: 0xEE, count: length + Self.guardSize)
    memory = fresh
    memorySize = length
    return fresh
  }

  func messageEnded(_ reply: borrowing ScannedReply) {
    checkGuard()
    let id = reply.requestID.map { hex(Array(String($0).utf8)) } ?? ""
    bodyBytes.append(Array(reply.bodyBytes))
    messages.append("\(id)|\(values(reply))")
  }

  private func checkGuard() {
    guard let memory else { return }
    for i in 0..<Self.guardSize
    where memory.load(fromByteOffset: memorySize + i, as: UInt8.self) != 0xEE { overruns += 1 }
  }

  private func values(_ reply: borrowing ScannedReply) -> String {
    switch reply.body {
    case .none: return "none"
    case .image:
      let count = reply.imageLength
      var image: [UInt8] = []
      if let memory, wantsImages, count > 0 {
        image = Array(UnsafeRawBufferPointer(start: memory, count: count))
      }
      return "image:\(hex(image)):\(reply.width):\(reply.height):\(hex(reply.claimedFormat))"
    case .command, .cameraTransform, .objectTransform, .objectsList:
      return decodedValues(reply.body, reply.bodyBytes) ?? "rejected"
    }
  }
}

/// The values of a body in the words of wire_vectors.py, nil if it cannot be decoded.
func decodedValues(_ body: ReplyBody, _ bytes: UnsafeRawBufferPointer) -> String? {
  var text: String?
  let failure = ReplyDecoder.decode(body, bytes) { reply in
    switch body {
    case .command: text = "command:\(reply.success ? 1 : 0):\(hex(reply.message))"
    case .objectsList:
      let names = (0..<reply.nameCount).map { i in (reply.name(at: i).map { hex($0) } ?? "?") + "."
      }
      text = "names:" + names.joined(separator: ",")
    case .cameraTransform, .objectTransform, .none, .image:
      let member = body == .cameraTransform ? "camera_transform" : "object_transform"
      let pose = reply.hasTransform ? poseText(reply.transform) : "no-transform"
      text = "\(member):\(reply.success ? 1 : 0):\(hex(reply.message)):\(pose)"
    }
  }
  return failure == nil ? text : nil
}

func floatText(_ value: Float) -> String {
  let digits = String(value.bitPattern, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}

func vectorText(_ vector: Vector3) -> String {
  [vector.x, vector.y, vector.z].map(floatText).joined(separator: ",")
}

func poseText(_ pose: Transform) -> String {
  let rotation = [pose.rotation.pitch, pose.rotation.yaw, pose.rotation.roll].map(floatText)
  return [
    vectorText(pose.location), rotation.joined(separator: ","), vectorText(pose.scale),
  ].joined(separator: ";")
}

/// A request id as `ScannedReply` gives it: decimal without a leading zero, or nothing.
func canonicalID(hex text: String) -> String {
  let string = String(decoding: bytes(hex: text.isEmpty ? "-" : text), as: UTF8.self)
  guard let number = UInt64(string), String(number) == string else { return "" }
  return text
}

import UESynthHTTP2
import UESynthWire

/// Header blocks, trailers, data, END_STREAM and resets in any order: the first outcome stands. What came is
/// then sent by a server's session, and read by a client's.
enum ResponseTarget {
  private static let names = [
    ":status", "grpc-status", "grpc-message", "grpc-encoding", "grpc-accept-encoding",
    "content-type", "x-trace", "x-trace-bin", "grpc-status-details-bin", "te", "-bin", "",
  ]

  static func run(_ bytes: UnsafeRawBufferPointer) {
    var input = FuzzInput(bytes)
    let relays = input.byte() & 1 == 1
    var response = CallResponse()
    var metadata = ReceivedMetadata()
    let block = HeaderBlock()
    var first: CallOutcome?
    while !input.isEmpty {
      switch input.byte() % 8 {
      case 0: response.beginBlock()
      case 1:
        let name = names[Int(input.byte()) % names.count]
        Array(name.utf8).withUnsafeBytes {
          field($0, input.take(Int(input.byte())), &response, &metadata, block)
        }
      case 2:
        let name = input.take(Int(input.byte()))
        field(name, input.take(Int(input.byte())), &response, &metadata, block)
      case 3: note(response.endBlock(endStream: false), &first)
      case 4: note(response.endBlock(endStream: true), &first)
      case 5: note(response.dataArrived(input.take(Int(input.byte()))), &first)
      case 6: note(response.endStream(), &first)
      default:
        let code = UInt32(input.byte())
        note(
          response.reset(
            code: code & 15, cancelledByUs: code & 16 != 0, deadlinePassed: code & 32 != 0),
          &first)
      }
    }
    expect(first == nil || !response.hasMessages, "messages after the end")
    for pair in metadata.pairs {
      expect(!pair.key.isEmpty && pair.key[0] != 0x3A, "HTTP's own among the metadata")
    }
    if relays { HeaderRelay.send(block) }
  }

  private static func field(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
    _ response: inout CallResponse, _ metadata: inout ReceivedMetadata, _ block: HeaderBlock
  ) {
    response.field(name: name, value: value)
    metadata.field(name: name, value: value)
    block.append(name, value)
  }

  private static func note(_ outcome: CallOutcome?, _ first: inout CallOutcome?) {
    guard let first else {
      first = outcome
      if let outcome {
        expect((0...16).contains(outcome.status.rawValue), "status \(outcome.status)")
        expect(outcome.status != .ok || outcome.message.isEmpty, "OK, but \(outcome.message)")
      }
      return
    }
    expect(outcome == first, "\(outcome as Any) after \(first)")
  }
}

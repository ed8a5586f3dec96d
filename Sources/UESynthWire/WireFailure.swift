import UESynthCore

/// Why a peer's message cannot be used. The call ends; the connection lives.
package enum WireFailure: Error, Equatable {
  /// The length prefix is over `max_receive_message_length`. Nothing was allocated for it.
  case tooLong(length: Int, limit: Int)
  /// The message is marked as compressed, and no encoding was agreed on.
  case compressed(flag: UInt8)
  /// The prefix begins with neither 0 nor 1.
  case badFlag(UInt8)
  /// The stream ended inside a message or its prefix.
  case truncated
  /// Not protobuf, or not what the schema allows.
  case malformed(StaticString)
  /// The receiver did not want the message.
  case refused
  /// Memory for a message (not an image) could not be had.
  case outOfMemory

  package var status: Status {
    switch self {
    case .tooLong, .refused, .outOfMemory: .resourceExhausted
    case .compressed, .badFlag, .truncated, .malformed: .internal
    }
  }

  /// A sentence for the user: what happened and what to do.
  package var message: String {
    switch self {
    case .tooLong(let length, let limit):
      "a message of \(length) bytes is over the limit of \(limit) bytes: raise "
        + "max_receive_message_length (grpc.max_receive_message_length) to at least \(length)"
    case .compressed:
      "a message is marked as compressed, but the server named no encoding that this client "
        + "offered: switch compression off in the server"
    case .badFlag(let flag):
      "a message begins with flag \(flag) where gRPC allows 0 and 1: the peer is no gRPC server, or "
        + "bytes were lost on the way"
    case .truncated:
      "the stream ended in the middle of a message"
    case .malformed(let reason):
      "a message is not what uesynth.proto describes: \(reason)"
    case .refused:
      "a message was refused: there is no room for it (stream_buffer_bytes)"
    case .outOfMemory:
      "out of memory while a message was being received"
    }
  }

  package static func == (left: WireFailure, right: WireFailure) -> Bool {
    switch (left, right) {
    case (.tooLong(let a, let b), .tooLong(let c, let d)): a == c && b == d
    case (.compressed(let a), .compressed(let b)): a == b
    case (.badFlag(let a), .badFlag(let b)): a == b
    case (.truncated, .truncated), (.refused, .refused), (.outOfMemory, .outOfMemory): true
    case (.malformed(let a), .malformed(let b)): a.description == b.description
    default: false
    }
  }
}

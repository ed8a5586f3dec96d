import UESynthCore

/// Why a peer's message cannot be used. The call ends; the connection lives.
public enum WireFailure: Error, Equatable {
  /// The length prefix is over `max_receive_message_length`. Nothing was allocated for it.
  case tooLong(length: Int, limit: Int)
  /// A compressed message has more bytes than `max_receive_message_length`. No more were inflated.
  case tooLongInflated(limit: Int)
  /// The message is marked as compressed, and its call named no encoding.
  case unannounced
  /// The call's encoding is none that is known here.
  case unknownEncoding(String)
  /// A compressed message is not what its encoding makes.
  case corrupt(MessageEncoding, StaticString)
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

  public var status: Status {
    switch self {
    case .tooLong, .tooLongInflated, .refused, .outOfMemory: .resourceExhausted
    case .unannounced, .unknownEncoding, .corrupt, .badFlag, .truncated, .malformed: .internal
    }
  }

  /// A sentence for the user: what happened and what to do.
  public var message: String {
    switch self {
    case .tooLong(let length, let limit):
      "a message of \(length) bytes is over the limit of \(limit) bytes: raise "
        + "max_receive_message_length (grpc.max_receive_message_length) to at least \(length)"
    case .tooLongInflated(let limit):
      "a compressed message has more than \(limit) bytes once it is inflated: raise "
        + "max_receive_message_length (grpc.max_receive_message_length)"
    case .unannounced:
      "a message is marked as compressed, but its call has no grpc-encoding that says how"
    case .unknownEncoding(let name):
      "a message is compressed with \"\(name)\", which this client neither knows nor offered (gzip "
        + "and deflate it does): choose another compression in the server"
    case .corrupt(let encoding, let reason):
      "a message that is marked as \(encoding.name) cannot be inflated: \(reason)"
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

  public static func == (left: WireFailure, right: WireFailure) -> Bool {
    switch (left, right) {
    case (.tooLong(let a, let b), .tooLong(let c, let d)): a == c && b == d
    case (.tooLongInflated(let a), .tooLongInflated(let b)): a == b
    case (.unannounced, .unannounced): true
    case (.unknownEncoding(let a), .unknownEncoding(let b)): a == b
    case (.corrupt(let a, let b), .corrupt(let c, let d)): a == c && b.description == d.description
    case (.badFlag(let a), .badFlag(let b)): a == b
    case (.truncated, .truncated), (.refused, .refused), (.outOfMemory, .outOfMemory): true
    case (.malformed(let a), .malformed(let b)): a.description == b.description
    default: false
    }
  }
}

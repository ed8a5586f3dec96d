import UESynthCore
import UESynthWire

/// What the headers of a request say (gRPC PROTOCOL-HTTP2, Requests).
struct RequestHead {
  enum Verdict: Equatable {
    case accepted(RPC)
    /// A gRPC call that cannot be served.
    case refused(Status, String)
    /// No gRPC call at all: an HTTP status, in digits.
    case notGRPC(StaticString)

    static func == (left: Verdict, right: Verdict) -> Bool {
      switch (left, right) {
      case (.accepted(let a), .accepted(let b)): a == b
      case (.refused(let a, let b), .refused(let c, let d)): a == c && b == d
      case (.notGRPC(let a), .notGRPC(let b)): a.description == b.description
      default: false
      }
    }
  }

  private var isPost = false
  private var isGRPC = false
  private var rpc: RPC?
  private var path = ""
  /// How the messages are compressed, if they are.
  private(set) var encoding = AnnouncedEncoding.none
  /// What replies may be compressed with.
  private(set) var accepted: [MessageEncoding] = []
  /// From the request's arrival; nil without a limit.
  private(set) var timeout: Int64?

  mutating func field(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    if name.equals(":path") {
      rpc = RPC(path: value)
      path = String(decoding: value.prefix(200), as: UTF8.self)
    } else if name.equals(":method") {
      isPost = value.equals("POST")
    } else if name.equals("content-type") {
      let type: StaticString = "application/grpc"
      isGRPC =
        value.count >= type.utf8CodeUnitCount
        && UnsafeRawBufferPointer(rebasing: value.prefix(type.utf8CodeUnitCount)).equals(type)
    } else if name.equals("grpc-timeout") {
      timeout = Self.timeout(value)
    } else if name.equals("grpc-encoding") {
      encoding = AnnouncedEncoding(value)
    } else if name.equals("grpc-accept-encoding") {
      accepted = [.gzip, .deflate].filter { $0.isNamed(in: value) }
    }
  }

  var verdict: Verdict {
    if !isPost { return .notGRPC("405") }
    if !isGRPC { return .notGRPC("415") }
    if let rpc { return .accepted(rpc) }
    return .refused(.unimplemented, "this server has no method \(path)")
  }

  /// Nanoseconds of a `grpc-timeout`, nil if it is none.
  static func timeout(_ value: UnsafeRawBufferPointer) -> Int64? {
    guard let unit = value.last, (2...9).contains(value.count) else { return nil }
    var amount: Int64 = 0
    for byte in value.dropLast() {
      guard (0x30...0x39).contains(byte) else { return nil }
      amount = amount &* 10 &+ Int64(byte &- 0x30)
    }
    let nanoseconds: Int64
    switch unit {
    case UInt8(ascii: "n"): nanoseconds = 1
    case UInt8(ascii: "u"): nanoseconds = 1_000
    case UInt8(ascii: "m"): nanoseconds = 1_000_000
    case UInt8(ascii: "S"): nanoseconds = 1_000_000_000
    case UInt8(ascii: "M"): nanoseconds = 60_000_000_000
    case UInt8(ascii: "H"): nanoseconds = 3_600_000_000_000
    default: return nil
    }
    let (product, overflow) = amount.multipliedReportingOverflow(by: nanoseconds)
    return overflow ? .max : product
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func equals(_ text: StaticString) -> Bool {
    elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}

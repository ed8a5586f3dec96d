/// How a call ended. 0 to 16 are the gRPC codes by their own numbers (grpc doc/statuscodes.md), 100
/// and up are the library's own; the ABI's `UESYNTH_*` statuses are the same numbers.
public struct Status: RawRepresentable, Equatable, Hashable, Sendable {
  public let rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  // Said here, since those of the standard library are generic and not inlined across modules.
  @inlinable
  public static func == (one: Status, other: Status) -> Bool { one.rawValue == other.rawValue }

  @inlinable public static var ok: Status { Status(rawValue: 0) }
  @inlinable public static var cancelled: Status { Status(rawValue: 1) }
  @inlinable public static var unknown: Status { Status(rawValue: 2) }
  @inlinable public static var invalidArgument: Status { Status(rawValue: 3) }
  @inlinable public static var deadlineExceeded: Status { Status(rawValue: 4) }
  @inlinable public static var notFound: Status { Status(rawValue: 5) }
  @inlinable public static var alreadyExists: Status { Status(rawValue: 6) }
  @inlinable public static var permissionDenied: Status { Status(rawValue: 7) }
  @inlinable public static var resourceExhausted: Status { Status(rawValue: 8) }
  @inlinable public static var failedPrecondition: Status { Status(rawValue: 9) }
  @inlinable public static var aborted: Status { Status(rawValue: 10) }
  @inlinable public static var outOfRange: Status { Status(rawValue: 11) }
  @inlinable public static var unimplemented: Status { Status(rawValue: 12) }
  @inlinable public static var `internal`: Status { Status(rawValue: 13) }
  @inlinable public static var unavailable: Status { Status(rawValue: 14) }
  @inlinable public static var dataLoss: Status { Status(rawValue: 15) }
  @inlinable public static var unauthenticated: Status { Status(rawValue: 16) }

  @inlinable public static var wouldBlock: Status { Status(rawValue: 100) }
  @inlinable public static var noFrame: Status { Status(rawValue: 101) }
  @inlinable public static var closed: Status { Status(rawValue: 102) }
  @inlinable public static var misuse: Status { Status(rawValue: 103) }
  @inlinable public static var forked: Status { Status(rawValue: 104) }
  @inlinable public static var alreadyCompleted: Status { Status(rawValue: 105) }
  @inlinable public static var bufferTooSmall: Status { Status(rawValue: 106) }
  @inlinable public static var noAnswer: Status { Status(rawValue: 107) }

  public static let grpcNames: [StaticString] = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
    "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
  ]

  public static let ownNames: [StaticString] = [
    "WOULD_BLOCK", "NO_FRAME", "CLOSED", "MISUSE", "FORKED", "ALREADY_COMPLETED",
    "BUFFER_TOO_SMALL", "NO_ANSWER",
  ]

  /// The constant's name without its prefix: "DEADLINE_EXCEEDED".
  public var name: StaticString {
    let grpc = Int(rawValue)
    if Self.grpcNames.indices.contains(grpc) { return Self.grpcNames[grpc] }
    let own = grpc - 100
    if Self.ownNames.indices.contains(own) { return Self.ownNames[own] }
    return "UNRECOGNISED"
  }
}

/// How a call ended. 0 to 16 are the gRPC codes by their own numbers (grpc doc/statuscodes.md), 100
/// and up are the library's own; the ABI's `UESYNTH_*` statuses are the same numbers.
package struct Status: RawRepresentable, Equatable, Hashable, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let ok = Status(rawValue: 0)
  package static let cancelled = Status(rawValue: 1)
  package static let unknown = Status(rawValue: 2)
  package static let invalidArgument = Status(rawValue: 3)
  package static let deadlineExceeded = Status(rawValue: 4)
  package static let notFound = Status(rawValue: 5)
  package static let alreadyExists = Status(rawValue: 6)
  package static let permissionDenied = Status(rawValue: 7)
  package static let resourceExhausted = Status(rawValue: 8)
  package static let failedPrecondition = Status(rawValue: 9)
  package static let aborted = Status(rawValue: 10)
  package static let outOfRange = Status(rawValue: 11)
  package static let unimplemented = Status(rawValue: 12)
  package static let `internal` = Status(rawValue: 13)
  package static let unavailable = Status(rawValue: 14)
  package static let dataLoss = Status(rawValue: 15)
  package static let unauthenticated = Status(rawValue: 16)

  package static let wouldBlock = Status(rawValue: 100)
  package static let noFrame = Status(rawValue: 101)
  package static let closed = Status(rawValue: 102)
  package static let misuse = Status(rawValue: 103)
  package static let forked = Status(rawValue: 104)
  package static let alreadyCompleted = Status(rawValue: 105)
  package static let bufferTooSmall = Status(rawValue: 106)
  package static let noAnswer = Status(rawValue: 107)

  package static let grpcNames: [StaticString] = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
    "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
  ]

  package static let ownNames: [StaticString] = [
    "WOULD_BLOCK", "NO_FRAME", "CLOSED", "MISUSE", "FORKED", "ALREADY_COMPLETED",
    "BUFFER_TOO_SMALL", "NO_ANSWER",
  ]

  /// The constant's name without its prefix: "DEADLINE_EXCEEDED".
  package var name: StaticString {
    let grpc = Int(rawValue)
    if Self.grpcNames.indices.contains(grpc) { return Self.grpcNames[grpc] }
    let own = grpc - 100
    if Self.ownNames.indices.contains(own) { return Self.ownNames[own] }
    return "UNRECOGNISED"
  }
}

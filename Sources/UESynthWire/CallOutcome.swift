import UESynthCore

/// How a call ended, as far as its headers, trailers and resets tell.
public struct CallOutcome: Equatable, Sendable {
  public var status: Status
  /// Empty for OK. The server's words, or a sentence that says what to do.
  public var message: String

  public init(status: Status, message: String) {
    self.status = status
    self.message = message
  }

  public static let ok = CallOutcome(status: .ok, message: "")
}

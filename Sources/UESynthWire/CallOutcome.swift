import UESynthCore

/// How a call ended, as far as its headers, trailers and resets tell.
package struct CallOutcome: Equatable {
  package var status: Status
  /// Empty for OK. The server's words, or a sentence that says what to do.
  package var message: String

  package init(status: Status, message: String) {
    self.status = status
    self.message = message
  }

  package static let ok = CallOutcome(status: .ok, message: "")
}

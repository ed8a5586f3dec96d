import CUESynthSys
import Glibc
import UESynthCore

/// Why a socket, a thread or an address could not be had or was lost: a status and a sentence that
/// says what to do.
public struct NetError: Error, Equatable, Sendable {
  public let status: Status
  public let message: String

  public init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }

  /// A failing system call: "`action`: the system's reason".
  public init(errno code: Int32, _ action: String) {
    self.init(Self.status(errno: code), "\(action): \(Self.text(errno: code))")
  }

  /// What a connection attempt or an established connection ended with.
  static func status(errno code: Int32) -> Status {
    switch code {
    case EMFILE, ENFILE, ENOMEM, ENOBUFS, ENOSPC, EAGAIN: .resourceExhausted
    default: .unavailable
    }
  }

  /// The system's words, with the limit that the reader can raise where there is one.
  static func text(errno code: Int32) -> String {
    let text = String(cString: uesynth_sys_error_text(code))
    switch code {
    case EMFILE: return "\(text) in this process (raise it with ulimit -n)"
    case ENFILE: return "\(text) on this machine (raise it with sysctl fs.file-max)"
    default: return text
    }
  }
}

public typealias ConnectFailure = NetError

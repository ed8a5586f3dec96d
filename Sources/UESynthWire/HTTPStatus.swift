import UESynthCore

/// What an HTTP status says about a call that has no grpc-status
/// (gRPC http-grpc-status-mapping.md).
enum HTTPStatus {
  static func status(_ code: Int) -> Status {
    switch code {
    case 400: .internal
    case 401: .unauthenticated
    case 403: .permissionDenied
    case 404: .unimplemented
    case 429, 502, 503, 504: .unavailable
    default: .unknown
    }
  }

  /// What the user can do about a response that is not gRPC's.
  static func advice(_ code: Int) -> String {
    switch code {
    case 401, 403: "access is refused: does the server or a proxy ask for credentials?"
    case 429: "too many requests for the server or a proxy: send fewer, or later"
    case 502, 503, 504: "a proxy cannot reach the gRPC server: is it running?"
    default: "this is not a gRPC server; is the port right?"
    }
  }
}

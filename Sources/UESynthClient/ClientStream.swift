import UESynthHTTP2
import UESynthNet

/// The :path of a call.
public enum MethodPath {
  /// One of the service's own.
  case known(StaticString)
  /// The host's.
  case given(String)
}

/// A call on the wire, of whatever kind. Loop thread only.
class ClientStream: HTTP2Stream {
  /// What it is open on.
  var connection: HTTP2Connection?
  /// The server was told that its messages may be compressed.
  var offersCompression = false
}

import Glibc

/// What speaks over a transport. All calls are on the loop thread; each may call `send`, `sendv`,
/// `readPaused` and `close` of the transport.
public protocol TransportHandler: AnyObject {
  /// Fills in where the next bytes go, and returns how many of the two vectors it filled; 0 takes
  /// the loop's hot buffer, as do vectors with no room. The memory stays valid until `transportReceivedDirect` or
  /// `transportClosed`.
  func transportReceiveVectors(_ vectors: UnsafeMutablePointer<iovec>) -> Int

  /// Bytes in the hot buffer, valid during the call.
  func transportReceived(_ bytes: UnsafeRawBufferPointer)

  /// `count` bytes have been received into the vectors given, the first one filled first.
  func transportReceivedDirect(_ count: Int)

  /// All that was there has been read, or the pass has had its share: the moment for one flush.
  func transportReadPassEnded()

  /// The socket takes bytes again, after a `send` that it took only in part.
  func transportWritable()

  /// The peer has closed its side (nil) or the connection has failed. The transport is closed. Once,
  /// never from within `send`, and not after `close`.
  func transportClosed(_ failure: ConnectFailure?)
}

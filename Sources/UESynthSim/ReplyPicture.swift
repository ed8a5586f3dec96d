/// Pixels that are ready to be sent, and what the reply says of them.
struct ReplyPicture {
  /// Valid and unchanged as long as `owner` is retained.
  var bytes: UnsafeRawBufferPointer
  var owner: AnyObject?
  var width: UInt32
  var height: UInt32
  var format: String
}

import Glibc

/// A caller's NUL-terminated string, for the duration of a call, with its length, so that it is measured once.
public struct BorrowedText {
  /// nil is "".
  public let start: UnsafePointer<CChar>?
  public let count: Int

  @inlinable @inline(__always)
  public init(_ start: UnsafePointer<CChar>?) {
    self.init(start, count: start.map { Int(truncatingIfNeeded: strlen($0)) } ?? 0)
  }

  /// `count` bytes come before the NUL.
  @inlinable @inline(__always)
  public init(_ start: UnsafePointer<CChar>?, count: Int) {
    self.start = start
    self.count = count
  }
}

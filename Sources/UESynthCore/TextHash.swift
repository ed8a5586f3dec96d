import Glibc

/// A hash of a NUL-terminated string, eight bytes at a time, finished so that short names differ in every
/// bit. Equal names have equal hashes; two names that collide are only treated more cautiously than need
/// be.
public enum TextHash {
  public static func of(_ text: UnsafePointer<CChar>?, salt: UInt64 = 0) -> UInt64 {
    salted(plain(text), salt)
  }

  /// The part that reads the text: `salted` makes any number of hashes of it.
  public static func plain(_ text: UnsafePointer<CChar>?) -> UInt64 {
    guard let text else { return mixed(0, 0) }
    let bytes = UnsafeRawPointer(text)
    let count = strlen(text)
    var hash = UInt64(truncatingIfNeeded: count)
    var place = 0
    while count &- place >= 8 {
      hash = mixed(
        hash, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
      place &+= 8
    }
    var rest: UInt64 = 0
    while place < count {
      rest = rest &<< 8 | UInt64(bytes.load(fromByteOffset: place, as: UInt8.self))
      place &+= 1
    }
    return mixed(hash, rest)
  }

  @inline(__always)
  private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word &+ 0xCBF2_9CE4_8422_2325) &* 0x9FB2_1C65_1E98_DF25
    return product ^ product &>> 29
  }

  @inlinable
  public static func salted(_ plain: UInt64, _ salt: UInt64) -> UInt64 {
    var hash = plain ^ (salt &* 0x9E37_79B9_7F4A_7C15)
    hash ^= hash >> 33
    hash = hash &* 0xFF51_AFD7_ED55_8CCD
    hash ^= hash >> 33
    // The all-ones value marks vacancy in OpenTable.
    return hash == .max ? 0 : hash
  }
}

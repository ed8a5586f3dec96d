/// FNV-1a over a NUL-terminated string, finished so that short names differ in every bit. Equal names
/// have equal hashes; two names that collide are only treated more cautiously than need be.
package enum TextHash {
  package static func of(_ text: UnsafePointer<CChar>?, salt: UInt64 = 0) -> UInt64 {
    salted(plain(text), salt)
  }

  /// The part that reads the text: `salted` makes any number of hashes of it.
  package static func plain(_ text: UnsafePointer<CChar>?) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    if var cursor = text {
      while cursor.pointee != 0 {
        hash = (hash ^ UInt64(UInt8(bitPattern: cursor.pointee))) &* 0x100_0000_01B3
        cursor += 1
      }
    }
    return hash
  }

  @inlinable
  package static func salted(_ plain: UInt64, _ salt: UInt64) -> UInt64 {
    var hash = plain ^ (salt &* 0x9E37_79B9_7F4A_7C15)
    hash ^= hash >> 33
    hash = hash &* 0xFF51_AFD7_ED55_8CCD
    hash ^= hash >> 33
    // The all-ones value marks vacancy in OpenTable.
    return hash == .max ? 0 : hash
  }
}

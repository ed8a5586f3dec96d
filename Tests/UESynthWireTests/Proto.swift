@testable import UESynthWire

/// A message written by hand, for the tests.
struct Proto {
  var bytes: [UInt8] = []

  static func build(_ write: (inout ByteArray) -> Void) -> [UInt8] {
    var sink = ByteArray()
    write(&sink)
    return sink.bytes
  }
}

extension ByteArray {
  mutating func delimited(_ field: UInt32, _ content: [UInt8]) {
    header(field, length: content.count)
    for value in content { byte(value) }
  }
}

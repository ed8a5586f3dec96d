import CNghttp2
import Testing

@testable import UESynthHTTP2

@Suite struct HeaderBlockTests {
  private func fields(_ block: HeaderBlock) -> [String] {
    let (fields, count) = block.resolved()
    return (0..<count).map { index in
      let field = fields[index]
      let name = UnsafeBufferPointer(start: field.name, count: field.namelen)
      let value = UnsafeBufferPointer(start: field.value, count: field.valuelen)
      return String(decoding: name, as: UTF8.self) + ": " + String(decoding: value, as: UTF8.self)
    }
  }

  @Test func holdsWhatWasAppendedInOrder() {
    let block = HeaderBlock()
    block.append(":method", "POST")
    block.append("user-agent", "ü" + String(repeating: "x", count: 3))
    var name = "x-key"
    var value = "v"
    name.withUTF8 { name in
      value.withUTF8 { block.append(UnsafeRawBufferPointer(name), UnsafeRawBufferPointer($0)) }
    }
    block.append("empty", UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(fields(block) == [":method: POST", "user-agent: üxxx", "x-key: v", "empty: "])
  }

  /// Memory moves as it grows; earlier fields must follow.
  @Test func growsPastItsFirstMemory() {
    let block = HeaderBlock()
    var expected: [String] = []
    for index in 0..<100 {
      let value = String(repeating: "\(index % 10)", count: index * 3)
      block.append("name", value)
      block.append("static", "value")
      expected += ["name: \(value)", "static: value"]
    }
    #expect(fields(block) == expected)
  }

  @Test func isReused() {
    let block = HeaderBlock()
    for round in 0..<3 {
      block.removeAll()
      block.append("a", "\(round)")
      #expect(fields(block) == ["a: \(round)"])
    }
  }

  @Test func staticTextIsNotCopied() {
    let block = HeaderBlock()
    block.append("te", "trailers")
    let (fields, count) = block.resolved()
    #expect(count == 1)
    let expected = UInt8(
      NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)
    #expect(fields[0].flags == expected)
  }
}

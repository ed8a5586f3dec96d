import Testing
import UESynthCore

@Suite struct TextBufferTests {
  private func with<Result>(_ body: (inout TextBuffer) -> Result) -> Result {
    var buffer = TextBuffer()
    defer { buffer.destroy() }
    return body(&buffer)
  }

  private func text(_ buffer: TextBuffer) -> String { String(cString: buffer.cString) }

  @Test func isEmptyAndNeverNil() {
    with { buffer in
      #expect(text(buffer) == "")
      buffer.set("" as String)
      #expect(text(buffer) == "")
      buffer.set(nil as UnsafePointer<CChar>?)
      #expect(buffer.rawBytes.count == 0)
    }
  }

  @Test func endsWithNULWhateverItHeldBefore() {
    with { buffer in
      buffer.set("a long text that stood here")
      buffer.set("short")
      #expect(text(buffer) == "short")
      #expect(buffer.count == 5)
      buffer.set("" as String)
      #expect(text(buffer) == "")
    }
  }

  @Test func growsByAppending() {
    with { buffer in
      var expected = ""
      for index in 0..<500 {
        let part = "\(index), "
        part.withCString {
          buffer.append(UnsafeRawBufferPointer(start: $0, count: part.utf8.count))
        }
        expected += part
      }
      #expect(text(buffer) == expected)
    }
  }

  @Test func terminatorsSeparateLists() {
    with { buffer in
      for name in ["a", "", "bc"] {
        name.withCString {
          buffer.append(UnsafeRawBufferPointer(start: $0, count: name.utf8.count))
        }
        buffer.appendTerminator()
      }
      #expect(Array(buffer.rawBytes) == [97, 0, 0, 98, 99, 0])
    }
  }

  @Test func clearKeepsSmallMemoryAndGivesLargeBack() {
    with { buffer in
      buffer.set("small")
      let kept = buffer.cString
      buffer.clear()
      #expect(text(buffer) == "")
      buffer.set("again")
      #expect(buffer.cString == kept)
      buffer.set(String(repeating: "x", count: 100_000))
      buffer.clear()
      #expect(text(buffer) == "")
      #expect(buffer.rawBytes.baseAddress == nil)
      buffer.set("after")
      #expect(text(buffer) == "after")
    }
  }
}

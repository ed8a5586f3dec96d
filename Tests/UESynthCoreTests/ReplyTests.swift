import Testing
import UESynthCore

@Suite struct ReplyTests {
  private func reply(_ names: [String], count: Int) -> ReplyRef {
    let reply = ReplySlab.shared.take()
    for name in names {
      name.withCString {
        reply.pointee.names.append(UnsafeRawBufferPointer(start: $0, count: name.utf8.count))
      }
      reply.pointee.names.appendTerminator()
    }
    reply.pointee.listNames(count: count)
    return reply
  }

  private func listed(_ reply: ReplyRef) -> [String] {
    (0..<reply.pointee.nameCount).map { index in
      reply.pointee.nameList?[index].map { String(cString: $0) } ?? "nil"
    }
  }

  @Test func listsNames() {
    let names = ["Cube", "", "Würfel_2", "x"]
    let reply = reply(names, count: 4)
    defer { ReplySlab.shared.give(reply) }
    #expect(listed(reply) == names)
  }

  @Test func listsAThousand() {
    let names = (0..<1000).map { "Actor_\($0)" }
    let reply = reply(names, count: 1000)
    defer { ReplySlab.shared.give(reply) }
    #expect(listed(reply) == names)
  }

  /// Memory ran out for some names, or a name held a NUL.
  @Test func staysInsideTheNamesWhateverTheCount() {
    let fewer = reply(["abcdef", "g"], count: 7)
    #expect(listed(fewer) == ["abcdef", "g"])
    let more = reply(["a\0b", "c"], count: 2)
    #expect(listed(more).count == 2)
    let none = reply([], count: 3)
    #expect(none.pointee.nameCount == 0)
    for reply in [fewer, more, none] { ReplySlab.shared.give(reply) }
  }

  @Test func recordsComeBackEmpty() {
    let first = reply(["a"], count: 1)
    first.pointee.message.set("failed")
    first.pointee.hasSuccess = true
    first.pointee.hasTransform = true
    ReplySlab.shared.give(first)
    // Last in, first out; another suite may take it in between.
    let second = ReplySlab.shared.take()
    defer { ReplySlab.shared.give(second) }
    #expect(!second.pointee.hasSuccess && !second.pointee.hasTransform)
    #expect(String(cString: second.pointee.message.cString) == "")
    #expect(second.pointee.nameCount == 0 && second.pointee.nameList == nil)
    #expect(second.pointee.host != nil)
  }

  @Test func recordsOfThreadsAreDistinct() {
    final class Taken: @unchecked Sendable {
      let lock = Lock()
      var records: Set<ReplyRef> = []
      var twice = 0
    }
    let taken = Taken()
    onThreads(4) { _ in
      for _ in 0..<2000 {
        let record = ReplySlab.shared.take()
        taken.lock.withLock { if !taken.records.insert(record).inserted { taken.twice += 1 } }
        record.pointee.message.set("mine")
        taken.lock.withLock { _ = taken.records.remove(record) }
        ReplySlab.shared.give(record)
      }
    }
    #expect(taken.twice == 0)
  }
}

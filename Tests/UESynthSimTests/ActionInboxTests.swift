import Testing

@testable import UESynthSim

@Suite struct ActionInboxTests {
  private func name(_ entry: ActionInbox.Entry?) -> String? {
    guard case .unknown(let id) = entry?.item else { return nil }
    return id
  }

  @Test func firstInFirstOut() {
    var inbox = ActionInbox()
    var taken: [String] = []
    for number in 0..<5000 {
      inbox.append(.unknown(requestID: "\(number)"), credit: 1)
      if number % 3 == 0, let id = name(inbox.take()) { taken.append(id) }
    }
    while let id = name(inbox.take()) { taken.append(id) }
    #expect(taken == (0..<5000).map(String.init))
    #expect(inbox.isEmpty)
  }

  @Test func whatIsPutBackComesFirst() throws {
    var inbox = ActionInbox()
    inbox.append(.unknown(requestID: "a"), credit: 1)
    let taken = inbox.take()
    let only = try #require(taken)
    inbox.putBack(only)
    inbox.append(.unknown(requestID: "b"), credit: 1)
    for _ in 0..<3 {
      let taken = inbox.take()
      let first = try #require(taken)
      #expect(name(first) == "a")
      inbox.putBack(first)
    }
    let rest = [inbox.take(), inbox.take(), inbox.take()].map(name)
    #expect(rest == ["a", "b", nil])
  }

  @Test func creditIsThatOfWhatIsLeft() {
    var inbox = ActionInbox()
    for credit in [1, 10, 100] { inbox.append(.unknown(requestID: ""), credit: credit) }
    _ = inbox.take()
    let left = [inbox.removeAll(), inbox.removeAll()]
    #expect(left == [110, 0])
  }
}

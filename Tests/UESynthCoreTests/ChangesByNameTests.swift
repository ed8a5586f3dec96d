import Testing

@testable import UESynthCore

@Suite struct ChangesByNameTests {
  @Test func namesComeAndGoInTheSameRoom() {
    var changes = ChangesByName()
    defer { changes.deallocate() }
    for name in 1...UInt64(100_000) {
      let number = changes.index(of: name)
      _ = changes[number].enter(isDirect: false)
      changes[number].send(lane: 3, isDirect: false)
      let again = changes.index(of: name)
      #expect(again == number && changes[number].sent == 1)
      changes[number].end()
    }
    #expect(changes.capacity == 512)
  }

  @Test func numbersHoldWhileThereAreChanges() {
    var changes = ChangesByName()
    defer { changes.deallocate() }
    var numbers: [Int32] = []
    for name in 1...UInt64(5000) {
      numbers.append(changes.index(of: name))
      _ = changes[numbers[numbers.count - 1]].enter(isDirect: name % 2 == 0)
    }
    #expect(Set(numbers).count == 5000)
    for (place, number) in numbers.enumerated() {
      let name = UInt64(place + 1)
      let again = changes.index(of: name)
      #expect(again == number)
      let crosses = changes[number].enter(isDirect: name % 2 != 0)
      #expect(crosses, "one of the other route waits")
      changes[number].leave(isDirect: true)
      changes[number].leave(isDirect: false)
    }
    // Room is found for others, by forgetting those.
    for name in 5001...UInt64(9000) { _ = changes.index(of: name) }
    #expect(changes.capacity == 8192)
  }
}

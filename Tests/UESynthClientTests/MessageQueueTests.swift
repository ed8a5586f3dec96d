import Testing

@testable import UESynthClient

@Suite struct MessageQueueTests {
  @Test func keepsTheOrderThroughManyTurns() {
    var queue = MessageQueue<[UInt8]> { $0.count }
    var next = 0
    var expected = 0
    for round in 0..<2000 {
      for _ in 0..<(round % 7) {
        queue.append([UInt8(truncatingIfNeeded: next)])
        next += 1
      }
      for _ in 0..<(round % 5) {
        guard let message = queue.popFirst() else { break }
        #expect(message == [UInt8(truncatingIfNeeded: expected)])
        expected += 1
      }
    }
    let rest = queue.removeAll()
    #expect(rest.first == [UInt8(truncatingIfNeeded: expected)])
    #expect(expected + rest.count == next)
    #expect(queue.isEmpty)
    #expect(queue.bytes == 0)
  }

  @Test func shortMessagesTakeRoomToo() {
    var queue = MessageQueue<[UInt8]> { $0.count }
    var count = 0
    while queue.hasRoom(for: 1, limit: 6500) {
      queue.append([0])
      count += 1
    }
    #expect(count == 100)
    _ = queue.popFirst()
    #expect(queue.hasRoom(for: 1, limit: 6500))
  }

  @Test func oneLongMessageAlwaysFindsRoom() {
    var queue = MessageQueue<[UInt8]> { $0.count }
    #expect(queue.hasRoom(for: 1_000_000, limit: 10))
    queue.append([1])
    #expect(!queue.hasRoom(for: 1_000_000, limit: 10))
  }
}

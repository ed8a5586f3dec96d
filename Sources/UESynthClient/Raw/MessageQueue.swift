/// Messages in the order of their coming, and what they take: their bytes, and what holding one costs
/// however short it is.
struct MessageQueue<Message> {
  private static var overhead: Int { 64 }

  private var messages: [Message?] = []
  private var first = 0
  private(set) var bytes = 0
  private let size: (Message) -> Int

  init(size: @escaping (Message) -> Int) { self.size = size }

  var isEmpty: Bool { first == messages.count }

  /// Whether another message finds room under `limit`. One always does.
  func hasRoom(for count: Int, limit: Int) -> Bool {
    isEmpty || bytes + count + Self.overhead <= limit
  }

  mutating func append(_ message: Message) {
    messages.append(message)
    bytes += size(message) + Self.overhead
  }

  mutating func popFirst() -> Message? {
    guard first < messages.count, let message = messages[first] else { return nil }
    messages[first] = nil
    first += 1
    bytes -= size(message) + Self.overhead
    // Moving the rest costs no more than what was taken off since the last time.
    if first * 2 >= messages.count {
      messages.removeFirst(first)
      first = 0
    }
    return message
  }

  mutating func removeAll() -> [Message] {
    defer { self = MessageQueue(size: size) }
    return messages[first...].compactMap { $0 }
  }
}

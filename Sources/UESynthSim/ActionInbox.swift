import UESynthCore
import UESynthWire

/// What has come in on a call and is not dealt with yet, in order, with the stream credit that it
/// holds.
struct ActionInbox {
  enum Item {
    indirect case action(ServerAction)
    /// Acknowledged and not carried out.
    case acknowledged(ActionKind, requestID: String)
    /// An `ActionRequest` without an action that is known here.
    case unknown(requestID: String)
    /// Nothing that follows can be read: the call ends when its turn comes.
    case broken(Status, String)
  }

  struct Entry {
    var item: Item
    var credit: Int
  }

  private var entries: [Entry] = []
  private var first = 0

  var isEmpty: Bool { first == entries.count }

  mutating func append(_ item: Item, credit: Int) {
    entries.append(Entry(item: item, credit: credit))
  }

  mutating func take() -> Entry? {
    guard first < entries.count else { return nil }
    let entry = entries[first]
    first += 1
    if first == entries.count {
      entries.removeAll(keepingCapacity: true)
      first = 0
    } else if first == 1024 {
      entries.removeFirst(first)
      first = 0
    }
    return entry
  }

  /// What was taken last becomes the next one again.
  mutating func putBack(_ entry: Entry) {
    if first > 0 {
      first -= 1
      entries[first] = entry
    } else {
      entries.insert(entry, at: 0)
    }
  }

  /// The credit that is set free.
  mutating func removeAll() -> Int {
    var credit = 0
    for index in first..<entries.count { credit += entries[index].credit }
    entries.removeAll()
    first = 0
    return credit
  }
}

/// What is let go once a lock is released. Its memory is used again. Lock held, except between `open` and
/// `close`.
struct Graveyard<Element> {
  private var dead: [Element] = []
  private var spare: [Element] = []

  var isEmpty: Bool { dead.isEmpty }

  mutating func bury(_ element: Element) { dead.append(element) }

  /// All that was buried so far.
  mutating func open() -> [Element] {
    let taken = dead
    dead = spare
    spare = []
    return taken
  }

  /// Takes back what `open` gave, whose elements have been let go of.
  mutating func close(_ emptied: consuming [Element]) {
    if spare.capacity < emptied.capacity { spare = emptied }
  }
}

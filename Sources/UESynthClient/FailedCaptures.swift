import UESynthCore

/// Why captures failed that nobody was told of, for `takeFrame`: the last 4096, each told once.
struct FailedCaptures {
  private struct Outcome {
    var id: UInt64
    var failure: ClientFailure
  }

  private static let most = 4096
  /// Bytes of a message that are kept, so that servers with long ones do not cost megabytes.
  private static let longestText = 512

  private var outcomes: [Outcome] = []
  private var cursor = 0
  /// Places in `outcomes`, by request id.
  private let places = IntegerTable(minimumCapacity: 64)

  mutating func remember(_ id: UInt64, _ status: Status, _ message: String) {
    let kept =
      message.utf8.count > Self.longestText
      ? String(decoding: message.utf8.prefix(Self.longestText), as: UTF8.self) + "..." : message
    let outcome = Outcome(id: id, failure: ClientFailure(status, kept))
    if outcomes.count < Self.most {
      places.set(id, UInt64(outcomes.count))
      outcomes.append(outcome)
    } else {
      places.remove(outcomes[cursor].id)
      places.set(id, UInt64(cursor))
      outcomes[cursor] = outcome
      cursor = (cursor + 1) % Self.most
    }
  }

  mutating func recall(_ id: UInt64) -> ClientFailure? {
    guard let place = places.remove(id), outcomes.indices.contains(Int(place)) else { return nil }
    return outcomes[Int(place)].failure
  }
}

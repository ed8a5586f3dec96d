/// Changes that did not succeed, until something makes up for them: what pictures taken behind them do not
/// show. By what each one changes, as in the `OrderBook`, and by its kind: a pose that was set does not make
/// up for a material that was not.
///
/// Thread: one at a time.
public struct FailedChanges {
  private struct Change: Hashable {
    let name: UInt64
    let kind: ActionKind
  }

  /// Further ones are not told apart: they last as long as any of these.
  static let most = 4096
  /// With the epoch of the oldest failure of each since its last success.
  private var epochs: [Change: UInt64] = [:]
  /// Of all of them; `UInt64.max`: there is none.
  private var oldest = UInt64.max

  public init() {}

  public mutating func failed(_ kind: ActionKind, name: UInt64, epoch: UInt64) {
    oldest = min(oldest, epoch)
    let change = Change(name: name, kind: kind)
    if let known = epochs[change] {
      epochs[change] = min(known, epoch)
    } else if epochs.count < Self.most {
      epochs[change] = epoch
    }
  }

  /// A thing that was made or destroyed owes nothing any more.
  public mutating func succeeded(_ kind: ActionKind, name: UInt64) {
    if epochs.isEmpty { return }
    switch kind {
    case .createCamera, .destroyCamera, .spawnObject, .destroyObject:
      epochs = epochs.filter { $0.key.name != name }
    default:
      epochs[Change(name: name, kind: kind)] = nil
    }
    oldest = epochs.values.min() ?? .max
  }

  /// Whether one of them was submitted before a read of this epoch.
  public func precede(epoch: UInt64) -> Bool { oldest < epoch }
}

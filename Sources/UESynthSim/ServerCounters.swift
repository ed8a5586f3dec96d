import Synchronization
import UESynthCore

/// What a simulator has done so far.
public struct ServerCounters: Equatable, Sendable {
  /// Actions carried out or refused, by kind, on either route.
  public var actions: [ActionKind: UInt64] = [:]
  /// Of these, how many failed.
  public var failures: UInt64 = 0
  /// Actions that were met with silence.
  public var unanswered: UInt64 = 0
  public var unaryCalls: UInt64 = 0
  public var streams: UInt64 = 0
  public var connections: UInt64 = 0
  public var ticks: UInt64 = 0
  /// Pictures handed to a call, and their pixels.
  public var pictures: UInt64 = 0
  public var pictureBytes: UInt64 = 0
  /// Pictures that were drawn for it; the others were prepared ones.
  public var drawn: UInt64 = 0

  public var total: UInt64 { actions.values.reduce(0, +) }
  public var captures: UInt64 {
    actions.reduce(0) { $1.key.modality == nil ? $0 : $0 + $1.value }
  }

  public init() {}

  /// A few lines for people.
  public var report: String {
    var lines = [
      "\(connections) connections, \(streams) streams, \(unaryCalls) unary calls, \(ticks) ticks",
      "\(pictures) pictures (\(drawn) drawn), \(pictureBytes) bytes of pixels",
      "\(total) actions, of which \(failures) failed and \(unanswered) were left unanswered",
    ]
    for kind in ActionKind.allCases {
      if let count = actions[kind] { lines.append("  \(kind): \(count)") }
    }
    return lines.joined(separator: "\n")
  }
}

/// The counters as they count: written by the loop thread, read by any.
final class CounterCells: @unchecked Sendable {
  enum Cell: Int, CaseIterable {
    case failures, unanswered, unaryCalls, streams, connections, ticks, pictures, pictureBytes,
      drawn
  }

  private static let actionCells = 32
  private let cells: UnsafeMutablePointer<Atomic<UInt64>>
  private let count = CounterCells.actionCells + Cell.allCases.count

  init() {
    cells = .allocate(capacity: count)
    for index in 0..<count { (cells + index).initialize(to: Atomic(0)) }
  }

  deinit {
    cells.deinitialize(count: count)
    cells.deallocate()
  }

  @inline(__always)
  func count(_ kind: ActionKind) {
    add(1, at: Int(kind.rawValue))
  }

  @inline(__always)
  func count(_ cell: Cell, _ amount: Int = 1) {
    add(UInt64(truncatingIfNeeded: amount), at: Self.actionCells + cell.rawValue)
  }

  /// One writer: no read-modify-write needed.
  @inline(__always)
  private func add(_ amount: UInt64, at index: Int) {
    cells[index].store(cells[index].load(ordering: .relaxed) &+ amount, ordering: .relaxed)
  }

  private func value(_ cell: Cell) -> UInt64 {
    cells[Self.actionCells + cell.rawValue].load(ordering: .relaxed)
  }

  var snapshot: ServerCounters {
    var counters = ServerCounters()
    for kind in ActionKind.allCases {
      let value = cells[Int(kind.rawValue)].load(ordering: .relaxed)
      if value > 0 { counters.actions[kind] = value }
    }
    counters.failures = value(.failures)
    counters.unanswered = value(.unanswered)
    counters.unaryCalls = value(.unaryCalls)
    counters.streams = value(.streams)
    counters.connections = value(.connections)
    counters.ticks = value(.ticks)
    counters.pictures = value(.pictures)
    counters.pictureBytes = value(.pictureBytes)
    counters.drawn = value(.drawn)
    return counters
  }
}

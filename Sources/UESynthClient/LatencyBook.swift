import UESynthCore

/// The stretches of a request's life. Raw values are the ABI's `UESYNTH_LATENCY_*`.
public enum LatencyStage: UInt32, CaseIterable, Sendable {
  case waiting = 1
  case firstByte = 2
  case transfer = 3
  case delivery = 4
  case total = 5

  public var name: StaticString {
    switch self {
    case .waiting: "waiting"
    case .firstByte: "first_byte"
    case .transfer: "transfer"
    case .delivery: "delivery"
    case .total: "total"
    }
  }
}

/// How long the requests that succeeded have taken, by kind of action and stage. The histograms of a
/// kind are made with its first request. Guarded by the exchange's lock.
final class LatencyBook {
  private typealias Stages = UnsafeMutablePointer<LatencyHistogram>
  private static let stageCount = LatencyStage.allCases.count
  private static let kindLimit = Int((ActionKind.allCases.map(\.rawValue).max() ?? 0) + 1)

  private let kinds: UnsafeMutablePointer<Stages?>

  init() {
    kinds = .allocate(capacity: Self.kindLimit)
    kinds.initialize(repeating: nil, count: Self.kindLimit)
  }

  deinit {
    for index in 0..<Self.kindLimit {
      kinds[index]?.deinitialize(count: Self.stageCount)
      kinds[index]?.deallocate()
    }
    kinds.deallocate()
  }

  private func stages(_ kind: ActionKind) -> Stages {
    let index = Int(kind.rawValue)
    if let stages = kinds[index] { return stages }
    let stages = Stages.allocate(capacity: Self.stageCount)
    for stage in 0..<Self.stageCount { (stages + stage).initialize(to: LatencyHistogram()) }
    kinds[index] = stages
    return stages
  }

  /// A reply has come whole, at `completed`.
  func completed(_ request: RequestRef, at completed: Int64) {
    let stages = stages(request.pointee.kind)
    stages[0].record(request.pointee.sent &- request.pointee.submitted)
    stages[1].record(request.pointee.firstByte &- request.pointee.sent)
    stages[2].record(completed &- request.pointee.firstByte)
  }

  /// The host has got it: the frame of a capture, the event of anything else.
  func delivered(_ kind: ActionKind, submitted: Int64, completed: Int64, now: Int64) {
    let stages = stages(kind)
    stages[3].record(now &- completed)
    stages[4].record(now &- submitted)
  }

  /// One stage of a kind, or of all kinds together.
  func read(
    _ stage: LatencyStage, of kind: ActionKind?, _ body: (borrowing LatencyHistogram) -> Void
  ) {
    let place = Int(stage.rawValue) - 1
    if let kind {
      if let stages = kinds[Int(kind.rawValue)] {
        body(stages[place])
      } else {
        body(LatencyHistogram())
      }
      return
    }
    var sum = LatencyHistogram()
    for index in 0..<Self.kindLimit {
      if let stages = kinds[index] { sum.add(stages[place]) }
    }
    body(sum)
  }

  /// Whether there is anything about a kind.
  func knows(_ kind: ActionKind) -> Bool { kinds[Int(kind.rawValue)] != nil }
}

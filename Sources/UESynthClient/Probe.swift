import Glibc
import UESynthCore
import UESynthWire

/// What a server was found to do with an action. Raw values are the ABI's `UESYNTH_PROBE_*`.
public enum ProbeVerdict: UInt8, Sendable {
  case notProbed = 0
  case works = 1
  /// Says yes to what cannot be, or yes and that it is not implemented.
  case stub = 2
  /// Sends a picture that is none.
  case placeholder = 3
  case unimplemented = 4
  /// Does not answer.
  case silent = 5
  /// Answers with an error that says nothing about whether it could.
  case failed = 6
}

/// Yes, no, or not known.
public enum ProbeAnswer: UInt8, Sendable {
  case unknown = 0
  case no = 1
  case yes = 2
}

/// How a server treats a width and height. The ABI's `UESYNTH_PROBE_SIZE_*`.
public enum ProbeSize: UInt8, Sendable {
  case unknown = 0
  case scales = 1
  case crops = 2
}

public struct ProbeReport {
  /// By action kind (2 to 18).
  public var direct = [ProbeVerdict](repeating: .notProbed, count: 32)
  public var stream = [ProbeVerdict](repeating: .notProbed, count: 32)
  public var cameraNamesMatter = ProbeAnswer.unknown
  public var viewFollowsCamera = ProbeAnswer.unknown
  public var size = ProbeSize.unknown
  public init() {}
}

/// Finds out what a server really does. Reads only, unless it may change things: then with names that
/// cannot exist, with poses set to what was read, and the camera put back.
///
/// Thread: the caller's; it waits for each answer, at most `timeout`.
public struct Probe {
  private static let impossible = "uesynth probe \u{2205} no such name"
  private static let width: UInt32 = 64
  private static let height: UInt32 = 48

  private let client: Client
  private let timeout: Int64
  private let changes: Bool
  private var report = ProbeReport()

  public init(_ client: Client, timeout: Int64, changes: Bool) {
    self.client = client
    self.timeout = timeout
    self.changes = changes
  }

  public mutating func run() throws(ClientFailure) -> ProbeReport {
    try probeCameras()
    try probeObjects()
    for modality in Modality.allCases { try probeCapture(ActionKind(capturing: modality)) }
    try probeSize()
    if changes {
      try probeChanges()
      try probeView()
    }
    return report
  }

  // MARK: One action

  private func run(_ action: Action, _ route: Route) throws(ClientFailure) -> Completion {
    var options = RequestOptions()
    options.route = route
    options.timeout = timeout
    return try client.probe(action, options)
  }

  /// Tries an action by both routes; `judge` says what a success means.
  private mutating func probe(
    _ action: Action, _ judge: (Completion) -> ProbeVerdict
  ) throws(ClientFailure) {
    for route in [Route.direct, .stream] {
      var completion = try run(action, route)
      let verdict = Self.verdict(completion, route, judge)
      completion.release()
      let index = Int(action.kind.rawValue)
      if route == .direct { report.direct[index] = verdict } else { report.stream[index] = verdict }
    }
  }

  private static func verdict(
    _ completion: Completion, _ route: Route, _ judge: (Completion) -> ProbeVerdict
  ) -> ProbeVerdict {
    switch completion.status {
    case .ok: judge(completion)
    // With success: it said both.
    case .unimplemented: completion.reply?.pointee.hasSuccess == true ? .stub : .unimplemented
    case .noAnswer, .deadlineExceeded: .silent
    // Refused for its name, as it should be.
    case .unknown, .notFound, .invalidArgument: .works
    default: .failed
    }
  }

  // MARK: Reading

  private mutating func probeCameras() throws(ClientFailure) {
    try probe(Action(kind: .getCameraTransform)) { completion in
      completion.reply?.pointee.hasTransform ?? false ? .works : .placeholder
    }
    var other = try Self.impossible.withName { name throws(ClientFailure) in
      try run(Action(kind: .getCameraTransform, name: name), .direct)
    }
    defer { other.release() }
    if report.direct[Int(ActionKind.getCameraTransform.rawValue)] == .works {
      let answered = other.status == .ok && other.reply?.pointee.hasTransform ?? false
      report.cameraNamesMatter = answered ? .no : .yes
    }
  }

  private mutating func probeObjects() throws(ClientFailure) {
    try probe(Action(kind: .listObjects)) { _ in .works }
    guard let name = try anObject() else { return }
    try name.withName { (text) throws(ClientFailure) in
      try probe(Action(kind: .getObjectTransform, name: text)) { completion in
        completion.reply?.pointee.hasTransform ?? false ? .works : .placeholder
      }
    }
  }

  /// The last one of the list: the first is often the ground, or what else cannot be moved.
  private func anObject() throws(ClientFailure) -> String? {
    var list = try run(Action(kind: .listObjects), .direct)
    defer { list.release() }
    guard list.status == .ok, let reply = list.reply, reply.pointee.nameCount > 0,
      let names = reply.pointee.nameList, let name = names[reply.pointee.nameCount - 1]
    else { return nil }
    return String(cString: name)
  }

  private mutating func probeCapture(_ kind: ActionKind) throws(ClientFailure) {
    let action = Action(kind: kind, width: Self.width, height: Self.height)
    try probe(action) { completion in
      guard let frame = completion.frame else { return .placeholder }
      let flags = frame.pointee.flags
      return flags.isDisjoint(with: [.placeholder, .empty]) ? .works : .placeholder
    }
  }

  /// Of two pictures of the same view the smaller one is a corner of the larger, or all of it.
  private mutating func probeSize() throws(ClientFailure) {
    guard report.direct[Int(ActionKind.captureRGB.rawValue)] == .works else { return }
    let large = try picture(Self.width, Self.height)
    let small = try picture(Self.width / 2, Self.height / 2)
    let again = try picture(Self.width, Self.height)
    let rows = Int(Self.height / 2)
    let rowBytes = Int(Self.width / 2) * 4
    guard large.count == rows * rowBytes * 4, small.count == rows * rowBytes, large == again,
      Set(large).count > 8
    else { return }
    let isCorner = (0..<rows).allSatisfy { row in
      small[(row * rowBytes)..<((row + 1) * rowBytes)]
        .elementsEqual(large[(row * rowBytes * 2)..<(row * rowBytes * 2 + rowBytes)])
    }
    report.size = isCorner ? .crops : .scales
  }

  private func picture(_ width: UInt32, _ height: UInt32) throws(ClientFailure) -> [UInt8] {
    var completion = try run(
      Action(kind: .captureRGB, width: width, height: height), .direct)
    defer { completion.release() }
    guard let frame = completion.frame, let memory = frame.pointee.memory else { return [] }
    return Array(UnsafeRawBufferPointer(start: memory, count: frame.pointee.size))
  }

  // MARK: Changing

  private mutating func probeChanges() throws(ClientFailure) {
    if let pose = try cameraPose() {
      try probe(Action(kind: .setCameraTransform, transform: pose)) { _ in .works }
    }
    if let name = try anObject() {
      try name.withName { (text) throws(ClientFailure) in
        var read = try run(Action(kind: .getObjectTransform, name: text), .direct)
        defer { read.release() }
        guard read.status == .ok, let reply = read.reply, reply.pointee.hasTransform else { return }
        let action = Action(
          kind: .setObjectTransform, name: text, transform: reply.pointee.transform)
        try probe(action) { _ in .works }
      }
    }
    // A server that says yes to these does not look at what it is asked.
    try Self.impossible.withName { (text) throws(ClientFailure) in
      for kind in [
        ActionKind.destroyCamera, .setResolution, .destroyObject, .setMaterial, .setLighting,
        .spawnObject, .createCamera,
      ] {
        var action = Action(kind: kind, name: text, width: 16, height: 16)
        action.assetPath = text
        action.materialProperty = text
        action.materialValue = text
        try probe(action) { _ in kind == .createCamera ? .works : .stub }
      }
      // What was made of it, if anything was, goes again.
      var gone = try run(Action(kind: .destroyCamera, name: text), .direct)
      gone.release()
    }
  }

  private func cameraPose() throws(ClientFailure) -> Transform? {
    var read = try run(Action(kind: .getCameraTransform), .direct)
    defer { read.release() }
    guard read.status == .ok, let reply = read.reply, reply.pointee.hasTransform else { return nil }
    return reply.pointee.transform
  }

  /// Turns the camera, looks, and turns it back.
  private mutating func probeView() throws(ClientFailure) {
    guard report.direct[Int(ActionKind.captureRGB.rawValue)] == .works,
      report.direct[Int(ActionKind.setCameraTransform.rawValue)] == .works,
      let pose = try cameraPose()
    else { return }
    let before = try settledPicture()
    var turned = pose
    turned.rotation.yaw += 90
    var moved = try run(Action(kind: .setCameraTransform, transform: turned), .direct)
    let after = moved.status == .ok ? try settledPicture() : before
    moved.release()
    var restored = try run(Action(kind: .setCameraTransform, transform: pose), .direct)
    restored.release()
    guard !before.isEmpty, before.count == after.count else { return }
    report.viewFollowsCamera = before == after ? .no : .yes
  }

  /// The last of a few pictures: the first may still show what was before.
  private func settledPicture() throws(ClientFailure) -> [UInt8] {
    var last: [UInt8] = []
    for _ in 0..<4 { last = try picture(Self.width, Self.height) }
    return last
  }
}

extension String {
  fileprivate func withName<Value>(
    _ body: (UnsafePointer<CChar>) throws(ClientFailure) -> Value
  ) throws(ClientFailure) -> Value {
    var copy = TextBuffer()
    copy.set(self)
    defer { copy.destroy() }
    return try body(copy.cString)
  }
}

extension Client {
  /// Runs an action of a probe. On a stream a read follows it, whose answer shows at once that the
  /// action itself gets none.
  func probe(
    _ action: borrowing Action, _ options: RequestOptions
  ) throws(ClientFailure) -> Completion {
    let submission = Submission(options: options, sinkKind: .waiter, sink: nil, mayWait: true)
    guard options.route == .stream else { return try exchange.call(action, submission) }
    let first = exchange.borrowWaiter()
    defer { exchange.giveBack(first) }
    let second = exchange.borrowWaiter()
    defer { exchange.giveBack(second) }
    try exchange.begin(action, submission, first)
    var followed = false
    if (try? exchange.begin(Action(kind: .getCameraTransform), submission, second)) != nil {
      followed = true
    }
    first.wait(spinning: 0)
    if followed {
      second.wait(spinning: 0)
      second.completion.release()
    }
    return first.completion
  }
}

extension Exchange {
  /// The first half of a call: the waiter is finished when the request is over.
  func begin(
    _ action: borrowing Action, _ submission: Submission, _ waiter: Waiter
  ) throws(ClientFailure) {
    lock.lock()
    defer {
      unlock()
      wakeLoop()
    }
    _ = try enter(action, submission, waiter: waiter, subscription: nil)
  }
}

import UESynthCore
import UESynthNet
import UESynthWire

/// What asking for the metadata of a call has come to.
enum MetadataAnswer {
  case list(CallMetadata)
  case refused(ClientFailure)
}

/// What a question was about.
enum MetadataKey: Hashable {
  /// A request or a lane of the engine's.
  case call(UInt64)
  case raw(UInt64)
}

/// Asks the host for the metadata of calls, on a thread of its own: what takes long delays the calls that
/// wait for it, never the loop.
public final class MetadataSource: @unchecked Sendable {
  /// Fills the list, or says how the call is to end.
  public typealias Ask = (_ method: MethodPath, _ list: CallMetadata) -> ClientFailure?

  private let ask: Ask
  private let base: CallMetadata
  private let lock = Lock()
  private let condition = Condition()
  // Guarded by the lock.
  private var questions: [(key: MetadataKey, method: MethodPath, list: CallMetadata)] = []
  private var answers: [(key: MetadataKey, answer: MetadataAnswer)] = []
  private var isStopping = false
  private var thread: NetThread?
  private var answered: (() -> Void)?

  public init(base: CallMetadata, ask: @escaping Ask) {
    self.base = base
    self.ask = ask
  }

  /// `answered` is called on the thread after each answer, until `stop`.
  func start(hooks: ThreadHooks, answered: @escaping () -> Void) throws(NetError) {
    lock.withLock { self.answered = answered }
    let started = try NetThread.start(
      name: "uesynth-meta", role: .delivery, index: 1, hooks: hooks
    ) { [self] in run() }
    lock.withLock { thread = started }
  }

  /// Any thread; the answer is taken by `takeAnswers` under the same key.
  func put(_ key: UInt64, _ method: StaticString) {
    put(.call(key), .known(method), CallMetadata(base: base))
  }

  /// The same for a raw call; what the host says comes behind what the call has of its own.
  func put(raw key: UInt64, _ method: String, _ own: CallMetadata) {
    put(.raw(key), .given(method), CallMetadata(continuing: own))
  }

  private func put(_ key: MetadataKey, _ method: MethodPath, _ list: CallMetadata) {
    lock.lock()
    questions.append((key, method, list))
    condition.signal()
    lock.unlock()
  }

  func takeAnswers() -> [(key: MetadataKey, answer: MetadataAnswer)] {
    lock.withLock {
      if answers.isEmpty { return [] }
      defer { answers.removeAll() }
      return answers
    }
  }

  /// The host is not asked any more; returns when it is not being asked. On the thread itself it does not
  /// wait.
  func stop() {
    lock.lock()
    isStopping = true
    questions.removeAll()
    answered = nil
    condition.broadcast()
    let thread = thread
    self.thread = nil
    lock.unlock()
    guard let thread else { return }
    if thread.isCurrent { thread.detach() } else { thread.join() }
  }

  private func run() {
    while true {
      lock.lock()
      while questions.isEmpty, !isStopping { condition.wait(lock) }
      if isStopping {
        lock.unlock()
        return
      }
      let question = questions.removeFirst()
      lock.unlock()
      let list = question.list
      let refusal = ask(question.method, list)
      lock.lock()
      answers.append((question.key, refusal.map { .refused($0) } ?? .list(list)))
      let answered = answered
      lock.unlock()
      answered?()
    }
  }
}

extension Engine {
  /// Keys of lanes; requests have their ids.
  private static let laneKeys = UInt64.max &- 4096

  var asksForMetadata: Bool { options.metadataSource != nil }

  /// What the host has answered for a key, nil if it has not yet. It is asked if it was not.
  private func answer(_ key: UInt64, _ path: StaticString) -> MetadataAnswer? {
    if let answer = metadataAnswers[key] { return answer }
    if metadataAsked.insert(key).inserted { options.metadataSource?.put(key, path) }
    return nil
  }

  /// Takes in what the host has answered meanwhile.
  func takeMetadata() {
    guard let source = options.metadataSource else { return }
    for (question, answer) in source.takeAnswers() {
      guard case .call(let key) = question else {
        if case .raw(let key) = question { takeRawMetadata(key, answer) }
        continue
      }
      guard metadataAsked.remove(key) != nil else { continue }
      if key >= Self.laneKeys, case .refused(let failure) = answer {
        // Nothing is on that lane: whoever waits for one hears it, and the next one asks again.
        if let request = waitingForStream.first ?? heldForStream.first {
          finish(request, failure.status, failure.message)
        }
      } else {
        metadataAnswers[key] = answer
      }
    }
  }

  func forgetMetadata(of request: RequestRef) {
    metadataAnswers.removeValue(forKey: request.pointee.id)
    metadataAsked.remove(request.pointee.id)
  }

  func askForMetadata(_ request: RequestRef) {
    _ = answer(request.pointee.id, RPC.unary(request.pointee.kind).path)
  }

  enum MetadataReadiness { case ready, wait, ended }

  /// Whether a direct call may begin; `ended` if the host has refused it.
  func metadataReadiness(of request: RequestRef) -> MetadataReadiness {
    guard asksForMetadata else { return .ready }
    switch answer(request.pointee.id, RPC.unary(request.pointee.kind).path) {
    case nil: return .wait
    case .list: return .ready
    case .refused(let failure):
      finish(request, failure.status, failure.message)
      return .ended
    }
  }

  func metadata(of request: RequestRef) -> CallMetadata? {
    guard case .list(let list) = metadataAnswers[request.pointee.id] else { return nil }
    return list
  }

  /// Whether a lane may open a stream.
  func isMetadataReady(lane: Int) -> Bool {
    guard asksForMetadata else { return true }
    return answer(Self.laneKeys &+ UInt64(lane), RPC.controlStream.path) != nil
  }

  /// For the one stream that is opened now.
  func takeMetadata(lane: Int) -> CallMetadata? {
    guard asksForMetadata else { return nil }
    let answer = metadataAnswers.removeValue(forKey: Self.laneKeys &+ UInt64(lane))
    guard case .list(let list) = answer else { return nil }
    return list
  }
}

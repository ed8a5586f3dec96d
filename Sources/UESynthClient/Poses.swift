import UESynthCore
import UESynthWire

extension Engine {
  /// Whether a request can be sent as far as poses are concerned.
  enum PoseReadiness {
    case ready
    /// A pose is being fetched.
    case wait
    /// What waits is not what it was: a question was put before the request, or the request was ended,
    /// since its pose could not be had.
    case lookAgain
  }

  /// A request is about to enter: a change of a part may need the pose. It is asked for when the change is
  /// due: a question behind one that waits for its answer would never be sent.
  @inline(__always)
  func preparePose(of request: RequestRef) {
    if request.pointee.isPartial { prepareRest(of: request) }
  }

  private func prepareRest(of request: RequestRef) {
    poses.activate()
    let isCamera = request.pointee.kind.isOfCamera
    switch poses.entry(request.pointee.poseKey, isCamera: isCamera) {
    case .known, .fetching, .unknown: return
    case .failed: poses.forget(request.pointee.poseKey, isCamera: isCamera)
    }
  }

  private func fetchPose(for request: RequestRef) -> RequestRef? {
    let isCamera = request.pointee.kind.isOfCamera
    guard
      let fetch = exchange.makeInternal(
        isCamera ? .getCameraTransform : .getObjectTransform, name: request.pointee.rare.camera,
        like: request)
    else { return nil }
    poses.set(request.pointee.poseKey, isCamera: isCamera, .fetching)
    return fetch
  }

  /// The library's own read of a pose is over.
  func poseFetched(_ fetch: RequestRef) {
    let isCamera = fetch.pointee.kind.isOfCamera
    let key = fetch.pointee.poseKey
    guard poses.entry(key, isCamera: isCamera) == .fetching else { return }
    if fetch.pointee.status.isOK, let reply = fetch.pointee.reply, reply.pointee.hasTransform {
      poses.set(key, isCamera: isCamera, .known(reply.pointee.transform))
      return
    }
    let words = fetch.pointee.reply.map { String(cString: $0.pointee.message.cString) } ?? ""
    let status = fetch.pointee.status.isOK ? Status.unknown : fetch.pointee.status
    poses.set(key, isCamera: isCamera, .failed(status, words))
  }

  /// Makes a change of a part whole.
  @inline(__always)
  func poseReadiness(of request: RequestRef) -> PoseReadiness {
    request.pointee.isPartial ? makeWhole(request) : .ready
  }

  private func makeWhole(_ request: RequestRef) -> PoseReadiness {
    let isCamera = request.pointee.kind.isOfCamera
    let key = request.pointee.poseKey
    switch poses.entry(key, isCamera: isCamera) {
    case .fetching: return .wait
    case .unknown:
      // Never known, or forgotten, by a failure or a new connection. What was sent before may still change
      // it; then the question goes first, in the place of the request.
      guard clearance(request) == .anywhere else { return .wait }
      guard let fetch = fetchPose(for: request) else {
        finish(request, .resourceExhausted, "too many requests are under way to ask for a pose")
        return .lookAgain
      }
      fetch.pointee.isOrdered = false
      accept(fetch, before: request)
      return .lookAgain
    case .failed(let status, let words):
      finish(request, status, Self.incomplete(words))
      return .lookAgain
    case .known(let pose):
      let whole = pose.merging(request.pointee.transform, request.pointee.fields)
      let action = Action(
        kind: request.pointee.kind, name: request.pointee.rare.camera.cString, transform: whole)
      guard request.encode(action) else {
        finish(request, .resourceExhausted, "out of memory for a request")
        return .lookAgain
      }
      request.pointee.transform = whole
      request.pointee.fields = .whole
      return .ready
    }
  }

  /// Why a change of a part cannot be made whole.
  static func incomplete(_ words: String) -> String {
    "only a part of the pose is to be set, and the rest could not be asked of the server: "
      + (words.isEmpty ? "it gave no pose for this name" : words)
  }

  /// The question whose answer a change of a part waits for, and what it has failed with, if it has: it may
  /// come to the same deadline a moment before. nil: something else holds the request back.
  func poseQuestion(heldBack request: RequestRef) -> (method: Substring, failure: String?)? {
    guard request.pointee.isPartial else { return nil }
    let isCamera = request.pointee.kind.isOfCamera
    let question = isCamera ? ActionKind.getCameraTransform : .getObjectTransform
    switch poses.entry(request.pointee.poseKey, isCamera: isCamera) {
    case .fetching: return (question.method, nil)
    case .failed(_, let words): return (question.method, words)
    case .known, .unknown: return nil
    }
  }

  /// A change went out: later changes of a part build on it.
  @inline(__always)
  func poseSent(_ request: RequestRef) {
    if poses.isActive, request.pointee.kind.isPose { remember(request) }
  }

  private func remember(_ request: RequestRef) {
    let isCamera = request.pointee.kind.isOfCamera
    poses.set(
      request.pointee.poseKey, isCamera: isCamera, .known(request.pointee.transform))
    if isCamera, !options.distinctCameras {
      poses.forgetCameras(except: request.pointee.poseKey)
    }
  }

  /// A change is over: what did not succeed leaves the pose unknown.
  @inline(__always)
  func poseEnded(_ request: RequestRef) {
    let kind = request.pointee.kind
    guard kind.isPose, !request.pointee.status.isOK || kind.isOfCamera else { return }
    settlePose(request, kind)
  }

  private func settlePose(_ request: RequestRef, _ kind: ActionKind) {
    if request.pointee.status.isOK {
      if kind.isOfCamera { acknowledge(request) }
    } else if poses.isActive, request.pointee.lane >= 0 {
      poses.forget(request.pointee.poseKey, isCamera: kind.isOfCamera)
    }
  }

  /// What frames of this camera say about their pose from now on.
  private func acknowledge(_ request: RequestRef) {
    if acknowledged.count > 1024 { acknowledged.removeAll(keepingCapacity: true) }
    // All names are one camera unless the host has said otherwise.
    let key = options.distinctCameras ? request.pointee.poseKey : 0
    acknowledged[key] = request.pointee.transform
  }

  /// Puts the last acknowledged pose of its camera on a frame.
  func notePose(on frame: FrameRef) {
    let key = options.distinctCameras ? TextHash.of(frame.pointee.camera.cString) : 0
    guard let pose = acknowledged[key] else { return }
    frame.pointee.pose = pose
    frame.pointee.flags.insert(.hasPose)
  }
}

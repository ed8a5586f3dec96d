import UESynthCore
import UESynthWire

extension ActionKind {
  /// Answered by success or failure and a sentence.
  public var isCommand: Bool {
    switch self {
    case .setCameraTransform, .setObjectTransform, .createCamera, .destroyCamera, .setResolution,
      .spawnObject, .destroyObject, .setMaterial, .setLighting:
      true
    default: false
    }
  }

  var isCapture: Bool {
    switch self {
    case .captureRGB, .captureDepth, .captureSegmentation, .captureNormals, .captureOpticalFlow:
      true
    default: false
    }
  }

  /// The member of `FrameResponse` that answers this action.
  var expectedBody: ReplyBody {
    switch self {
    case .getCameraTransform: .cameraTransform
    case .getObjectTransform: .objectTransform
    case .listObjects: .objectsList
    case .captureRGB, .captureDepth, .captureSegmentation, .captureNormals, .captureOpticalFlow:
      .image
    default: .command
    }
  }
}

extension Status {
  /// In the module that asks it a dozen times for each request.
  @inline(__always)
  var isOK: Bool { rawValue == 0 }
}

extension Engine {
  /// Sets what the server answered as a request's outcome. Takes over the frame.
  func set(_ request: RequestRef, _ reply: borrowing ScannedReply, frame: FrameRef?) {
    let kind = request.pointee.kind
    // The common one needs no record: the host is shown one that says just this.
    if frame == nil, kind.isCommand, ReplyDecoder.isPlainSuccess(reply.body, reply.bodyBytes) {
      request.pointee.status = .ok
      return
    }
    guard reply.body == kind.expectedBody else {
      frame?.release()
      refuseBody(request, reply.body, reply.bodyBytes)
      return
    }
    if reply.body == .image {
      setFrame(request, reply, frame)
      return
    }
    frame?.release()
    let body = reply.body
    let record = ReplySlab.shared.take()
    var isStub = false
    let failure = ReplyDecoder.decode(body, reply.bodyBytes) { decoded in
      record.pointee.hasSuccess = decoded.success && body != .objectsList
      record.pointee.hasTransform = decoded.hasTransform
      isStub = decoded.isStub
      record.pointee.transform = decoded.transform
      record.pointee.message.set(decoded.message)
      for index in 0..<decoded.nameCount {
        guard let name = decoded.name(at: index) else { continue }
        record.pointee.names.append(name)
        record.pointee.names.appendTerminator()
      }
      record.pointee.listNames(count: decoded.nameCount)
    }
    if let failure {
      ReplySlab.shared.give(record)
      set(request, failure.status, failure.message)
      return
    }
    if isStub {
      let words = String(cString: record.pointee.message.cString)
      ReplySlab.shared.give(record)
      setStub(request, words)
      return
    }
    if body == .command, !record.pointee.hasSuccess {
      let words = String(cString: record.pointee.message.cString)
      ReplySlab.shared.give(record)
      set(
        request, .unknown,
        words.isEmpty
          ? "the server did not carry out \(kind.method), and did not say why"
          : "the server did not carry out \(kind.method): \(words)")
      return
    }
    request.pointee.status = .ok
    request.pointee.reply = record
  }

  /// The server has said yes to what it does not do.
  private func setStub(_ request: RequestRef, _ words: String) {
    set(
      request, .unimplemented,
      "the server does not implement \(request.pointee.kind.method) yet, although it answered with "
        + "success: \(words); this takes a newer plugin")
    // Nobody but the probe looks at this in a failure.
    request.pointee.reply?.pointee.hasSuccess = true
  }

  /// Another answer than the action calls for; often a command's refusal.
  private func refuseBody(
    _ request: RequestRef, _ body: ReplyBody, _ bytes: UnsafeRawBufferPointer
  ) {
    var words = ""
    var isRefusal = false
    var isStub = false
    if body == .command {
      _ = ReplyDecoder.decode(body, bytes) { decoded in
        words = String(decoding: decoded.message, as: UTF8.self)
        isRefusal = !decoded.success
        isStub = decoded.isStub
      }
    }
    if isStub {
      setStub(request, words)
      return
    }
    let method = request.pointee.kind.method
    if isRefusal, !words.isEmpty {
      set(request, .unknown, "the server did not carry out \(method): \(words)")
      return
    }
    set(
      request, .internal,
      body == .none
        ? "the server's reply to \(method) is empty"
        : "the server's reply to \(method) is of another kind (\(body))"
          + (words.isEmpty ? "" : ": \(words)"))
  }

  private func setFrame(
    _ request: RequestRef, _ reply: borrowing ScannedReply, _ frame: FrameRef?
  ) {
    let frame = frame ?? FrameSlab.shared.take()
    frame.pointee.size = reply.imageLength
    guard moveToHost(frame, request) else {
      frame.release()
      set(
        request, .resourceExhausted,
        "the host's allocator gave no memory for a picture of \(reply.imageLength) bytes")
      return
    }
    frame.pointee.modality = request.pointee.kind.modality ?? .rgb
    frame.pointee.width = reply.width
    frame.pointee.height = reply.height
    frame.pointee.claimedFormat.set(reply.claimedFormat)
    frame.pointee.camera.set(request.pointee.rare.camera.rawBytes)
    frame.pointee.key = request.pointee.rare.frameKey
    frame.pointee.requestID = request.pointee.id
    frame.pointee.cookie = request.pointee.cookie
    frame.pointee.submitted = request.pointee.submitted
    frame.pointee.sent = request.pointee.sent
    frame.pointee.firstByte = request.pointee.firstByte
    frame.pointee.completed = now
    notePose(on: frame)
    FrameTruth.judge(frame)
    request.pointee.status = .ok
    request.pointee.frame = frame
  }
}

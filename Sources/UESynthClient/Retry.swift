import Glibc
import UESynthCore

/// How many captures may be tried again: each one costs a token, and ten successes bring one back, so
/// that a server that fails everything is not asked twice as often (gRFC A6, throttling).
struct RetryBudget {
  private static let most = 100
  private static let cost = 10
  private var tokens = RetryBudget.most

  mutating func take() -> Bool {
    guard tokens >= Self.cost else { return false }
    tokens -= Self.cost
    return true
  }

  mutating func succeeded() { tokens = min(Self.most, tokens + 1) }
}

/// Captures are the only requests that are tried again: they change nothing, and the plugin is known to
/// fail them while its viewport is not there yet.
extension Engine {
  private static let firstPause: Int64 = 50_000_000
  private static let longestPause: Int64 = 1_000_000_000
  private static let cure = "Failed to capture image"

  /// Lines a failed direct capture up to be tried again. False if it stays failed.
  func retry(_ request: RequestRef, _ status: Status, _ message: String) -> Bool {
    guard status == .internal, request.pointee.isCapture, message.hasPrefix(Self.cure),
      request.pointee.rare.retries < options.maximumRetries, retryBudget.take()
    else { return false }
    let pause = min(
      Self.firstPause << Int64(min(request.pointee.rare.retries, 8)), Self.longestPause)
    let at = now &+ pause
    guard at < request.pointee.deadline else { return false }
    request.pointee.rare.retries += 1
    exchange.log(
      .info, "\(request.pointee.kind.method): the server said \"\(message)\"; it is tried again")
    lineUp(request, at: at)
    return true
  }

  /// The server did not look at a call that it refused, nor at one above the last stream of its GOAWAY: it
  /// is sent once more, whatever it is (gRFC A6, transparent retries).
  func retryRefused(_ request: RequestRef) -> Bool {
    guard !request.pointee.rare.wasRefused, now < request.pointee.deadline else { return false }
    request.pointee.rare.wasRefused = true
    lineUp(request, at: now)
    return true
  }

  private func lineUp(_ request: RequestRef, at time: Int64) {
    request.pointee.rare.retryAt = time
    request.pointee.rare.call = nil
    if let frame = request.pointee.frame {
      request.pointee.frame = nil
      tally.abandoned.append(frame)
    }
    release(request.pointee.rare.reserved)
    request.pointee.rare.reserved = 0
    tally.retries &+= 1
    directUnderWay.remove(request)
    retrying.append(request)
    loop.schedule(self)
  }

  /// Tries again what has paused long enough. In the book they are still under way, so that no change
  /// overtakes them.
  func retryDue(now: Int64) {
    var candidate = retrying.first
    while let request = candidate {
      candidate = request.pointee.next
      guard request.pointee.rare.retryAt <= now else { continue }
      guard channel.availableStreams > 0, hasWindow(request) else { return }
      request.pointee.sent = now
      let call = idleCalls.popLast() ?? DirectCall(engine: self)
      guard call.begin(request) else { continue }
      retrying.remove(request)
      directUnderWay.append(request)
      request.pointee.rare.call = Unmanaged.passUnretained(call)
      openDirect += 1
      budget.expect(expectedLength(request))
    }
  }

  /// What is due and has not gone waits for the end of another call, for room, or for a connection, each of
  /// which brings a pass.
  var nextRetry: Int64 {
    var next = Int64.max
    var candidate = retrying.first
    while let request = candidate {
      if request.pointee.rare.retryAt > now { next = min(next, request.pointee.rare.retryAt) }
      candidate = request.pointee.next
    }
    return next
  }
}

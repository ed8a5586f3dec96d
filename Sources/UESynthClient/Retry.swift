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
      request.pointee.retries < options.maximumRetries, retryBudget.take()
    else { return false }
    let pause = min(Self.firstPause << Int64(min(request.pointee.retries, 8)), Self.longestPause)
    let at = now &+ pause
    guard at < request.pointee.deadline else { return false }
    request.pointee.retries += 1
    request.pointee.retryAt = at
    request.pointee.call = nil
    if let frame = request.pointee.frame {
      request.pointee.frame = nil
      tally.abandoned.append(frame)
    }
    tally.retries &+= 1
    directUnderWay.remove(request)
    retrying.append(request)
    loop.schedule(self)
    return true
  }

  /// Tries again what has paused long enough. In the book they are still under way, so that no change
  /// overtakes them.
  func retryDue(now: Int64) {
    var candidate = retrying.first
    while let request = candidate {
      candidate = request.pointee.next
      guard request.pointee.retryAt <= now, channel.isReady, channel.availableStreams > 0 else {
        continue
      }
      let call = idleCalls.popLast() ?? DirectCall(engine: self)
      guard call.begin(request) else { continue }
      retrying.remove(request)
      directUnderWay.append(request)
      request.pointee.call = Unmanaged.passUnretained(call)
      openDirect += 1
    }
  }

  var nextRetry: Int64 {
    var next = Int64.max
    var candidate = retrying.first
    while let request = candidate {
      next = min(next, request.pointee.retryAt)
      candidate = request.pointee.next
    }
    // Without a stream to be had, the end of another call brings the next pass.
    return channel.isReady && channel.availableStreams > 0 ? next : .max
  }
}

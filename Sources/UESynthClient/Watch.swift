import Synchronization
import UESynthCore
import UESynthNet

/// How much a log record matters. Raw values are the ABI's `UESYNTH_LOG_*`; the smaller the graver.
public enum LogLevel: UInt32, Sendable {
  case none = 0
  case error = 1
  case warning = 2
  case info = 3
  case debug = 4
}

/// What a host wants to hear besides the outcomes of its requests.
public struct WatchRequest {
  public var states = false
  public var level = LogLevel.none
  public var cookie: UInt64 = 0

  public init() {}
}

/// Who watches a client. Guarded by the exchange's lock, but for `level`.
final class Watch {
  /// Events that may wait for the host.
  static let limit = 1024

  var states = false
  var cookie: UInt64 = 0
  /// nil: the queue that is polled.
  var sink: EventSink?
  /// Events made and not yet taken.
  var waiting = 0
  /// Read on the loop before a text is put together.
  let level = Atomic<UInt32>(0)
}

extension Client {
  public func watch(_ request: WatchRequest, sink: EventSink?) throws(ClientFailure) {
    if sink != nil { try exchange.startDelivery(hooks: runtime.hooks) }
    try exchange.watch(request, sink: sink)
  }
}

extension Exchange {
  /// Takes the place of whoever watched before.
  fileprivate func watch(_ request: WatchRequest, sink: EventSink?) throws(ClientFailure) {
    lock.lock()
    defer { unlock() }
    if isClosed { throw ClientFailure(.closed, Self.closedText) }
    if let old = watching.sink {
      old.isClosed = true
      bury(old)
    }
    watching.states = request.states
    watching.cookie = request.cookie
    watching.sink = sink
    watching.level.store(request.level.rawValue, ordering: .relaxed)
  }

  /// The client is going: nobody watches any more. Lock held.
  func endWatch() {
    watching.states = false
    watching.level.store(0, ordering: .relaxed)
    if let sink = watching.sink { bury(sink) }
    watching.sink = nil
  }

  func logs(_ level: LogLevel) -> Bool {
    level.rawValue <= watching.level.load(ordering: .relaxed)
  }

  /// A record for whoever asked for this level; `text` is only put together then. Any thread, lock NOT
  /// held.
  func log(_ level: LogLevel, _ text: @autoclosure () -> String) {
    guard logs(level) else { return }
    let text = text()
    lock.lock()
    let woken = notify(.log, detail: level.rawValue, .ok, text)
    unlock()
    woken?.wake()
  }

  /// Puts an event beside those of requests. Returns whom to wake when the lock is released.
  func notify(
    _ type: Completion.Kind, detail: UInt32, _ status: Status, _ text: String
  ) -> DeliveryThread? {
    guard watching.waiting < Watch.limit else {
      counters.watchEventsDropped &+= 1
      return nil
    }
    watching.waiting += 1
    var completion = Completion()
    completion.type = type
    completion.detail = detail
    completion.status = status
    completion.cookie = watching.cookie
    completion.reply = ReplySlab.shared.take()
    completion.reply?.pointee.message.set(text)
    if let sink = watching.sink {
      append(completion, to: &callbacks, sink: Unmanaged.passRetained(sink), frame: nil)
      return delivery
    }
    let wasEmpty = polled.count == 0
    append(completion, to: &polled, sink: nil, frame: nil)
    updateEventFD(wasEmpty: wasEmpty)
    wakeSleepers()
    return nil
  }

  /// An event leaves its queue. Lock held.
  func watchEventTaken(_ event: EventRef) {
    if event.pointee.completion.type.isWatched { watching.waiting -= 1 }
  }
}

import Glibc
import UESynthCore

/// Resolves a target and connects to it. Several addresses are tried in turn, 250 ms apart or as
/// soon as the one before has failed; the first to connect wins (RFC 8305 §5). Loop thread only,
/// but for `init`.
///
///     idle --start--> resolving --addresses--> connecting --first / none left--> done
///                        \________ timeout, failure, cancel ________________/
public final class Connector: LoopParticipant, @unchecked Sendable {
  public typealias Completion = (Result<Int32, ConnectFailure>) -> Void

  private enum Phase {
    case idle
    case starting
    case resolving(Resolution)
    case connecting
    case done
  }

  private static let attemptDelay: Int64 = 250_000_000
  /// A lookup thread or a place in a unix socket's queue may be free again after this.
  private static let retryDelay: Int64 = 20_000_000
  private static let addressLimit = 32

  private let loop: EventLoop
  private let target: Target
  private let timeout: Int64
  private let lookup: AddressLookup.Function
  private var completion: Completion?

  private var phase = Phase.idle
  private var deadline = Int64.max
  private var nextStep = Int64.max
  private var remaining: [SocketAddress] = []
  private var attempts: [ConnectAttempt] = []
  private var report: ConnectReport

  /// `completion` gets a non-blocking, close-on-exec descriptor, with TCP_NODELAY set, that is now
  /// its own, or the reason. It runs once, on the loop, never from within `start` and not after
  /// `cancel`.
  public init(
    loop: EventLoop, target: Target, timeoutNanoseconds: Int64,
    lookup: @escaping AddressLookup.Function = AddressLookup.system,
    completion: @escaping Completion
  ) {
    self.loop = loop
    self.target = target
    timeout = max(timeoutNanoseconds, 0)
    self.lookup = lookup
    self.completion = completion
    report = ConnectReport(target: target, timeout: timeout)
  }

  public func start() {
    guard case .idle = phase else { return }
    phase = .starting
    deadline = .deadline(timeout, after: MonotonicClock.now())
    loop.schedule(self)
  }

  public func cancel() {
    completion = nil
    end()
  }

  public override func loopPass(now: Int64) {
    switch phase {
    case .idle, .done:
      return
    case .starting:
      locate(now: now)
    case .resolving(let resolution):
      switch resolution.takeResult() {
      case .success(let addresses): connect(to: AddressLookup.interleaved(addresses), now: now)
      case .failure(let failure): finish(.failure(failure))
      case nil: break
      }
    case .connecting:
      if now >= nextStep { startAttempts(now: now) }
    }
    if case .done = phase { return }
    if now >= deadline {
      finish(.failure(timedOut))
    } else {
      loop.setDeadline(self, at: min(deadline, nextStep))
    }
  }

  private func locate(now: Int64) {
    switch target {
    case .host(let name, let port):
      resolve(name, port, now: now)
    case .numeric(let address, let port):
      connect(to: SocketAddress(numeric: address, port: port), now: now)
    case .unix(let path):
      connect(to: SocketAddress(unixPath: path), now: now)
    case .unixAbstract(let name):
      connect(to: SocketAddress(unixPath: name, isAbstract: true), now: now)
    }
  }

  private func resolve(_ name: String, _ port: UInt16, now: Int64) {
    do {
      switch try Resolution.start(
        host: name, port: port, lookup: lookup, loop: loop, participant: self)
      {
      case .started(let resolution):
        nextStep = .max
        phase = .resolving(resolution)
      case .busy:
        nextStep = .deadline(Self.retryDelay, after: now)
      }
    } catch {
      finish(.failure(error))
    }
  }

  private func connect(to address: SocketAddress?, now: Int64) {
    if let address {
      connect(to: [address], now: now)
    } else {
      // A zone's interface may have gone since the target was parsed.
      finish(.failure(NetError(.unavailable, "no such address: \(target)")))
    }
  }

  private func connect(to addresses: [SocketAddress], now: Int64) {
    remaining = Array(addresses.prefix(Self.addressLimit).reversed())
    report.addresses = remaining.reversed()
    phase = .connecting
    startAttempts(now: now)
  }

  /// Begins attempts until one is pending or none is left.
  private func startAttempts(now: Int64) {
    while let address = remaining.popLast() {
      switch ConnectAttempt.begin(address, loop: loop, connector: self) {
      case .pending(let attempt):
        attempts.append(attempt)
        nextStep = remaining.isEmpty ? .max : .deadline(Self.attemptDelay, after: now)
        return
      case .connected(let fd):
        finish(.success(fd))
        return
      case .failed(let error) where error == EAGAIN && address.family == .unix:
        // The listener's queue is full, and a unix socket cannot wait for it.
        remaining.append(address)
        nextStep = .deadline(Self.retryDelay, after: now)
        return
      case .failed(let error):
        report.add(address, errno: error)
      }
    }
    nextStep = .max
    if attempts.isEmpty { finish(.failure(report.failure)) }
  }

  /// Called by an attempt, which is no longer registered.
  func ended(_ attempt: ConnectAttempt, _ result: ConnectAttempt.Begin) {
    attempts.removeAll { $0 === attempt }
    switch result {
    case .pending:
      break
    case .connected(let fd):
      finish(.success(fd))
    case .failed(let error):
      attempt.close()
      report.add(attempt.address, errno: error)
      // In the pass that follows, if it is the last one too: one path ends all.
      nextStep = loop.now
      loop.schedule(self)
    }
  }

  private var timedOut: ConnectFailure {
    if case .connecting = phase { return report.timedOut }
    return report.lookupTimedOut
  }

  private func finish(_ result: Result<Int32, ConnectFailure>) {
    let completion = completion
    self.completion = nil
    end()
    if let completion {
      completion(result)
    } else if case .success(let fd) = result {
      close(fd)
    }
  }

  private func end() {
    if case .resolving(let resolution) = phase { resolution.cancel() }
    if case .idle = phase {} else { loop.setDeadline(self, at: .max) }
    phase = .done
    remaining = []
    for attempt in attempts { attempt.close() }
    attempts = []
  }
}

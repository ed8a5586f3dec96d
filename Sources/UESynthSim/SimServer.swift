import Synchronization
import UESynthCore
import UESynthNet
import UESynthWire

/// A simulator that serves `uesynth.UESynthService` on any number of endpoints, connections and
/// calls. It runs from `init` until `stop`, which its owner must call.
public final class SimServer: @unchecked Sendable {
  static let stoppingMessage = "the simulator is shutting down"

  public let options: ServerOptions
  /// The actual port of the first TCP endpoint; 0 if there is none.
  public private(set) var port: UInt16 = 0
  /// Where it listens: "127.0.0.1:50051", "unix:/run/sim".
  public private(set) var addresses: [String] = []

  let loop: EventLoop
  let engine: SimulatedEngine
  let studio: Studio
  private let gameThread: GameThread
  let counters = CounterCells()

  // Loop thread.
  let headers = ResponseHeaders()
  let prepared: PreparedPictures
  private(set) var isStopping = false
  private var listeners: [Listener] = []
  private var connections: [ObjectIdentifier: ServiceConnection] = [:]

  private let lock = Lock()
  private let condition = Condition()
  private var isEmpty = false
  private var hasStopped = false

  /// Binds and serves. Any thread.
  public init(_ options: ServerOptions = ServerOptions(), listenOn endpoints: [ListenEndpoint])
    throws(NetError)
  {
    self.options = options
    loop = try EventLoop()
    engine = SimulatedEngine(options)
    prepared = PreparedPictures(options.compression)
    studio = Studio(loop: loop, engine: engine, counters: counters, threads: options.threads)
    gameThread = GameThread(loop: loop, rate: options.tickRate)
    do {
      for endpoint in endpoints { try listen(on: endpoint) }
    } catch {
      stop()
      throw error
    }
    loop.run { self.begin() }
  }

  private func listen(on endpoint: ListenEndpoint) throws(NetError) {
    let listener = try Listener(loop: loop, endpoint: endpoint) { [unowned self] in accept($0) }
    listeners.append(listener)
    switch endpoint {
    case .unix: addresses.append(endpoint.description)
    case .address(let host, _): listens(.address(host, port: listener.port), listener.port)
    case .loopback: listens(.loopback(port: listener.port), listener.port)
    case .any: listens(.any(port: listener.port), listener.port)
    }
  }

  private func listens(_ endpoint: ListenEndpoint, _ port: UInt16) {
    addresses.append(endpoint.description)
    if self.port == 0 { self.port = port }
  }

  /// What it has done so far. Any thread.
  public var statistics: ServerCounters { counters.snapshot }

  // MARK: Loop thread

  private func begin() {
    studio.listAgain = { [unowned self] in list($0) }
    studio.idle = { [unowned self] in gameThread.picturesDrawn() }
    gameThread.tickEnded = { [unowned self] in
      counters.count(.ticks)
      engine.tickEnded()
      studio.submit()
      return studio.underWay == 0
    }
    gameThread.start()
    for listener in listeners {
      // A loop that has just begun can watch a socket; if not, `stop` is near.
      try? listener.start()
    }
  }

  private func accept(_ fd: Int32) {
    if let name = options.congestionControl { try? SocketOptions.setCongestionControl(fd, name) }
    let connection = ServiceConnection(server: self)
    do {
      try connection.open(fd: fd)
      connections[ObjectIdentifier(connection)] = connection
      counters.count(.connections)
    } catch {
      // The socket is closed; the client hears it.
    }
  }

  /// A call has an action to be carried out.
  func list(_ call: ServiceCall) {
    if !gameThread.takes(call) { call.connection.list(call) }
  }

  func connectionEnded(_ connection: ServiceConnection) {
    // The connection is still on the stack.
    loop.run { [self] in
      connections[ObjectIdentifier(connection)] = nil
      reportIfEmpty()
    }
  }

  // MARK: The end

  /// Refuses new connections and calls, lets those under way finish within `shutdownLimit`, and ends
  /// all threads. Any thread but the loop's; returns when it is done.
  public func stop() {
    let isFirst = lock.withLock {
      defer { hasStopped = true }
      return !hasStopped
    }
    if isFirst, loop.run({ self.beginStop() }) {
      let deadline = Int64.deadline(options.shutdownLimit, after: MonotonicClock.now())
      lock.withLock {
        while !isEmpty, condition.wait(lock, untilMonotonicNanoseconds: deadline) {}
      }
      loop.run {
        self.connections.values.forEach { $0.close() }
        self.connections.removeAll()
      }
    }
    studio.close()
    loop.stop()
  }

  private func beginStop() {
    isStopping = true
    for listener in listeners { listener.close() }
    for connection in connections.values {
      // The plugin's server waits for its streams (WIRE.md 15).
      if options.behaviour == .honest {
        for stream in connection.controlStreams { stream.endStream() }
      }
      connection.drain()
    }
    reportIfEmpty()
  }

  private func reportIfEmpty() {
    guard isStopping, connections.isEmpty else { return }
    lock.withLock {
      isEmpty = true
      condition.broadcast()
    }
  }
}

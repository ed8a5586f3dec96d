import Glibc
import Testing
import UESynthCore

@testable import UESynthNet

extension NetTests {
  @Suite struct ConnectorTests {
    private static let hint = "is the Unreal editor in Play with the UESynth plugin enabled?"

    @Test func connectsToWhoListens() throws {
      try withLoop { loop in
        let server = try ListeningPort(host: "127.0.0.1")
        defer { server.close() }
        let outcome = connect(loop, "127.0.0.1:\(server.port)")
        let fd = try outcome.get()
        defer { close(fd) }
        #expect(fcntl(fd, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(fd, F_GETFD) & FD_CLOEXEC != 0)
        var value: Int32 = 0
        var length = socklen_t(4)
        #expect(getsockopt(fd, Int32(IPPROTO_TCP), TCP_NODELAY, &value, &length) == 0)
        #expect(value == 1)
      }
    }

    @Test func connectsToLocalhostByTheSystemsResolver() throws {
      try withLoop { loop in
        let server = try ListeningPort(host: "127.0.0.1")
        defer { server.close() }
        let fd = try connect(loop, "localhost:\(server.port)").get()
        close(fd)
      }
    }

    @Test(arguments: ["127.0.0.1", "::1"]) func eitherFamilyWillDo(listening: String) throws {
      try withLoop { loop in
        let server = try ListeningPort(host: listening)
        defer { server.close() }
        let lookup = addresses(["::1", "127.0.0.1"])
        let fd = try connect(loop, "twofold:\(server.port)", lookup: lookup).get()
        defer { close(fd) }
        #expect(SocketAddress(of: fd, peer: true)?.host == listening)
      }
    }

    @Test func refusedSaysWhatToDo() throws {
      try withLoop { loop in
        let port = try unusedPort()
        let one = failure(connect(loop, "127.0.0.1:\(port)"))
        #expect(one?.status == .unavailable)
        #expect(one?.message == "connection refused by 127.0.0.1:\(port): \(Self.hint)")
        let two = failure(
          connect(loop, "twofold:\(port)", lookup: addresses(["127.0.0.1", "::1"])))
        #expect(
          two?.message
            == "connection refused by twofold:\(port) (127.0.0.1 and ::1 tried): \(Self.hint)")
      }
    }

    @Test func differentReasonsAreListed() throws {
      try withLoop { loop in
        let port = try unusedPort()
        // A multicast address cannot be connected to.
        let lookup = addresses(["127.0.0.1", "224.0.0.1"])
        let found = failure(connect(loop, "mixed:\(port)", lookup: lookup))
        #expect(found?.status == .unavailable)
        #expect(found?.message.contains("127.0.0.1: Connection refused") == true)
        #expect(found?.message.contains("224.0.0.1: ") == true)
      }
    }

    @Test func silenceEndsAfterTheTimeout() throws {
      try withLoop { loop in
        let hole = try BlackHole()
        defer { hole.close() }
        let start = MonotonicClock.now()
        let found = failure(connect(loop, "127.0.0.1:\(hole.port)", timeout: 300_000_000))
        #expect(found?.status == .unavailable)
        #expect(
          found?.message
            == "no answer from 127.0.0.1:\(hole.port) within 300 ms: is a firewall in between?")
        #expect(MonotonicClock.now() - start >= 300_000_000)
      }
    }

    @Test func theNextAddressDoesNotWaitForASilentOne() throws {
      try withLoop { loop in
        let hole = try BlackHole()
        defer { hole.close() }
        // The same port: ::1 answers where 127.0.0.1 is silent.
        let server = try ListeningPort(host: "::1", port: hole.port)
        defer { server.close() }
        let start = MonotonicClock.now()
        let lookup = addresses(["127.0.0.1", "::1"])
        let fd = try connect(loop, "twofold:\(hole.port)", lookup: lookup).get()
        defer { close(fd) }
        #expect(SocketAddress(of: fd, peer: true)?.host == "::1")
        #expect(MonotonicClock.now() - start >= 250_000_000)
      }
    }

    @Test func aUnixSocketIsConnectedTo() throws {
      try withLoop { loop in
        let path = "/tmp/uesynth-connector-\(getpid()).sock"
        let listener = try Listener(loop: loop, endpoint: .unix(path: path)) { close($0) }
        let fd = try connect(loop, "unix:\(path)").get()
        close(fd)
        loop.runAndWait { listener.close() }
        #expect(access(path, F_OK) != 0)
      }
    }

    @Test func unixFailuresNameThePath() throws {
      try withLoop { loop in
        let missing = failure(connect(loop, "unix:/tmp/uesynth-nobody.sock"))
        #expect(missing?.status == .unavailable)
        #expect(
          missing?.message == "no socket at /tmp/uesynth-nobody.sock: is the server running?")
        let abstract = failure(connect(loop, "unix-abstract:uesynth-nobody"))
        #expect(
          abstract?.message
            == "no server listens on the socket named uesynth-nobody: is it running?")
      }
    }

    @Test func aFullUnixQueueIsRetriedUntilTheTimeout() throws {
      try withLoop { loop in
        let address = try #require(
          SocketAddress(unixPath: "uesynth-full-\(getpid())", isAbstract: true))
        let listening = address.makeSocket()
        defer { close(listening) }
        try #require(address.withSockaddr { bind(listening, $0, $1) } == 0)
        try #require(listen(listening, 0) == 0)
        let filler = address.makeSocket()
        defer { close(filler) }
        try #require(address.withSockaddr { Glibc.connect(filler, $0, $1) } == 0)
        let target = "unix-abstract:uesynth-full-\(getpid())"
        let found = failure(connect(loop, target, timeout: 200_000_000))
        #expect(found?.message.contains("within 200 ms") == true)
      }
    }

    @Test func anUnknownHostIsNamed() throws {
      try withLoop { loop in
        let lookup: AddressLookup.Function = { host, _ in
          .failure(NetError(.unavailable, "cannot resolve host '\(host)': Name unknown"))
        }
        let made = failure(connect(loop, "nowhere", lookup: lookup))
        #expect(made?.message == "cannot resolve host 'nowhere': Name unknown")
        let real = failure(connect(loop, "no-such-host.invalid", timeout: 5_000_000_000))
        #expect(real?.status == .unavailable)
        #expect(real?.message.hasPrefix("cannot resolve host 'no-such-host.invalid'") == true)
      }
    }

    @Test func aLookupThatHangsEndsWithTheTimeout() throws {
      let hang = Gate()
      try withLoop { loop in
        let found = failure(
          connect(loop, "slow", timeout: 100_000_000, lookup: hanging(until: hang)))
        #expect(
          found?.message
            == "cannot resolve host 'slow' within 100 ms: the name server does not answer")
        #expect(LookupLimit.count == 1)
        hang.open()
        expectNoLookups()
      }
    }

    @Test func cancelDuringLookupLeavesNothing() throws {
      try withoutLeaks {
        let hang = Gate()
        let loop = try EventLoop()
        let completions = Shared(0)
        weak var weakConnector: Connector?
        loop.runAndWait {
          let connector = Connector(
            loop: loop, target: .host(name: "slow", port: 1), timeoutNanoseconds: 10_000_000_000,
            lookup: hanging(until: hang)
          ) { _ in completions.change { $0 += 1 } }
          weakConnector = connector
          connector.start()
          loop.run { [connector = Unchecked(connector)] in connector.value.cancel() }
        }
        loop.runAndWait {}
        let start = MonotonicClock.now()
        loop.stop()
        print("stop with a lookup under way: \((MonotonicClock.now() - start) / 1000) us")
        #expect(weakConnector == nil)
        hang.open()
        expectNoLookups()
        #expect(completions.value == 0)
      }
    }

    @Test func stoppingWithoutCancelLeavesNothing() throws {
      try withoutLeaks {
        let hang = Gate()
        weak var weakLoop: EventLoop?
        weak var weakConnector: Connector?
        try autoreleased {
          let loop = try EventLoop()
          weakLoop = loop
          loop.runAndWait {
            let connector = Connector(
              loop: loop, target: .host(name: "slow", port: 1), timeoutNanoseconds: 10_000_000_000,
              lookup: hanging(until: hang)
            ) { _ in }
            weakConnector = connector
            connector.start()
          }
          loop.runAndWait {}
          loop.stop()
        }
        #expect(weakLoop == nil)
        #expect(weakConnector == nil)
        hang.open()
        expectNoLookups()
      }
    }

    @Test func cancelWhileConnectingLeavesNothing() throws {
      try withLoop { loop in
        let hole = try BlackHole()
        defer { hole.close() }
        let completions = Shared(0)
        var connector: Connector?
        loop.runAndWait {
          connector = Connector(
            loop: loop, target: .numeric(address: "127.0.0.1", port: hole.port),
            timeoutNanoseconds: 50_000_000
          ) { _ in completions.change { $0 += 1 } }
          connector?.start()
        }
        loop.runAndWait {}
        loop.runAndWait { connector?.cancel() }
        usleep(100_000)
        loop.runAndWait {}
        #expect(completions.value == 0)
      }
    }

    @Test func lookupsAreBoundedAndTheRestWaits() throws {
      try withLoop { loop in
        let hang = Gate()
        let running = Shared(0)
        let most = Shared(0)
        let lookup: AddressLookup.Function = { host, _ in
          let now = running.change {
            $0 += 1
            return $0
          }
          most.change { $0 = max($0, now) }
          hang.wait()
          running.change { $0 -= 1 }
          return .failure(NetError(.unavailable, "cannot resolve host '\(host)': test"))
        }
        let done = Gate()
        let finished = Shared(0)
        let clients = 24
        var connectors: [Connector] = []
        loop.runAndWait {
          for number in 0..<clients {
            let connector = Connector(
              loop: loop, target: .host(name: "host\(number)", port: 1),
              timeoutNanoseconds: 20_000_000_000, lookup: lookup
            ) { _ in
              let count = finished.change {
                $0 += 1
                return $0
              }
              if count == clients { done.open() }
            }
            connector.start()
            connectors.append(connector)
          }
        }
        usleep(100_000)
        #expect(running.value == Int(LookupLimit.limit))
        hang.open()
        #expect(done.wait())
        #expect(most.value <= Int(LookupLimit.limit))
        expectNoLookups()
      }
    }

    @Test func aSocketConnectedToItselfIsRecognised() throws {
      try withoutLeaks {
        // Provoked by binding first; in the wild the kernel happens to choose this port.
        let port = try unusedPort()
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: port))
        let fd = address.makeSocket()
        defer { close(fd) }
        try #require(address.withSockaddr { bind(fd, $0, $1) } == 0)
        _ = address.withSockaddr { Glibc.connect(fd, $0, $1) }
        var connecting = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
        try #require(poll(&connecting, 1, 5000) == 1 && SocketOptions.takeError(fd) == 0)
        #expect(ConnectAttempt.isConnectedToItself(fd, address))
        let pair = try TCPPair()
        defer {
          close(pair.client)
          close(pair.server)
        }
        let peer = try #require(SocketAddress(of: pair.client, peer: true))
        #expect(!ConnectAttempt.isConnectedToItself(pair.client, peer))
      }
    }

    // MARK: Support

    private func connect(
      _ loop: EventLoop, _ text: String, timeout: Int64 = 10_000_000_000,
      lookup: @escaping AddressLookup.Function = AddressLookup.system
    ) -> Result<Int32, ConnectFailure> {
      let target: Target
      do throws(NetError) { target = try Target.parse(text) } catch { return .failure(error) }
      let outcome = Shared<Result<Int32, ConnectFailure>?>(nil)
      let done = Gate()
      loop.runAndWait {
        let connector = Connector(
          loop: loop, target: target, timeoutNanoseconds: timeout, lookup: lookup
        ) { result in
          #expect(loop.isCurrent)
          outcome.change { $0 = result }
          done.open()
        }
        connector.start()
        #expect(outcome.value == nil)
      }
      #expect(done.wait())
      return outcome.value ?? .failure(NetError(.unknown, "never completed"))
    }

    private func failure(_ result: Result<Int32, ConnectFailure>) -> ConnectFailure? {
      switch result {
      case .success(let fd):
        close(fd)
        return nil
      case .failure(let failure):
        return failure
      }
    }
  }
}

private func addresses(_ hosts: [String]) -> AddressLookup.Function {
  { _, port in .success(hosts.compactMap { SocketAddress(numeric: $0, port: port) }) }
}

private func hanging(until gate: Gate) -> AddressLookup.Function {
  { _, _ in
    gate.wait()
    return .success([])
  }
}

private func expectNoLookups() {
  for _ in 0..<1000 where LookupLimit.count != 0 { usleep(10_000) }
  #expect(LookupLimit.count == 0)
}

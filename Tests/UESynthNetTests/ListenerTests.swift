import CUESynthSys
import Glibc
import Testing
import UESynthCore

@testable import UESynthNet

extension NetTests {
  @Suite struct ListenerTests {
    @Test func loopbackListensOnBothFamilies() throws {
      try withLoop { loop in
        let accepted = Accepted()
        let listener = try Listener(loop: loop, endpoint: .loopback(port: 0), accept: accepted.take)
        #expect(listener.port != 0)
        loop.runAndWait { try? listener.start() }
        for host in ["127.0.0.1", "::1"] {
          let fd = try reach(host, listener.port)
          #expect(accepted.next())
          close(fd)
        }
        loop.runAndWait { listener.close() }
        #expect(throws: (any Error).self) { close(try reach("127.0.0.1", listener.port)) }
        accepted.closeAll()
      }
    }

    @Test func anyTakesBothFamilies() throws {
      try withLoop { loop in
        let accepted = Accepted()
        let listener = try Listener(loop: loop, endpoint: .any(port: 0), accept: accepted.take)
        loop.runAndWait { try? listener.start() }
        for host in ["127.0.0.1", "::1"] {
          let fd = try reach(host, listener.port)
          #expect(accepted.next())
          close(fd)
        }
        loop.runAndWait { listener.close() }
        accepted.closeAll()
      }
    }

    @Test func whatIsAcceptedIsReadyForALoop() throws {
      try withLoop { loop in
        let accepted = Accepted()
        let listener = try Listener(
          loop: loop, endpoint: .address("127.0.0.1", port: 0), accept: accepted.take)
        // Connected before the loop watches: the kernel's queue keeps it.
        let fd = try reach("127.0.0.1", listener.port)
        loop.runAndWait { try? listener.start() }
        #expect(accepted.next())
        let server = try #require(accepted.descriptors.first)
        #expect(fcntl(server, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(server, F_GETFD) & FD_CLOEXEC != 0)
        var value: Int32 = 0
        var length = socklen_t(4)
        #expect(getsockopt(server, Int32(IPPROTO_TCP), TCP_NODELAY, &value, &length) == 0)
        #expect(value == 1)
        close(fd)
        loop.runAndWait { listener.close() }
        accepted.closeAll()
      }
    }

    @Test func aPortInUseIsNamed() throws {
      try withLoop { loop in
        let first = try Listener(loop: loop, endpoint: .loopback(port: 0)) { close($0) }
        let error = #expect(throws: NetError.self) {
          try Listener(loop: loop, endpoint: .loopback(port: first.port)) { close($0) }
        }
        #expect(error?.message.contains("cannot listen on localhost:\(first.port): in use") == true)
        for endpoint in [
          ListenEndpoint.address("localhost", port: 1), .unix(path: ""),
          .unix(path: String(repeating: "x", count: 108)),
        ] {
          let error = #expect(throws: NetError.self) {
            try Listener(loop: loop, endpoint: endpoint) { close($0) }
          }
          #expect(error?.status == .invalidArgument)
        }
        let foreign = #expect(throws: NetError.self) {
          try Listener(loop: loop, endpoint: .address("192.0.2.1", port: 0)) { close($0) }
        }
        #expect(foreign?.message.contains("no interface") == true)
        loop.runAndWait { first.close() }
      }
    }

    @Test func aUnixPathIsUnlinkedByWhoMadeItOnly() throws {
      try withLoop { loop in
        let path = "/tmp/uesynth-listener-\(getpid()).sock"
        let first = try Listener(loop: loop, endpoint: .unix(path: path)) { close($0) }
        #expect(access(path, F_OK) == 0)
        // Somebody listens: in use.
        let error = #expect(throws: NetError.self) {
          try Listener(loop: loop, endpoint: .unix(path: path)) { close($0) }
        }
        #expect(error?.message.contains("in use") == true)
        #expect(access(path, F_OK) == 0)
        // Another took over the path: it is not ours to unlink.
        unlink(path)
        let second = try Listener(loop: loop, endpoint: .unix(path: path)) { close($0) }
        loop.runAndWait { first.close() }
        #expect(access(path, F_OK) == 0)
        loop.runAndWait { second.close() }
        #expect(access(path, F_OK) != 0)
      }
    }

    @Test func aStaleUnixPathIsReplacedAndOtherFilesAreNot() throws {
      try withLoop { loop in
        let path = "/tmp/uesynth-stale-\(getpid()).sock"
        let address = try #require(SocketAddress(unixPath: path))
        let dead = address.makeSocket()
        try #require(address.withSockaddr { bind(dead, $0, $1) } == 0)
        close(dead)
        let listener = try Listener(loop: loop, endpoint: .unix(path: path)) { close($0) }
        loop.runAndWait { listener.close() }
        close(open(path, O_CREAT | O_RDWR, 0o600))
        #expect(throws: NetError.self) {
          try Listener(loop: loop, endpoint: .unix(path: path)) { close($0) }
        }
        #expect(access(path, F_OK) == 0)
        unlink(path)
      }
    }

    @Test func descriptorExhaustionPausesAndPasses() throws {
      try withLoop { loop in
        let accepted = Accepted()
        let calls = Shared(0)
        // The kernel's own EMFILE: the limit is lowered for the length of one call.
        let listener = try Listener(
          loop: loop, endpoint: .address("127.0.0.1", port: 0), backlog: 8,
          acceptCall: { fd in
            let call = calls.change {
              $0 += 1
              return $0
            }
            if call > 3 { return uesynth_sys_accept(fd) }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(7), &limit)
            var lowered = limit
            lowered.rlim_cur = 0
            setrlimit(__rlimit_resource_t(7), &lowered)
            let result = uesynth_sys_accept(fd)
            setrlimit(__rlimit_resource_t(7), &limit)
            #expect(result == -EMFILE)
            return result
          }, accept: accepted.take)
        loop.runAndWait { try? listener.start() }
        let start = MonotonicClock.now()
        let fd = try reach("127.0.0.1", listener.port)
        #expect(accepted.next())
        #expect(MonotonicClock.now() - start >= 300_000_000)
        loop.runAndWait {
          #expect(listener.pauses == 3)
          // Three refusals, the connection, the empty queue: no spinning.
          #expect(calls.value == 5)
          listener.close()
        }
        close(fd)
        accepted.closeAll()
      }
    }

    @Test func aConnectionLostInTheQueueDoesNotStopTheOthers() throws {
      try withLoop { loop in
        let accepted = Accepted()
        let calls = Shared(0)
        let errors = [ECONNABORTED, EPROTO, EINTR, EPERM]
        let listener = try Listener(
          loop: loop, endpoint: .address("127.0.0.1", port: 0), backlog: 8,
          acceptCall: { fd in
            let call = calls.change {
              $0 += 1
              return $0
            }
            return call <= errors.count ? -errors[call - 1] : uesynth_sys_accept(fd)
          }, accept: accepted.take)
        loop.runAndWait { try? listener.start() }
        let fd = try reach("127.0.0.1", listener.port)
        #expect(accepted.next())
        loop.runAndWait {
          #expect(listener.pauses == 0)
          listener.close()
        }
        close(fd)
        accepted.closeAll()
      }
    }

    @Test func acceptMayCloseTheListener() throws {
      try withLoop { loop in
        let closed = Gate()
        let own = Shared<Listener?>(nil)
        let listener = try Listener(loop: loop, endpoint: .loopback(port: 0)) { fd in
          close(fd)
          own.value?.close()
          own.change { $0 = nil }
          closed.open()
        }
        own.change { $0 = listener }
        let fds = try (0..<3).map { _ in try reach("127.0.0.1", listener.port) }
        loop.runAndWait { try? listener.start() }
        #expect(closed.wait())
        for fd in fds { close(fd) }
      }
    }

    @Test func aDroppedListenerClosesItsSockets() throws {
      try withLoop { loop in
        _ = try Listener(loop: loop, endpoint: .loopback(port: 0)) { close($0) }
      }
    }

    private func reach(_ host: String, _ port: UInt16) throws -> Int32 {
      let address = try #require(SocketAddress(numeric: host, port: port))
      let fd = address.makeSocket()
      _ = address.withSockaddr { connect(fd, $0, $1) }
      var connecting = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
      let ready = poll(&connecting, 1, 5000)
      let error = SocketOptions.takeError(fd)
      if ready != 1 || error != 0 || SocketAddress(of: fd, peer: true) == nil {
        close(fd)
        throw NetError(errno: error, "cannot reach \(host)")
      }
      return fd
    }
  }
}

/// The descriptors that a listener has handed over.
private final class Accepted: @unchecked Sendable {
  private let list = Shared<[Int32]>([])
  private var seen = 0

  var descriptors: [Int32] { list.value }

  func take(_ fd: Int32) { list.change { $0.append(fd) } }

  /// Waits for one more than before.
  func next() -> Bool {
    for _ in 0..<1000 where list.value.count <= seen { usleep(10_000) }
    seen += 1
    return list.value.count == seen
  }

  func closeAll() { for fd in list.value { close(fd) } }
}

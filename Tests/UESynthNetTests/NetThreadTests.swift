import Glibc
import Testing
import UESynthCore

@testable import UESynthNet

extension NetTests {
  @Suite struct NetThreadTests {
    @Test func signalsAreBlockedInTheNewThreadOnly() throws {
      let before = blockedSignals()
      let inside = Shared<Set<Int32>>([])
      let thread = try NetThread.start(name: "signals", role: .worker) {
        inside.change { $0 = blockedSignals() }
      }
      thread.join()
      for signal in [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, SIGALRM, SIGPIPE, SIGPROF]
      {
        #expect(inside.value.contains(signal))
      }
      // A blocked fault would kill past the host's crash handler.
      for signal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL] { #expect(!inside.value.contains(signal)) }
      #expect(blockedSignals() == before)
    }

    @Test func theNameShowsInTop() throws {
      for (name, shown) in [
        ("uesynth-loop", "uesynth-loop"), ("a-name-of-20-letters", "a-name-of-20-le"),
      ] {
        let seen = Shared("")
        let thread = try NetThread.start(name: name, role: .worker) {
          seen.change { $0 = threadName() }
        }
        thread.join()
        #expect(seen.value == shown)
      }
    }

    @Test func hooksRunFirstAndLast() throws {
      let log = Shared<[String]>([])
      let hooks = ThreadHooks(
        started: { role, index in log.change { $0.append("started \(role) \(index)") } },
        stopping: { role, index in log.change { $0.append("stopping \(role) \(index)") } })
      let thread = try NetThread.start(name: "hooks", role: .delivery, index: 3, hooks: hooks) {
        log.change { $0.append("body") }
      }
      thread.join()
      #expect(log.value == ["started delivery 3", "body", "stopping delivery 3"])
    }

    @Test func joinReturnsToEveryCaller() throws {
      let hold = Gate()
      let ended = Shared(false)
      let thread = try NetThread.start(name: "joined", role: .worker) {
        hold.wait()
        ended.change { $0 = true }
      }
      let joiners = try (0..<4).map { _ in
        try NetThread.start(name: "joiner", role: .worker) {
          thread.join()
          #expect(ended.value)
        }
      }
      hold.open()
      for joiner in joiners { joiner.join() }
      thread.join()
      thread.detach()
    }

    @Test func aThreadDoesNotWaitForItself() throws {
      let own = Shared<NetThread?>(nil)
      let known = Gate()
      let done = Gate()
      let thread = try NetThread.start(name: "self", role: .worker) {
        known.wait()
        #expect(own.value?.isCurrent == true)
        own.value?.join()
        own.change { $0 = nil }
        done.open()
      }
      #expect(!thread.isCurrent)
      own.change { $0 = thread }
      known.open()
      #expect(done.wait())
      thread.join()
    }

    @Test func threadsThatNobodyJoinsAreFreed() throws {
      let before = threadCount()
      for round in 0..<50 {
        let thread = try NetThread.start(name: "loose", role: .worker) {}
        if round % 2 == 0 { thread.detach() }
      }
      for _ in 0..<500 where threadCount() > before { usleep(10_000) }
      #expect(threadCount() <= before)
    }

    @Test func whatTheBodyCapturesIsReleased() throws {
      weak var captured: Gate?
      try autoreleased {
        let gate = Gate()
        captured = gate
        let thread = try NetThread.start(name: "captures", role: .worker) { gate.open() }
        gate.wait()
        thread.join()
      }
      #expect(captured == nil)
    }
  }

  @Suite struct ForkGuardTests {
    @Test func aChildNoticesAndCanLetGo() throws {
      try withLoop { loop in
        loop.runAndWait {}
        let before = ForkGuard.generation
        let hold = Gate()
        let thread = try NetThread.start(name: "parent-only", role: .worker) { hold.wait() }
        defer {
          hold.open()
          thread.join()
        }
        // Swift marks fork unavailable; a host forks without asking Swift.
        let symbol = try #require(dlsym(nil, "fork"))
        let fork = unsafeBitCast(symbol, to: (@convention(c) () -> pid_t).self)
        let child = fork()
        if child == 0 {
          let noticed = ForkGuard.generation == before &+ 1
          // None of these threads exists here: each must return.
          thread.join()
          loop.stop()
          _exit(noticed ? 0 : 1)
        }
        try #require(child > 0)
        var status: Int32 = -1
        for _ in 0..<1000 where waitpid(child, &status, WNOHANG) == 0 { usleep(10_000) }
        #expect(status == 0)
        if status == -1 { kill(child, SIGKILL) }
        #expect(ForkGuard.generation == before)
        // The parent's loop has not suffered.
        let (near, far) = try socketPair()
        defer { close(far) }
        let peer = RecordingPeer()
        loop.runAndWait { peer.open(near, loop) }
        #expect(write(far, "x", 1) == 1)
        for _ in 0..<1000 where peer.count == 0 { usleep(1000) }
        #expect(peer.count == 1)
        loop.runAndWait { peer.transport?.close() }
      }
    }
  }
}

private func blockedSignals() -> Set<Int32> {
  var mask = sigset_t()
  pthread_sigmask(SIG_BLOCK, nil, &mask)
  return Set((1...64).filter { sigismember(&mask, Int32($0)) == 1 }.map { Int32($0) })
}

private func threadName() -> String {
  let fd = open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
  defer { close(fd) }
  var text = [UInt8](repeating: 0, count: 64)
  let count = read(fd, &text, text.count)
  return String(decoding: text.prefix(max(0, count - 1)), as: UTF8.self)
}

private func threadCount() -> Int {
  guard let directory = opendir("/proc/self/task") else { return 0 }
  defer { closedir(directory) }
  var count = 0
  while let entry = readdir(directory) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard !name.hasPrefix("."), let fd = Optional(open("/proc/self/task/\(name)/comm", O_RDONLY)),
      fd >= 0
    else { continue }
    defer { close(fd) }
    var text = [UInt8](repeating: 0, count: 64)
    let length = read(fd, &text, text.count)
    if String(decoding: text.prefix(max(0, length)), as: UTF8.self).hasPrefix("loose") {
      count += 1
    }
  }
  return count
}

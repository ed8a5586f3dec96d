import Glibc
import Synchronization
import Testing
import UESynthCore

@testable import UESynthNet

extension NetTests {
  @Suite struct EventLoopTests {
    @Test func noScheduleIsLost() throws {
      try withLoop { loop in
        let threads = 8
        let rounds = 20_000
        let participants = (0..<16).map { _ in Tally() }
        var producers: [NetThread] = []
        for thread in 0..<threads {
          producers.append(
            try NetThread.start(name: "producer", role: .worker) {
              for round in 0..<rounds {
                let tally = participants[(round &+ thread) % participants.count]
                tally.produced.add(1, ordering: .relaxed)
                loop.schedule(tally)
                // Lets the loop fall asleep now and then.
                if round % 1000 == 0 { usleep(300) }
              }
            })
        }
        for producer in producers { producer.join() }
        loop.runAndWait {}
        loop.runAndWait {}
        var consumed = 0
        loop.runAndWait { consumed = participants.reduce(0) { $0 + $1.consumed } }
        #expect(consumed == threads * rounds)
      }
    }

    @Test func everySleepEndsByOneWrite() throws {
      try withLoop { loop in
        let rounds = 2000
        let tally = Tally()
        let before = loop.wakeCount
        for round in 1...rounds {
          tally.produced.add(1, ordering: .relaxed)
          loop.schedule(tally)
          while tally.seen.load(ordering: .acquiring) < round { sched_yield() }
        }
        loop.runAndWait {}
        let wakes = loop.wakeCount - before
        #expect(wakes > 0)
        #expect(wakes <= UInt64(rounds + 1))
      }
    }

    @Test func anAwakeLoopIsNotWoken() throws {
      try withLoop { loop in
        let busy = Gate()
        let release = Gate()
        loop.run {
          busy.open()
          release.wait()
        }
        #expect(busy.wait())
        let before = loop.wakeCount
        let tallies = (0..<8).map { _ in Tally() }
        let producers = try tallies.map { tally in
          try NetThread.start(name: "producer", role: .worker) {
            for _ in 0..<5000 { loop.schedule(tally) }
          }
        }
        for producer in producers { producer.join() }
        release.open()
        loop.runAndWait {}
        // runAndWait itself may have found the loop asleep.
        #expect(loop.wakeCount - before <= 1)
        var passes: [Int] = []
        loop.runAndWait { passes = tallies.map(\.passes) }
        #expect(passes == Array(repeating: 1, count: 8))
      }
    }

    @Test func onePassEvenIfScheduledAndDue() throws {
      try withLoop { loop in
        let tally = Tally()
        loop.runAndWait {
          loop.setDeadline(tally, at: 0)
          loop.schedule(tally)
          loop.schedule(tally)
        }
        loop.runAndWait {}
        var passes = 0
        loop.runAndWait { passes = tally.passes }
        #expect(passes == 1)
      }
    }

    @Test func aPassThatSchedulesItselfRunsInTheNextOne() throws {
      try withLoop { loop in
        let done = Gate()
        let repeating = Repeating(loop: loop, times: 50, done: done)
        loop.schedule(repeating)
        #expect(done.wait())
        #expect(repeating.order == Array(0..<50))
      }
    }

    @Test func onlyWhatWasScheduledRuns() throws {
      try withLoop { loop in
        let tallies = (0..<256).map { _ in Tally() }
        loop.schedule(tallies[17])
        var passes: [Int] = []
        loop.runAndWait { passes = tallies.map(\.passes) }
        #expect(passes.reduce(0, +) == 1)
        #expect(passes[17] == 1)
      }
    }

    @Test func deadlinesRunInOrderAndNeverEarly() throws {
      try withLoop { loop in
        let log = Shared<[(due: Int64, ran: Int64)]>([])
        let done = Gate()
        let count = 200
        let start = MonotonicClock.now()
        var seed: UInt64 = 7
        var timers: [Timer] = []
        for _ in 0..<count {
          seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let due = start + Int64(seed >> 33) % 60_000_000
          timers.append(
            Timer(due: due) { timer in
              let all = log.change {
                $0.append((timer.due, MonotonicClock.now()))
                return $0.count
              }
              if all == count { done.open() }
            })
        }
        let armed = timers
        loop.run { for timer in armed { loop.setDeadline(timer, at: timer.due) } }
        #expect(done.wait())
        let ran = log.value
        #expect(ran.map(\.due) == ran.map(\.due).sorted())
        #expect(ran.allSatisfy { $0.ran >= $0.due })
        let worst = ran.map { $0.ran - $0.due }.max() ?? 0
        print("worst timer delay: \(worst / 1000) us")
      }
    }

    @Test func aDeadlineCanBeMovedAndCleared() throws {
      try withLoop { loop in
        let done = Gate()
        let fired = Shared<[String]>([])
        let cleared = Timer(due: 0) { _ in fired.change { $0.append("cleared") } }
        let moved = Timer(due: 0) { _ in fired.change { $0.append("moved") } }
        let last = Timer(due: 0) { _ in
          fired.change { $0.append("last") }
          done.open()
        }
        loop.runAndWait {
          let now = MonotonicClock.now()
          loop.setDeadline(cleared, at: now + 20_000_000)
          loop.setDeadline(moved, at: now + 3_600_000_000_000)
          loop.setDeadline(last, at: now + 60_000_000)
          loop.setDeadline(moved, at: now + 40_000_000)
          loop.setDeadline(cleared, at: .max)
        }
        #expect(done.wait())
        #expect(fired.value == ["moved", "last"])
      }
    }

    @Test func fetchedEventsOfARemovedHandlerAreDropped() throws {
      try withLoop { loop in
        let (a, aPeer) = try socketPair()
        let (b, bPeer) = try socketPair()
        defer { for fd in [a, aPeer, b, bPeer] { close(fd) } }
        let log = Shared<[Int32]>([])
        loop.runAndWait {
          let first = Rival(fd: a, loop: loop, log: log)
          let second = Rival(fd: b, loop: loop, log: log)
          first.other = second
          second.other = first
          first.watch()
          second.watch()
          // Both become readable before the loop looks again: one batch.
          _ = write(aPeer, "x", 1)
          _ = write(bPeer, "x", 1)
        }
        loop.runAndWait {}
        loop.runAndWait {}
        #expect(log.value.count == 1)
      }
    }

    @Test func addingTheSameDescriptorTwiceFails() throws {
      try withLoop { loop in
        let (a, b) = try socketPair()
        defer {
          close(a)
          close(b)
        }
        var message = ""
        loop.runAndWait {
          let rival = Rival(fd: a, loop: loop, log: Shared([]))
          rival.watch()
          do throws(NetError) {
            _ = try loop.add(fd: a, events: EventMask.input, handler: rival)
          } catch { message = error.message }
          rival.unwatch()
        }
        #expect(message.contains("cannot watch a socket"))
      }
    }

    @Test func jobsRunInOrder() throws {
      try withLoop { loop in
        let order = Shared<[Int]>([])
        for number in 0..<100 { loop.run { order.change { $0.append(number) } } }
        loop.runAndWait {}
        #expect(order.value == Array(0..<100))
      }
    }

    @Test func stopRunsWhatWasGivenBeforeAndRefusesTheRest() throws {
      try withoutLeaks {
        let loop = try EventLoop()
        let ran = Shared(0)
        let hold = Gate()
        loop.run { hold.wait() }
        for _ in 0..<10 { loop.run { ran.change { $0 += 1 } } }
        hold.open()
        let stoppers = try (0..<3).map { _ in
          try NetThread.start(name: "stopper", role: .worker) { loop.stop() }
        }
        loop.stop()
        #expect(ran.value == 10)
        #expect(!loop.run { ran.change { $0 += 1 } })
        loop.schedule(Tally())
        for stopper in stoppers { stopper.join() }
        #expect(ran.value == 10)
      }
    }

    @Test func stopOnTheLoopItselfReturns() throws {
      try withoutLeaks {
        let ended = Gate()
        let loop = try EventLoop(hooks: ThreadHooks(stopping: { _, _ in ended.open() }))
        loop.run { loop.stop() }
        #expect(ended.wait())
        loop.stop()
      }
    }

    @Test func stopLetsGoOfEverything() throws {
      try withoutLeaks {
        weak var weakLoop: EventLoop?
        weak var weakTally: Tally?
        weak var weakRival: Rival?
        let (a, b) = try socketPair()
        try autoreleased {
          let loop = try EventLoop()
          weakLoop = loop
          loop.runAndWait {
            let tally = Tally()
            weakTally = tally
            loop.setDeadline(tally, at: MonotonicClock.now() + 3_600_000_000_000)
            let rival = Rival(fd: a, loop: loop, log: Shared([]))
            weakRival = rival
            rival.watch()
          }
          loop.stop()
        }
        close(a)
        close(b)
        #expect(weakLoop == nil)
        #expect(weakTally == nil)
        #expect(weakRival == nil)
      }
    }

    @Test func theHotBufferIsAlignedAndSharedSize() throws {
      try withLoop { loop in
        #expect(loop.hotBuffer.count == 256 << 10)
        #expect(UInt(bitPattern: loop.hotBuffer.baseAddress) % 64 == 0)
      }
    }

    @Test func currentIsTheLoopThreadOnly() throws {
      try withLoop { loop in
        #expect(!loop.isCurrent)
        var inside = false
        loop.runAndWait { inside = loop.isCurrent }
        #expect(inside)
      }
    }

    @Test func aLoopWhoseDescriptorsTheHostClosedStillStops() throws {
      let loop = try EventLoop()
      loop.runAndWait {}
      let before = MonotonicClock.now()
      // As a daemonising host does; dup2 keeps the number from being reused under us.
      let null = open("/dev/null", O_RDWR | O_CLOEXEC)
      dup2(null, loop.epollFD)
      close(null)
      let done = Gate()
      let timer = Timer(due: before + 30_000_000) { _ in done.open() }
      loop.run { loop.setDeadline(timer, at: timer.due) }
      #expect(done.wait())
      loop.stop()
    }
  }
}

/// Runs `body` in a frame of its own, so that its references are gone afterwards.
@inline(never)
func autoreleased(_ body: () throws -> Void) rethrows { try body() }

final class Tally: LoopParticipant, @unchecked Sendable {
  let produced = Atomic<Int>(0)
  let seen = Atomic<Int>(0)
  var consumed = 0
  var passes = 0

  override func loopPass(now: Int64) {
    passes += 1
    consumed += produced.exchange(0, ordering: .relaxed)
    seen.store(consumed, ordering: .releasing)
  }
}

final class Timer: LoopParticipant, @unchecked Sendable {
  let due: Int64
  private let fire: (Timer) -> Void

  init(due: Int64, fire: @escaping (Timer) -> Void) {
    self.due = due
    self.fire = fire
  }

  override func loopPass(now: Int64) { fire(self) }
}

final class Repeating: LoopParticipant, @unchecked Sendable {
  let loop: EventLoop
  let times: Int
  let done: Gate
  var order: [Int] = []

  init(loop: EventLoop, times: Int, done: Gate) {
    self.loop = loop
    self.times = times
    self.done = done
  }

  override func loopPass(now: Int64) {
    order.append(order.count)
    if order.count < times { loop.schedule(self) } else { done.open() }
  }
}

/// Stops watching its rival when it is called.
final class Rival: EventHandler {
  let fd: Int32
  let loop: EventLoop
  let log: Shared<[Int32]>
  weak var other: Rival?
  var registration: EventRegistration?

  init(fd: Int32, loop: EventLoop, log: Shared<[Int32]>) {
    self.fd = fd
    self.loop = loop
    self.log = log
  }

  func watch() { registration = try? loop.add(fd: fd, events: EventMask.input, handler: self) }

  func unwatch() {
    if let registration { loop.remove(registration) }
    registration = nil
  }

  func handle(events: UInt32) {
    log.change { $0.append(fd) }
    other?.unwatch()
    unwatch()
  }
}

import Glibc
import Testing
import UESynthCore

@Suite struct LockTests {
  private final class Counter: @unchecked Sendable {
    let lock = Lock()
    let condition = Condition()
    var value = 0
    var turn = 0
  }

  @Test func excludes() {
    let counter = Counter()
    onThreads(4) { _ in
      for _ in 0..<10_000 { counter.lock.withLock { counter.value += 1 } }
    }
    #expect(counter.value == 40_000)
  }

  @Test func unlocksWhenTheBodyThrows() {
    struct Refused: Error {}
    let lock = Lock()
    #expect(throws: Refused.self) { try lock.withLock { throw Refused() } }
    #expect(pthread_mutex_trylock(lock.mutex) == 0)
    lock.unlock()
  }

  @Test func conditionPassesTheTurn() {
    let counter = Counter()
    onThreads(2) { index in
      for round in 0..<1000 {
        counter.lock.lock()
        while counter.turn != round * 2 + index { counter.condition.wait(counter.lock) }
        counter.turn += 1
        counter.lock.unlock()
        counter.condition.broadcast()
      }
    }
    #expect(counter.turn == 2000)
  }

  @Test func conditionHasADeadlineOnTheMonotonicClock() {
    let counter = Counter()
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let deadline = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) + 20_000_000
    counter.lock.withLock {
      while counter.condition.wait(counter.lock, untilMonotonicNanoseconds: deadline) {}
    }
    clock_gettime(CLOCK_MONOTONIC, &time)
    #expect(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) >= deadline)
    counter.lock.withLock {
      #expect(!counter.condition.wait(counter.lock, untilMonotonicNanoseconds: -1))
    }
  }
}

import Glibc
import Synchronization
import Testing
import UESynthCore

@testable import UESynthNet

extension NetTests {
  @Suite struct FutexWordTests {
    @Test func aWaiterIsWoken() throws {
      let word = FutexWord.allocate(0)
      defer { FutexWord.free(word) }
      for round in UInt32(1)...200 {
        let shared = Unchecked(word)
        let answerer = try NetThread.start(name: "answerer", role: .worker) {
          shared.value.pointee.store(round, ordering: .releasing)
          FutexWord.wake(shared.value)
        }
        while word.pointee.load(ordering: .acquiring) != round {
          #expect(
            FutexWord.wait(word, while: round - 1, until: MonotonicClock.now() + 20_000_000_000))
        }
        answerer.join()
      }
    }

    @Test func theDeadlineEndsTheWait() {
      let word = FutexWord.allocate(5)
      defer { FutexWord.free(word) }
      let deadline = MonotonicClock.now() + 20_000_000
      while FutexWord.wait(word, while: 5, until: deadline) {}
      #expect(MonotonicClock.now() >= deadline)
      // A deadline long past.
      #expect(!FutexWord.wait(word, while: 5, until: 0))
      #expect(!FutexWord.wait(word, while: 5, until: -7))
    }

    @Test func anotherValueReturnsAtOnce() {
      let word = FutexWord.allocate(5)
      defer { FutexWord.free(word) }
      #expect(FutexWord.wait(word, while: 4))
    }

    @Test func aSignalReturns() throws {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in }
      var previous = sigaction()
      sigaction(SIGUSR2, &action, &previous)
      defer { sigaction(SIGUSR2, &previous, nil) }
      let word = FutexWord.allocate(0)
      defer { FutexWord.free(word) }
      let shared = Unchecked(word)
      let waiter = Shared<pthread_t?>(nil)
      let woken = Shared<Bool?>(nil)
      let thread = try NetThread.start(name: "waiter", role: .worker) {
        var mask = sigset_t()
        sigemptyset(&mask)
        sigaddset(&mask, SIGUSR2)
        pthread_sigmask(SIG_UNBLOCK, &mask, nil)
        waiter.change { $0 = pthread_self() }
        let result = FutexWord.wait(
          shared.value, while: 0, until: MonotonicClock.now() + 10_000_000_000)
        woken.change { $0 = result }
      }
      for _ in 0..<2000 where woken.value == nil {
        usleep(5000)
        if let target = waiter.value { pthread_kill(target, SIGUSR2) }
      }
      thread.join()
      #expect(woken.value == true)
    }
  }
}

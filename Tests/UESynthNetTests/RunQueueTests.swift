import Testing

@testable import UESynthNet

extension NetTests {
  @Suite struct RunQueueTests {
    /// The queue cannot be copied, and an expectation would.
    private final class Queue {
      private let queue = RunQueue()
      func push(_ participant: LoopParticipant) -> RunQueue.Push { queue.push(participant) }
      func sleep() -> Bool { queue.sleep() }
      func awaken() -> Bool { queue.awaken() }
      func take() -> UInt { queue.take() }
      func close() -> UInt { queue.close() }
    }

    private func drain(_ first: UInt) -> [ObjectIdentifier] {
      var entry = first
      var found: [ObjectIdentifier] = []
      while let reference = RunQueue.participant(at: entry) {
        let participant = reference.takeRetainedValue()
        entry = participant.next
        found.append(ObjectIdentifier(participant))
      }
      return found
    }

    @Test func takesInTheOrderOfPushes() {
      let queue = Queue()
      let participants = (0..<5).map { _ in LoopParticipant() }
      for participant in participants { #expect(queue.push(participant) == .queued) }
      #expect(drain(queue.take()) == participants.map(ObjectIdentifier.init))
      #expect(queue.take() == 0)
    }

    @Test func onlyTheFirstPushDuringASleepWakes() {
      let queue = Queue()
      let participants = (0..<3).map { _ in LoopParticipant() }
      #expect(queue.sleep())
      #expect(queue.push(participants[0]) == .mustWake)
      #expect(queue.push(participants[1]) == .queued)
      #expect(!queue.awaken())
      #expect(queue.push(participants[2]) == .queued)
      #expect(drain(queue.take()) == participants.map(ObjectIdentifier.init))
    }

    @Test func doesNotSleepOverEntries() {
      let queue = Queue()
      #expect(queue.sleep())
      #expect(queue.awaken())
      #expect(queue.push(LoopParticipant()) == .queued)
      #expect(!queue.sleep())
      _ = drain(queue.take())
      #expect(queue.sleep())
      #expect(queue.awaken())
    }

    @Test func keepsItsEntriesAliveAndLetsThemGo() {
      let queue = Queue()
      weak var participant: LoopParticipant?
      autoreleased {
        let made = LoopParticipant()
        participant = made
        _ = queue.push(made)
      }
      #expect(participant != nil)
      _ = drain(queue.take())
      #expect(participant == nil)
    }

    @Test func refusesOnceClosed() {
      let queue = Queue()
      let first = LoopParticipant()
      _ = queue.push(first)
      #expect(drain(queue.close()) == [ObjectIdentifier(first)])
      weak var late: LoopParticipant?
      autoreleased {
        let made = LoopParticipant()
        late = made
        #expect(queue.push(made) == .closed)
      }
      #expect(late == nil)
    }
  }

  @Suite struct DeadlineHeapTests {
    @Test func agreesWithASortedList() {
      var heap = DeadlineHeap(capacity: 1)
      let participants = (0..<300).map { _ in LoopParticipant() }
      var model: [Int: Int64] = [:]
      var sizes = Sizes(seed: 11)
      var clock: Int64 = 0
      for _ in 0..<20_000 {
        let index = sizes.next(upTo: participants.count) - 1
        switch sizes.next(upTo: 4) {
        case 1:
          heap.set(participants[index], at: .max)
          model[index] = nil
        case 2:
          clock += Int64(sizes.next(upTo: 20))
          let due = model.filter { $0.value <= clock }.values.sorted()
          var popped: [Int64] = []
          while let reference = heap.popDue(now: clock) {
            let participant = reference.takeRetainedValue()
            let found = participants.firstIndex { $0 === participant } ?? -1
            popped.append(model[found] ?? -1)
            model[found] = nil
            #expect(participant.heapIndex == -1)
          }
          #expect(popped == due)
        default:
          let deadline = clock + Int64(sizes.next(upTo: 1000))
          heap.set(participants[index], at: deadline)
          model[index] = deadline
        }
        #expect(heap.count == model.count)
        #expect(heap.earliest == model.values.min() ?? .max)
      }
    }

    @Test func holdsWhatItContains() {
      var heap = DeadlineHeap()
      weak var participant: LoopParticipant?
      autoreleased {
        let made = LoopParticipant()
        participant = made
        heap.set(made, at: 5)
        heap.set(made, at: 3)
      }
      #expect(participant != nil)
      heap.popDue(now: 3)?.release()
      #expect(participant == nil)
    }
  }

  @Suite struct HandlerTableTests {
    private final class Silent: EventHandler {
      func handle(events: UInt32) {}
    }

    @Test func aReusedSlotDoesNotAnswerToItsFormerToken() {
      var table = HandlerTable()
      let first = Silent()
      let second = Silent()
      let old = table.insert(first, fd: 7)
      #expect(table.handler(token: old.token) === first)
      #expect(table.remove(old) === first)
      let new = table.insert(second, fd: 7)
      #expect(new.slot == old.slot)
      #expect(table.handler(token: old.token) == nil)
      #expect(table.remove(old) == nil)
      #expect(table.handler(token: new.token) === second)
    }

    @Test func growsAndEmpties() {
      var table = HandlerTable()
      let handlers = (0..<1000).map { _ in Silent() }
      let registrations = handlers.enumerated().map { table.insert($1, fd: Int32($0)) }
      for (handler, registration) in zip(handlers, registrations) {
        #expect(table.handler(token: registration.token) === handler)
      }
      #expect(Set(registrations.map(\.slot)).count == 1000)
      #expect(table.removeAll().count == 1000)
      #expect(registrations.allSatisfy { !table.contains($0) })
      #expect(table.handler(token: .max) == nil)
    }
  }
}

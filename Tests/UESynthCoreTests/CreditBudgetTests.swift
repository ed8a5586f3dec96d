import Testing
import UESynthCore

@Suite struct CreditBudgetTests {
  @Test func whatCameWithinItsWindowCountsUntilItIsReleased() {
    var budget = CreditBudget(cap: 4 << 20, lanes: 1)
    let room = budget.room
    budget.take(1000)
    #expect(budget.reserved == 1000)
    var granted = budget.reserve(room, queued: 0)
    #expect(!granted)
    budget.release(1000)
    granted = budget.reserve(room, queued: 0)
    #expect(granted)
  }

  /// Lanes and direct calls that come and go, messages that become frames, a host that fetches.
  @Test(arguments: [(1 << 20, 1), (3 << 20, 7), (64 << 20, 1), (64 << 20, 64), (512 << 20, 3)])
  func neverExceedsTheCap(_ cap: Int, _ lanes: Int) {
    let cap = max(cap, CreditBudget.leastCap(lanes: lanes))
    for seed in 0..<8 as Range<UInt64> {
      var random = Seeded(seed)
      var budget = CreditBudget(cap: cap, lanes: lanes)
      var openLanes = 0
      var openDirect = 0
      var messages: [Int] = []
      var frames: [Int] = []
      var queued: Int { frames.reduce(0, +) }
      var excess = 0
      for _ in 0..<1500 {
        switch random.below(8) {
        case 0 where openLanes < lanes:
          budget.streamOpened(isDirect: false)
          openLanes += 1
        case 1 where openLanes > 0 && random.chance(10):
          budget.streamClosed(isDirect: false)
          openLanes -= 1
        case 2, 3:
          if budget.mayOpenDirect(queued: queued, isTransient: random.chance(50)) {
            budget.streamOpened(isDirect: true)
            openDirect += 1
          }
        case 4 where openDirect > 0:
          budget.streamClosed(isDirect: true)
          openDirect -= 1
        case 5, 6:
          let length = random.below(min(budget.longestMessage, 16 << 20) + 1)
          if budget.reserve(length, queued: queued) { messages.append(length) }
        default:
          if random.chance(60), !messages.isEmpty {
            let length = messages.remove(at: random.below(messages.count))
            budget.release(length)
            if random.chance(70) { frames.append(length) }
          } else if !frames.isEmpty {
            frames.remove(at: random.below(frames.count))
          }
        }
        if budget.counted(queued: queued) > cap { excess += 1 }
        if budget.reserved != messages.reduce(0, +) { excess += 1 }
      }
      #expect(excess == 0)
      #expect(budget.peak <= cap)
    }
  }

  /// However many streams are open, the longest message fits once all others are gone.
  @Test(arguments: [1, 2, 16, 64]) func theLongestMessageCanAlwaysFinish(_ lanes: Int) {
    for cap in [CreditBudget.leastCap(lanes: lanes), 64 << 20, 1 << 30]
    where cap >= CreditBudget.leastCap(lanes: lanes) {
      var budget = CreditBudget(cap: cap, lanes: lanes)
      for _ in 0..<lanes { budget.streamOpened(isDirect: false) }
      var direct = 0
      while budget.mayOpenDirect(queued: 0, isTransient: direct == 0) {
        budget.streamOpened(isDirect: true)
        direct += 1
      }
      #expect(direct == budget.directLimit)
      let longest = budget.reserve(budget.longestMessage, queued: 0)
      #expect(longest)
      let more = budget.reserve(budget.cap, queued: 0)
      #expect(!more)
    }
  }

  @Test func windowsStayWithinTheirBounds() {
    for (cap, lanes) in [(1 << 20, 1), (1 << 40, 1), (1 << 30, 64), (Int.max, 64)] {
      let budget = CreditBudget(cap: cap, lanes: lanes)
      #expect(budget.window >= 64 << 10)
      #expect(budget.laneWindow >= budget.window)
      #expect(budget.laneWindow <= 16 << 20)
      #expect(budget.directLimit >= 1)
      #expect(budget.longestMessage <= budget.longestOnLane)
    }
  }

  @Test func oneTransientCallGetsThroughAFullQueue() {
    let cap = 4 << 20
    var budget = CreditBudget(cap: cap, lanes: 1)
    budget.streamOpened(isDirect: false)
    let queued = budget.room
    #expect(!budget.mayOpenDirect(queued: queued + 1, isTransient: false))
    #expect(budget.mayOpenDirect(queued: queued, isTransient: true))
    budget.streamOpened(isDirect: true)
    #expect(!budget.mayOpenDirect(queued: queued, isTransient: true))
    #expect(budget.counted(queued: queued) <= cap)
  }

  @Test func aReleaseTooManyDoesNotMakeRoom() {
    var budget = CreditBudget(cap: 4 << 20, lanes: 1)
    let room = budget.room
    budget.release(1000)
    budget.streamClosed(isDirect: true)
    budget.streamClosed(isDirect: false)
    #expect(budget.reserved == 0)
    #expect(budget.room == room)
  }

  /// A message that needs the windows of direct calls gets them: no more are opened until it is in.
  @Test func aMessageOfNearlyTheWholeCapIsLetIn() {
    var budget = CreditBudget(cap: 40 << 20, lanes: 16)
    let picture = 3840 * 2160 * 4
    #expect(picture > budget.longestMessage)
    #expect(picture <= budget.longestOnLane)
    while budget.leavesRoom(expecting: 0), budget.mayOpenDirect(queued: 0, isTransient: false) {
      budget.streamOpened(isDirect: true)
    }
    let early = budget.reserve(picture, queued: 0)
    #expect(!early)
    budget.claim = picture
    #expect(!budget.leavesRoom(expecting: 0))
    var closed = 0
    while closed < budget.directLimit, picture > budget.room {
      budget.streamClosed(isDirect: true)
      closed += 1
    }
    let late = budget.reserve(picture, queued: 0)
    #expect(late)
    budget.claim = 0
  }

  /// Calls that are to bring long replies are opened side by side only as far as each one fits.
  @Test func longRepliesAreExpected() {
    var budget = CreditBudget(cap: 40 << 20, lanes: 16)
    let picture = 3840 * 2160 * 4
    var open = 0
    while open < 64, budget.leavesRoom(expecting: picture) {
      budget.streamOpened(isDirect: true)
      budget.expect(picture)
      open += 1
    }
    #expect(open > 0 && open < budget.directLimit)
    #expect(picture <= budget.room)
    // What is short does not take the room of what was opened before.
    #expect(!budget.leavesRoom(expecting: 100))
    for _ in 0..<open { budget.streamClosed(isDirect: true) }
    #expect(budget.leavesRoom(expecting: 100))
  }
}

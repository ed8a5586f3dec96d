import Testing
import UESynthCore

@testable import UESynthClient

@Suite struct FrameStoreTests {
  private static func frame(_ id: UInt64, key: UInt64 = 1, size: Int = 100, at time: Int64 = 0)
    -> FrameRef
  {
    let frame = FrameSlab.shared.take()
    frame.pointee.requestID = id
    frame.pointee.key = key
    frame.pointee.size = size
    frame.pointee.completed = time
    return frame
  }

  private static func store(_ policy: OverflowPolicy, limit: Int = 4) -> FrameStore {
    FrameStore(
      policy: policy, frameLimit: limit, ledger: HostLedger(), shared: nil, latencies: LatencyBook()
    )
  }

  private func expectConserved(_ store: FrameStore) {
    let dropped = DropCause.allCases.reduce(0) { $0 + store.dropped($1) }
    #expect(store.received == store.delivered + dropped + UInt64(store.count))
  }

  @Test func framesAreFoundByIDAndDeliveredOnce() throws {
    let store = Self.store(.block)
    for id in 1...3 { #expect(store.insert(Self.frame(UInt64(id)), holder: nil)) }
    #expect((store.count, store.bytes) == (3, 300))
    let second = try #require(store.queued(requestID: 2))
    store.deliver(second, now: 5)
    #expect(second.pointee.delivered == 5)
    #expect(store.queued(requestID: 2) == nil)
    #expect(store.count == 2)
    second.release()
    expectConserved(store)
  }

  @Test func theOldestGivesWay() {
    let store = Self.store(.dropOldest)
    for id in 1...6 { #expect(store.insert(Self.frame(UInt64(id)), holder: nil)) }
    #expect(store.count == 4)
    #expect(store.dropped(.oldest) == 2)
    #expect(store.queued(requestID: 2) == nil && store.queued(requestID: 3) != nil)
    expectConserved(store)
  }

  @Test func theNewestGivesWay() {
    let store = Self.store(.dropNewest)
    for id in 1...6 { #expect(store.insert(Self.frame(UInt64(id)), holder: nil) == (id <= 4)) }
    #expect(store.dropped(.newest) == 2)
    expectConserved(store)
  }

  @Test func latestKeepsOneOfEachKey() {
    let store = Self.store(.latest)
    for id in 1...6 { _ = store.insert(Self.frame(UInt64(id), key: UInt64(id % 2)), holder: nil) }
    #expect(store.count == 2)
    #expect(store.dropped(.latest) == 4)
    expectConserved(store)
  }

  @Test func supersededFramesGoFirst() throws {
    let store = Self.store(.dropOldest)
    _ = store.insert(Self.frame(1, key: 9), holder: nil)
    for id in 2...4 { _ = store.insert(Self.frame(UInt64(id)), holder: nil) }
    let latest = try #require(store.takeLatest(key: 1, peek: false, now: 1))
    #expect(latest.pointee.requestID == 4)
    latest.release()
    for id in 5...6 { _ = store.insert(Self.frame(UInt64(id)), holder: nil) }
    #expect(store.dropped(.superseded) == 1 && store.dropped(.oldest) == 0)
    #expect(store.queued(requestID: 1) != nil && store.queued(requestID: 2) == nil)
    expectConserved(store)
  }

  @Test func latestIsGivenOnceAndPeekedAtWill() throws {
    let store = Self.store(.block)
    #expect(store.takeLatest(key: 1, peek: true, now: 0) == nil)
    _ = store.insert(Self.frame(1), holder: nil)
    for _ in 0..<2 {
      let peeked = try #require(store.takeLatest(key: 1, peek: true, now: 0))
      #expect(store.count == 1)
      peeked.release()
    }
    let taken = try #require(store.takeLatest(key: 1, peek: false, now: 0))
    taken.release()
    #expect(store.takeLatest(key: 1, peek: false, now: 0) == nil)
    try #require(store.takeLatest(key: 1, peek: true, now: 0)).release()
    // The kept frame counts until something needs the room.
    #expect(store.bytes == 100)
    #expect(store.makeRoom(forBytes: true))
    #expect(store.bytes == 0)
    expectConserved(store)
  }

  /// An event that nobody polls would otherwise hold every frame that was taken another way.
  @Test(arguments: [false, true])
  func anEventLosesAFrameThatWasTakenBefore(isPart: Bool) throws {
    let store = Self.store(.block)
    let slab = EventSlab()
    let event = slab.take()
    let frame = Self.frame(1)
    event.pointee.completion.frame = frame
    event.pointee.frameIsStored = true
    event.pointee.keepsFrame = isPart
    #expect(store.insert(frame, holder: event))
    try #require(store.takeLatest(key: 1, peek: false, now: 0)).release()
    #expect(event.pointee.completion.frame == (isPart ? frame : nil))
    #expect(event.pointee.completion.status == (isPart ? .ok : .noFrame))
    #expect(!event.pointee.frameIsStored)
    if isPart { frame.release() }
    expectConserved(store)
  }

  @Test func onlyDeliveredFramesAreLetGoAsKept() throws {
    let store = Self.store(.block)
    _ = store.insert(Self.frame(1), holder: nil)
    #expect(!store.letKeptGo())
    try #require(store.takeLatest(key: 1, peek: false, now: 0)).release()
    #expect(store.bytes == 100)
    #expect(store.letKeptGo())
    #expect(store.bytes == 0)
    expectConserved(store)
  }

  @Test func droppedBeforeIsTold() throws {
    let store = Self.store(.dropOldest, limit: 2)
    for id in 1...5 { _ = store.insert(Self.frame(UInt64(id)), holder: nil) }
    let next = try #require(store.queued(requestID: 4))
    store.deliver(next, now: 1)
    #expect(next.pointee.droppedBefore == 3)
    next.release()
  }

  @Test func theOldestExpiresFirst() {
    let store = Self.store(.block)
    #expect(!store.expireOldest())
    _ = store.insert(Self.frame(1, at: 100), holder: nil)
    _ = store.insert(Self.frame(2, at: 200), holder: nil)
    #expect(store.filledSince == 100)
    #expect(store.expireOldest())
    #expect(store.queued(requestID: 1) == nil)
    #expect(store.queued(requestID: 2) != nil)
    #expect(store.dropped(.expired) == 1)
    #expect(store.expireOldest())
    _ = store.insert(Self.frame(3, at: 300), holder: nil)
    #expect(store.filledSince == 100)  // nobody has fetched since
    expectConserved(store)
  }

  @Test func manyKeysStayBounded() {
    let store = Self.store(.dropOldest, limit: 1000)
    for id in 1...500 { _ = store.insert(Self.frame(UInt64(id), key: UInt64(id)), holder: nil) }
    #expect(store.takeLatest(key: 1, peek: true, now: 0) == nil)
    let newest = store.takeLatest(key: 500, peek: true, now: 0)
    #expect(newest != nil)
    newest?.release()
    expectConserved(store)
  }
}

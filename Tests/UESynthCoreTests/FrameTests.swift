import Synchronization
import Testing
import UESynthCore

@Suite struct FrameTests {
  /// Counts what comes back.
  final class CountingSource: BufferSource, @unchecked Sendable {
    let lock = Lock()
    private(set) var given: [Int] = []

    override func take(_ size: Int) -> UnsafeMutableRawPointer? {
      .allocate(byteCount: max(size, 1), alignment: 64)
    }

    override func give(_ memory: UnsafeMutableRawPointer, _ size: Int) {
      memory.deallocate()
      lock.withLock { given.append(size) }
    }
  }

  private func frame(_ source: CountingSource, _ ledger: HostLedger, size: Int = 100) -> FrameRef {
    let frame = FrameSlab.shared.take()
    frame.pointee.memory = source.take(size)
    frame.pointee.capacity = size
    frame.pointee.size = size
    frame.pointee.source = Unmanaged.passRetained(source)
    frame.pointee.ledger = Unmanaged.passRetained(ledger)
    return frame
  }

  @Test func theLastReleaseLetsTheMemoryGo() {
    let source = CountingSource()
    let ledger = HostLedger()
    let frame = frame(source, ledger)
    frame.retain()
    frame.release()
    #expect(source.given.isEmpty)
    frame.release()
    #expect(source.given == [100])
  }

  @Test func theHostHoldsItsOwnReferences() {
    let source = CountingSource()
    let ledger = HostLedger()
    let frame = frame(source, ledger)
    frame.handToHost()
    #expect(ledger.bytes.load(ordering: .relaxed) == 100)
    frame.retainForHost()
    frame.releaseForHost()
    #expect(source.given.isEmpty)
    #expect(ledger.bytes.load(ordering: .relaxed) == 100)
    frame.releaseForHost()
    #expect(source.given == [100])
    #expect(ledger.bytes.load(ordering: .relaxed) == 0)
  }

  /// Borrowed in a callback, then kept.
  @Test func retainOfABorrowedFrameKeepsIt() {
    let source = CountingSource()
    let ledger = HostLedger()
    let frame = frame(source, ledger)
    frame.retainForHost()
    frame.release()
    #expect(source.given.isEmpty)
    frame.releaseForHost()
    #expect(source.given == [100])
  }

  @Test func handingOutTwiceCountsOnce() {
    let source = CountingSource()
    let ledger = HostLedger()
    let frame = frame(source, ledger)
    frame.retain()
    frame.handToHost()
    frame.handToHost()
    #expect(ledger.bytes.load(ordering: .relaxed) == 100)
    frame.releaseForHost()
    #expect(source.given.isEmpty)
    frame.releaseForHost()
    #expect(source.given == [100])
    #expect(ledger.bytes.load(ordering: .relaxed) == 0)
  }

  @Test func aReleaseTooManyChangesNothing() {
    let source = CountingSource()
    let ledger = HostLedger()
    let held = frame(source, ledger)
    held.retain()
    held.handToHost()
    for _ in 0..<5 { held.releaseForHost() }
    #expect(source.given.isEmpty)
    #expect(ledger.bytes.load(ordering: .relaxed) == 0)
    held.release()
    #expect(source.given == [100])
    // Also when the frame is gone altogether, and a retain brings nothing back.
    held.releaseForHost()
    held.retainForHost()
    held.releaseForHost()
    held.release()
    #expect(source.given == [100])
  }

  @Test func referencesOfManyThreadsAddUp() {
    let source = CountingSource()
    let ledger = HostLedger()
    nonisolated(unsafe) let frame = frame(source, ledger)
    onThreads(4) { index in
      for round in 0..<2000 {
        if (index + round) % 2 == 0 {
          frame.retain()
          frame.handToHost()
        } else {
          frame.retainForHost()
        }
        frame.releaseForHost()
      }
    }
    #expect(source.given.isEmpty)
    #expect(ledger.bytes.load(ordering: .relaxed) == 0)
    frame.release()
    #expect(source.given == [100])
  }

  @Test func theSourceOutlivesItsFrames() {
    weak var weakSource: CountingSource?
    let held: FrameRef
    do {
      let source = CountingSource()
      weakSource = source
      held = frame(source, HostLedger())
    }
    #expect(weakSource != nil)
    held.release()
    #expect(weakSource == nil)
  }
}

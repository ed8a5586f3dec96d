import Synchronization
import Testing

@testable import UESynthCore

@Suite struct FrameSlabTests {
  /// A slab never gives its memory back, so it stays too.
  private static let slab = FrameSlab()

  @Test func recordsComeBackAsNew() {
    let slab = Self.slab
    let first = slab.take()
    #expect(slab.live == 1)
    #expect(first.pointee.references.load(ordering: .relaxed) == 1)
    #expect(first.pointee.memory == nil && first.pointee.newer == nil)
  }

  @Test func theSharedSlabForgetsWhatAFrameWas() {
    let frame = FrameSlab.shared.take()
    frame.pointee.size = 10
    frame.pointee.flags = [.changeFailed, .hostMemory]
    frame.pointee.camera.set("left")
    frame.pointee.claimedFormat.set("rgba")
    frame.pointee.delivered = 5
    frame.pointee.droppedBefore = 6
    frame.pointee.isQueued = true
    frame.pointee.isLatest = true
    frame.release()
    #expect(frame.pointee.references.load(ordering: .relaxed) == 0)
    #expect(frame.pointee.flags == [])
    #expect(frame.pointee.size == 0)
    #expect(String(cString: frame.pointee.camera.cString) == "")
    #expect(String(cString: frame.pointee.claimedFormat.cString) == "")
    #expect(frame.pointee.delivered == 0 && frame.pointee.droppedBefore == 0)
    #expect(!frame.pointee.isQueued && !frame.pointee.isLatest)
  }

  @Test func recordsOfThreadsAreDistinct() {
    final class Taken: @unchecked Sendable {
      let lock = Lock()
      var frames: Set<FrameRef> = []
      var twice = 0
    }
    let taken = Taken()
    onThreads(4) { index in
      for round in 0..<1000 {
        let frame = FrameSlab.shared.take()
        taken.lock.withLock { if !taken.frames.insert(frame).inserted { taken.twice += 1 } }
        frame.pointee.requestID = UInt64(index * 1000 + round)
        if frame.pointee.requestID != UInt64(index * 1000 + round) { Issue.record("shared") }
        taken.lock.withLock { _ = taken.frames.remove(frame) }
        frame.release()
      }
    }
    #expect(taken.twice == 0)
  }
}

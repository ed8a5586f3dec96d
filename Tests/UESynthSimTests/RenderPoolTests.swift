import Synchronization
import Testing
import UESynthCore

@testable import UESynthSim

@Suite struct RenderPoolTests {
  @Test func everySubmissionCompletesOnce() throws {
    let pool = RenderPool(threads: 2, capacity: 1000)
    let view = try Scene().view(64, 48)
    let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 50 * 64 * 48 * 4, alignment: 16)
    defer { space.deallocate() }
    let counts = CompletionCounts(50)
    for index in 0..<50 {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: space[index * 64 * 48 * 4..<(index + 1) * 64 * 48 * 4])
      let rendering = try #require(
        Rendering(view: view, targets: [RenderTarget(.segmentation, into: part)]))
      #expect(pool.submit(rendering) { _ in counts.add(index) })
    }
    pool.close()
    #expect(counts.all.allSatisfy { $0 == 1 })
    let rendering = try #require(
      Rendering(view: view, targets: [RenderTarget(.segmentation, into: space)]))
    #expect(!pool.submit(rendering) { _ in })
    pool.close()
  }

  @Test func aFullPoolRefuses() throws {
    let pool = RenderPool(threads: 1, capacity: 1)
    defer { pool.close() }
    let view = try Scene().view(640, 480)
    let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 640 * 480 * 4, alignment: 16)
    defer { space.deallocate() }
    var refused = 0
    let counts = CompletionCounts(1)
    for _ in 0..<20 {
      let rendering = try #require(
        Rendering(view: view, targets: [RenderTarget(.depth, into: space)]))
      if !pool.submit(rendering, completion: { _ in counts.add(0) }) { refused += 1 }
    }
    pool.close()
    #expect(refused > 0)
    #expect(counts.all[0] == 20 - refused)
  }
}

final class CompletionCounts: Sendable {
  private let counts: Mutex<[Int]>

  init(_ count: Int) { counts = Mutex([Int](repeating: 0, count: count)) }

  func add(_ index: Int) { counts.withLock { $0[index] += 1 } }

  var all: [Int] { counts.withLock { $0 } }
}

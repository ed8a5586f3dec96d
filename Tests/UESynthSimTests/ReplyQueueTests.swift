import Glibc
import Testing
import UESynthCore
import UESynthHTTP2

@testable import UESynthSim

@Suite struct ReplyQueueTests {
  final class Owner {
    let memory: UnsafeMutableRawBufferPointer
    let gone: () -> Void

    init(_ count: Int, gone: @escaping () -> Void = {}) {
      memory = .allocate(byteCount: count, alignment: 16)
      for index in 0..<count { memory[index] = UInt8(truncatingIfNeeded: index &* 31) }
      self.gone = gone
    }

    deinit {
      memory.deallocate()
      gone()
    }
  }

  /// Everything in the output, which is sent thereby.
  private func drain(_ output: OutputQueue) -> [UInt8] {
    var bytes: [UInt8] = []
    let vectors = UnsafeMutableBufferPointer<iovec>.allocate(capacity: 8)
    defer { vectors.deallocate() }
    while output.count > 0 {
      var total = 0
      for vector in vectors[0..<output.fill(vectors)] {
        bytes.append(
          contentsOf: UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len))
        total += vector.iov_len
      }
      output.consume(total)
    }
    return bytes
  }

  @Test func anyCutGivesTheSameBytes() {
    var random = SystemRandomNumberGenerator()
    for limit in [1, 7, 100, 16_384, 1 << 24] {
      let queue = ReplyQueue()
      let output = OutputQueue()
      var expected: [UInt8] = []
      var sent: [UInt8] = []
      for round in 0..<40 {
        let small = (0..<Int.random(in: 0...300, using: &random)).map {
          UInt8(truncatingIfNeeded: $0 + round)
        }
        queue.append(small)
        expected += small
        if round % 3 == 0 {
          let owner = Owner(Int.random(in: 1...500, using: &random))
          queue.append(pixels: UnsafeRawBufferPointer(owner.memory), owner: owner)
          expected += Array(owner.memory)
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
          let count = queue.available(limit: limit)
          #expect(count <= limit)
          queue.move(count, to: output)
          sent += drain(output)
        }
        #expect(queue.count == expected.count - sent.count)
      }
      while queue.count > 0 {
        let count = queue.available(limit: limit)
        #expect(count > 0)
        queue.move(count, to: output)
        sent += drain(output)
      }
      #expect(sent == expected)
    }
  }

  @Test func aPictureIsOneFrameWhereItFits() {
    let queue = ReplyQueue()
    let owner = Owner(8 << 20)
    queue.append([1, 2, 3])
    queue.append(pixels: UnsafeRawBufferPointer(owner.memory), owner: owner)
    queue.append([4, 5])
    #expect(queue.available(limit: 16_777_215) == (8 << 20) + 5)
    #expect(queue.available(limit: 16_384) == 16_384)
  }

  @Test func copiedBytesOfAFrameAreBounded() {
    let queue = ReplyQueue()
    queue.append([UInt8](repeating: 1, count: 100_000))
    #expect(queue.available(limit: 1 << 24) < 32 << 10)
    #expect(queue.hasRoom)
    queue.append([UInt8](repeating: 1, count: 40_000))
    #expect(!queue.hasRoom)
  }

  @Test func pixelsAreHeldUntilTheyAreSent() {
    var isGone = false
    let queue = ReplyQueue()
    let output = OutputQueue()
    do {
      let owner = Owner(1000) { isGone = true }
      queue.append(pixels: UnsafeRawBufferPointer(owner.memory), owner: owner)
    }
    #expect(!isGone)
    queue.move(queue.available(limit: 600), to: output)
    queue.move(queue.available(limit: 600), to: output)
    #expect(queue.count == 0 && !isGone)
    _ = drain(output)
    #expect(isGone)
  }

  @Test func discardedPixelsAreLetGo() {
    var isGone = false
    let queue = ReplyQueue()
    do {
      let owner = Owner(10) { isGone = true }
      queue.append(pixels: UnsafeRawBufferPointer(owner.memory), owner: owner)
    }
    queue.removeAll()
    #expect(isGone && queue.count == 0 && queue.available(limit: 100) == 0)
  }
}

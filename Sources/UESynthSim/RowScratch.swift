/// What one thread needs while it draws rows: buffers as long as a row, and chunks of it. Grows to
/// the widest picture that it has drawn, at most `SceneLimits.side`. One thread at a time.
public final class RowScratch {
  static let chunk = 256

  private var memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
  private var capacity = 0
  private var preparedHalf = -1.0
  private var preparedColumns = -1
  private var candidateCapacity = 64

  /// The place of each column, as `Lens` has it.
  private(set) var u: UnsafeMutablePointer<Float>
  private(set) var w: UnsafeMutablePointer<Float>
  /// 1 / length of each ray.
  private(set) var inverseLength: UnsafeMutablePointer<Float>
  /// Of the ground: how much of the sun and of the sky's light arrives.
  private(set) var sunlight: UnsafeMutablePointer<Float>
  private(set) var openness: UnsafeMutablePointer<Float>
  /// Three rows that follow each other, by row number modulo 3.
  private var surfaceRows: UnsafeMutablePointer<Int32>
  private var pixelRows: UnsafeMutablePointer<UInt32>
  private(set) var edges: UnsafeMutablePointer<Int32>
  private(set) var candidates = UnsafeMutablePointer<Int32>.allocate(capacity: 64)
  let chunks = ShadeChunks()

  public init() {
    let floats = memory.assumingMemoryBound(to: Float.self)
    (u, w, inverseLength, sunlight, openness) = (floats, floats, floats, floats, floats)
    surfaceRows = memory.assumingMemoryBound(to: Int32.self)
    pixelRows = memory.assumingMemoryBound(to: UInt32.self)
    edges = surfaceRows
  }

  deinit {
    memory.deallocate()
    candidates.deallocate()
  }

  func prepare(columns: Int, halfWidth: Double, candidates count: Int) {
    if columns > capacity {
      // Rows begin on cache lines of their own.
      capacity = (columns + 31) & ~31
      memory.deallocate()
      memory = .allocate(byteCount: capacity * 4 * 12, alignment: 64)
      let floats = memory.bindMemory(to: Float.self, capacity: capacity * 12)
      u = floats
      w = floats + capacity
      inverseLength = floats + capacity * 2
      sunlight = floats + capacity * 3
      openness = floats + capacity * 4
      surfaceRows = (memory + capacity * 20).bindMemory(to: Int32.self, capacity: capacity * 3)
      pixelRows = (memory + capacity * 32).bindMemory(to: UInt32.self, capacity: capacity * 3)
      edges = (memory + capacity * 44).bindMemory(to: Int32.self, capacity: capacity)
      preparedHalf = -1
    }
    if preparedHalf != halfWidth || preparedColumns != columns {
      for i in 0..<columns { u[i] = Float(Double(i) + 0.5 - halfWidth) }
      preparedHalf = halfWidth
      preparedColumns = columns
    }
    if count > candidateCapacity {
      candidates.deallocate()
      candidateCapacity = count
      candidates = .allocate(capacity: count)
    }
  }

  @inline(__always)
  func surfaces(row: Int) -> UnsafeMutablePointer<Int32> { surfaceRows + (row % 3) &* capacity }

  @inline(__always)
  func pixels(row: Int) -> UnsafeMutablePointer<UInt32> { pixelRows + (row % 3) &* capacity }
}

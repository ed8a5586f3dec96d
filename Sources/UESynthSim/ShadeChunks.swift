/// Values of up to `RowScratch.chunk` pixels that are being shaded.
final class ShadeChunks {
  private let memory: UnsafeMutablePointer<Float>
  let nx: UnsafeMutablePointer<Float>
  let ny: UnsafeMutablePointer<Float>
  let nz: UnsafeMutablePointer<Float>
  let sunlight: UnsafeMutablePointer<Float>
  let texture: UnsafeMutablePointer<Float>
  let distance: UnsafeMutablePointer<Float>
  let r: UnsafeMutablePointer<Float>
  let g: UnsafeMutablePointer<Float>
  let b: UnsafeMutablePointer<Float>

  init() {
    let n = RowScratch.chunk
    memory = .allocate(capacity: n * 9)
    nx = memory
    ny = memory + n
    nz = memory + n * 2
    sunlight = memory + n * 3
    texture = memory + n * 4
    distance = memory + n * 5
    r = memory + n * 6
    g = memory + n * 7
    b = memory + n * 8
  }

  deinit { memory.deallocate() }
}

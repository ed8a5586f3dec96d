import Testing
import UESynthCore

@testable import UESynthClient

@Suite struct PixelsTests {
  @Test func everyHalfFloatIsItsFloat() {
    for half in UInt16.min...UInt16.max {
      let sign: Float = half & 0x8000 == 0 ? 1 : -1
      let exponent = Int(half >> 10 & 31)
      let fraction = Float(half & 1023)
      let found = Pixels.widened(half)
      switch exponent {
      case 31 where fraction != 0: #expect(found.isNaN)
      case 31: #expect(found == sign * .infinity)
      case 0: #expect(found == sign * fraction * 0x1p-24)
      default:
        #expect(
          found == sign * Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction))
      }
      #expect((found.sign == .minus) == (half & 0x8000 != 0))
    }
  }

  @Test func layouts() throws {
    let tight = try PixelLayout(.rgb8, 5, 3, stride: 0)
    #expect((tight.row, tight.stride, tight.size) == (15, 15, 45))
    let padded = try PixelLayout(.f32x2, 5, 3, stride: 64)
    #expect((padded.row, padded.stride, padded.size) == (40, 64, 168))
    let planar = try PixelLayout(.f32x4Planar, 5, 3, stride: 24)
    #expect((planar.row, planar.stride, planar.size) == (20, 24, 284))
  }

  @Test(arguments: [
    (PixelFormat.png, 5, 3, 0, Status.misuse), (.unknown, 5, 3, 0, .misuse),
    (.rgb8, 5, 3, 14, .misuse), (.f32, 5, 3, 21, .misuse), (.rgb8, 0, 3, 0, .misuse),
    (.rgb8, 5, 3, .max, .misuse), (.gray8, 16385, 1, 0, .resourceExhausted),
    (.gray8, 16384, 16384, 0, .resourceExhausted),
  ])
  func noLayouts(
    format: PixelFormat, width: UInt32, height: UInt32, stride: Int, status: Status
  ) {
    let failure = #expect(throws: ClientFailure.self) {
      _ = try PixelLayout(format, width, height, stride: stride)
    }
    #expect(failure?.status == status)
  }
}

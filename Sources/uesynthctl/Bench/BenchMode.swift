import ArgumentParser
import CUESynth

/// What is measured.
enum BenchMode: String, CaseIterable, ExpressibleByArgument {
  /// SetObjectTransform, one after the other.
  case syncCommand = "sync-cmd"
  /// Captures, one after the other.
  case syncRGB = "sync-rgb"
  /// Captures as RPCs of their own, `depth` under way.
  case directRGB = "direct-rgb"
  /// SetObjectTransform of as many objects as are under way, so that ORDER holds back none.
  case streamCommand = "stream-cmd"
  /// Captures on ControlStreams.
  case streamRGB = "stream-rgb"

  var isCapture: Bool { self == .syncRGB || self == .directRGB || self == .streamRGB }
  var isSync: Bool { self == .syncCommand || self == .syncRGB }

  var route: UInt32 {
    switch self {
    case .directRGB: UInt32(UESYNTH_ROUTE_DIRECT)
    case .streamCommand, .streamRGB: UInt32(UESYNTH_ROUTE_STREAM)
    case .syncCommand, .syncRGB: UInt32(UESYNTH_ROUTE_AUTO)
    }
  }
}

/// One measurement to be made.
struct BenchPlan {
  var mode: BenchMode
  var width: UInt32 = 0
  var height: UInt32 = 0
  var depth = 1
  var lanes: UInt32 = 1
  var seconds = 1.0

  static func commands(_ mode: BenchMode, depth: Int = 1) -> BenchPlan {
    BenchPlan(mode: mode, depth: depth)
  }

  static func pictures(_ mode: BenchMode, _ width: UInt32, _ height: UInt32, depth: Int = 1)
    -> BenchPlan
  {
    BenchPlan(mode: mode, width: width, height: height, depth: depth)
  }

  /// The table that is printed when no mode is named.
  static let all: [BenchPlan] = [
    .commands(.syncCommand),
    .commands(.streamCommand, depth: 64),
    .commands(.streamCommand, depth: 1024),
    .pictures(.syncRGB, 640, 480),
    .pictures(.directRGB, 640, 480, depth: 16),
    .pictures(.streamRGB, 256, 256, depth: 16),
    .pictures(.streamRGB, 640, 480, depth: 16),
    .pictures(.directRGB, 1920, 1080, depth: 4),
    .pictures(.streamRGB, 1920, 1080, depth: 4),
    .pictures(.streamRGB, 3840, 2160, depth: 4),
  ]
}

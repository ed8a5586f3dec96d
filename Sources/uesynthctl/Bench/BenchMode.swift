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
  /// SetObjectTransform, one after the other, as RPCs of their own, while the same client streams
  /// captures, `depth` under way: how long frames hold up a command.
  case loadedCommand = "loaded-cmd"

  /// What is counted is captures.
  var isCapture: Bool { self == .syncRGB || self == .directRGB || self == .streamRGB }
  var isSync: Bool { self == .syncCommand || self == .syncRGB || self == .loadedCommand }
  var hasPictures: Bool { isCapture || self == .loadedCommand }
  /// Requests of more than one client may be under way, into memory of any kind.
  var isSubmitted: Bool { !isSync }

  var route: UInt32 {
    switch self {
    case .directRGB, .loadedCommand: UInt32(UESYNTH_ROUTE_DIRECT)
    case .streamCommand, .streamRGB: UInt32(UESYNTH_ROUTE_STREAM)
    case .syncCommand, .syncRGB: UInt32(UESYNTH_ROUTE_AUTO)
    }
  }
}

/// Where pictures lie.
enum BenchMemory: String, CaseIterable, ExpressibleByArgument {
  /// The library's own buffers.
  case pool
  /// A fixed ring of the host's buffers, handed out by a client's allocator.
  case allocator
  /// The same ring, a destination for each request.
  case ring
  /// A file that is mapped, a destination for each request.
  case mmap
}

/// One measurement to be made.
struct BenchPlan {
  var mode: BenchMode
  var width: UInt32 = 0
  var height: UInt32 = 0
  var depth = 1
  var lanes: UInt32 = 1
  var clients = 1
  /// Loop threads of the runtime that the clients share; 0: each has its own.
  var loops: UInt32 = 0
  var memory = BenchMemory.pool
  /// Microseconds that a caller spins before it sleeps.
  var busyPoll: UInt32 = 0
  /// The server may compress.
  var isCompressed = false
  var seconds = 1.0

  var name: String {
    let size = width > 0 ? " \(width)x\(height)" : ""
    return mode.rawValue + size + (depth > 1 ? ", \(depth) under way" : "")
  }

  static func commands(_ mode: BenchMode, depth: Int = 1) -> BenchPlan {
    BenchPlan(mode: mode, depth: depth)
  }

  static func pictures(
    _ mode: BenchMode, _ width: UInt32, _ height: UInt32, depth: Int = 1,
    memory: BenchMemory = .pool
  ) -> BenchPlan {
    BenchPlan(mode: mode, width: width, height: height, depth: depth, memory: memory)
  }

  /// The table that is printed when no mode is named.
  static let all: [BenchPlan] = [
    .commands(.syncCommand),
    .commands(.streamCommand, depth: 64),
    .commands(.streamCommand, depth: 1024),
    .pictures(.loadedCommand, 1920, 1080, depth: 4),
    .pictures(.syncRGB, 640, 480),
    .pictures(.directRGB, 640, 480, depth: 16),
    .pictures(.streamRGB, 256, 256, depth: 16),
    .pictures(.streamRGB, 640, 480, depth: 16),
    .pictures(.directRGB, 1920, 1080, depth: 4),
    .pictures(.streamRGB, 1920, 1080, depth: 4),
    .pictures(.streamRGB, 1920, 1080, depth: 4, memory: .allocator),
    .pictures(.streamRGB, 1920, 1080, depth: 4, memory: .ring),
    .pictures(.streamRGB, 1920, 1080, depth: 4, memory: .mmap),
    .pictures(.streamRGB, 3840, 2160, depth: 4),
  ]
}

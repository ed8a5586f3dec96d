import UESynthCore
import UESynthNet

/// How a request travels. Raw values are the ABI's `UESYNTH_ROUTE_*`.
public enum Route: UInt32, Sendable {
  case auto = 0
  case stream = 1
  case direct = 2
}

/// The ABI's `UESYNTH_OVERFLOW_*`.
public enum OverflowPolicy: UInt32, Sendable {
  case block = 0
  case dropOldest = 1
  case dropNewest = 2
  case latest = 3
}

/// Whether compressed replies are asked for. The ABI's `UESYNTH_COMPRESSION_*`.
public enum CompressionChoice: UInt32, Sendable {
  case off = 0
  case on = 1
  case auto = 2
}

/// The ABI's `UESYNTH_STATE_*`.
public enum ClientState: UInt32, Sendable {
  case idle = 0
  case connecting = 1
  case ready = 2
  case backoff = 3
  case closed = 4

  /// For events of a change that has no failure for a cause.
  var text: String {
    switch self {
    case .idle: "not connected"
    case .connecting: "connecting"
    case .ready: "connected"
    case .backoff: "waiting to connect again"
    case .closed: "closed"
    }
  }
}

/// What a client was told when it was made; validated at the door.
public struct ClientOptions {
  public static let mostAutomaticLanes = 16

  /// Lanes, or with `findsLanes` the most of them.
  public var lanes = 1
  public var findsLanes = false
  /// Nanoseconds.
  public var timeout: Int64 = 5_000_000_000
  /// For which a waiting thread looks without sleeping.
  public var busyPoll: Int64 = 0
  public var connectTimeout: Int64 = 20_000_000_000
  public var bufferBytes = 512 << 20
  public var bufferFrames = 1024
  public var maximumConcurrentRequests = 1024
  public var maximumReceiveLength = 64 << 20
  public var overflow = OverflowPolicy.block
  public var waitsWhenFull = true
  public var distinctCameras = false
  public var maximumRetries = 3
  public var maximumSendLength = 4 << 20
  public var initialBackoff: Int64 = 1_000_000_000
  public var maximumBackoff: Int64 = 120_000_000_000
  /// 0: no pings.
  public var keepaliveInterval: Int64 = 0
  public var keepaliveTimeout: Int64 = 20_000_000_000
  public var keepaliveWithoutCalls = false
  /// 0: any number.
  public var mostPingsWithoutData = 2
  public var compression = CompressionChoice.off
  /// nil: everything is sent for all to read.
  public var tls: TLSContext?
  /// The host insists on metadata without TLS.
  public var sendsMetadataInClear = false
  /// Goes with every call.
  public var metadata: CallMetadata?
  /// Asked before each call.
  public var metadataSource: MetadataSource?

  public init() {}
}

/// What a single request asks for beyond its action.
public struct RequestOptions: Sendable {
  public var route = Route.auto
  /// Nanoseconds end to end; 0: the client's timeout with its rules.
  public var timeout: Int64 = 0
  public var cookie: UInt64 = 0
  public var notifyOnly = false
  public var noEvent = false
  public var waitsForReady = false
  public var ordered = true
  /// Changes of poses: the parts to set.
  public var fields = TransformFields.whole

  public init() {}
}

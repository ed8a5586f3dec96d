import UESynthCore
import UESynthNet

/// How a request travels. Raw values are the ABI's `UESYNTH_ROUTE_*`.
package enum Route: UInt32, Sendable {
  case auto = 0
  case stream = 1
  case direct = 2
}

/// The ABI's `UESYNTH_OVERFLOW_*`.
package enum OverflowPolicy: UInt32, Sendable {
  case block = 0
  case dropOldest = 1
  case dropNewest = 2
  case latest = 3
}

/// Whether compressed replies are asked for. The ABI's `UESYNTH_COMPRESSION_*`.
package enum CompressionChoice: UInt32, Sendable {
  case off = 0
  case on = 1
  case auto = 2
}

/// The ABI's `UESYNTH_STATE_*`.
package enum ClientState: UInt32, Sendable {
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
package struct ClientOptions {
  package static let mostAutomaticLanes = 16

  /// Lanes, or with `findsLanes` the most of them.
  package var lanes = 1
  package var findsLanes = false
  /// Nanoseconds.
  package var timeout: Int64 = 5_000_000_000
  /// For which a waiting thread looks without sleeping.
  package var busyPoll: Int64 = 0
  package var connectTimeout: Int64 = 20_000_000_000
  package var bufferBytes = 512 << 20
  package var bufferFrames = 1024
  package var maximumConcurrentRequests = 1024
  package var maximumReceiveLength = 64 << 20
  package var overflow = OverflowPolicy.block
  package var waitsWhenFull = true
  package var distinctCameras = false
  package var maximumRetries = 3
  package var maximumSendLength = 4 << 20
  package var initialBackoff: Int64 = 1_000_000_000
  package var maximumBackoff: Int64 = 120_000_000_000
  /// 0: no pings.
  package var keepaliveInterval: Int64 = 0
  package var keepaliveTimeout: Int64 = 20_000_000_000
  package var keepaliveWithoutCalls = false
  /// 0: any number.
  package var mostPingsWithoutData = 2
  package var compression = CompressionChoice.off
  /// nil: everything is sent for all to read.
  package var tls: TLSContext?
  /// The host insists on metadata without TLS.
  package var sendsMetadataInClear = false
  /// Goes with every call.
  package var metadata: CallMetadata?
  /// Asked before each call.
  package var metadataSource: MetadataSource?

  package init() {}
}

/// What a single request asks for beyond its action.
package struct RequestOptions {
  package var route = Route.auto
  /// Nanoseconds end to end; 0: the client's timeout with its rules.
  package var timeout: Int64 = 0
  package var cookie: UInt64 = 0
  package var notifyOnly = false
  package var noEvent = false
  package var waitsForReady = false
  package var ordered = true
  package var destination: HostDestination?
  /// Changes of poses: the parts to set.
  package var fields = TransformFields.whole

  package init() {}
}

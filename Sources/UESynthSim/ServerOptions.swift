import UESynthNet
import UESynthWire

/// How a simulator behaves.
public struct ServerOptions: Sendable {
  public enum Behaviour: Sendable {
    /// Every action on both routes, failures said aloud.
    case honest
    /// As the plugin of today (WIRE.md 1-8, 12, 13, 15).
    case plugin
  }

  public var behaviour = Behaviour.honest
  public var seed: UInt64 = 1
  public var objects = 60
  public var viewportWidth: UInt32 = 1920
  public var viewportHeight: UInt32 = 1080
  /// Threads that draw.
  public var threads = 1
  /// Ticks of the simulated game thread in a second; nil: what arrives is done at once.
  public var tickRate: Double?
  /// Captures show the scene as it was this many ticks ago. Without a tick rate each change is one.
  public var renderLag = 0
  /// Captures are answered with one prepared picture for each modality and size.
  public var replay = false
  /// So many captures fail before the first one works.
  public var failingCaptures = 0
  /// How long `stop` waits for calls that are under way.
  public var shutdownLimit: Int64 = 1_000_000_000
  /// Pictures of one connection that are being drawn or wait to be sent: beyond so many bytes no
  /// further one is begun.
  public var pictureBytes = 256 << 20
  /// The algorithm that accepted TCP connections send with; bbr reorders on loopback, which costs a
  /// third. nil, or one that the kernel does not have: the system's.
  public var congestionControl: String? = "reno"

  /// Replies are compressed for clients that take it. nil: as they are.
  public var compression: MessageEncoding?

  /// Clients must speak TLS. nil: they must not.
  public var tls: TLSContext?

  public init() {}
}

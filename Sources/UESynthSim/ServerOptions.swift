import UESynthNet
import UESynthWire

/// How a simulator behaves.
package struct ServerOptions: Sendable {
  package enum Behaviour: Sendable {
    /// Every action on both routes, failures said aloud.
    case honest
    /// As the plugin of today (WIRE.md 1-8, 12, 13, 15).
    case plugin
  }

  package var behaviour = Behaviour.honest
  package var seed: UInt64 = 1
  package var objects = 60
  package var viewportWidth: UInt32 = 1920
  package var viewportHeight: UInt32 = 1080
  /// Threads that draw.
  package var threads = 1
  /// Ticks of the simulated game thread in a second; nil: what arrives is done at once.
  package var tickRate: Double?
  /// Captures show the scene as it was this many ticks ago. Without a tick rate each change is one.
  package var renderLag = 0
  /// Captures are answered with one prepared picture for each modality and size.
  package var replay = false
  /// So many captures fail before the first one works.
  package var failingCaptures = 0
  /// How long `stop` waits for calls that are under way.
  package var shutdownLimit: Int64 = 1_000_000_000
  /// Pictures of one connection that are being drawn or wait to be sent: beyond so many bytes no
  /// further one is begun.
  package var pictureBytes = 256 << 20
  /// The algorithm that accepted TCP connections send with; bbr reorders on loopback, which costs a
  /// third. nil, or one that the kernel does not have: the system's.
  package var congestionControl: String? = "reno"

  /// Replies are compressed for clients that take it. nil: as they are.
  package var compression: MessageEncoding?

  /// Clients must speak TLS. nil: they must not.
  package var tls: TLSContext?

  package init() {}
}

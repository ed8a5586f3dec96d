import ArgumentParser
import Glibc
import UESynthNet
import UESynthSim
import UESynthWire

struct SimCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sim",
    abstract: "Run a simulated UESynth server: the plugin's interface without an Unreal Engine.",
    discussion: """
      It holds a small scene of boxes, spheres and other shapes, draws it on the CPU (colour, \
      depth, instance ids, normals, optical flow) and serves it as uesynth.UESynthService over \
      gRPC, so that a client can be developed, tested and measured on any machine. Pictures are \
      exact, and the same seed and commands give the same pictures.

      When it is ready it prints one line, "listening on 127.0.0.1:50051", and then nothing more. \
      Ctrl-C or SIGTERM end it; a second one ends it at once.

      EXAMPLES
        uesynthctl sim                        on the plugin's usual port
        uesynthctl sim --port 0               on a free port, which it prints
        uesynthctl sim --unix /tmp/sim.sock   on a unix socket
        uesynthctl sim --plugin-quirks --tick-hz 60
                                              nearest to the real plugin
        uesynthctl sim --replay               to measure a client
      """)

  @Option(
    help: ArgumentHelp(
      "The address to listen on: numeric, \"localhost\", or \"*\" for every interface.",
      valueName: "address"))
  var host = "127.0.0.1"

  @Option(
    help: ArgumentHelp(
      "The TCP port; 0 picks a free one. (default: 50051, or none if --unix is given)"))
  var port: UInt16?

  @Option(help: ArgumentHelp("Listen on this unix socket.", valueName: "path"))
  var unix: String?

  @Option(help: "Seed of the scene's layout and colours.")
  var seed: UInt64 = 1

  @Option(help: "Objects in the scene to begin with, 0 to 10000.")
  var objects = 60

  @Option(help: "Width of the viewport: of pictures for which no size is asked.")
  var width: UInt32 = 1920

  @Option(help: "Height of the viewport.")
  var height: UInt32 = 1080

  @Option(help: "Threads that draw, 1 to 64. (default: one for each core)")
  var threads: Int?

  @Option(
    name: .customLong("tick-hz"),
    help: ArgumentHelp(
      "Work only at so many ticks a second, as a game thread does.",
      discussion: """
        A tick takes one action from each open stream and all unary calls that wait. Without it \
        everything is done when it arrives.
        """, valueName: "rate"))
  var tickRate: Double?

  @Option(
    help: ArgumentHelp(
      "Show the scene as it was this many ticks ago.",
      discussion: "Without --tick-hz every change counts as a tick.", valueName: "ticks"))
  var renderLag = 0

  @Flag(
    help: ArgumentHelp(
      "Answer captures with one prepared picture for each modality and size.",
      discussion: """
        Nothing is drawn or copied, and poses are acknowledged but not taken, so that what is \
        measured is the client and the connection.
        """))
  var replay = false

  @Flag(
    help: ArgumentHelp(
      "Behave as the plugin of today does, not as its interface promises.",
      discussion: """
        Raw RGBA; zeros called "png" for the other modalities; sizes crop the viewport; camera \
        names are ignored; nine of the seventeen actions, and those that fail, are never answered \
        on a stream; "not yet implemented" is success. Shutting down waits for open streams.
        """))
  var pluginQuirks = false

  @Option(
    help: ArgumentHelp(
      "Compress replies for clients that take it: gzip or deflate, at zlib's default level.",
      discussion:
        "With --replay pictures are compressed once, and cost no more to send than others.",
      valueName: "encoding"))
  var compress: String?

  @Option(
    help: ArgumentHelp(
      "Speak TLS, with this certificate (PEM, followed by those between it and its CA).",
      valueName: "file"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("The certificate's private key (PEM).", valueName: "file"))
  var tlsKey: String?

  @Option(
    name: .customLong("tls-client-ca"),
    help: ArgumentHelp(
      "Take only clients with a certificate that one of these has signed.", valueName: "file"))
  var tlsClientCA: String?

  @Option(
    help: ArgumentHelp(
      "Let the first captures fail, as they do just after Play.", valueName: "count"))
  var captureFails = 0

  @Option(
    help: ArgumentHelp(
      "Seconds that calls under way get to finish at the end. (default: 1, with --plugin-quirks 10)",
      valueName: "seconds"))
  var shutdownWait: Double?

  @Flag(name: .shortAndLong, help: "Print what was done, on standard error, at the end.")
  var verbose = false

  func validate() throws {
    try require((0...10_000).contains(objects), "--objects is 0 to 10000")
    try require((1...4096).contains(width), "--width is 1 to 4096")
    try require((1...4096).contains(height), "--height is 1 to 4096")
    if let threads { try require((1...64).contains(threads), "--threads is 1 to 64") }
    if let tickRate {
      try require(tickRate >= 0.1 && tickRate <= 10_000, "--tick-hz is 0.1 to 10000")
    }
    try require((0...1000).contains(renderLag), "--render-lag is 0 to 1000")
    try require((0...1_000_000).contains(captureFails), "--capture-fails is 0 to 1000000")
    if let shutdownWait {
      try require(shutdownWait >= 0 && shutdownWait <= 3600, "--shutdown-wait is 0 to 3600")
    }
    if let compress {
      try require(["gzip", "deflate"].contains(compress), "--compress is gzip or deflate")
    }
    try require((tlsCert == nil) == (tlsKey == nil), "--tls-cert and --tls-key go together")
    try require(tlsClientCA == nil || tlsCert != nil, "--tls-client-ca needs --tls-cert")
    if let unix { try require(!unix.isEmpty, "--unix is the path of a socket") }
  }

  private func require(_ condition: Bool, _ message: String) throws {
    if !condition { throw ValidationError(message) }
  }

  private var options: ServerOptions {
    var options = ServerOptions()
    options.behaviour = pluginQuirks ? .plugin : .honest
    options.seed = seed
    options.objects = objects
    options.viewportWidth = width
    options.viewportHeight = height
    options.threads = threads ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    options.tickRate = tickRate
    options.renderLag = renderLag
    options.replay = replay
    options.failingCaptures = captureFails
    options.compression = compress.map { $0 == "gzip" ? .gzip : .deflate }
    options.shutdownLimit = Int64((shutdownWait ?? (pluginQuirks ? 10 : 1)) * 1e9)
    return options
  }

  private func tls() throws(NetError) -> TLSContext? {
    guard let tlsCert, let tlsKey else { return nil }
    var settings = TLSSettings()
    settings.certificate = .file(tlsCert)
    settings.key = .file(tlsKey)
    settings.authorities = tlsClientCA.map { .file($0) }
    return try TLSContext(server: settings)
  }

  private var endpoints: [ListenEndpoint] {
    var endpoints: [ListenEndpoint] = []
    if let port = port ?? (unix == nil ? 50051 : nil) {
      switch host {
      case "localhost": endpoints.append(.loopback(port: port))
      case "*", "": endpoints.append(.any(port: port))
      default: endpoints.append(.address(host, port: port))
      }
    }
    if let unix { endpoints.append(.unix(path: unix)) }
    return endpoints
  }

  func run() throws {
    let termination = Termination()
    let server: SimServer
    do {
      var options = options
      options.tls = try tls()
      server = try SimServer(options, listenOn: endpoints)
    } catch {
      Terminal.complain("uesynthctl sim: \(error.message)")
      throw ExitCode(1)
    }
    Terminal.say("listening on \(server.addresses.joined(separator: " and "))")
    termination.wait()
    termination.exitOnSecond()
    server.stop()
    if verbose { Terminal.complain(server.statistics.report) }
  }
}

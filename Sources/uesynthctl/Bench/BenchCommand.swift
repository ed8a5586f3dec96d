import ArgumentParser
import CUESynth
import CUESynthCount
import Glibc

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the client library against a server.",
    discussion: """
      It uses the library as any host does, through its C functions. Without --target it starts \
      "uesynthctl sim --replay" beside itself, which answers with prepared pictures, so that what \
      is measured is the client and the connection. Without --mode it measures a table of things, \
      one after the other.

      EXAMPLES
        uesynthctl bench
        uesynthctl bench --mode stream-rgb --size 1920x1080 --depth 4
        uesynthctl bench --target 192.168.1.20:50051 --mode sync-rgb --size 640x480
        uesynthctl bench --mode stream-rgb --memory mmap
        uesynthctl bench --mode stream-cmd --depth 1024 --json

      loaded-cmd sends commands one after the other while pictures stream on the same client: its \
      rate and latencies are the commands', its MB/s the pictures'. Latencies are from submission to \
      delivery; peak memory and CPU are those of the whole process, without the simulator.
      """)

  @Option(help: ArgumentHelp("Measure against the server at this address.", valueName: "target"))
  var target: String?

  @Flag(help: "Start a simulator that replays pictures, and measure against it (the default).")
  var replay = false

  @Option(help: "What to measure: \(BenchMode.allCases.map(\.rawValue).joined(separator: ", ")).")
  var mode: BenchMode?

  @Option(help: ArgumentHelp("Pixels of a picture.", valueName: "WxH"))
  var size = "1920x1080"

  @Option(help: "Requests under way at a time.")
  var depth = 4

  @Option(help: "ControlStreams side by side, 1 to 64; 0 lets the library choose.")
  var lanes: UInt32 = 1

  @Option(help: "Clients in this process, each with so many requests under way.")
  var clients = 1

  @Option(help: "Loop threads of one runtime for all clients; 0: each client has its own.")
  var loops: UInt32 = 0

  @Option(
    help: "Where pictures lie: \(BenchMemory.allCases.map(\.rawValue).joined(separator: ", ")).")
  var memory = BenchMemory.pool

  @Option(help: "Microseconds to wait busily before sleeping (the client option busy_poll_us).")
  var busyPoll: UInt32 = 0

  @Flag(help: "Let the server compress pictures; the simulator beside it then does, with gzip.")
  var compressed = false

  @Option(help: "Seconds of each measurement.")
  var seconds = 1.0

  @Option(help: "How often each measurement is made; the median by rate is shown.")
  var repeats = 1

  @Flag(help: "One JSON object a line.")
  var json = false

  func validate() throws {
    if target != nil, replay { throw ValidationError("--target and --replay exclude each other") }
    if !(1...1_000_000).contains(depth) { throw ValidationError("--depth is 1 to 1000000") }
    if lanes > 64 { throw ValidationError("--lanes is 0 to 64") }
    if !(1...1024).contains(clients) { throw ValidationError("--clients is 1 to 1024") }
    if loops > 64 { throw ValidationError("--loops is 0 to 64") }
    if memory != .pool || clients > 1 {
      guard let mode, mode.isSubmitted, memory == .pool || mode.isCapture else {
        throw ValidationError(
          "--memory goes with --mode direct-rgb or stream-rgb, --clients also with stream-cmd")
      }
    }
    if !(seconds >= 0.01 && seconds <= 3600) { throw ValidationError("--seconds is 0.01 to 3600") }
    if !(1...100).contains(repeats) { throw ValidationError("--repeats is 1 to 100") }
    _ = try pixels()
  }

  private func pixels() throws -> (UInt32, UInt32) {
    let sides = size.split(separator: "x", omittingEmptySubsequences: false)
    guard sides.count == 2, let width = UInt32(sides[0]), let height = UInt32(sides[1]),
      (1...65_536).contains(width), (1...65_536).contains(height)
    else { throw ValidationError("--size is like 1920x1080, each side 1 to 65536") }
    return (width, height)
  }

  private var plans: [BenchPlan] {
    get throws {
      guard let mode else {
        return BenchPlan.all.map {
          var plan = $0
          plan.seconds = seconds
          plan.lanes = lanes
          plan.loops = loops
          plan.busyPoll = busyPoll
          plan.isCompressed = compressed
          return plan
        }
      }
      let (width, height) = try pixels()
      return [
        BenchPlan(
          mode: mode, width: mode.hasPictures ? width : 0, height: mode.hasPictures ? height : 0,
          depth: mode == .syncCommand || mode == .syncRGB ? 1 : depth, lanes: lanes,
          clients: clients, loops: loops, memory: memory, busyPoll: busyPoll,
          isCompressed: compressed,
          seconds: seconds)
      ]
    }
  }

  func run() throws {
    uesynth_count_start()
    signal(SIGPIPE, SIG_IGN)
    do {
      let child = target == nil ? try ChildSimulator(simulatorOptions) : nil
      let address = target ?? child?.target ?? ""
      var rows: [BenchRow] = []
      let plans = try plans
      for (index, plan) in plans.enumerated() {
        Terminal.progress("\(index + 1) of \(plans.count): \(plan.name)")
        let row = try median(plan, address)
        Terminal.progress("")
        if json { Terminal.say(row.json) }
        rows.append(row)
      }
      if !json { BenchRow.table(rows).forEach(Terminal.say) }
      withExtendedLifetime(child) {}
    } catch let failure as BenchRun.Failure {
      Terminal.complain("uesynthctl bench: \(failure.message)")
      throw ExitCode(1)
    } catch let failure as HostBuffers.Failure {
      Terminal.complain("uesynthctl bench: \(failure.message)")
      throw ExitCode(1)
    } catch let failure as ChildSimulator.Failure {
      Terminal.complain("uesynthctl bench: \(failure.message)")
      throw ExitCode(1)
    }
  }

  private var simulatorOptions: [String] {
    compressed ? ["--replay", "--compress", "gzip"] : ["--replay"]
  }

  private func median(_ plan: BenchPlan, _ target: String) throws -> BenchRow {
    var rows: [BenchRow] = []
    for _ in 0..<repeats {
      rows.append(try BenchRun(plan, target: target).measure())
      // A throttled machine gives back what a pause has saved.
      if rows.count < repeats { usleep(200_000) }
    }
    rows.sort { $0.per_s < $1.per_s }
    return rows[rows.count / 2]
  }
}

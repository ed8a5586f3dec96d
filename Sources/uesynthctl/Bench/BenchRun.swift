import CUESynth
import CUESynthSys
import Glibc

/// One measurement: clients, a warm-up, and then the time that counts.
final class BenchRun {
  struct Failure: Error { let message: String }

  private static let warmUpSeconds = 0.3
  private static let readyCapacity = 64

  private let plan: BenchPlan
  private let runtime: OpaquePointer?
  private var clients: [BenchClient] = []
  /// Of all clients' events, if there are several clients.
  private let epoll: Int32

  init(_ plan: BenchPlan, target: String) throws {
    self.plan = plan
    var made: OpaquePointer?
    if plan.loops > 0 {
      var options = uesynth_runtime_options()
      options.struct_size = UInt32(MemoryLayout<uesynth_runtime_options>.size)
      options.loop_threads = plan.loops
      try BenchClient.check(uesynth_runtime_new(&options, &made))
    }
    runtime = made
    epoll = plan.clients > 1 ? epoll_create1(O_CLOEXEC) : -1
    if plan.mode.hasPictures { try Self.prepare(plan, target) }
    for index in 0..<plan.clients {
      let client = try BenchClient(plan, target: target, runtime: runtime)
      clients.append(client)
      guard epoll >= 0 else { continue }
      var event = epoll_event()
      event.events = EPOLLIN.rawValue
      event.data.u32 = UInt32(index)
      guard epoll_ctl(epoll, EPOLL_CTL_ADD, try client.descriptor(), &event) == 0 else {
        throw Failure(message: "cannot watch client \(index)")
      }
    }
  }

  deinit {
    clients = []
    uesynth_runtime_free(runtime)
    if epoll >= 0 { close(epoll) }
  }

  /// The first picture of a size is the one that a server has to make; it would stand in the latencies.
  private static func prepare(_ plan: BenchPlan, _ target: String) throws {
    var once = plan
    once.mode = .syncRGB
    once.depth = 1
    once.memory = .pool
    try BenchClient(once, target: target, runtime: nil).callOnce()
  }

  func measure() throws -> BenchRow {
    for client in clients { try client.begin() }
    _ = try run(seconds: Self.warmUpSeconds)
    ProcessUsage.forgetPeak()
    let imagesBefore = images
    let stolenBefore = ProcessUsage.stolenSeconds
    let before = ProcessUsage.now()
    let operations = try run(seconds: plan.seconds)
    let after = ProcessUsage.now()
    let stolen = ProcessUsage.stolenSeconds - stolenBefore
    let peak = ProcessUsage.peakMegabytes
    let imagesAfter = images
    for client in clients { try client.drain() }
    var row = BenchRow(plan)
    let elapsed = after.seconds - before.seconds
    let bytes = Double(imagesAfter.bytes &- imagesBefore.bytes)
    row.per_s = Double(operations) / elapsed
    row.MB_s = bytes / elapsed / 1e6
    row.p50_us = latency(50)
    row.p99_us = latency(99)
    row.p999_us = latency(99.9)
    row.cpu_s = after.cpuSeconds - before.cpuSeconds
    if bytes > 0 {
      row.cpu_s_per_GB = row.cpu_s / (bytes / 1e9)
      row.copied_fraction = Double(imagesAfter.copied &- imagesBefore.copied) / bytes
    }
    row.allocs_per_op =
      Double(after.allocations &- before.allocations) / Double(max(1, operations))
    row.peak_rss_MB = peak
    row.steal = stolen / elapsed
    return row
  }

  private var images: (bytes: UInt64, copied: UInt64) {
    clients.reduce((0, 0)) { sum, client in
      let stats = client.stats
      return (sum.0 &+ stats.image_bytes, sum.1 &+ stats.image_bytes_copied)
    }
  }

  /// Of several clients the median one's.
  private func latency(_ percentile: Double) -> Double {
    let found = clients.map { $0.latency(percentile) }.sorted()
    return found[found.count / 2]
  }

  private func run(seconds: Double) throws -> Int {
    let end = ProcessUsage.monotonicSeconds + seconds
    var operations = 0
    while ProcessUsage.monotonicSeconds < end {
      if plan.mode.isSync {
        try clients[0].callOnce()
        operations += 1
      } else if epoll < 0 {
        operations += try clients[0].turn(wait: 10_000)
      } else {
        operations += try turnOfReady()
      }
    }
    return operations
  }

  private func turnOfReady() throws -> Int {
    try withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.readyCapacity) { ready in
      let count = epoll_wait(epoll, ready.baseAddress, Int32(ready.count), 10_000)
      if count == 0 { throw Failure(message: "nothing came for 10 s") }
      var operations = 0
      for index in 0..<Int(max(0, count)) {
        operations += try clients[Int(ready[index].data.u32)].turn(wait: 0)
      }
      return operations
    }
  }
}

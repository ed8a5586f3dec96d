/// What a measurement found.
struct BenchRow {
  let plan: BenchPlan
  var per_s = 0.0
  var MB_s = 0.0
  /// Of the library's own account of each request, from its submission to its delivery.
  var p50_us = 0.0
  var p99_us = 0.0
  var p999_us = 0.0
  /// Of the whole process.
  var cpu_s = 0.0
  var cpu_s_per_GB: Double?
  var copied_fraction: Double?
  var allocs_per_op = 0.0
  var peak_rss_MB = 0.0
  /// What the hypervisor took of the processors' time meanwhile.
  var steal = 0.0

  init(_ plan: BenchPlan) { self.plan = plan }

  /// As one line. Names and units are what programs read, so they stay.
  var json: String {
    let numbers: [(String, Double?)] = [
      ("w", Double(plan.width)), ("h", Double(plan.height)), ("depth", Double(plan.depth)),
      ("lanes", Double(plan.lanes)), ("clients", Double(plan.clients)),
      ("loops", Double(plan.loops)), ("busy_poll_us", Double(plan.busyPoll)),
      ("compressed", plan.isCompressed ? 1 : 0), ("per_s", per_s),
      ("MB_s", MB_s), ("p50_us", p50_us), ("p99_us", p99_us), ("p999_us", p999_us),
      ("cpu_s", cpu_s), ("cpu_s_per_GB", cpu_s_per_GB), ("copied_fraction", copied_fraction),
      ("allocs_per_op", allocs_per_op), ("peak_rss_MB", peak_rss_MB), ("steal", steal),
    ]
    let members = numbers.map { name, value in
      "\"\(name)\": \(value.map { Self.text($0, digits: 3) } ?? "null")"
    }
    let words = "\"mode\": \"\(plan.mode.rawValue)\", \"memory\": \"\(plan.memory.rawValue)\""
    return "{\(words), \(members.joined(separator: ", "))}"
  }

  static let heading = [
    "mode", "size", "memory", "depth", "lanes", "clients", "per s", "MB/s", "p50 µs", "p99 µs",
    "p99.9 µs", "CPU s", "CPU s/GB", "copied", "allocs/op", "peak MB",
  ]

  var cells: [String] {
    [
      plan.mode.rawValue, plan.width > 0 ? "\(plan.width)x\(plan.height)" : "-",
      plan.mode.hasPictures ? plan.memory.rawValue : "-", "\(plan.depth)", "\(plan.lanes)",
      "\(plan.clients)", Self.text(per_s), MB_s > 0.05 ? Self.text(MB_s) : "-",
      Self.text(p50_us), Self.text(p99_us), Self.text(p999_us), Self.text(cpu_s, digits: 2),
      cpu_s_per_GB.map { Self.text($0, digits: 3) } ?? "-",
      copied_fraction.map { Self.text($0, digits: 2) } ?? "-",
      Self.text(allocs_per_op, digits: 2), Self.text(peak_rss_MB),
    ]
  }

  /// Rounded; whole numbers from 100 on.
  static func text(_ value: Double, digits: Int? = nil) -> String {
    guard value.isFinite else { return "-" }
    let places = digits ?? (value >= 100 ? 0 : 1)
    let scale = [1.0, 10, 100, 1000][min(max(places, 0), 3)]
    let scaled = (value * scale).rounded()
    guard let whole = Int64(exactly: scaled) else { return "\(value)" }
    if places == 0 { return "\(whole)" }
    let unit = Int64(scale)
    let fraction = "\(whole.magnitude % unit.magnitude)"
    let zeros = String(repeating: "0", count: max(0, places - fraction.count))
    return "\(whole < 0 ? "-" : "")\(whole.magnitude / unit.magnitude).\(zeros)\(fraction)"
  }

  /// Rows under their heading, columns aligned.
  static func table(_ rows: [BenchRow]) -> [String] {
    let lines = [heading] + rows.map(\.cells)
    let widths = heading.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { cells in
      cells.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - cells[column].count)
        return column == 0 ? cells[column] + padding : padding + cells[column]
      }.joined(separator: "  ")
    }
  }
}

import UESynthCore

/// Statistics in the text format of Prometheus, version 0.0.4.
struct MetricsText {
  private static let quantiles: [(percent: Double, label: StaticString)] = [
    (50, "0.5"), (90, "0.9"), (99, "0.99"), (99.9, "0.999"),
  ]

  /// What the caller wants in the braces of every line, or "".
  private let labels: String
  private var text = ""

  private init(labels: String) { self.labels = labels }

  static func of(_ client: Client, labels: String) -> String {
    var latencies = MetricsText(labels: labels)
    let snapshot = client.statistics { latencies.append($0) }
    var all = MetricsText(labels: labels)
    all.text.reserveCapacity(8192)
    all.append(snapshot)
    all.text += latencies.text
    return all.text
  }

  private mutating func append(_ snapshot: StatisticsSnapshot) {
    var family = ""
    for metric in Metric.all {
      let suffix = metric.kind == .counter ? "_total" : ""
      let name = "uesynth_\(metric.family)\(suffix)"
      if name != family {
        family = name
        text += "# HELP \(name) \(metric.help)\n"
        text += "# TYPE \(name) \(metric.kind == .counter ? "counter" : "gauge")\n"
      }
      line(name, metric.label.description, Self.form(metric.value(snapshot)))
    }
  }

  private mutating func append(_ book: LatencyBook) {
    let name = "uesynth_latency_seconds"
    text += "# HELP \(name) how long requests that succeeded took, by stage\n"
    text += "# TYPE \(name) summary\n"
    for kind in ActionKind.allCases where book.knows(kind) {
      for stage in LatencyStage.allCases {
        let labels = "action=\"\(kind.name)\",stage=\"\(stage.name)\""
        book.read(stage, of: kind) { histogram in
          histogram.percentiles(Self.quantiles[0].percent, 0) { index, value in
            line(
              name, "\(labels),quantile=\"\(Self.quantiles[index].label)\"",
              Self.form(Double(value) / 1e9))
            return index + 1 < Self.quantiles.count ? Self.quantiles[index + 1].percent : nil
          }
          line("\(name)_sum", labels, Self.form(Double(histogram.sum) / 1e9))
          line("\(name)_count", labels, "\(histogram.count)")
        }
      }
    }
  }

  private mutating func line(_ name: String, _ own: String, _ value: String) {
    let separator = own.isEmpty || labels.isEmpty ? "" : ","
    let braces = own.isEmpty && labels.isEmpty ? "" : "{\(labels)\(separator)\(own)}"
    text += "\(name)\(braces) \(value)\n"
  }

  private static func form(_ value: Double) -> String {
    if let whole = Int64(exactly: value) { return "\(whole)" }
    return "\(value)"
  }
}

extension Client {
  public func statisticsText(labels: String) -> String { MetricsText.of(self, labels: labels) }
}

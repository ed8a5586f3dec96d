import CUESynth
import Glibc
import UESynthClient
import UESynthCore

@_cdecl("uesynth_client_stats") @implementation
public func uesynth_client_stats(
  _ client: OpaquePointer?, _ stats: UnsafeMutablePointer<uesynth_stats>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    try Arguments.write(Statistics.of(try Handles.client(client)), to: stats, "stats")
  }
}

@_cdecl("uesynth_stat_count") @implementation
public func uesynth_stat_count() -> Int { Metric.all.count }

@_cdecl("uesynth_stat_name") @implementation
public func uesynth_stat_name(_ index: Int) -> UnsafePointer<CChar>? {
  guard Metric.all.indices.contains(index) else { return nil }
  return UnsafeRawPointer(Metric.all[index].name.utf8Start).assumingMemoryBound(to: CChar.self)
}

@_cdecl("uesynth_client_stat_values") @implementation
public func uesynth_client_stat_values(
  _ client: OpaquePointer?, _ values: UnsafeMutablePointer<Double>?, _ capacity: Int
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    guard capacity != 0 else { return }
    let values = try Arguments.output(values, "values")
    let snapshot = client.statistics()
    // A size_t beyond Int is negative here, and more than there is to write.
    let count = capacity < 0 ? Metric.all.count : min(capacity, Metric.all.count)
    for index in 0..<count { values[index] = Metric.all[index].value(snapshot) }
  }
}

@_cdecl("uesynth_client_stat_value") @implementation
public func uesynth_client_stat_value(
  _ client: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: UnsafeMutablePointer<Double>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let value = try Arguments.output(value, "value")
    try Arguments.text(name, "name")
    let wanted = name.map { String(cString: $0) } ?? ""
    guard let metric = Metric.all.first(where: { $0.name.description == wanted }) else {
      throw ClientFailure(
        .notFound, "there is no number called \"\(wanted)\": uesynth_stat_name tells what there is")
    }
    value.pointee = metric.value(client.statistics())
  }
}

@_cdecl("uesynth_client_latency") @implementation
public func uesynth_client_latency(
  _ client: OpaquePointer?, _ action: UInt32, _ stage: UInt32, _ percentile: Double,
  _ ns: UnsafeMutablePointer<Int64>?, _ count: UnsafeMutablePointer<UInt64>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let ns = try Arguments.output(ns, "ns")
    let kind = ActionKind(rawValue: action)
    guard kind != nil || action == 0 else { throw misuse("\(action) is no UESYNTH_ACTION_") }
    guard let stage = LatencyStage(rawValue: stage) else {
      throw misuse("\(stage) is no UESYNTH_LATENCY_")
    }
    try Arguments.percentile(percentile)
    let found = client.latency(of: kind, stage, percentile: percentile)
    ns.pointee = found.nanoseconds
    if let count { count.pointee = found.count }
  }
}

@_cdecl("uesynth_client_stats_text") @implementation
public func uesynth_client_stats_text(
  _ client: OpaquePointer?, _ labels: UnsafePointer<CChar>?, _ buffer: UnsafeMutablePointer<CChar>?,
  _ capacity: Int, _ size: UnsafeMutablePointer<Int>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let size = try Arguments.output(size, "size")
    if capacity != 0 { _ = try Arguments.output(buffer, "buffer") }
    try Arguments.text(labels, "labels")
    let labels = labels.map { String(cString: $0) } ?? ""
    guard labels.utf8.allSatisfy({ $0 >= 32 }) else {
      throw misuse("labels has a control character")
    }
    var text = client.statisticsText(labels: labels)
    let needed = text.utf8.count + 1
    guard capacity < 0 || capacity >= needed else {
      // Numbers grow, and kinds of action join.
      size.pointee = needed + needed / 4 + 4096
      if capacity == 0 { return }
      throw ClientFailure(
        .bufferTooSmall, "the text has \(needed) bytes with its NUL, the buffer \(capacity)")
    }
    let output = try Arguments.output(buffer, "buffer")
    text.withUTF8 { bytes in
      if let base = bytes.baseAddress { memcpy(output, base, bytes.count) }
      output[bytes.count] = 0
    }
    size.pointee = needed - 1
  }
}

/// One number of a snapshot under its name, for whoever reads statistics by name.
public struct Metric: Sendable {
  public enum Kind: Sendable { case counter, gauge }

  /// The name of the member of `uesynth_stats`.
  public let name: StaticString
  public let kind: Kind
  /// Metrics of one family differ by their label.
  let family: StaticString
  let label: StaticString
  let help: StaticString
  public let value: @Sendable (StatisticsSnapshot) -> Double

  private init(
    _ name: StaticString, _ kind: Kind, _ help: StaticString, family: StaticString? = nil,
    label: StaticString = "", _ value: @escaping @Sendable (StatisticsSnapshot) -> Double
  ) {
    self.name = name
    self.kind = kind
    self.family = family ?? name
    self.label = label
    self.help = help
    self.value = value
  }

  /// An index never changes its meaning: new ones are appended.
  public static let all: [Metric] = [
    Metric("state", .gauge, "what the client is doing: UESYNTH_STATE_...") {
      Double($0.state.rawValue)
    },
    Metric("requests_submitted", .counter, "requests that were accepted") {
      Double($0.counters.submitted)
    },
    Metric("requests_in_flight", .gauge, "requests accepted and not over") { Double($0.inFlight) },
    Metric(
      "completed_ok", .counter, "requests that are over, by status", family: "completed",
      label: "status=\"ok\""
    ) { Double($0.counters.ok) },
    Metric(
      "completed_cancelled", .counter, "requests that are over, by status", family: "completed",
      label: "status=\"cancelled\""
    ) { Double($0.counters.cancelled) },
    Metric(
      "completed_deadline_exceeded", .counter, "requests that are over, by status",
      family: "completed", label: "status=\"deadline_exceeded\""
    ) { Double($0.counters.deadlineExceeded) },
    Metric(
      "completed_unavailable", .counter, "requests that are over, by status", family: "completed",
      label: "status=\"unavailable\""
    ) { Double($0.counters.unavailable) },
    Metric(
      "completed_no_answer", .counter, "requests that are over, by status", family: "completed",
      label: "status=\"no_answer\""
    ) { Double($0.counters.noAnswer) },
    Metric(
      "completed_closed", .counter, "requests that are over, by status", family: "completed",
      label: "status=\"closed\""
    ) { Double($0.counters.closed) },
    Metric(
      "completed_other", .counter, "requests that are over, by status", family: "completed",
      label: "status=\"other\""
    ) { Double($0.counters.other) },
    Metric("retries", .counter, "captures tried again") { Double($0.counters.retries) },
    Metric("late_replies", .counter, "replies to requests that had been given up") {
      Double($0.counters.lateReplies)
    },
    Metric("unknown_replies", .counter, "replies to ids that were never asked") {
      Double($0.counters.unknownReplies)
    },
    Metric("frames_received", .counter, "frames that came") { Double($0.framesReceived) },
    Metric("frames_delivered", .counter, "frames handed to the host") {
      Double($0.framesDelivered)
    },
    Metric("frames_queued", .gauge, "frames that wait for the host") { Double($0.framesQueued) },
    Metric(
      "frames_dropped_superseded", .counter, "frames dropped, by cause", family: "frames_dropped",
      label: "cause=\"superseded\""
    ) { Double($0.droppedSuperseded) },
    Metric(
      "frames_dropped_oldest", .counter, "frames dropped, by cause", family: "frames_dropped",
      label: "cause=\"oldest\""
    ) { Double($0.droppedOldest) },
    Metric(
      "frames_dropped_newest", .counter, "frames dropped, by cause", family: "frames_dropped",
      label: "cause=\"newest\""
    ) { Double($0.droppedNewest) },
    Metric(
      "frames_dropped_latest", .counter, "frames dropped, by cause", family: "frames_dropped",
      label: "cause=\"latest\""
    ) { Double($0.droppedLatest) },
    Metric(
      "frames_dropped_expired", .counter, "frames dropped, by cause", family: "frames_dropped",
      label: "cause=\"expired\""
    ) { Double($0.droppedExpired) },
    Metric(
      "frames_dropped_abandoned", .counter, "frames dropped, by cause", family: "frames_dropped",
      label: "cause=\"abandoned\""
    ) { Double($0.droppedAbandoned) },
    Metric(
      "frames_dropped_settling", .counter, "frames dropped, by cause", family: "frames_dropped",
      label: "cause=\"settling\""
    ) { Double($0.droppedSettling) },
    Metric("bytes_sent", .counter, "bytes sent on the wire") { Double($0.counters.bytesSent) },
    Metric("bytes_received", .counter, "bytes received on the wire") {
      Double($0.counters.bytesReceived)
    },
    Metric("image_bytes", .counter, "bytes of pictures received") {
      Double($0.counters.imageBytes)
    },
    Metric("image_bytes_copied", .counter, "bytes of pictures copied in user space") {
      Double($0.counters.imageBytesCopied)
    },
    Metric("buffer_bytes", .gauge, "bytes counted against stream_buffer_bytes") {
      Double($0.bufferBytes)
    },
    Metric("buffer_bytes_peak", .gauge, "the most that buffer_bytes was") {
      Double($0.counters.bufferPeak)
    },
    Metric("host_frame_bytes", .gauge, "bytes of frames that the host holds") {
      Double($0.hostFrameBytes)
    },
    Metric("pool_bytes", .gauge, "bytes mapped by the runtime's pool") { Double($0.poolBytes) },
    Metric("events_queued", .gauge, "events that wait for the host") { Double($0.eventsQueued) },
    Metric("connects", .counter, "connections that became ready") { Double($0.counters.connects) },
    Metric("connect_failures", .counter, "attempts to connect that failed") {
      Double($0.counters.connectFailures)
    },
    Metric("disconnects", .counter, "ready connections that were lost") {
      Double($0.counters.disconnects)
    },
    Metric("subscription_beats_missed", .counter, "beats of subscriptions that were skipped") {
      Double($0.counters.beatsMissed)
    },
    Metric(
      "frame_bytes_kept", .gauge,
      "bytes of frames that wait for the host, and of those kept as the latest"
    ) { Double($0.frameBytesKept) },
    Metric("loop_wakeups", .counter, "times a sleeping loop thread had to be woken") {
      Double($0.loopWakeups)
    },
    Metric("pool_hits", .counter, "buffers that the runtime's pool had ready") {
      Double($0.poolHits)
    },
    Metric("pool_misses", .counter, "buffers that the runtime's pool had to map") {
      Double($0.poolMisses)
    },
    Metric(
      "connected_since_ns", .gauge,
      "when the connection became ready, CLOCK_MONOTONIC; 0 without one"
    ) { Double($0.counters.connectedSince) },
    Metric("frames_per_second", .gauge, "new frames, over the last second") { $0.rates.frames },
    Metric(
      "commands_per_second", .gauge,
      "actions other than captures that succeeded, over the last second"
    ) { $0.rates.commands },
    Metric(
      "bytes_received_per_second", .gauge, "bytes received on the wire, over the last second"
    ) { $0.rates.bytesReceived },
    Metric("bytes_sent_per_second", .gauge, "bytes sent on the wire, over the last second") {
      $0.rates.bytesSent
    },
    Metric("copies_per_frame", .gauge, "copies of each byte of a picture in user space") {
      $0.copiesPerFrame
    },
    Metric(
      "watch_events_dropped", .counter, "state and log events that nobody took in time"
    ) { Double($0.counters.watchEventsDropped) },
    Metric("compressed_messages", .counter, "replies that came compressed") {
      Double($0.counters.compressedMessages)
    },
    Metric("compressed_bytes", .counter, "bytes of compressed replies on the wire") {
      Double($0.counters.compressedBytes)
    },
    Metric("inflated_bytes", .counter, "bytes that compressed replies became") {
      Double($0.counters.inflatedBytes)
    },
    Metric(
      "compression_offers", .counter, "calls and streams opened with leave to compress replies"
    ) { Double($0.counters.compressionOffers) },
    Metric(
      "compression_offered", .gauge, "1 if the call or stream opened last gave leave to compress"
    ) { $0.counters.offersCompression ? 1 : 0 },
    Metric("link_bytes_per_second", .gauge, "what the link carries; 0 if not measured") {
      $0.counters.linkRate
    },
    Metric(
      "inflated_bytes_per_second", .gauge, "how fast replies are inflated; 0 if not measured"
    ) { $0.counters.inflateRate },
  ]
}

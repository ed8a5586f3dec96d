import CUESynth
import UESynthClient

/// A client's counters in the form of the header.
enum Statistics {
  static func of(_ client: Client) -> uesynth_stats {
    let snapshot = client.statistics()
    let counters = snapshot.counters
    var stats = uesynth_stats()
    stats.struct_size = UInt32(MemoryLayout<uesynth_stats>.size)
    stats.state = snapshot.state.rawValue
    stats.requests_submitted = counters.submitted
    stats.requests_in_flight = snapshot.inFlight
    stats.completed_ok = counters.ok
    stats.completed_cancelled = counters.cancelled
    stats.completed_deadline_exceeded = counters.deadlineExceeded
    stats.completed_unavailable = counters.unavailable
    stats.completed_no_answer = counters.noAnswer
    stats.completed_closed = counters.closed
    stats.completed_other = counters.other
    stats.retries = counters.retries
    stats.late_replies = counters.lateReplies
    stats.unknown_replies = counters.unknownReplies
    stats.frames_received = snapshot.framesReceived
    stats.frames_delivered = snapshot.framesDelivered
    stats.frames_queued = snapshot.framesQueued
    stats.frames_dropped_superseded = snapshot.droppedSuperseded
    stats.frames_dropped_oldest = snapshot.droppedOldest
    stats.frames_dropped_newest = snapshot.droppedNewest
    stats.frames_dropped_latest = snapshot.droppedLatest
    stats.frames_dropped_expired = snapshot.droppedExpired
    stats.frames_dropped_abandoned = snapshot.droppedAbandoned
    stats.frames_dropped_settling = snapshot.droppedSettling
    stats.bytes_sent = counters.bytesSent
    stats.bytes_received = counters.bytesReceived
    stats.image_bytes = counters.imageBytes
    stats.image_bytes_copied = counters.imageBytesCopied
    stats.buffer_bytes = snapshot.bufferBytes
    stats.buffer_bytes_peak = UInt64(clamping: counters.bufferPeak)
    stats.host_frame_bytes = snapshot.hostFrameBytes
    stats.pool_bytes = snapshot.poolBytes
    stats.events_queued = snapshot.eventsQueued
    stats.connects = counters.connects
    stats.connect_failures = counters.connectFailures
    stats.disconnects = counters.disconnects
    stats.subscription_beats_missed = counters.beatsMissed
    stats.frame_bytes_kept = snapshot.frameBytesKept
    stats.loop_wakeups = snapshot.loopWakeups
    stats.pool_hits = snapshot.poolHits
    stats.pool_misses = snapshot.poolMisses
    stats.connected_since_ns = counters.connectedSince
    stats.frames_per_second = snapshot.rates.frames
    stats.commands_per_second = snapshot.rates.commands
    stats.bytes_received_per_second = snapshot.rates.bytesReceived
    stats.bytes_sent_per_second = snapshot.rates.bytesSent
    stats.copies_per_frame = snapshot.copiesPerFrame
    stats.watch_events_dropped = counters.watchEventsDropped
    stats.compressed_messages = counters.compressedMessages
    stats.compressed_bytes = counters.compressedBytes
    stats.inflated_bytes = counters.inflatedBytes
    stats.compression_offers = counters.compressionOffers
    stats.compression_offered = counters.offersCompression ? 1 : 0
    stats.link_bytes_per_second = counters.linkRate
    stats.inflated_bytes_per_second = counters.inflateRate
    return stats
  }
}

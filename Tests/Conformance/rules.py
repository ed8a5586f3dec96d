"""What a correct gRPC client does, line by line (gRPC PROTOCOL-HTTP2, statuscodes,
connection-backoff, keepalive; RFC 9113). Each rule is shown by scenarios, or by the tests
that are named in ELSEWHERE.
"""

RULES = {
    # Request
    "request-headers": "The request's headers are those of gRPC, in its order",
    "timeout": "grpc-timeout is what remains, in at most 8 digits; no deadline, no timeout",
    "past-deadline": "A deadline that is past: DEADLINE_EXCEEDED, and nothing is sent",
    "metadata": "Metadata: names, values and binary values by the rules, 8 KiB at most",
    "request-message": "A message is flag, length, bytes; END_STREAM comes with the last DATA",
    # Response
    "response": "HEADERS, messages, trailers, cut into frames in any way",
    "trailers-only": "A Trailers-Only response is a whole one",
    "status-in-trailers": "grpc-status counts only in trailers",
    "informational": "1xx header blocks are skipped",
    "no-status": "Without grpc-status the HTTP status decides; trailers without it are UNKNOWN",
    "status-wins": "grpc-status wins over the HTTP status",
    "odd-status": "An unknown or unreadable grpc-status is UNKNOWN, and its message is kept",
    "status-twice": "grpc-status twice is not OK",
    "content-type": "Another content-type than application/grpc is not gRPC; its body is quoted",
    "grpc-message": "grpc-message is percent-decoded leniently, made UTF-8, and capped",
    "one-message": "A unary call that is OK has one message: none and two are an error at once",
    "truncated": "A message or prefix that is cut off is INTERNAL, also under OK",
    "bad-flag": "A message's flag is 0 or 1",
    "data-first": "DATA before HEADERS is INTERNAL at once",
    "padding": "Padded DATA and HEADERS are valid",
    "header-list": "A header list over the limit is RESOURCE_EXHAUSTED, and the connection lives",
    # Limits
    "length-limit": "A length prefix is checked before memory is taken; the connection lives",
    "compressed": "A message that is marked as compressed, without a known encoding, is INTERNAL",
    "compression": "gzip and deflate: corrupt, truncated, trailing and endless data",
    # Errors, cancel, deadline
    "rst": "RST_STREAM's code decides the status; after trailers their status stands",
    "refused": "REFUSED_STREAM is tried again, once, without the caller noticing",
    "early-trailers": "Trailers before the request is sent end the call at once",
    "cancel": "Cancel and deadline reset the stream with CANCEL and end the call at once",
    "late-frames": "Late frames are ignored, but count for flow control",
    "no-inventions": "A lost connection is UNAVAILABLE for all its calls, at once",
    # Connection
    "connected": "Connected means that SETTINGS have come; an attempt is bounded",
    "backoff": "A connection that ends without a completed call counts as a failed attempt",
    "backoff-times": "The pause begins with the attempt, grows by 1.6 with jitter, up to a maximum",
    "goaway": "GOAWAY: what is above its last stream goes again, the rest finishes",
    "goaway-idle": "After GOAWAY an idle ControlStream is half-closed",
    "too-many-pings": "too_many_pings doubles the interval of keepalive",
    "concurrency": "MAX_CONCURRENT_STREAMS is kept, also when it changes; waiting calls expire",
    "keepalive": "Keepalive finds a silent server; any byte is a sign of life",
    "dead-peer": "A dead machine is found by TCP itself",
    "names": "Targets are read when the client is made; several addresses; DNS off the loop",
    "wait-for-ready": "Off by default; asked for, a call waits for a connection",
    "tls": "TLS with nothing but memory BIOs, no plaintext fallback",
    # Flow control
    "receive-credit": "Credit is given back on receipt, also for padding and closed streams",
    "send-window": "The peer's windows are kept, also negative ones",
    "window-errors": "Credit over 2^31-1 and of 0 is the peer's error",
    # Attacks and faults
    "malformed-frames": "Malformed and oversized frames end the connection or the stream, no more",
    "unknown-frames": "Unknown frames, settings and flags are ignored",
    "hpack": "HPACK errors and bombs end the connection; memory is bounded",
    "floods": "Floods cost bounded memory and processor time",
    "overrun": "A peer that overruns our windows is cut off",
    "never-reads": "A peer that never reads holds up nothing but its own calls",
    "push": "PUSH_PROMISE is a connection error: push is off",
    "messages": "Malformed protobuf is INTERNAL: lengths that lie, numbers without end, odd groups",
    "strings": "Invalid UTF-8 and NUL in strings never reach the host",
    "silence": "Silence at any point ends with the deadline",
    "slicing": "One byte at a time is as good as all at once",
    "cut": "A connection that is cut at any byte is UNAVAILABLE",
    "not-grpc": "Whoever speaks something else is told about in words",
    "restart": "Servers that restart under load cost UNAVAILABLE, and nothing is done twice",
    "callbacks": "Callbacks may be slow, submit, cancel and free",
    "system": "No descriptors, no memory, failing calls: an error, and nothing is lost",
    "process": "fork, EINTR, SIGPIPE, and clocks that jump",
    "stream-replies": "On a ControlStream replies find their requests, whatever their order",
    "pictures": "Pictures arrive whole, in whatever DATA frames they come",
}

# Tests of other kinds that show a rule: (file under Tests, name of the test).
ELSEWHERE = {
    "timeout": [
        (
            "UESynthWireTests/GRPCTimeoutTests.swift",
            "neverShorterThanAskedNorLongerThanEightDigits",
        )
    ],
    "metadata": [
        ("Interop/test_metadata.py", "test_fixed_pairs_go_with_every_call"),
        ("Interop/test_metadata.py", "test_bytes_of_any_length"),
        ("Interop/test_metadata.py", "test_a_callback_that_adds_too_much"),
        ("Interop/test_raw.py", "test_the_metadata_callback_is_asked_for_each_call"),
        ("Interop/test_raw.py", "test_metadata_are_not_sent_for_all_to_read_unasked"),
    ],
    "refused": [
        ("Conformance/test_refused_raw.py", "test_a_refused_call_is_sent_again"),
        ("Conformance/test_refused_raw.py", "test_but_once_only"),
    ],
    "goaway": [
        ("UESynthClientTests/StreamsUsedUpTests.swift", "anotherConnectionTakesOver"),
        (
            "Conformance/test_refused_raw.py",
            "test_a_call_above_the_last_stream_waits_for_the_next_connection",
        ),
    ],
    "cancel": [
        ("Interop/test_client_stream.py", "test_cancel"),
        ("Conformance/test_endings.py", "test_cancelled_while_nothing_can_be_sent"),
    ],
    "compression": [
        ("UESynthWireTests/ReplyExpansionTests.swift", "bombsStopAtTheLimit"),
        ("Conformance/test_endings.py", "test_a_server_that_hangs_up_once_it_has_said_all"),
        ("Conformance/test_endings.py", "test_two_replies_at_a_time_to_one_request"),
    ],
    "backoff": [("Conformance/test_floods.py", "test_a_server_that_ends_every_connection")],
    "backoff-times": [
        ("UESynthCoreTests/BackoffTests.swift", "growsByEightFifthsUpToTwoMinutes"),
        ("UESynthCoreTests/BackoffTests.swift", "jitterFillsItsRange"),
        ("Interop/test_client_connection.py", "test_the_pause_between_attempts_is_as_asked"),
    ],
    "too-many-pings": [
        ("UESynthCoreTests/KeepaliveTests.swift", "backsOffWhenAskedTo"),
        (
            "Interop/test_client_connection.py",
            "test_keepalive_pings_back_off_when_the_server_complains",
        ),
    ],
    "keepalive": [
        ("UESynthCoreTests/KeepaliveTests.swift", "pingsASilentPeerAndGivesItUp"),
        ("UESynthCoreTests/KeepaliveTests.swift", "anyByteIsASignOfLife"),
        ("UESynthCoreTests/KeepaliveTests.swift", "isOffUnlessAskedFor"),
        ("Interop/test_client_connection.py", "test_keepalive_finds_a_server_that_hangs"),
        (
            "Interop/test_client_connection.py",
            "test_keepalive_that_stock_servers_punish_is_warned_of_once",
        ),
    ],
    "dead-peer": [("UESynthNetTests/SocketAddressTests.swift", "areTaken")],
    "names": [
        ("UESynthNetTests/TargetTests.swift", "reads"),
        ("UESynthNetTests/TargetTests.swift", "refuses"),
        ("UESynthNetTests/ConnectorTests.swift", "theNextAddressDoesNotWaitForASilentOne"),
        ("UESynthNetTests/ConnectorTests.swift", "aLookupThatHangsEndsWithTheTimeout"),
    ],
    "wait-for-ready": [
        ("Interop/test_client_connection.py", "test_waiting_for_a_server_that_comes_later")
    ],
    "tls": [
        ("Interop/test_tls.py", "test_certificates_that_are_not_accepted"),
        ("Interop/test_tls_servers.py", "test_a_plain_server_is_never_talked_to_without_tls"),
        ("Interop/test_tls_process.py", "test_a_process_that_exits_with_tls_on"),
    ],
    "floods": [("Conformance/test_floods.py", "test_flood")],
    "silence": [("Conformance/test_proxy.py", "test_a_stall_for_ever")],
    "slicing": [("Conformance/test_proxy.py", "test_a_bad_network")],
    "cut": [("Conformance/test_proxy.py", "test_cut_after_every_so_many_bytes")],
    "restart": [("Conformance/test_restart.py", "test_restarts_under_load")],
    "callbacks": [
        ("Interop/test_client_delivery.py", "test_a_slow_callback_delays_only_delivery"),
        ("Interop/test_client_delivery.py", "test_a_submit_in_a_callback_never_waits"),
        ("Interop/test_client_delivery.py", "test_free_in_a_callback"),
    ],
    "system": [
        ("UESynthNetTests/ListenerTests.swift", "descriptorExhaustionPausesAndPasses"),
        ("UESynthNetTests/TransportTests.swift", "aFailingInitClosesTheSocket"),
        ("Faults/failing.c", "fail_calls"),
        ("Faults/failing.c", "no_descriptors"),
    ],
    "process": [
        ("Interop/test_client_lifetime.py", "test_a_fork"),
        ("Embedding/manners.c", "rude_server"),
        ("Embedding/manners.c", "check_threads"),
        ("Faults/failing.c", "interrupted"),
        ("Faults/failing.c", "clocks"),
        ("Faults/failing.c", "suspended"),
    ],
}

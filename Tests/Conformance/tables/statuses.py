"""grpc-status, grpc-message, the HTTP status and the content type."""

import abi
from abi import INTERNAL, OK, UNAVAILABLE, UNKNOWN

from scenario import Scenario
from script import START, data, headers, message, rst, trailers, trailers_only


def row(name, rule, script, accepts, says="", **more):
    return Scenario(name, rule, [*START, *script], accepts, says, **more)


def ends_with(*how):
    return [headers(), message(), trailers(*how)]


def http(status, accepts):
    return row(
        f"HTTP {status} without grpc-status",
        "no-status",
        [
            headers(status=str(status), content_type="text/html"),
            data(b"<html>an error page</html>", end=True),
        ],
        accepts,
        "an error page",
    )


def odd(code):
    return row(
        f"grpc-status {code!r}", "odd-status", ends_with(code, "the words"), UNKNOWN, "the words"
    )


def spoken(name, wire, says, then=None):
    return row(
        f"grpc-message {name}",
        "grpc-message",
        [trailers_only("13", wire)],
        INTERNAL,
        says,
        then=then,
    )


def is_capped(outcomes, server, client):
    assert len(outcomes[0].message) < 5000, len(outcomes[0].message)


def typed(name, content_type, accepts, says=""):
    return row(
        f"content-type {name}",
        "content-type",
        [headers(content_type=content_type), message(), trailers()],
        accepts,
        says,
    )


SCENARIOS = [
    row(
        "trailers without grpc-status",
        "no-status",
        ends_with(None),
        UNKNOWN,
        "without a grpc-status",
    ),
    row("Trailers-Only without grpc-status", "no-status", [trailers_only(None)], UNKNOWN),
    *[http(400, INTERNAL), http(401, abi.UNAUTHENTICATED), http(403, abi.PERMISSION_DENIED)],
    *[http(404, abi.UNIMPLEMENTED), http(429, UNAVAILABLE), http(502, UNAVAILABLE)],
    *[http(503, UNAVAILABLE), http(504, UNAVAILABLE), http(500, UNKNOWN), http(301, UNKNOWN)],
    http(200, UNKNOWN),
    row(
        "HTTP 503 with gRPC headers and no grpc-status",
        "no-status",
        [headers(status="503"), trailers(None)],
        UNAVAILABLE,
        "503",
    ),
    row(
        "HTTP 503 with OK in grpc-status and a message",
        "status-wins",
        [headers(status="503"), message(), trailers("0")],
        OK,
    ),
    row(
        "HTTP 404 with another grpc-status",
        "status-wins",
        [trailers_only("6", "there is one", status="404")],
        abi.ALREADY_EXISTS,
        "there is one",
    ),
    *[
        row(f"grpc-status {code}", "response", ends_with(str(code), "said so"), code, "said so")
        for code in range(1, 17)
    ],
    *[odd(code) for code in ("17", "99", "4294967296", "99999999999999999999", "-1", "OK", "")],
    *[odd(code) for code in ("0x0", "00", "0.0", "٠")],
    row("grpc-status ' 0'", "odd-status", ends_with(" 0", "the words"), {INTERNAL, UNKNOWN}),
    row(
        "grpc-status 0 twice",
        "status-twice",
        ends_with("0", None, ("grpc-status", "0")),
        UNKNOWN,
        "more than one",
    ),
    row(
        "grpc-status 0 and 13",
        "status-twice",
        ends_with("0", None, ("grpc-status", "13")),
        UNKNOWN,
    ),
    row(
        "grpc-status 13 and 0",
        "status-twice",
        ends_with("13", None, ("grpc-status", "0")),
        UNKNOWN,
    ),
    row(
        "grpc-status three times in Trailers-Only",
        "status-twice",
        [trailers_only("0", None, ("grpc-status", "0"), ("grpc-status", "0"))],
        UNKNOWN,
    ),
    spoken("percent-encoded", "caf%C3%A9 100%25", "café 100%"),
    spoken("with bad escapes", "50% of %zz and %4", "50% of %zz and %4"),
    spoken("with invalid UTF-8", "a%FF%FEz", "a\ufffd\ufffdz"),
    spoken("with NUL and line breaks", "a%00b", "a?b"),
    spoken("in raw UTF-8", "café", "café"),
    spoken("of a single %", "%", "%"),
    spoken("of 60,000 bytes", "w" * 60000, "wwww", is_capped),
    spoken("of 60,000 escaped bytes", "%C3%A9" * 10000, "éé", is_capped),
    row(
        "grpc-message without grpc-status",
        "no-status",
        ends_with(None, "the words"),
        UNKNOWN,
        "the words",
    ),
    row(
        "an error without grpc-message",
        "grpc-message",
        ends_with("13"),
        INTERNAL,
    ),
    row("OK with a grpc-message", "grpc-message", ends_with("0", "all is well"), OK),
    typed("application/grpc+proto", "application/grpc+proto", OK),
    typed("with parameters", "application/grpc; charset=utf-8", OK),
    typed("in capitals", "Application/GRPC", OK),
    typed("application/grpc+json", "application/grpc+json", INTERNAL, "application/grpc+json"),
    typed("application/grpc-web", "application/grpc-web", UNKNOWN, "application/grpc-web"),
    typed("application/json", "application/json", UNKNOWN, "application/json"),
    typed("missing", None, UNKNOWN, "without a content-type"),
    typed("application/grpcish", "application/grpcish", UNKNOWN),
    row(
        "a web page without end",
        "content-type",
        [headers(content_type="text/html"), *[data(b"<p>for ever</p>" * 100)] * 50],
        UNKNOWN,
        "for ever",
    ),
    row(
        "a web page, then RST_STREAM",
        "content-type",
        [headers(content_type="text/html"), data(b"<p>cut</p>"), rst(2)],
        UNKNOWN,
        "cut",
    ),
]

"""The library's messages name the options of its C header. Whoever reads them here has keywords."""

from __future__ import annotations

import re
from typing import Callable, List, Match, Pattern, Tuple, Union

_RECEIVE = 'grpc_options=[("grpc.max_receive_message_length", {})]'
_SEND = 'grpc_options=[("grpc.max_send_message_length", {})]'

_Replacement = Union[str, Callable[[Match[str]], str]]


def _overflow(found: Match[str]) -> str:
    return f'(overflow="{found[1].lower()}")'


# In this order: what names several options stands before what names one.
_PATTERNS: List[Tuple[str, _Replacement]] = [
    # TLS
    (r"\(tls\.key_file, tls\.key_pem\)", "(ssl_key_path=)"),
    (r"\(tls\.certificate_file, tls\.certificate_pem\)", "(ssl_cert_path=)"),
    (r"leave options\.tls NULL", "leave enable_ssl and the ssl_ paths out"),
    (r"set options\.tls, or options\.insecure_metadata", "set enable_ssl=True, or insecure_metadata=True,"),
    (r"set options\.tls\b", "set enable_ssl=True"),
    (r"set tls\.server_name", 'set grpc_options=[("grpc.ssl_target_name_override", NAME)]'),
    (r"\b(?:options\.)?tls\.server_name\b", "grpc.ssl_target_name_override"),
    (r"\b(?:options\.)?tls\.ca(?:_file|_pem)?\b", "ssl_ca_path="),
    (r"\b(?:options\.)?tls\.certificate(?:_file|_pem)?\b", "ssl_cert_path="),
    (r"\b(?:options\.)?tls\.key(?:_file|_pem)?\b", "ssl_key_path="),
    # Sizes
    (
        r"max_receive_message_length \(grpc\.max_receive_message_length\) to at least (\d+)",
        _RECEIVE.format(r"\1"),
    ),
    (
        r"max_receive_message_length \(grpc\.max_receive_message_length\)",
        _RECEIVE.format("BYTES"),
    ),
    (
        r"is longer than max_send_message_length \((\d+)\)",
        "is longer than \\1 bytes: raise " + _SEND.format("BYTES"),
    ),
    # Times
    (r"\bconnect_timeout_ms\b", "connect_timeout="),
    (r"\bsettle_ms 0 to 60000\b", "settle= 0 to 60 s"),
    (r"\b(?:options\.)?timeout_ms\b", "timeout="),
    # Functions and routes
    (r"the direct route \(UESYNTH_ROUTE_DIRECT\)", "the `_direct` method, or the blocking client"),
    (r"\(?UESYNTH_OVERFLOW_([A-Z_]+)\)?", _overflow),
    (r"uesynth_frame_decode decodes it", "frame.decode() decodes it"),
    (r"make a new one with uesynth_client_new to go on", "connect() makes it usable again"),
    (r": call uesynth_client_poll, or (?:save|submit) with UESYNTH_\w+", ""),
    (r"\buesynth_client_prewarm\b", "prewarm"),
    (r"\boptions\.rate_hz\b", "fps"),
    (r"\boptions\.depth_near and depth_far\b", "the values of depth_range="),
    (r"\bsave a UESYNTH_PICTURE_PREVIEW\b", "take preview()"),
    (r"\boptions\.(?=[a-z])", ""),
]
_SPELLINGS: List[Tuple[Pattern[str], _Replacement]] = [
    (re.compile(pattern), replacement) for pattern, replacement in _PATTERNS
]


def python_words(text: str) -> str:
    """A message with the names that things have in this package."""
    if "_" not in text and "options." not in text and "tls." not in text:
        return text
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    return text

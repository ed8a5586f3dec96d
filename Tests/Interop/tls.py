"""TLS as the tests ask for it."""

import ctypes
import ssl
import time

import abi


def tls(**values):
    """Keywords for a client that uses TLS."""
    encoded = {}
    for name, value in values.items():
        encoded[name] = value if value is None or isinstance(value, bytes) else str(value).encode()
    return {"tls": ctypes.pointer(abi.TLSOptions(**encoded))}


def pair(certificate):
    return certificate.file, certificate.key_file


def refusal(library, client, milliseconds=5000):
    began = time.monotonic()
    status = library.client_connect(client.handle, milliseconds)
    assert status == abi.UNAVAILABLE, (status, library.last_error())
    assert time.monotonic() - began < milliseconds / 1000
    assert client.stats()["connects"] == 0
    return library.last_error().decode()


def server_context(authority, *protocols):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair(authority.good))
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


def speak_http2(context, connection):
    """Empty SETTINGS, then whatever comes is read and left unanswered."""
    context.set_alpn_protocols(["h2"])
    with context.wrap_socket(connection, server_side=True) as secure:
        secure.sendall(bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
        while secure.recv(65536):
            pass

"""The options of TLS, the environment, and what TLS leaves behind in a process."""

import ctypes
import os
import subprocess
import sys
import textwrap

import pytest

import abi
import servers
from host import Client
from tls import tls


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"ca_file": "/no/such/file.pem"}, "/no/such/file.pem"),
        ({"ca_pem": b"nonsense"}, "tls.ca"),
        ({"ca_pem": b""}, "tls.ca"),
        ({"ca_file": "CA", "ca_pem": b"x"}, "both"),
        ({"certificate_file": "CLIENT"}, "without its private key"),
        ({"key_file": "CLIENTKEY"}, "without its certificate"),
        ({"certificate_file": "CLIENT", "key_file": "GOODKEY"}, "not the key"),
        ({"certificate_file": "CLIENT", "key_file": "CLIENT"}, "tls.key"),
        ({"certificate_file": "CLIENTKEY", "key_file": "CLIENTKEY"}, "tls.certificate"),
        ({"certificate_file": "CLIENT", "key_file": "LOCKED"}, "encrypted"),
        ({"server_name": b"\xff"}, "UTF-8"),
        ({"reserved": 1}, "reserved"),
        ({"struct_size": 8}, "struct_size"),
    ],
)
def test_options_that_are_refused(authority, library, values, word):
    own = authority.client
    named = {"CA": authority.ca.file, "CLIENT": own.file, "CLIENTKEY": own.key_file}
    named.update({"GOODKEY": authority.good.key_file, "LOCKED": own.lock(b"secret")})
    chosen = abi.TLSOptions()
    for name, value in values.items():
        value = named.get(value, value)
        is_text = not isinstance(value, (bytes, int))
        setattr(chosen, name, str(value).encode() if is_text else value)
    out = ctypes.c_void_p()
    options = abi.ClientOptions(tls=ctypes.pointer(chosen))
    assert library.client_new(b"localhost", options, out) == abi.MISUSE
    assert word in library.last_error().decode(), library.last_error()
    assert not out.value


def test_the_environment(library, monkeypatch):
    for text in "1", "true", "YES", "on":
        monkeypatch.setenv("UESYNTH_ENABLE_SSL", text)
        options = abi.ClientOptions()
        assert library.client_options_environment(options, None, 0) == abi.OK
        assert bytes(options.tls.contents) == bytes(abi.TLSOptions())
    own = abi.TLSOptions(server_name=b"other")
    options = abi.ClientOptions(tls=ctypes.pointer(own))
    assert library.client_options_environment(options, None, 0) == abi.OK
    assert options.tls.contents.server_name == b"other"
    for text in "0", "False", "no", "off":
        monkeypatch.setenv("UESYNTH_ENABLE_SSL", text)
        assert library.client_options_environment(options, None, 0) == abi.OK
        assert not options.tls
    monkeypatch.setenv("UESYNTH_ENABLE_SSL", "perhaps")
    assert library.client_options_environment(options, None, 0) == abi.MISUSE
    assert b"UESYNTH_ENABLE_SSL" in library.last_error()


def test_a_process_that_exits_with_tls_on(authority, tls_servers, stock_tls):
    """Frames are on their way while exit handlers run; Python's own ssl has been used before."""
    program = textwrap.dedent(
        """
        import ctypes, sys, threading
        import abi
        from host import Client
        if sys.argv[3] == "ssl":
            import ssl
            ssl.create_default_context()
        table = abi.load(abi.library_path())
        options = abi.TLSOptions(ca_file=sys.argv[2].encode())
        client = Client(table, sys.argv[1], tls=ctypes.pointer(options))
        for _ in range(60):
            client.submit(abi.CAPTURE_RGB, width=640, height=480, flags=abi.SUBMIT_NOTIFY_ONLY)
        assert client.poll(capacity=1)
        print("out", flush=True)
        sys.exit(7)
        """
    )
    environment = {**os.environ, "PYTHONPATH": str(servers.HERE)}
    for target in tls_servers("good"), stock_tls.target:
        for first in "ssl", "none":
            for _ in range(3):
                done = subprocess.run(
                    [sys.executable, "-c", program, target, authority.ca.file, first],
                    env=environment, capture_output=True, text=True, timeout=30,
                )
                assert (done.returncode, done.stdout) == (7, "out\n"), done.stderr


def test_no_descriptors_are_left(authority, tls_servers, library):
    def open_files():
        return len(os.listdir("/proc/self/fd"))

    target, foreign = tls_servers("good"), tls_servers("foreign")
    options = tls(ca_file=authority.ca.file)
    with Client(library, target, **options) as client:
        assert client.call(abi.LIST_OBJECTS).status == abi.OK
    before = open_files()
    for _ in range(10):
        for one in target, foreign:
            with Client(library, one, **options) as client:
                library.client_connect(client.handle, 3000)
    assert open_files() <= before

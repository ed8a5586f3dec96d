"""TLS, client certificates, metadata, compression."""

import pickle
import subprocess

import pytest
from conftest import run

from uesynth import AsyncUESynthClient, StatusCode, UESynthClient

KINDS = [UESynthClient, AsyncUESynthClient]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(certificate, key) of localhost, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    paths = str(folder / "cert.pem"), str(folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        + ["-nodes", "-days", "2", "-subj", "/CN=localhost", "-out", paths[0], "-keyout", paths[1]]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return paths


@pytest.fixture
def secure(simulators, certificate):
    """A simulator that talks TLS."""
    return simulators("--tls-cert", certificate[0], "--tls-key", certificate[1])


def test_pictures_over_tls(secure, certificate):
    with UESynthClient(secure.target, ssl_ca_path=certificate[0]) as client:
        assert client.ssl_enabled
        assert client.capture.rgb(width=8, height=4).shape == (4, 8, 4)

    async def main():
        options = {"enable_ssl": True, "ssl_ca_path": certificate[0]}
        async with AsyncUESynthClient(secure.target, **options) as client:
            assert client.ssl_enabled
            number = await client.capture.depth(width=8, height=4)
            assert (await client.wait_for_frame(number)).shape == (4, 8)

    run(main())


def test_who_is_not_trusted_says_so(secure):
    with pytest.raises(ConnectionError, match="certificate") as caught:
        UESynthClient(secure.target, enable_ssl=True).connect()
    assert secure.target in str(caught.value)


def test_a_certificate_for_another_name(secure, certificate, simulators, tmp_path):
    """grpcio's option for it does what it does there."""
    paths = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        + ["-nodes", "-days", "2", "-subj", "/CN=engine.lab", "-out", paths[0], "-keyout", paths[1]]
        + ["-addext", "subjectAltName=DNS:engine.lab"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    server = simulators("--tls-cert", paths[0], "--tls-key", paths[1])
    with pytest.raises(ConnectionError, match="grpc.ssl_target_name_override") as caught:
        UESynthClient(server.target, ssl_ca_path=paths[0]).connect()
    assert "engine.lab" in str(caught.value)
    named = [("grpc.ssl_target_name_override", "engine.lab")]
    with UESynthClient(server.target, ssl_ca_path=paths[0], grpc_options=named) as client:
        assert client.capture.rgb(width=8, height=4).shape == (4, 8, 4)
        assert client.ignored_grpc_options == ()
    for bad in [5, "", "a\0", None]:
        with pytest.raises(ValueError, match="name"):
            UESynthClient(grpc_options=[("grpc.ssl_target_name_override", bad)])


def test_one_side_alone(simulator, secure, certificate):
    with pytest.raises((ConnectionError, TimeoutError)) as caught:
        UESynthClient(secure.target, timeout=2).connect()
    assert "TLS" in str(caught.value)
    with pytest.raises((ConnectionError, TimeoutError)) as caught:
        UESynthClient(simulator.target, ssl_ca_path=certificate[0], timeout=2).connect()
    assert "TLS" in str(caught.value)


def test_a_server_that_asks_for_a_certificate(simulators, certificate):
    cert, key = certificate
    server = simulators("--tls-cert", cert, "--tls-key", key, "--tls-client-ca", cert)
    options = {"ssl_ca_path": cert, "timeout": 3}
    with pytest.raises((ConnectionError, TimeoutError)):
        UESynthClient(server.target, **options).connect()
    with UESynthClient(server.target, ssl_cert_path=cert, ssl_key_path=key, **options) as client:
        assert client.capture.rgb(width=8, height=4).shape == (4, 8, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_used_is_said_at_once(kind, certificate):
    for values, word in [
        ({"ssl_ca_path": "/nowhere/ca.pem"}, "/nowhere/ca.pem"),
        ({"enable_ssl": True, "ssl_cert_path": certificate[0]}, "key"),
        ({"enable_ssl": True, "ssl_key_path": 5}, "ssl_key_path"),
        ({"ssl_ca_path": "a\0"}, "NUL"),
        ({"metadata": [("authorization", "x")]}, "insecure_metadata"),
        ({"metadata": [("Bad Key", "x")], "insecure_metadata": True}, "key|bad"),
        ({"metadata": "x"}, "pairs"),
        ({"metadata": [("a", "ä")]}, "ASCII"),
    ]:
        with pytest.raises((ValueError, TypeError), match=word) as caught:
            kind(**values)
        assert caught.value.code == StatusCode.MISUSE
    assert not kind(enable_ssl=False, ssl_ca_path="/nowhere").ssl_enabled


def test_the_environment_asks_for_tls(monkeypatch, secure, certificate):
    monkeypatch.setenv("UESYNTH_ENABLE_SSL", "true")
    assert UESynthClient().ssl_enabled
    assert not UESynthClient(enable_ssl=False).ssl_enabled


def test_metadata_goes_with_every_call(stock):
    pairs = [("authorization", "Bearer secret"), ("trace-bin", b"\0\1")]
    with UESynthClient(stock.target, metadata=pairs, insecure_metadata=True) as client:
        assert client.capture.normals(width=8, height=4).shape == (4, 8, 3)
        assert "secret" not in repr(client.options)
        again = pickle.loads(pickle.dumps(client))
        assert again.options == client.options


@pytest.mark.parametrize("kind", KINDS)
def test_compression_is_asked_for(kind):
    from uesynth import _abi

    assert kind(enable_compression=True).options.pack().compression == _abi.COMPRESSION_AUTO
    assert kind(compression="always").options.pack().compression == _abi.COMPRESSION_ON
    assert kind().options.pack().compression == _abi.COMPRESSION_OFF
    with pytest.raises(ValueError, match="always"):
        kind(compression="gzip")


def test_compressed_pictures_are_read(simulators):
    server = simulators("--objects", "3", "--compress", "gzip")
    with UESynthClient(server.target) as plain:
        wanted = plain.capture.rgb(width=64, height=48)
        assert plain.stats().compressed_messages == 0
        assert plain.stats().compression_offers == 0
    with UESynthClient(server.target, enable_compression="always") as client:
        assert (client.capture.rgb(width=64, height=48) == wanted).all()
        stats = client.stats()
        assert stats.compressed_messages > 0
        assert stats.compression_offers > 0
        assert stats.compressed_bytes < stats.inflated_bytes

"""TLS that works, by stock peers too, and certificates that are not accepted."""

import contextlib

import grpc
import pytest

import abi
import servers
from stock_client import StockClient
from tls import pair, refusal, server_context, speak_http2, tls

SIZE = dict(width=320, height=200)


# ---- What works -------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", [abi.ROUTE_STREAM, abi.ROUTE_DIRECT])
@pytest.mark.parametrize("peer", ["simulator", "stock"])
def test_pictures_through_tls(
    authority, tls_servers, stock_tls, simulators, stock, client_of, peer, route
):
    target = tls_servers("good") if peer == "simulator" else stock_tls.target
    plain = simulators("--objects", "60") if peer == "simulator" else stock.target
    expected = client_of(plain).call(abi.CAPTURE_RGB, **SIZE).picture.data
    client = client_of(target, **tls(ca_file=authority.ca.file))
    for _ in range(3):
        outcome = client.call(abi.CAPTURE_RGB, route=route, **SIZE)
        assert outcome.status == abi.OK, outcome
        assert outcome.picture.data == expected
    # Several frames of the largest size, more than a pass may read.
    for _ in range(3):
        large = client.call(abi.CAPTURE_DEPTH, route=route, width=1920, height=1080)
        assert large.status == abi.OK and large.picture.size == 1920 * 1080 * 4
    stats = client.stats()
    assert stats["connects"] == 1
    # What is on the wire is more than what is in it.
    assert stats["bytes_received"] > stats["image_bytes"]


def test_many_requests_at_once(authority, tls_servers, client_of):
    client = client_of(tls_servers("good"), lanes=4, **tls(ca_file=authority.ca.file))
    ids = [client.submit(abi.CAPTURE_RGB, width=200, height=100) for _ in range(200)]
    ids += [
        client.submit(abi.GET_CAMERA_TRANSFORM, route=abi.ROUTE_DIRECT) for _ in range(200)
    ]
    outcomes = client.collect(400)
    assert {o.request_id for o in outcomes} == set(ids)
    assert all(o.status == abi.OK for o in outcomes)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "ipv4:127.0.0.1"])
def test_names_and_addresses(authority, tls_servers, client_of, host):
    port = tls_servers("good").rsplit(":", 1)[1]
    client = client_of(f"{host}:{port}", **tls(ca_pem=authority.ca.text))
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


def test_a_chain(authority, tls_servers, client_of):
    client = client_of(tls_servers("chained"), **tls(ca_file=authority.ca.file))
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


def test_a_self_signed_certificate_that_is_given_as_ca(authority, tls_servers, client_of):
    client = client_of(tls_servers("self_signed"), **tls(ca_file=authority.self_signed.file))
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


@pytest.mark.parametrize("name", ["render.example", "left.farm.example"])
def test_another_name(authority, tls_servers, client_of, name):
    options = tls(ca_file=authority.ca.file, server_name=name)
    assert client_of(tls_servers("elsewhere"), **options).call(abi.LIST_OBJECTS).status == abi.OK


def test_the_other_name_is_asked_for(authority, client_of):
    asked = []

    def serve(connection):
        context = server_context(authority)
        context.sni_callback = lambda ssl_socket, name, _: asked.append(name)
        speak_http2(context, connection)

    with servers.socket_server(serve) as target:
        options = tls(ca_file=authority.ca.file, server_name="localhost")
        client_of(target, **options).call(abi.LIST_OBJECTS, timeout_ms=1500)
        # An address is no name: none is asked for.
        client_of(target, **tls(ca_file=authority.ca.file)).call(abi.LIST_OBJECTS, timeout_ms=500)
    assert asked == ["localhost", None]


@pytest.mark.parametrize("how", ["file", "text"])
def test_client_certificates(authority, tls_servers, client_of, how):
    target = tls_servers("good", "--tls-client-ca", authority.ca.file)
    own = authority.client
    given = (
        {"certificate_file": own.file, "key_file": own.key_file}
        if how == "file"
        else {"certificate_pem": own.text, "key_pem": own.key_text}
    )
    client = client_of(target, **tls(ca_file=authority.ca.file, **given))
    assert client.call(abi.LIST_OBJECTS).status == abi.OK


def test_a_stock_client_of_the_simulator(authority, tls_servers):
    plain = grpc.ssl_channel_credentials(authority.ca.text)
    with StockClient(tls_servers("good"), plain) as client:
        assert len(client.call(4, **SIZE).image_data) == 320 * 200 * 4
        stream = client.stream()
        for name in "abcdef":
            stream.send(name, 4, width=1280, height=720)
        for name in "abcdef":
            reply = stream.receive()
            assert (reply.request_id, len(reply.image_response.image_data)) == (name, 3686400)
        stream.close()
    target = tls_servers("good", "--tls-client-ca", authority.ca.file)
    own = authority.client
    mutual = grpc.ssl_channel_credentials(authority.ca.text, own.key_text, own.text)
    with StockClient(target, mutual) as client:
        assert client.call(17).object_names
    with StockClient(target, plain) as client, pytest.raises(grpc.RpcError):
        client.call(17, seconds=3)


# ---- Certificates that are not accepted ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("server", "ca", "words"),
    [
        ("expired", "ca", ["expired", "GMT"]),
        ("early", "ca", ["not yet valid", "clock"]),
        ("elsewhere", "ca", ["DNS:render.example", "IP:192.0.2.7", "not for 127.0.0.1"]),
        ("nameless", "ca", ["no host at all", "not for 127.0.0.1"]),
        ("self_signed", "ca", ["signed by itself", "ca_file"]),
        ("foreign", "ca", ["not trusted", "Another CA", "ca_file"]),
        ("good", "other_ca", ["not trusted", "UESynth Test CA", "ca_file"]),
        ("good", None, ["not trusted", "UESynth Test CA", "ca_file"]),
    ],
)
def test_certificates_that_are_not_accepted(
    authority, tls_servers, client_of, library, server, ca, words
):
    target = tls_servers(server)
    trusted = getattr(authority, ca).file if ca else None
    client = client_of(target, timeout_ms=3000, **tls(ca_file=trusted))
    said = refusal(library, client)
    for word in [target, *words]:
        assert word in said, said
    outcome = client.call(abi.CAPTURE_RGB, **SIZE)
    assert outcome.status in (abi.UNAVAILABLE, abi.DEADLINE_EXCEEDED)
    # A refused certificate is not the end: the server is used like any other by one who trusts it.
    if server == "good":
        other = client_of(target, **tls(ca_file=authority.ca.file))
        assert other.call(abi.LIST_OBJECTS).status == abi.OK


def test_a_name_that_is_not_the_servers(authority, tls_servers, client_of, library):
    port = tls_servers("elsewhere").rsplit(":", 1)[1]
    for name in "localhost", "farm.example", "a.b.farm.example":
        options = tls(ca_file=authority.ca.file, server_name=name)
        said = refusal(library, client_of(f"127.0.0.1:{port}", **options))
        assert f"not for {name}" in said and "DNS:*.farm.example" in said, said


@pytest.mark.parametrize("peer", ["simulator", "stock"])
@pytest.mark.parametrize("which", [None, "foreign_client", "expired_client"])
def test_client_certificates_that_are_not_accepted(
    authority, tls_servers, client_of, library, which, peer
):
    with contextlib.ExitStack() as stack:
        if peer == "simulator":
            target = tls_servers("good", "--tls-client-ca", authority.ca.file)
        else:
            options = "--tls", *pair(authority.good), "--client-ca", authority.ca.file
            target = stack.enter_context(servers.stock(*options)).target
        own = getattr(authority, which) if which else None
        given = {"certificate_file": own.file, "key_file": own.key_file} if own else {}
        client = client_of(target, **tls(ca_file=authority.ca.file, **given))
        said = refusal(library, client)
        assert target in said
        if which is None:
            assert "asked for a client certificate" in said, said
            assert "tls.certificate_file" in said
        elif peer == "simulator":
            assert "certificate" in said, said

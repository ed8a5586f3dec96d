"""Errors people can act on: the code, the address, and what to try."""

import asyncio
import os
import pickle
import signal
import socket

import numpy as np
import pytest
import servers
from conftest import run

import uesynth
from uesynth import AsyncUESynthClient, StatusCode, UESynthClient, UESynthError


def failure_of(target, **options):
    with pytest.raises(UESynthError) as caught:
        UESynthClient(target, **{"timeout": 2, **options}).capture.rgb(width=8, height=8)
    failure = caught.value
    assert failure.details in str(failure)
    assert str(failure).startswith(failure.code.name)
    return failure


def test_nobody_listens():
    target = f"127.0.0.1:{servers.free_port()}"
    with pytest.raises(ConnectionError) as caught:
        UESynthClient(target).connect()
    assert caught.value.code == StatusCode.UNAVAILABLE
    assert target in str(caught.value)
    assert "refused" in str(caught.value)
    with pytest.raises(ConnectionError), UESynthClient(target):
        pass
    assert not UESynthClient(target).is_connected()
    assert not UESynthClient(target, timeout=0.3).test_connection()
    failure = failure_of(target, timeout=0.3)
    assert target in str(failure)
    assert isinstance(failure, (ConnectionError, TimeoutError))

    async def main():
        with pytest.raises(ConnectionError, match=target):
            async with AsyncUESynthClient(target):
                pass
        client = AsyncUESynthClient(target)
        assert not await client.is_connected()
        await client.disconnect()

    run(main())


def test_no_such_host():
    with pytest.raises(ConnectionError) as caught:
        UESynthClient("no-such-host.invalid", timeout=10).connect()
    assert "no-such-host.invalid" in str(caught.value)


def test_strangers_at_the_port():
    def http(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    def ssh(connection):
        connection.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        connection.recv(4096)

    for serve, word in [(http, "HTTP/1"), (ssh, "SSH")]:
        with servers.socket_server(serve) as target:
            with pytest.raises(ConnectionError) as caught:
                UESynthClient(target, timeout=5).connect()
            assert word in str(caught.value)
            assert target in str(caught.value)


def test_a_server_that_never_answers():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        target = f"127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises((TimeoutError, ConnectionError)) as caught:
            UESynthClient(target).connect(timeout=0.3)
        assert target in str(caught.value)
        assert "is it a UESynth server" in str(caught.value)

        async def main():
            client = AsyncUESynthClient(target)
            with pytest.raises((asyncio.TimeoutError, ConnectionError)) as caught:
                await client.connect(timeout=0.3)
            assert target in str(caught.value)
            number = await client.capture.rgb()
            for wait in (client.wait_for_frame, client.wait_for_result):
                with pytest.raises(asyncio.TimeoutError, match="is it a UESynth server") as caught:
                    await wait(number, timeout=0.05)
                assert target in str(caught.value)
                assert "connect_timeout=" in str(caught.value)
            await client.disconnect()

        run(main())


def test_too_large_a_frame(stock):
    failure = failure_of(stock.target, grpc_options=[("grpc.max_receive_message_length", 100)])
    assert failure.code == StatusCode.RESOURCE_EXHAUSTED
    assert "max_receive_message_length" in str(failure)


def messages_of(client):
    """What the library says to calls that cannot be done, by what cures them here."""
    size = {"width": 64, "height": 48}
    depth = client.capture.depth(**size)
    yield "fps", lambda: run(of_stream(client.options.target, fps=-1))
    yield "depth is", lambda: run(of_stream(client.options.target, depth=5000))
    yield "preview()", lambda: depth.decode("rgb8")
    yield "depth_range=", lambda: depth.save("a.png", depth_range=(5, 1))
    yield "quality is", lambda: depth.save("a.jpg", quality=1000)
    target = client.options.target
    big = {"width": 800, "height": 600}
    for cure, options, work in [
        (
            'grpc_options=[("grpc.max_receive_message_length", 12304)]',
            {"grpc_options": [("grpc.max_receive_message_length", 100)]},
            lambda one: one.capture.depth(**size),
        ),
        (
            'grpc_options=[("grpc.max_send_message_length", BYTES)]',
            {"grpc_options": [("grpc.max_send_message_length", 20)]},
            lambda one: one.objects.set_material("Cube_1", "color", "x" * 100),
        ),
        ("stream_buffer_bytes", {"stream_buffer_bytes": 1 << 20}, lambda one: one.capture.rgb(**big)),
        ("aise timeout=", {"timeout": 0.001}, lambda one: one.capture.rgb(**big)),
        ("insecure_metadata=True", {"metadata": [("a", "b")]}, None),
        ("ssl_key_path=", {"enable_ssl": True, "ssl_cert_path": __file__}, None),
        ("ssl_ca_path=", {"ssl_ca_path": "/nowhere"}, None),
    ]:

        def call(options=options, work=work):
            with UESynthClient(target, **options) as one:
                work(one)

        yield cure, call


async def of_stream(target, **options):
    async with AsyncUESynthClient(target) as client:
        async for _ in client.capture.stream(**options):
            break


def test_messages_speak_of_keywords(client):
    """Not of the C header's options."""
    count = 0
    for cure, call in messages_of(client):
        with pytest.raises(UESynthError) as caught:
            call()
        text = str(caught.value)
        assert cure in text, text
        for foreign in ["options.", "tls.", "UESYNTH_", "uesynth_", "timeout_ms"]:
            assert foreign not in text, text
        count += 1
    assert count == 12


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("NOT_FOUND", UESynthError),
        ("UNIMPLEMENTED", UESynthError),
        ("UNAVAILABLE", ConnectionError),
        ("DEADLINE_EXCEEDED", TimeoutError),
        ("INVALID_ARGUMENT", UESynthError),
    ],
)
def test_what_the_server_says(stock, code, kind):
    with UESynthClient(stock.target) as client:
        with pytest.raises(kind) as caught:
            client.capture.normals(f"a?fail={code}", width=8, height=8)
        assert caught.value.code == StatusCode[code]
        assert "Failed to capture image" in str(caught.value)
        assert stock.target in str(caught.value)
        with pytest.raises(UESynthError, match="no such camera"):
            client.camera.destroy("nobody")


def test_captures_are_tried_again(simulators):
    """The viewport is not there yet just after Play. Whoever waits for a picture gets it."""
    with uesynth.sim("--capture-fails", "2", "--plugin-quirks") as simulator:
        with UESynthClient(simulator.target) as client:
            assert client.capture.rgb(width=8, height=8).shape == (8, 8, 4)
            assert client.stats().retries == 2
    with uesynth.sim("--capture-fails", "2") as simulator:
        out = np.zeros((8, 8, 3), np.float32)
        with UESynthClient(simulator.target) as client:
            assert client.capture.normals(width=8, height=8, out=out) is out
            assert client.stats().retries == 2
    with uesynth.sim("--capture-fails", "2") as simulator:
        with UESynthClient(simulator.target) as client:
            assert not client.capture.all_modalities(width=8, height=8).errors
            assert client.stats().retries == 2
    with uesynth.sim("--capture-fails", "2") as simulator:
        client = UESynthClient(simulator.target, max_retries=0)
        with pytest.raises(UESynthError, match="max_retries=") as caught:
            client.capture.rgb(width=8, height=8)
        assert caught.value.code == StatusCode.INTERNAL

    async def main(target, take):
        async with AsyncUESynthClient(target) as client:
            await take(client.capture)
            assert client.stats().retries == 2

    for take in [
        lambda capture: capture.rgb_direct(width=8, height=8),
        lambda capture: capture.depth_direct(width=8, height=8, out=np.zeros((8, 8), np.float32)),
        lambda capture: capture.all_modalities_direct(width=8, height=8),
        lambda capture: capture.frameset(((1, 2, 3), (0, 0, 0)), width=8, height=8),
    ]:
        with uesynth.sim("--capture-fails", "2") as simulator:
            run(main(simulator.target, take))


def test_some_failures_of_five(stock, caplog):
    small = {"grpc_options": [("grpc.max_receive_message_length", 20_000)], "timeout": 2}
    size = {"width": 64, "height": 64}
    failed = {"normals", "optical_flow"}
    with UESynthClient(stock.target, **small) as client:
        with pytest.raises(UESynthError) as caught:
            client.capture.all_modalities("a?fail=NOT_FOUND", **size)
        assert caught.value.code == StatusCode.NOT_FOUND
        every = client.capture.all_modalities(**size)
        assert every["rgb"].shape == (64, 64, 4)
        assert every["normals"] is None
        assert set(every.errors) == failed
        assert "capture of normals failed" in caplog.text

    async def main():
        async with AsyncUESynthClient(stock.target, **small) as client:
            every = await client.capture.all_modalities_direct(**size)
            assert set(every.errors) == failed
            assert every["segmentation"].shape == (64, 64)

    run(main())


def test_what_is_waited_for_is_answered(plugin):
    """The plugin answers no action on its stream that fails: calls of their own say what is wrong."""
    with UESynthClient(plugin.target) as client:
        for ask in [
            lambda: client.objects.get_transform("nobody"),
            lambda: client.objects.set_location("nobody", 1, 2, 3),
            lambda: client.objects.set_transform("nobody", 1, 2, 3),
        ]:
            with pytest.raises(UESynthError, match="nobody") as caught:
                ask()
            assert caught.value.code == StatusCode.NOT_FOUND

    async def main():
        async with AsyncUESynthClient(plugin.target) as client:
            for wait in [
                client.objects.get_transform_direct("nobody"),
                client.objects.set_transform_direct("nobody", 1, 2, 3),
            ]:
                with pytest.raises(UESynthError, match="nobody") as caught:
                    await wait
                assert caught.value.code == StatusCode.NOT_FOUND

    run(main())


def test_exceptions_in_both_habits():
    for code, kinds in [
        (StatusCode.UNAVAILABLE, [ConnectionError, uesynth.UESynthConnectionError]),
        (StatusCode.CLOSED, [ConnectionError]),
        (StatusCode.DEADLINE_EXCEEDED, [TimeoutError, asyncio.TimeoutError]),
        (StatusCode.MISUSE, [ValueError]),
        (StatusCode.FORKED, [RuntimeError, uesynth.UESynthForkedError]),
        (StatusCode.NOT_FOUND, [UESynthError]),
    ]:
        failure = uesynth.errors.error(code, "it is so", "host:1")
        assert all(isinstance(failure, kind) for kind in [*kinds, UESynthError])
        assert failure.code is code
        assert "it is so" in failure.details
        assert "host:1" in failure.details
        again = pickle.loads(pickle.dumps(failure))
        assert (type(again), again.code, str(again)) == (type(failure), code, str(failure))


def test_the_server_goes_away():
    simulator = uesynth.Simulator()
    client = UESynthClient(simulator.target, timeout=1)
    client.capture.rgb(width=8, height=8)
    simulator.close()
    with pytest.raises((ConnectionError, TimeoutError)):
        client.capture.rgb(width=8, height=8)

    async def main():
        simulator = uesynth.Simulator()
        client = AsyncUESynthClient(simulator.target, timeout=1)
        await client.capture.rgb_direct(width=8, height=8)
        task = asyncio.ensure_future(client.capture.rgb_direct(width=4000, height=4000))
        await asyncio.sleep(0.01)
        # Asked to, it would finish what is under way.
        os.kill(simulator.pid, signal.SIGKILL)
        simulator.close()
        with pytest.raises((ConnectionError, asyncio.TimeoutError)):
            await task
        await client.disconnect()

    run(main())


def test_captures_of_the_stream_are_not_tried_again():
    """The plugin does not answer them while its viewport is not there."""

    async def main():
        async with AsyncUESynthClient(simulator.target, timeout=0.5) as client:
            number = await client.capture.rgb(width=8, height=8)
            with pytest.raises(asyncio.TimeoutError):
                await client.wait_for_frame(number)
            assert client.stats().retries == 0
            number = await client.capture.rgb(width=8, height=8)
            assert (await client.wait_for_frame(number)).shape == (8, 8, 4)

    with uesynth.sim("--capture-fails", "1", "--plugin-quirks") as simulator:
        run(main())


def test_connect_tries_at_once():
    """Also while the client pauses after a failure, which is 1 s at least."""
    client = UESynthClient("127.0.0.1:1")
    for number in range(1, 5):
        with pytest.raises(ConnectionError):
            client.connect(timeout=0.5)
        assert client.stats().connect_failures >= number
        assert client.stats().state == "backoff"
    client.disconnect()


def test_pictures_after_a_change_that_failed(stock):
    with UESynthClient(stock.target) as client:
        assert not client.capture.rgb(width=8, height=8).flags.change_failed
        with pytest.raises(UESynthError, match="no such object"):
            client.objects.destroy("nothing")
        assert client.capture.rgb(width=8, height=8).flags.change_failed
        client.objects.spawn("nothing", "/Engine/BasicShapes/Cube.Cube")
        assert not client.capture.rgb(width=8, height=8).flags.change_failed

"""Arguments of every kind at every method: an answer or a Python exception that says what is wrong, never a
crash."""

import asyncio
import contextlib
import decimal
import fractions
import inspect

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import uesynth
from uesynth import AsyncUESynthClient, StatusCode, UESynthClient, UESynthError

GROUPS = ["camera", "capture", "objects", "scene", "config"]


class Hostile:
    """Fails however it is looked at."""

    def __float__(self):
        raise ZeroDivisionError

    __index__ = __int__ = __len__ = __iter__ = __float__

    def __repr__(self):
        return "<hostile>"


class Liar:
    def __float__(self):
        return "a string"

    def __index__(self):
        return -1


numbers = st.one_of(
    st.floats(),
    st.integers(),
    st.integers(-(10**30), 10**30),
    st.sampled_from([0, -0.0, 1e300, -1e300, 2**31, 2**32, 2**64, True, None]),
    st.decimals(),
    st.fractions(),
    st.sampled_from([np.float32(1.5), np.int64(-3), np.uint8(7), np.array(3), np.array([1, 2])]),
)
texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "Cube_1", "a\0b", "\ud800", "x" * 70_000, "é" * 10, "unknown", "?"]),
    st.binary(max_size=5),
)
anything = st.one_of(
    numbers,
    texts,
    st.none(),
    st.lists(st.floats(), max_size=4),
    st.tuples(st.floats(), st.floats(), st.floats()),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.sampled_from(
        [
            Hostile(),
            Liar(),
            object(),
            int,
            1 + 2j,
            uesynth.Transform(),
            decimal.Decimal("NaN"),
            fractions.Fraction(1, 3),
            ((1, 2, 3), (4, 5, 6)),
            ((1, 2, 3), (4, 5, float("nan")), (1, 1, 1)),
            ((1, 2), (3,)),
        ]
    ),
)
ALLOWED = (UESynthError, TypeError, ValueError, ZeroDivisionError)
REFUSALS = (*ALLOWED, OverflowError)


def methods(kind):
    return [
        (group, name)
        for group in GROUPS
        for name, _ in inspect.getmembers(kind.__annotations__ and getattr(kind(), group), callable)
        if not name.startswith("_")
    ]


SYNC = methods(UESynthClient)
ASYNC = methods(AsyncUESynthClient)


def call(client, group, name, data):
    method = getattr(getattr(client, group), name)
    parameters = inspect.signature(method).parameters
    arguments = {}
    for parameter, described in parameters.items():
        if described.default is not inspect.Parameter.empty and data.draw(st.booleans()):
            continue
        likely = texts if "str" in str(described.annotation) else numbers
        arguments[parameter] = data.draw(st.one_of(likely, anything), label=parameter)
    # Large pictures are right and slow.
    for side in ("width", "height"):
        value = arguments.get(side)
        try:
            if value is not None and 100 < int(value) <= 65_536:
                arguments[side] = 100
        except (TypeError, ValueError, OverflowError, ZeroDivisionError):
            pass
    return method(**arguments)


QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.fixture(scope="module")
def sync_client(simulators):
    client = UESynthClient(simulators("--objects", "3", "--width", "64", "--height", "48").target)
    client.config.set_timeout(3000)
    yield client
    assert client.stats().requests_in_flight == 0
    assert client.capture.rgb(width=8, height=8).shape == (8, 8, 4)
    client.disconnect()


@pytest.mark.parametrize(("group", "name"), SYNC)
def test_blocking(sync_client, group, name):
    @QUICK
    @given(st.data())
    def check(data):
        try:
            call(sync_client, group, name, data)
        except ALLOWED as failure:
            assert str(failure) or isinstance(failure, ZeroDivisionError)

    check()
    sync_client.config.set_timeout(3000)


@pytest.mark.parametrize(("group", "name"), ASYNC)
def test_asynchronous(simulators, group, name):
    target = simulators("--objects", "3", "--width", "64", "--height", "48").target
    loop = asyncio.new_event_loop()
    client = AsyncUESynthClient(target, timeout=3)

    async def one(data):
        try:
            result = call(client, group, name, data)
            if inspect.isawaitable(result):
                await result
        except ALLOWED:
            pass

    @QUICK
    @given(st.data())
    def check(data):
        loop.run_until_complete(one(data))

    try:
        check()
        loop.run_until_complete(client.disconnect())
    finally:
        loop.close()


#: What the clients themselves take, besides their groups.
MINE = {
    UESynthClient: ["connect", "is_connected", "latency", "ping", "save", "stats", "stats_text"],
    AsyncUESynthClient: [
        "connect",
        "get_frame_by_id",
        "get_latest_frame",
        "is_connected",
        "latency",
        "ping",
        "save",
        "stats",
        "stats_text",
        "test_connection",
        "wait_for_frame",
        "wait_for_result",
    ],
}
FRAMES = ["__dlpack__", "decode", "encode", "preview", "save"]
PLAIN = {
    "Pacer": uesynth.Pacer,
    "intrinsics": uesynth.intrinsics,
    "matrix": uesynth.Transform().matrix,
    "quaternion": uesynth.Transform().quaternion,
    "PerformanceMonitor": uesynth.PerformanceMonitor,
}


def given_to(function, data):
    """Arguments for a function, as its parameters are named; extra ones where it takes any."""
    arguments = {}
    for name, described in inspect.signature(function).parameters.items():
        if described.kind is inspect.Parameter.VAR_KEYWORD:
            names = ["quality", "compression", "depth_range", "flow_full", "keep_alpha", "wrong"]
            for extra in data.draw(st.lists(st.sampled_from(names), max_size=2)):
                arguments[extra] = data.draw(anything, label=extra)
        elif described.default is inspect.Parameter.empty or data.draw(st.booleans()):
            arguments[name] = data.draw(anything, label=name)
        # Somebody has to wait for it.
        if name == "timeout" and name in arguments:
            arguments[name] = data.draw(
                st.sampled_from([0.01, 0, -1, float("nan"), "x", None, [1]])
            )
    return arguments


@pytest.mark.parametrize("name", MINE[UESynthClient])
def test_what_the_blocking_client_takes(sync_client, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    method = getattr(sync_client, name)

    @QUICK
    @given(st.data())
    def check(data):
        arguments = given_to(method, data)
        if "frame" in arguments and data.draw(st.booleans()):
            arguments["frame"] = sync_client.capture.rgb(width=4, height=4)
        with contextlib.suppress(*REFUSALS, AttributeError if name == "save" else TypeError):
            method(**arguments)

    check()
    # What a wrong path has come to.
    with contextlib.suppress(UESynthError):
        sync_client.flush_saves()


@pytest.mark.parametrize("name", MINE[AsyncUESynthClient])
def test_what_the_asynchronous_client_takes(simulators, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    loop = asyncio.new_event_loop()
    client = AsyncUESynthClient(
        simulators("--objects", "3", "--width", "64", "--height", "48").target
    )
    method = getattr(client, name)

    async def one(arguments):
        with contextlib.suppress(*REFUSALS, AttributeError if name == "save" else TypeError):
            result = method(**arguments)
            if inspect.isawaitable(result):
                await result

    @QUICK
    @given(st.data())
    def check(data):
        loop.run_until_complete(one(given_to(method, data)))

    async def still_works():
        assert (await client.capture.rgb_direct(width=8, height=8)).shape == (8, 8, 4)
        await client.disconnect()

    try:
        check()
        loop.run_until_complete(still_works())
    finally:
        loop.close()


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("modality", ["rgb", "depth", "segmentation"])
def test_what_frames_take(sync_client, name, modality, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame = getattr(sync_client.capture, modality)(width=8, height=4)
    before = frame.copy()
    method = getattr(frame, name)

    @QUICK
    @given(st.data())
    def check(data):
        with contextlib.suppress(*REFUSALS, BufferError):
            method(**given_to(method, data))

    check()
    assert np.array_equal(frame, before)


@pytest.mark.parametrize("name", PLAIN)
def test_what_functions_take(name):
    @QUICK
    @given(st.data())
    def check(data):
        with contextlib.suppress(*REFUSALS):
            PLAIN[name](**given_to(PLAIN[name], data))

    check()


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: anything
            for name in inspect.signature(UESynthClient).parameters
            if name not in ("enable_logging",)
        },
    )
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_construction(values):
    for kind in (UESynthClient, AsyncUESynthClient):
        try:
            client = kind(**values)
        except ALLOWED:
            continue
        assert client.options.target
        assert repr(client)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.camera.set_location(1, "x", 3), "y has to be a number"),
        (lambda c: c.camera.set_location(1, 2, None), "z has to be a number"),
        (lambda c: c.camera.set_location(1, 2, float("nan")), "not finite"),
        (lambda c: c.camera.set_location(1, 2, 1e39), "not finite"),
        (lambda c: c.camera.set_location(1, 2, 3, camera_name=b"x"), "camera_name has to be a str"),
        (lambda c: c.camera.set_location(1, 2, 3, camera_name="a\0"), "NUL"),
        (lambda c: c.capture.rgb(width=-1), "width has to be a whole number"),
        (lambda c: c.capture.rgb(height=1.5), "height has to be a whole number"),
        (lambda c: c.capture.rgb(width=1 << 20), "65536"),
        (lambda c: c.objects.set_transform("a", "b"), "transform has to be"),
        (lambda c: c.objects.set_transform("a", 1, 2), "z has to be"),
        (lambda c: c.objects.spawn("a", 3), "asset_path has to be a str"),
        (lambda c: c.scene.set_lighting("a", "b"), "intensity has to be"),
        (lambda c: c.scene.set_lighting("a", 1, color=(1, 2)), "color has to be three"),
        (lambda c: c.config.set_timeout(0), "1 to 86400000"),
        (lambda c: c.config.set_timeout("x"), "milliseconds"),
    ],
)
def test_it_is_said_what_is_wrong(sync_client, call, words):
    with pytest.raises((ValueError, TypeError), match=words) as caught:
        call(sync_client)
    assert caught.value.code == StatusCode.MISUSE


def test_numbers_of_other_libraries(sync_client):
    camera = sync_client.camera
    camera.set_location(np.float64(1.5), fractions.Fraction(1, 2), decimal.Decimal("2.5"))
    assert camera.get_location() == (1.5, 0.5, 2.5)
    camera.set_location(*np.array([1, 2, 3]))
    assert camera.get_location() == (1, 2, 3)
    assert sync_client.capture.rgb(width=np.int32(8), height=np.uint8(4)).shape == (4, 8, 4)
    sync_client.camera.set_resolution(64, 48)
    assert sync_client.capture.rgb(None, None, None).shape == (48, 64, 4)

"""Child processes, by fork and by spawn."""

import asyncio
import multiprocessing
import os
import pickle
import sys
import traceback

import pytest
from conftest import run

import uesynth
from uesynth import AsyncUESynthClient, UESynthClient

TARGET = None


def in_child(work):
    """Runs work() in a forked child; what it printed if it failed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            work()
            status = 0
        except BaseException:
            os.write(writing, traceback.format_exc().encode()[-4000:])
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as output:
        said = output.read().decode()
    assert os.waitpid(child, 0)[1] == 0, said


def test_a_forked_client_says_so(simulator):
    client = UESynthClient(simulator.target)
    frame = client.capture.rgb(width=32, height=24)
    total = int(frame.sum())

    def work():
        with pytest.raises(uesynth.UESynthForkedError) as caught:
            client.capture.rgb()
        assert caught.value.code == uesynth.StatusCode.FORKED
        assert "worker_init_fn" in str(caught.value)
        with pytest.raises(uesynth.UESynthForkedError):
            client.stats()
        with pytest.raises(uesynth.UESynthForkedError):
            client.connect()
        assert "forked" in repr(client)
        # What came before the fork can be read.
        assert int(frame.sum()) == total
        assert frame.info.modality == "rgb"
        mine = UESynthClient(simulator.target)
        assert int(mine.capture.rgb(width=32, height=24).sum()) > 0
        mine.disconnect()
        client.disconnect()

    in_child(work)
    assert int(frame.sum()) == total
    assert client.capture.rgb(width=32, height=24).shape == (24, 32, 4)
    client.disconnect()


def test_frames_dropped_in_the_child(simulator):
    client = UESynthClient(simulator.target)
    frames = [client.capture.rgb(width=32, height=24) for _ in range(5)]
    sums = [int(frame.sum()) for frame in frames]

    def work():
        frames.clear()

    in_child(work)
    assert [int(frame.sum()) for frame in frames] == sums
    client.disconnect()


def test_an_asynchronous_client_in_a_child(simulator):
    async def main():
        client = AsyncUESynthClient(simulator.target)
        await client.capture.rgb_direct(width=8, height=8)

        def work():
            asyncio.events._set_running_loop(None)

            async def child():
                with pytest.raises(uesynth.UESynthForkedError):
                    await client.capture.rgb_direct(width=8, height=8)
                async with AsyncUESynthClient(simulator.target) as mine:
                    frame = await mine.capture.rgb_direct(width=8, height=8)
                    assert frame.shape == (8, 8, 4)

            asyncio.new_event_loop().run_until_complete(child())

        in_child(work)
        assert (await client.capture.rgb_direct(width=8, height=8)).shape == (8, 8, 4)
        await client.disconnect()

    run(main())


def start(target):
    global TARGET
    TARGET = UESynthClient(target)


def capture(width):
    return TARGET.capture.rgb(width=width, height=8)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_worker_pools(simulator, method, monkeypatch):
    """Each worker makes its client; frames travel as copies."""
    paths = os.pathsep.join(path for path in sys.path if path)
    monkeypatch.setenv("PYTHONPATH", paths)
    context = multiprocessing.get_context(method)
    with context.Pool(3, start, (simulator.target,)) as pool:
        frames = pool.map(capture, range(4, 12))
        pool.close()
        pool.join()
    assert [frame.shape[1] for frame in frames] == list(range(4, 12))
    assert all(frame.info.width == frame.shape[1] for frame in frames)


def use(client):
    return client.capture.rgb(width=9, height=8).shape


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_clients_travel_as_their_configuration(simulator, method, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    client = UESynthClient(simulator.target, timeout=7)
    client.connect()
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.apply(use, (client,)) == (8, 9, 4)
        pool.close()
        pool.join()
    for kind in (UESynthClient, AsyncUESynthClient):
        made = pickle.loads(pickle.dumps(kind(simulator.target, timeout=7, lanes=2)))
        assert type(made) is kind
        assert made.options == kind(simulator.target, timeout=7, lanes=2).options
    client.disconnect()


class Pictures:
    """A data set of torch's: frames as they are, which its loader makes tensors of."""

    def __init__(self, client):
        self.client = client

    def __len__(self):
        return 16

    def __getitem__(self, index):
        rgb = self.client.capture.rgb(width=8, height=8)
        return {"rgb": rgb, "depth": self.client.capture.depth(width=8, height=8)}


@pytest.mark.filterwarnings("ignore:.*(DataLoader will create|not writable)")
def test_data_loader(simulator):
    torch_data = pytest.importorskip("torch.utils.data")

    def shapes(**options):
        loader = torch_data.DataLoader(pictures, batch_size=4, num_workers=4, **options)
        return [[tuple(batch[name].shape) for name in ("rgb", "depth")] for batch in loader]

    def worker_init_fn(_):
        torch_data.get_worker_info().dataset.client = UESynthClient(simulator.target)

    wanted = [[(4, 8, 8, 4), (4, 8, 8)]] * 4
    with UESynthClient(simulator.target) as client:
        pictures = Pictures(client)
        with pytest.raises(uesynth.UESynthForkedError, match="worker_init_fn") as caught:
            shapes(multiprocessing_context="fork")
        assert caught.value.code == uesynth.StatusCode.FORKED
        assert shapes(multiprocessing_context="fork", worker_init_fn=worker_init_fn) == wanted
        # There the client arrives as its configuration.
        assert shapes(multiprocessing_context="spawn") == wanted
        assert client.capture.rgb(width=8, height=8).shape == (8, 8, 4)

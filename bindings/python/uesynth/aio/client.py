"""The asyncio client."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Optional, Type, Union

from .. import _abi, _actions, _arguments, options
from .._client import AnyClient
from ..errors import UESynthError
from ..frame import Frame
from ..options import ClientOptions, GrpcOptions, MetadataPairs
from ._session import Session
from .camera import AsyncCamera
from .capture import AsyncCapture
from .config import AsyncConfig
from .frames import AsyncFrames
from .objects import AsyncObjects
from .scene import AsyncScene


class AsyncUESynthClient(AnyClient):
    """A client of a UESynth server for asyncio.

        async with uesynth.AsyncUESynthClient("localhost:50051") as client:
            request_id = await client.capture.rgb()               # returns at once
            frame = await client.wait_for_frame(request_id)       # red, green, blue, alpha
            cv2.imwrite("frame.png", frame.bgr)                   # OpenCV wants blue first
            depth = await client.capture.depth_direct()           # awaits the frame

    Streaming methods hand a request over and return its id; hundreds may be under way. It starts no
    threads of Python's and runs no Python on the library's. One client belongs to one event loop, the one
    in which it is first used; make one client for each loop. A task that is cancelled cancels its
    request.

    Args:
        address: "host", "host:port", "[::1]:50051", "unix:/path"; "localhost:50051" unless given here, as
            host= and port=, or by the environment (UESYNTH_HOST, UESYNTH_PORT).
        timeout: seconds (5; UESYNTH_TIMEOUT). For streamed requests it bounds the server's silence: its
            clock runs for the oldest request that is not answered yet. Methods that await the answer
            (`_direct`) count from the call: for hundreds at once take streaming ones.
        stream_buffer_size: frames that may wait to be fetched (1024).
        stream_buffer_bytes: memory for these and for messages on their way (512 MiB).
        max_concurrent_requests: past these an awaited submit yields to the loop until there is room
            (1024).
        overflow: what gives way when frames fill the buffer: "block" (nothing: the server waits; if
            nobody fetches, the oldest after one timeout), "drop_oldest", "drop_newest", "latest".
        max_retries: how often a capture is tried again that the engine was not ready for (3): those of the
            `_direct` methods. On its stream the plugin does not say so, and the request ends by its timeout.
        enable_compression, compression: let the server compress while that pays, which the client
            measures: on links of less than some 12 MB/s; or "always". What comes compressed is read
            in any case.
        enable_logging: show the records of `logging.getLogger("uesynth")` (UESYNTH_LOG_LEVEL).
        grpc_options: channel arguments by gRPC's names, as ("grpc.max_receive_message_length", 200 << 20)
            or ("grpc.keepalive_time_ms", 30000). Names that mean nothing here are listed by
            `ignored_grpc_options`.
        pixel_format: "rgb", "bgr", "gray", "rgba" or "bgra": colours come like this, at the cost of one pass over
            the pixels; None: as the server sends them (RGBA).
        preset: "development", "production", "high_throughput" or "low_memory".
        lanes: streams side by side, 1 to 64; a server works each one in order (1).
        distinct_cameras: cameras of different names are different cameras (the plugin has only one), so
            that changes of them need not wait for each other.
        connect_timeout: seconds for one attempt to connect (20).
        enable_ssl: TLS (UESYNTH_ENABLE_SSL); also when one of these paths, in PEM, is given:
            ssl_ca_path: the CA that is trusted, or the server's own certificate; None: the system's CAs.
            ssl_cert_path, ssl_key_path: a certificate and key of the client's, for servers that ask.
        metadata: pairs that go with every call, as [("authorization", "Bearer ...")]; only with TLS, or
            with insecure_metadata=True, for all to read.

    Raises:
        UESynthValueError, UESynthTypeError: an argument cannot be used.
        UESynthConnectionError: the server cannot be reached (from the methods, not from here).
    """

    camera: AsyncCamera
    capture: AsyncCapture
    objects: AsyncObjects
    scene: AsyncScene
    config: AsyncConfig
    frames: AsyncFrames

    def __init__(
        self,
        address: Optional[str] = None,
        *,
        host: Optional[str] = None,
        port: Optional[int] = None,
        timeout: Optional[float] = None,
        max_retries: Optional[int] = None,
        enable_ssl: Optional[bool] = None,
        ssl_cert_path: Optional[str] = None,
        ssl_key_path: Optional[str] = None,
        ssl_ca_path: Optional[str] = None,
        enable_compression: Optional[Union[bool, str]] = None,
        compression: Optional[Union[bool, str]] = None,
        enable_logging: Optional[bool] = None,
        grpc_options: Optional[GrpcOptions] = None,
        preset: Optional[str] = None,
        stream_buffer_size: Optional[int] = None,
        stream_buffer_bytes: Optional[int] = None,
        max_concurrent_requests: Optional[int] = None,
        lanes: Optional[int] = None,
        overflow: Optional[str] = None,
        distinct_cameras: Optional[bool] = None,
        connect_timeout: Optional[float] = None,
        pixel_format: Optional[str] = None,
        metadata: Optional[MetadataPairs] = None,
        insecure_metadata: Optional[bool] = None,
    ) -> None:
        self._set_up(
            options.resolve(
                address,
                host=host,
                port=port,
                preset=preset,
                enable_ssl=enable_ssl,
                ssl_cert_path=ssl_cert_path,
                ssl_key_path=ssl_key_path,
                ssl_ca_path=ssl_ca_path,
                compression=compression,
                enable_logging=enable_logging,
                grpc_options=grpc_options,
                timeout=timeout,
                max_retries=max_retries,
                enable_compression=enable_compression,
                stream_buffer_size=stream_buffer_size,
                stream_buffer_bytes=stream_buffer_bytes,
                max_concurrent_requests=max_concurrent_requests,
                lanes=lanes,
                overflow=overflow,
                distinct_cameras=distinct_cameras,
                connect_timeout=connect_timeout,
                pixel_format=pixel_format,
                metadata=metadata,
                insecure_metadata=insecure_metadata,
            )
        )

    def _set_up(self, chosen: ClientOptions) -> None:
        self._session = session = Session(chosen)
        self.camera = AsyncCamera(session)
        self.capture = AsyncCapture(session)
        self.objects = AsyncObjects(session)
        self.scene = AsyncScene(session)
        self.config = AsyncConfig(session)
        self.frames = AsyncFrames(session)

    @property
    def _any(self) -> Session:
        return self._session

    # ---- Connection -------------------------------------------------------------------------------

    async def connect(self, timeout: Optional[float] = None) -> None:
        """Connects and waits until the server has answered, at most `timeout` seconds (the client's).

        Not needed: the first request connects. It makes a client usable again that was disconnected.
        Raises UESynthConnectionError or UESynthTimeoutError.
        """
        seconds = self.options.timeout if timeout is None else timeout
        await self._session.connect(_arguments.milliseconds(seconds, "timeout") / 1000)

    async def disconnect(self) -> None:
        """Ends what is under way (whoever awaits it gets UESynthConnectionError, CLOSED) and the
        connection. Frames stay valid."""
        self._session.disconnect()

    close = disconnect

    async def __aenter__(self) -> AsyncUESynthClient:
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._session.disconnect()

    async def is_connected(self) -> bool:
        """Is the connection there now? Tries to connect if nothing did before."""
        session = self._session
        if session.is_disconnected:
            return False
        if session.open().state == _abi.STATE_IDLE:
            try:
                await self.connect()
            except (ConnectionError, TimeoutError):
                return False
        return session.open().state == _abi.STATE_READY

    async def ping(self) -> float:
        """Milliseconds from a small request to its answer. The engine answers at its next tick."""
        begin = time.perf_counter()
        await self._session.request(_actions.list_objects())
        return (time.perf_counter() - begin) * 1000

    async def test_connection(self) -> bool:
        """Does the server answer?"""
        try:
            await self.ping()
        except UESynthError:
            return False
        return True

    # ---- Frames and results of streamed requests --------------------------------------------------

    async def get_latest_frame(
        self,
        modality: Optional[str] = None,
        camera_name: Optional[str] = None,
        *,
        peek: bool = False,
    ) -> Optional[Frame]:
        """The newest frame of the streamed captures, once; None if no newer one has come.

        Older frames of the same camera and modality that were not fetched are superseded: they go first
        when room is needed. modality and camera_name narrow the choice; `peek=True` looks without taking,
        so that the same frame may come again.
        """
        return await self._session.latest(modality, camera_name, peek)

    async def get_frame_by_id(self, request_id: str) -> Optional[Frame]:
        """The frame of a streamed capture, once; None if it is not there (yet, or any more)."""
        return await self._session.frame_by_id(request_id)

    async def wait_for_frame(self, request_id: str, timeout: float = 5.0) -> Frame:
        """The frame of a streamed capture, awaited for at most `timeout` seconds (see `AsyncFrames`)."""
        return await self.frames.wait_for_frame(request_id, timeout)

    async def wait_for_result(self, request_id: str, timeout: float = 5.0) -> Any:
        """The reply to a streamed request that was no capture: a CommandResult, a Pose or a list of names.

        Raises what went wrong, and NOT_FOUND for a reply that was given before or is forgotten: the last
        1024 are kept.
        """
        return await self._session.wait_for_result(request_id, timeout)

    async def save(
        self, frame: Frame, path: Any, *, preview: Optional[bool] = None, **options: Any
    ) -> None:
        """As `frame.save`, on a thread of the library: the loop goes on meanwhile. Awaits the file.

        Several may be under way (`asyncio.gather`); they are written in the order of the calls.
        """
        if frame.is_written_here(path, preview):
            frame.save(path, preview=preview, **options)
            return
        await self._session.save(frame, path, frame.file_options(path, preview, options))

    # ---- What it is -------------------------------------------------------------------------------

    @property
    def timeout(self) -> float:
        """Seconds: of streamed requests the server's silence, of those that are awaited the whole."""
        return (self._session.timeout_ms / 1000) or self.options.timeout

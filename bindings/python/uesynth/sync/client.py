"""The blocking client."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Optional, Type, Union

from .. import _abi, _actions, _arguments, options
from .._client import AnyClient
from ..errors import UESynthError
from ..frame import Frame
from ..options import ClientOptions, GrpcOptions, MetadataPairs
from ._session import BlockingSession
from .camera import Camera
from .capture import Capture
from .config import Config
from .objects import Objects
from .scene import Scene


class UESynthClient(AnyClient):
    """A client of a UESynth server whose methods wait for their results.

        import uesynth

        with uesynth.UESynthClient("localhost:50051") as client:
            client.camera.set_location(x=0, y=0, z=200)
            frame = client.capture.rgb(width=640, height=480)   # a numpy array: red, green, blue, alpha
            cv2.imwrite("frame.png", frame.bgr)                 # OpenCV wants blue first

    It connects by itself on first use. All methods may be called from several threads. In the main
    thread Ctrl-C interrupts every one of them within 100 ms, and the request is cancelled.

    Args:
        address: "host", "host:port", "[::1]:50051", "unix:/path"; "localhost:50051" unless given here, as
            host= and port=, or by the environment (UESYNTH_HOST, UESYNTH_PORT).
        timeout: seconds that a method waits for its result (5; UESYNTH_TIMEOUT).
        max_retries: how often a capture is tried again that the engine was not ready for (3), as just after
            Play, within the timeout.
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
        enable_ssl: TLS (UESYNTH_ENABLE_SSL); also when one of these paths, in PEM, is given:
            ssl_ca_path: the CA that is trusted, or the server's own certificate; None: the system's CAs.
            ssl_cert_path, ssl_key_path: a certificate and key of the client's, for servers that ask.
        metadata: pairs that go with every call, as [("authorization", "Bearer ...")]; only with TLS, or
            with insecure_metadata=True, for all to read.
        lanes, distinct_cameras, overflow, stream_buffer_size, stream_buffer_bytes,
            max_concurrent_requests, connect_timeout: as for `AsyncUESynthClient`.
        busy_poll_us: for so many microseconds a thread that waits for an answer looks without sleeping, so that
            it is not held up by being woken; takes a processor.

    Raises:
        UESynthValueError, UESynthTypeError: an argument cannot be used.
        UESynthConnectionError: the server cannot be reached (from the methods, not from here).
    """

    camera: Camera
    capture: Capture
    objects: Objects
    scene: Scene
    config: Config

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
        busy_poll_us: Optional[int] = None,
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
                busy_poll_us=busy_poll_us,
            )
        )

    def _set_up(self, chosen: ClientOptions) -> None:
        self._session = session = BlockingSession(chosen)
        self.camera = Camera(session)
        self.capture = Capture(session)
        self.objects = Objects(session)
        self.scene = Scene(session)
        self.config = Config(session)

    @property
    def _any(self) -> BlockingSession:
        return self._session

    # ---- Connection -------------------------------------------------------------------------------

    def connect(self, timeout: Optional[float] = None) -> None:
        """Connects and waits until the server has answered, at most `timeout` seconds (the client's).

        Not needed: the first method that is called connects. It makes a client usable again that was
        disconnected. Raises UESynthConnectionError or UESynthTimeoutError.
        """
        milliseconds = self._session.timeout_ms
        if timeout is not None:
            milliseconds = _arguments.milliseconds(timeout, "timeout")
        self._session.connect(milliseconds)

    def disconnect(self) -> None:
        """Ends what is under way and the connection. Frames stay valid."""
        self._session.disconnect()

    close = disconnect

    def __enter__(self) -> UESynthClient:
        self.connect()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        try:
            if kind is None:
                self.flush_saves()
        finally:
            self.disconnect()

    def is_connected(self) -> bool:
        """Is the connection there now? Tries to connect if nothing did before."""
        session = self._session
        if session.is_disconnected:
            return False
        if session.core is None or session.core.state == _abi.STATE_IDLE:
            try:
                self.connect()
            except (ConnectionError, TimeoutError):
                return False
        core = session.core
        return core is not None and core.state == _abi.STATE_READY

    def ping(self) -> float:
        """Milliseconds from a small request to its answer. The engine answers at its next tick."""
        begin = time.perf_counter()
        self._session.request(_actions.list_objects())
        return (time.perf_counter() - begin) * 1000

    def test_connection(self) -> bool:
        """Does the server answer?"""
        try:
            self.ping()
        except UESynthError:
            return False
        return True

    # ---- Files ------------------------------------------------------------------------------------

    def save(
        self, frame: Frame, path: Any, *, preview: Optional[bool] = None, **options: Any
    ) -> None:
        """As `frame.save`, on a thread of the library: returns as soon as there is room in its queue (64
        frames, 256 MiB). `flush_saves`, or leaving the `with` block, waits for the files and raises the
        first failure."""
        if frame.is_written_here(path, preview):
            frame.save(path, preview=preview, **options)
            return
        self._session.save(frame, path, frame.file_options(path, preview, options))

    def flush_saves(self) -> None:
        """Waits until all files of `save` are written. Raises the first failure since the last flush."""
        self._session.flush_saves()

    # ---- What it is -------------------------------------------------------------------------------

    @property
    def timeout(self) -> float:
        """Seconds that a method waits for its result."""
        return self._session.timeout_ms / 1000

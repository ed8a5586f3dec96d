"""TLS, and what goes with every call: credentials, mostly."""

from __future__ import annotations

import ctypes
import os
from typing import Any, List, Mapping, NamedTuple, Optional, Tuple, Union

from . import _abi
from .errors import StatusCode, UESynthTypeError, UESynthValueError

Metadata = Tuple[Tuple[str, Union[str, bytes]], ...]


def metadata_of(pairs: Any) -> Metadata:
    """Pairs as they are kept; what HTTP does not allow is for the library to say."""
    if pairs is None:
        return ()
    if isinstance(pairs, Mapping):
        pairs = pairs.items()
    found: List[Tuple[str, Union[str, bytes]]] = []
    try:
        for key, value in pairs:
            if not isinstance(key, str) or not isinstance(value, (str, bytes)):
                raise TypeError
            if "\0" in key or not key.isascii() or (isinstance(value, str) and not value.isascii()):
                raise UESynthValueError(
                    f"metadata {key!r:.80} has to be ASCII; a key that ends with -bin takes bytes",
                    StatusCode.MISUSE,
                )
            found.append((key, value))
    except UESynthValueError:
        raise
    except (TypeError, ValueError):
        # Not the values: they are secrets.
        raise UESynthTypeError(
            'metadata has to be a list of pairs: [("authorization", "Bearer ...")]',
            StatusCode.MISUSE,
        ) from None
    return tuple(found)


class Credentials(NamedTuple):
    """Files in PEM. Without a CA the system's are trusted."""

    ca_path: Optional[str]
    cert_path: Optional[str]
    key_path: Optional[str]
    #: The name that the server's certificate has to have, where it is not the address's.
    server_name: Optional[str] = None

    def pack(
        self, packed: _abi.ClientOptions, is_wanted: bool, metadata: Metadata, is_insecure: bool
    ) -> None:
        """Puts them into the options, which then keep what they point to."""
        if is_wanted:
            tls = _abi.TLSOptions(ctypes.sizeof(_abi.TLSOptions))
            tls.ca_file = _bytes(self.ca_path)
            tls.certificate_file = _bytes(self.cert_path)
            tls.key_file = _bytes(self.key_path)
            tls.server_name = _bytes(self.server_name)
            packed.tls = ctypes.pointer(tls)
        if metadata:
            pairs = (_abi.Metadata * len(metadata))()
            values = [
                value.encode("ascii") if isinstance(value, str) else value for _, value in metadata
            ]
            for pair, (key, _), value in zip(pairs, metadata, values):
                pair.key, pair.size = key.encode("ascii"), len(value)
                pair.value = ctypes.cast(ctypes.c_char_p(value), ctypes.c_void_p)
            packed.metadata = pairs
            packed.metadata_count = len(metadata)
            packed.insecure_metadata = int(bool(is_insecure))
            packed.values = values


def _bytes(path: Optional[str]) -> Optional[bytes]:
    return None if path is None else os.fsencode(path)

"""Overwriting plaintext where it stood in this process's memory, as far as Python lets one."""

from __future__ import annotations

import ctypes
import platform
from typing import Any

from nacl.bindings import crypto_secretstream as _stream

_CPYTHON = platform.python_implementation() == "CPython"
_BEFORE_DATA = bytes.__basicsize__ - 1


def wipe(data: bytes) -> None:
    """Overwrite bytes that nobody needs any more, and that were made for the caller alone.

    Python frees them and leaves what they held. Where bytes are laid out otherwise than CPython does,
    nothing is done.
    """
    # Python shares empty and single bytes.
    if _CPYTHON and len(data) > 1:
        ctypes.memset(id(data) + _BEFORE_DATA, 0, len(data))


def wipe_state(state: Any) -> None:
    """Overwrite the buffer in which PyNaCl leaves the last piece of a stream that it opened."""
    buffer = getattr(state, "rawbuf", None)
    if buffer is not None:
        ffi: Any = vars(_stream)["ffi"]
        ffi.memmove(buffer, bytes(ffi.sizeof(buffer)), ffi.sizeof(buffer))

"""Where compiled kernels are kept and found again: in the first of several folders that has or takes them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from numba.core import config
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile

ENVIRONMENT = "DISRUPT_CACHE"
"""Names a folder for compiled kernels, read even where it cannot be written (a read-only container)."""

_PACKAGE = Path(__file__).resolve().parents[1]


def folders(source: Path) -> list[Path]:
    """Where the kernels of a module may be, best first; none need exist or be writable.

    The folder that DISRUPT_CACHE names, numba's own NUMBA_CACHE_DIR, beside the module, the user's cache.
    """
    room = source.parent.name
    found = [Path(named) / room for named in (os.environ.get(ENVIRONMENT), config.CACHE_DIR) if named]
    found.append(source.parent / "__pycache__")
    personal = os.environ.get("XDG_CACHE_HOME")
    with suppress(RuntimeError):  # a user without a home
        base = Path(personal) if personal else Path.home() / ".cache"
        found.append(base / "disrupt" / room)
    return [folder for folder in found if not _is_anybodys(folder)]


def _is_anybodys(folder: Path) -> bool:
    """Whether others than root and this user may write to it: what is read from there is run."""
    with suppress(OSError):
        status = folder.stat()
        if hasattr(os, "geteuid"):
            mine = status.st_uid in (0, os.geteuid())
            return not mine or bool(status.st_mode & 0o002)
    return False


@cache
def stamp() -> bytes:
    """Changes with any kernel: one that was inlined into another's machine code counts as well."""
    digest = hashlib.sha256()
    rooms = ("fingerprint", "matching", "protocol")
    for path in sorted(path for room in rooms for path in _PACKAGE.glob(f"{room}/**/*.py")):
        text = path.read_bytes()
        if b"numba" in text or b"_jit" in text:
            digest.update(hashlib.sha256(text).digest())
    return digest.digest()


class _Locator:
    """What numba asks about a function's source; the folder is the cache's own affair."""

    def __init__(self, line: int) -> None:
        self._line = line

    @classmethod
    def from_function(cls, function: Callable[..., object], file: str) -> _Locator:
        return cls(function.__code__.co_firstlineno)

    def get_cache_path(self) -> str:
        return ""

    def get_source_stamp(self) -> bytes:
        return stamp()

    def get_disambiguator(self) -> str:
        return str(self._line)


class _Form(CompileResultCacheImpl):  # type: ignore[misc]  # numba has no types
    _locator_classes = (_Locator,)


class KernelCache(FunctionCache):  # type: ignore[misc]  # numba has no types
    """Compiled forms of one function. What cannot be read is compiled anew, what cannot be kept is not."""

    _impl_class = _Form

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(function)
        self.folders = folders(Path(function.__code__.co_filename))
        base = self._impl.filename_base
        self._files = [IndexDataCacheFile(str(folder), base, stamp()) for folder in self.folders]

    def load_overload(self, signature: object, target: Any) -> Any:
        """The compiled form for these argument types from the first folder that has it, else None."""
        target.refresh()
        key = self._index_key(signature, target.codegen())
        for number, file in enumerate(self._files):
            # Unreadable, cut short, of another version: whatever is wrong with it, it is not there.
            with suppress(Exception):
                data = file.load(key)
                if data is not None:
                    found = self._impl.rebuild(target, data)
                    if number and os.environ.get(ENVIRONMENT):
                        self._keep(key, data, 1)  # the folder that is named is to have everything
                    return found
        return None

    def save_overload(self, signature: object, compiled: Any) -> None:
        """Keep it in the first folder that takes it; where none does, the process does without."""
        if not self._impl.check_cachable(compiled):
            return
        key, data = self._index_key(signature, compiled.codegen), self._impl.reduce(compiled)
        self._keep(key, data, len(self._files))

    def _keep(self, key: object, data: object, most: int) -> None:
        """Write to the first of the first `most` folders that takes it."""
        for folder, file in zip(self.folders[:most], self._files, strict=False):
            with suppress(OSError):
                folder.mkdir(mode=0o755, parents=True, exist_ok=True)
                file.save(key, data)
                return

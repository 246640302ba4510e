"""The one way kernels are compiled: found again on disk where they were kept, compiled afresh where not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numba

from disrupt.fingerprint._kernel_cache import KernelCache

Kernel = TypeVar("Kernel", bound=Callable[..., object])

REORDER = {"contract", "reassoc", "nsz", "arcp"}
"""Floating-point freedoms for sums; infinities and NaN keep their meaning."""

_KERNELS: list[Any] = []


@dataclass(frozen=True, slots=True)
class Loaded:
    """Machine code of this process so far: `found` on disk, and `compiled` here, about a second each."""

    found: int
    compiled: int


def cached(**options: Any) -> Callable[[Kernel], Kernel]:
    """`numba.njit` whose compiled code is kept on disk; `_kernel_cache` says where.

    Where no folder can be written, and none has it (a read-only container whose image was made without
    `disrupt warm`), each process compiles anew, which takes half a minute.
    """

    def decorate(function: Kernel) -> Kernel:
        compiled: Any = numba.njit(**options)(function)
        compiled._cache = KernelCache(function)
        _KERNELS.append(compiled)
        kernel: Kernel = compiled
        return kernel

    return decorate


def kernel(*, exact: bool = False) -> Callable[[Kernel], Kernel]:
    """Compile a function to machine code that releases the interpreter lock.

    With `exact` each operation is rounded as IEEE 754 says and none is reordered or fused.
    """
    return cached(nogil=True, fastmath=False if exact else REORDER)


def loaded() -> Loaded:
    """What this process has loaded and compiled."""
    stats = [one.stats for one in _KERNELS]
    return Loaded(
        sum(sum(one.cache_hits.values()) for one in stats),
        sum(sum(one.cache_misses.values()) for one in stats),
    )

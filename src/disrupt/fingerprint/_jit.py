"""The one way kernels are compiled: cached on disk where a disk may be written, compiled afresh where not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])

REORDER = {"contract", "reassoc", "nsz", "arcp"}
"""Floating-point freedoms for sums; infinities and NaN keep their meaning."""


def cached(**options: Any) -> Callable[[Kernel], Kernel]:
    """`numba.njit` whose compiled code is kept on disk.

    It is kept beside the module, or in the user's cache folder, or in NUMBA_CACHE_DIR. Where none of them can
    be written (a read-only container without a home), each process compiles anew, which takes seconds: set
    NUMBA_CACHE_DIR to a writable folder there.
    """

    def decorate(function: Kernel) -> Kernel:
        try:
            compiled: Kernel = numba.njit(cache=True, **options)(function)
        except RuntimeError:  # numba: "cannot cache function: no locator available"
            compiled = numba.njit(**options)(function)
        return compiled

    return decorate


def kernel(*, exact: bool = False) -> Callable[[Kernel], Kernel]:
    """Compile a function to machine code that releases the interpreter lock.

    With `exact` each operation is rounded as IEEE 754 says and none is reordered or fused.
    """
    return cached(nogil=True, fastmath=False if exact else REORDER)

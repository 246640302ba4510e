"""Processor operations that numba has no name for: count bits, prefetch, compare 32 words at once."""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]  # it has no types
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 32  # words compared by one `near_lanes`
_I1, _I16, _I32, _I64 = (ir.IntType(n) for n in (1, 16, 32, 64))


@intrinsic
def popcount64(_typing: Any, value: Any) -> Any:
    """The number of bits set in a uint64."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), codegen


@intrinsic
def trailing_zeros32(_typing: Any, value: Any) -> Any:
    """The index of the lowest bit set in a uint32 (32 for zero)."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(_I1, 0))

    return types.uint32(types.uint32), codegen


@intrinsic
def prefetch(_typing: Any, array: Any, index: Any) -> Any:
    """Ask for the cache line that holds element `index` of a contiguous 1-D array; never faults."""
    size = array.dtype.bitwidth // 8

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        data = context.make_array(array)(context, builder, args[0]).data
        address = builder.add(builder.ptrtoint(data, _I64), builder.mul(args[1], ir.Constant(_I64, size)))
        byte = ir.IntType(8).as_pointer()
        fn = builder.module.declare_intrinsic(
            "llvm.prefetch", [byte], ir.FunctionType(ir.VoidType(), [byte, _I32, _I32, _I32])
        )
        flags = [ir.Constant(_I32, n) for n in (0, 3, 1)]  # read, keep, data
        builder.call(fn, [builder.inttoptr(address, byte), *flags])
        return context.get_dummy_value()

    return types.void(array, types.int64), codegen


@intrinsic
def near_lanes(_typing: Any, words: Any, index: Any, word: Any, counted: Any, limit: Any) -> Any:
    """Which of `words[index : index + 32]` are within `limit` of the `counted` bits of `word`: a 32-bit mask.

    `words` is a contiguous 1-D uint16 array with at least 32 elements from `index` on.
    """
    lanes = ir.VectorType(_I16, LANES)

    def splat(builder: Any, value: Any) -> Any:
        one = builder.insert_element(ir.Constant(lanes, ir.Undefined), value, ir.Constant(_I32, 0))
        zeros = ir.Constant(ir.VectorType(_I32, LANES), [0] * LANES)
        return builder.shuffle_vector(one, ir.Constant(lanes, ir.Undefined), zeros)

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        data = context.make_array(words)(context, builder, args[0]).data
        address = builder.add(builder.ptrtoint(data, _I64), builder.shl(args[1], ir.Constant(_I64, 1)))
        loaded = builder.load(builder.inttoptr(address, lanes.as_pointer()), align=2, typ=lanes)
        bits = builder.and_(builder.xor(loaded, splat(builder, args[2])), splat(builder, args[3]))
        signature = ir.FunctionType(lanes, [lanes])
        count = cgutils.get_or_insert_function(builder.module, signature, f"llvm.ctpop.v{LANES}i16")
        near = builder.icmp_unsigned("<=", builder.call(count, [bits]), splat(builder, args[4]))
        return builder.bitcast(near, _I32)

    return types.uint32(words, types.int64, types.uint16, types.uint16, types.uint16), codegen

"""Compiled code for what is done to every byte: plain functions that Numba compiles as they stand, given addresses.

It is used where the kernel runs compiled (`at_hand`), so that nobody waits for a compiler; elsewhere Arrow does the
same, several times slower.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final

import numpy as np

from tariffs.cdr import steps
from tariffs.cdr.steps import LINE_END, STEP, TURN, WIDE
from tariffs.rating import compiled
from tariffs.rating.compiled import Entry

OPTIONS: Final[dict[str, Any]] = {"nogil": True, "error_model": "numpy", "_nrt": False}

OCTETS, WHOLE, LONGS = "uint8", "int32", "int64"
OCTETS_EACH, WHOLE_EACH, LONGS_EACH = "each uint8", "each int32", "each int64"
"""Kinds of arguments: addresses of arrays, and of tables of such addresses."""


def at_hand() -> bool:
    """Whether the compiled kernel is in use, so that compiled code costs hardly any start."""
    return compiled.in_use() and sys.byteorder == "little"


def addresses(arrays: Sequence[Any]) -> Any:
    """Where arrays lie; 0 for those that are none. Whoever uses it keeps the arrays meanwhile."""
    return np.array([0 if array is None else array.ctypes.data for array in arrays], np.uintp)


def entry(module: ModuleType, name: str, arguments: Sequence[Any], keep: bool) -> Entry:
    """A function of a module compiled, for these kinds of arguments, or whole numbers (int). It returns one, and holds
    no lock."""
    import numba

    function = vars(_compilable(module))[name].py_func
    function.__qualname__ = f"{name}_{compiled.version(module, steps, sys.modules[__name__])}"
    code: Any = numba.cfunc(signature(arguments), cache=keep, **OPTIONS)(function)
    given = [ctypes.c_int64 if argument is int else ctypes.c_void_p for argument in arguments]
    return Entry(ctypes.CFUNCTYPE(ctypes.c_int64, *given)(code.address), code)


def signature(arguments: Sequence[Any]) -> Any:
    """What Numba is told of a function that takes these kinds of arguments."""
    from numba import types

    pointer: Any = types.CPointer
    octets, whole, longs = pointer(types.uint8), pointer(types.int32), pointer(types.int64)
    kinds: dict[Any, Any] = {OCTETS: octets, WHOLE: whole, LONGS: longs, int: types.int64}
    kinds |= {OCTETS_EACH: pointer(octets), WHOLE_EACH: pointer(whole), LONGS_EACH: pointer(longs)}
    return types.int64(*[kinds[argument] for argument in arguments])


def _functions(module: ModuleType) -> dict[str, Any]:
    """The functions that a module defines itself, by name."""
    found = {name: value for name, value in vars(module).items() if isinstance(value, FunctionType)}
    return {name: function for name, function in found.items() if function.__module__ == module.__name__}


@cache
def _compilable(module: ModuleType) -> ModuleType:
    """The module once more, its functions compiled when they are called, as are those of `steps`."""
    import numba

    copied = compiled.second_copy(module)
    known = _steps() if module is steps else {name: vars(_compilable(steps))[name] for name in _functions(steps)}
    vars(copied).update({name: known[name] for name in known if name in vars(copied)})
    for name, function in _functions(copied).items():
        if name not in known:
            setattr(copied, name, numba.njit(function, **compiled.OPTIONS, **compiled.INNER))
    return copied


@cache
def _steps() -> dict[str, Any]:
    """The functions of `steps` that are one step of a processor, in the language of LLVM."""
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    octet, long, place = ir.IntType(8), ir.IntType(64), ir.IntType(32)
    row: Any = ir.VectorType(octet, WIDE)
    step: Any = ir.VectorType(octet, STEP)

    def at(build: Any, kind: Any, data: Any, where: Any) -> Any:
        return build.bitcast(build.gep(data, [where]), kind.as_pointer())

    def loaded(build: Any, kind: Any, data: Any, where: Any) -> Any:
        found = build.load(at(build, kind, data, where))
        found.align = 1
        return found

    def everywhere(build: Any, sign: Any) -> Any:
        nothing = ir.Constant(row, ir.Undefined)
        one = build.insert_element(nothing, build.trunc(sign, octet), ir.Constant(place, 0))
        return build.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(place, WIDE), [0] * WIDE))

    def bits(build: Any, flags: Any) -> Any:
        return build.zext(build.bitcast(flags, ir.IntType(WIDE)), long)

    def equal(build: Any, args: Any, *signs: int) -> Any:
        look = loaded(build, row, args[0], args[1])
        flags = build.icmp_unsigned("==", look, everywhere(build, args[2]))
        for sign in signs:
            flags = build.or_(flags, build.icmp_unsigned("==", look, ir.Constant(row, [sign] * WIDE)))
        return bits(build, flags)

    def negative(build: Any, args: Any) -> Any:
        return bits(build, build.icmp_signed("<", loaded(build, row, *args), ir.Constant(row, [0] * WIDE)))

    def moved(build: Any, args: Any) -> None:
        stored = build.store(loaded(build, step, args[0], args[1]), at(build, step, args[2], args[3]))
        stored.align = 1

    @intrinsic
    def marks(_: Any, data: Any, begin: Any, sign: Any) -> Any:
        return types.int64(data, begin, sign), lambda ctx, build, sig, args: equal(build, args, LINE_END)

    @intrinsic
    def strange(_: Any, data: Any, begin: Any, sign: Any) -> Any:
        return types.int64(data, begin, sign), lambda ctx, build, sig, args: equal(build, args, TURN, 0)

    @intrinsic
    def beyond(_: Any, data: Any, begin: Any) -> Any:
        return types.int64(data, begin), lambda ctx, build, sig, args: negative(build, args)

    @intrinsic
    def lowest(_: Any, number: Any) -> Any:
        return types.int64(number), lambda ctx, build, sig, args: build.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    @intrinsic
    def move(_: Any, source: Any, begin: Any, target: Any, to: Any) -> Any:
        return types.void(source, begin, target, to), lambda ctx, build, sig, args: moved(build, args)

    @intrinsic
    def word(_: Any, data: Any, begin: Any) -> Any:
        return types.int64(data, begin), lambda ctx, build, sig, args: loaded(build, long, *args)

    return {"marks": marks, "strange": strange, "beyond": beyond, "lowest": lowest, "move": move, "word": word}

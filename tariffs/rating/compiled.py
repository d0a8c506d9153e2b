"""The kernel compiled by Numba: the same source, loaded a second time, every function compiled as it stands.

The compiled code is kept on disk where there is a writable place, so that only the first run waits for it: where
NUMBA_CACHE_DIR says, else beside the source, else in the user's cache.
"""

from __future__ import annotations

import ctypes
import hashlib
import inspect
import sys
from collections.abc import Callable, Sequence
from functools import cache
from threading import RLock
from types import FunctionType, ModuleType
from typing import Any, NamedTuple, TypeVar

import numpy as np

from tariffs.rating import digits, kernel, rated_rows, rows
from tariffs.rating.packing import RatingTables

PARTS = (digits, kernel, rows, rated_rows)

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "forceinline": True, "_nrt": False}
"""Nothing in the kernel makes an array, and who holds one need not be counted: without `_nrt` a call takes a third."""
INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Of functions that Python does not call."""


def arrays(tables: RatingTables) -> RatingTables:
    """The tables as contiguous arrays: int64, and int16 for the segments of mobile numbers."""
    return RatingTables(np.array(tables.heap, dtype=np.int64), np.array(tables.segments, dtype=np.int16))


class Arrays(NamedTuple):
    """The arguments of `rated_rows.rate_grouped`. `segments`: int16. `status`: int8. The rest: see GROUPS."""

    longs: Sequence[Any]
    whole: Sequence[Any]
    octets: Sequence[Any]
    indices: Sequence[Any]
    values: Sequence[Any]
    plain_values: Sequence[Any]
    segments: Any
    status: Any


_ONE_AT_A_TIME = RLock()
"""Threads that rate first batches at once wait for one compilation, and do not each make their own."""
Made = TypeVar("Made")
GROUPS = (np.int64, np.int32, np.uint8, np.int32, np.int64, np.int64)
"""The types of the first fields of Arrays."""


def rate_grouped(given: Arrays, rows: tuple[int, int, int]) -> None:
    """`rated_rows.rate_grouped`, compiled. Other threads run meanwhile. Raises TypeError for a wrong type of array."""
    groups = [np.array([_address(array, kind) for array in group], dtype=np.uintp)
              for group, kind in zip(given, GROUPS, strict=False)]  # fmt: skip
    segments, status = _address(given.segments, np.int16), _address(given.status, np.int8)
    entry().call(*(group.ctypes.data for group in groups), segments, status, *rows)


def _address(array: Any, kind: Any) -> int:
    if array.dtype != kind or array.ndim != 1 or not array.flags.c_contiguous:
        raise TypeError(f"the compiled kernel takes flat arrays of {np.dtype(kind)}, not {array.dtype}")
    address: int = array.ctypes.data
    return address


class Entry(NamedTuple):
    """Compiled code: how to call it, which releases the interpreter lock, and what holds it in memory."""

    call: Callable[..., Any]
    code: Any


def entry() -> Entry:
    """`rated_rows.rate_grouped`, from where it was kept or compiled now; threads may share it.

    It takes pointers: with arrays each look-up would first see whether its place is counted from the end, and a call
    would take a third longer.
    """
    return kept(_entry)


def compiled_kernel() -> ModuleType:
    """A module with all functions of PARTS; those of `rows` named `…_rows` are called with arrays and compiled then.

    They release the interpreter lock.
    """
    return kept(_module)


def in_use() -> bool:
    """Whether anything has been compiled in this process, so that more of it costs hardly any start."""
    return _once.cache_info().currsize > 0


def kept(compile_: Callable[[bool], Made]) -> Made:
    """What a function compiles, once a process, whatever threads ask; it is told whether to keep it on the disk."""
    with _ONE_AT_A_TIME:
        made: Made = _once(compile_)
    return made


@cache
def _once(compile_: Callable[[bool], Made]) -> Made:
    """What has been compiled, kept on disk if it can be."""
    try:
        return compile_(True)
    except (RuntimeError, OSError):  # a read-only file system: Numba finds no place, or cannot write there
        return compile_(False)


def _entry(keep: bool) -> Entry:
    import numba
    from numba import from_dtype, types

    function = vars(compiled_kernel())["rate_grouped"].py_func
    function.__qualname__ = f"rate_grouped_{version(*PARTS)}"
    pointer: Any = types.CPointer
    groups = [pointer(pointer(from_dtype(np.dtype(kind)))) for kind in GROUPS]
    signature = types.void(*groups, pointer(types.int16), pointer(types.int8), *[types.int64] * 3)
    code: Any = numba.cfunc(signature, cache=keep, **OPTIONS)(function)
    return Entry(ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 8, *[ctypes.c_int64] * 3)(code.address), code)


def _module(keep: bool) -> ModuleType:
    import numba

    made: dict[str, Any] = {}
    for part in PARTS:
        module = second_copy(part)
        vars(module).update({name: made[name] for name in made if name in vars(module)})
        for name, function in list(vars(module).items()):
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                if part is rows and name.endswith("_rows"):
                    function.__qualname__ = f"{name}_{version(*PARTS)}"
                    made[name] = numba.njit(function, cache=keep, **OPTIONS)
                else:
                    made[name] = numba.njit(function, **OPTIONS, **INNER)
                setattr(module, name, made[name])
    vars(module).update(made)
    return module


def version(*parts: ModuleType) -> str:
    """Numba keeps compiled code by name and by the age of one file: as part of the name this tells all files apart."""
    sources = "".join(inspect.getsource(part) for part in (*parts, sys.modules[__name__]))
    return hashlib.sha256(sources.encode()).hexdigest()[:16]


def second_copy(part: ModuleType) -> ModuleType:
    """The module once more, with functions of its own."""
    assert part.__file__ is not None
    module = ModuleType(f"{part.__name__}_compiled")
    module.__file__ = part.__file__
    sys.modules[module.__name__] = module  # where Numba looks for it when it takes compiled code from its cache
    exec(compile(inspect.getsource(part), part.__file__, "exec"), vars(module))
    return module

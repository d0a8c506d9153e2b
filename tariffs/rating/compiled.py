"""The kernel compiled by Numba: the same source, loaded a second time, every function compiled as it stands.

The compiled code is kept on disk where there is a writable place, so that only the first run waits for it.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from tariffs.rating import digits, kernel, rows
from tariffs.rating.packing import RatingTables

PARTS = (digits, kernel, rows)

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "forceinline": True, "_nrt": False}
"""Nothing in the kernel makes an array, and who holds one need not be counted: without `_nrt` a call takes a third."""


def arrays(tables: RatingTables) -> RatingTables:
    """The tables as contiguous arrays: int64, and int16 for the segments of mobile numbers."""
    return RatingTables(np.array(tables.heap, dtype=np.int64), np.array(tables.segments, dtype=np.int16))


@cache
def compiled_kernel() -> ModuleType:
    """A module with all functions of PARTS, compiled when first called. They release the interpreter lock."""
    try:
        return _compiled(keep=True)
    except RuntimeError:  # Numba finds no place to keep compiled code: a read-only file system
        return _compiled(keep=False)


def _compiled(keep: bool) -> ModuleType:
    import numba

    sources = "".join(inspect.getsource(part) for part in PARTS)
    version = hashlib.sha256(f"{sources}{OPTIONS}".encode()).hexdigest()[:16]
    made: dict[str, Any] = {}
    for part in PARTS:
        module = _second_copy(part)
        vars(module).update({name: made[name] for name in made if name in vars(module)})
        for name, function in list(vars(module).items()):
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                # Numba keeps compiled code by name and by the age of one file: the name tells all files apart
                function.__qualname__ = f"{name}_{version}"
                made[name] = numba.njit(function, cache=keep, **OPTIONS)
                setattr(module, name, made[name])
    vars(module).update(made)
    return module


def _second_copy(part: ModuleType) -> ModuleType:
    """The module once more, with functions of its own."""
    assert part.__file__ is not None
    spec = spec_from_file_location(f"{part.__name__}_compiled", part.__file__)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # where Numba looks for it when it takes compiled code from its cache
    spec.loader.exec_module(module)
    return module

"""The kernel compiled by Numba: the same source, loaded a second time, every function compiled as it stands.

The compiled code is kept on disk where there is a writable place, so that only the first run waits for it.
"""

from __future__ import annotations

import inspect
import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import numpy as np

from tariffs.rating import kernel
from tariffs.rating.packing import RatingTables


def arrays(tables: RatingTables) -> RatingTables:
    """The tables as contiguous arrays: int64, and int16 for the segments of mobile numbers."""
    return RatingTables(np.array(tables.heap, dtype=np.int64), np.array(tables.segments, dtype=np.int16))


@cache
def compiled_kernel() -> ModuleType:
    """The kernel as a module whose functions are compiled when first called. They release the interpreter lock."""
    try:
        return _compiled(keep=True)
    except RuntimeError:  # Numba finds no place to keep compiled code: a read-only file system
        return _compiled(keep=False)


def _compiled(keep: bool) -> ModuleType:
    import numba

    spec = spec_from_file_location("tariffs.rating.kernel_compiled", kernel.__file__)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # where Numba looks for it when it takes compiled code from its cache
    spec.loader.exec_module(module)
    for name, function in list(vars(module).items()):
        if inspect.isfunction(function) and function.__module__ == module.__name__:
            setattr(module, name, numba.njit(function, cache=keep, nogil=True, error_model="numpy"))
    return module

"""What a command needs beyond one call: extras of the package, asked for before anything is read."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Final

from tariffs.cli.failures import Wrong
from tariffs.language import Words

MODULES: Final[dict[str, tuple[str, ...]]] = {
    "files": ("pyarrow", "numpy", "numba", "duckdb", "rich"),
    "report": ("pyarrow", "numpy", "numba", "duckdb", "rich", "altair", "vl_convert", "jinja2", "docx", "xlsxwriter"),
    "studio": ("pyarrow", "numba", "duckdb", "altair", "vl_convert", "jinja2", "starlette", "uvicorn", "multipart"),
    "spark": ("pyspark",),
}
"""By extra the modules by which it is known to be there."""


def require(extra: str, words: Words) -> None:
    """Raises Wrong with the command that installs an extra, where a module of it is missing."""
    missing = [name for name in MODULES[extra] if find_spec(name) is None]
    if missing:
        said = words.gettext(
            "This command needs the extra {extra} ({names} cannot be imported). In the folder of the project: {command}"
        )
        command = f"python3 -m pip --python {sys.executable} install '.[{extra}]'"
        raise Wrong(said.format(extra=extra, names=words.join(missing), command=command))

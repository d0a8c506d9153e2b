"""Runs the commands as a user does: inside this process, or as a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from tariffs.cli.program import program

ROOT = Path(__file__).resolve().parents[2]
SMALL = str(Path(__file__).parent / "rules" / "small.yaml")
FEES = str(Path(__file__).parent / "rules" / "fees.yaml")


def run(*arguments: str, **environment: str) -> Result:
    """The command in this process, in English unless the environment says otherwise."""
    env: dict[str, str | None] = {"TARIFFS_LANG": "en", **environment}
    return CliRunner().invoke(program, list(arguments), env=env, prog_name="tariffs")


def process(
    *arguments: str, input: bytes | None = None, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TARIFFS_LANG": "en", **environment}
    return subprocess.run(
        [sys.executable, "-m", "tariffs", *arguments], input=input, cwd=cwd, env=env, capture_output=True, check=False
    )


def complaint(result: Result, code: int) -> str:
    """The message of a command that must fail in an orderly way with this exit code."""
    assert "Traceback" not in result.output
    assert code == result.exit_code, result.output
    return result.stderr

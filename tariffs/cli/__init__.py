"""The command line: one thin module a command, imported when the command runs."""

from __future__ import annotations

import gc


def main() -> None:
    """What the `tariffs` script runs. Leaves through SystemExit with the exit code."""
    # Imports and rules are objects by the hundred thousand that all stay: looking through them again and again for what
    # can go took a fifth of the time of a start.
    gc.set_threshold(50_000, 20, 20)
    try:
        # The language comes first: help texts and click's own words are looked up while modules are imported.
        from tariffs.cli.speech import speak

        speak()
        from tariffs.cli.program import program

        program.main(prog_name="tariffs")
    except KeyboardInterrupt:
        raise SystemExit(130) from None

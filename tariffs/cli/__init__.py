"""The command line: one thin module a command, imported when the command runs."""

from __future__ import annotations


def main() -> None:
    """What the `tariffs` script runs. Leaves through SystemExit with the exit code."""
    try:
        # The language comes first: help texts and click's own words are looked up while modules are imported.
        from tariffs.cli.speech import speak

        speak()
        from tariffs.cli.program import program

        program.main(prog_name="tariffs")
    except KeyboardInterrupt:
        raise SystemExit(130) from None

"""How reading and writing fail: as one sentence for the user, never as a traceback."""

from __future__ import annotations


class CdrError(Exception):
    """What stops a run. The message is complete, for a person, and never holds a telephone number."""

    exit_code = 4


class InputError(CdrError):
    """An input cannot be read, or an output cannot be written: the file, what is wrong, what to do."""


class RequestError(CdrError):
    """The request contradicts itself or names something that does not exist: wrong usage."""

    exit_code = 2


class InternalError(CdrError):
    """The counts do not add up. Nothing has been put under the final name."""


class Paused(KeyboardInterrupt):
    """A run that writes one file for each input was interrupted: what is finished stays, the rest can be resumed."""

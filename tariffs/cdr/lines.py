"""Text cut into blocks of whole lines, in constant memory whatever the length of a line."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

import numpy as np

from tariffs.cdr.failures import InputError

BLOCK: Final = 8 << 20
LONGEST_LINE: Final = 1 << 20
"""Bytes. A longer line is no record: it is suspended with its beginning only."""
KEPT_OF_LONG: Final = 4096
_PIECE: Final = 1 << 16
_ASCII: Final = 'a0,;\t|"\r\n'
_NOT_BY_LINE: Final = ("utf-16", "utf-32", "utf-7", "hz", "iso2022")
"""Encodings in which the byte of a line end may mean something else."""
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, each ended by LF (CR LF stays as it is); `line` is the number of the first one.

    `too_long`: this is the beginning of one line longer than LONGEST_LINE. `last`: nothing follows.
    """

    data: bytes
    line: int
    too_long: bool = False
    last: bool = False


def text_stream(stream: IO[bytes], encoding: str, name: str) -> tuple[IO[bytes], str]:
    """The stream and its encoding; those like UTF-16 arrive as UTF-8, in which a line end is a byte of its own."""
    start = _peek(stream, 4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-32" if start in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE) else "utf-16"
    try:
        codec = codecs.lookup(encoding)
    except LookupError as error:
        raise InputError(f"{name}: {encoding!r} is not an encoding; use utf-8, gbk, gb18030, latin-1 …") from error
    if codec.name.startswith(_NOT_BY_LINE) or _ASCII.encode(codec.name, "replace") != _ASCII.encode():
        return _Recoded(stream, codec, name), "utf-8"  # type: ignore[return-value]
    return stream, codec.name


def _peek(stream: IO[bytes], size: int) -> bytes:
    peek = getattr(stream, "peek", None)
    found: bytes = peek(size)[:size] if peek is not None else b""
    return found


class _Recoded:
    """A stream in another encoding, read as UTF-8."""

    def __init__(self, stream: IO[bytes], codec: codecs.CodecInfo, name: str) -> None:
        if codec.incrementaldecoder is None:
            raise InputError(f"{name}: {codec.name} cannot be read piece by piece; convert the file to UTF-8")
        self._stream, self._decoder, self._codec, self._name = stream, codec.incrementaldecoder(), codec.name, name

    def read(self, size: int = -1) -> bytes:
        while True:
            data = self._stream.read(size)
            try:
                text = self._decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                raise InputError(f"{self._name}: not {self._codec} throughout; convert the file to UTF-8") from error
            if text or not data:
                return text.encode("utf-8", "replace")


def blocks(stream: IO[bytes], block: int = BLOCK) -> Iterator[Block]:
    """The lines of a stream in blocks; line ends CR LF stay, CR alone becomes LF.

    CR ends a line only in a file whose first block holds no LF at all. The last block is marked, and may be empty.
    """
    data = _fill(stream, block).removeprefix(_BOM)
    turns = b"\n" not in data and b"\r" in data
    line, held = 1, b""
    while True:
        data = data.replace(b"\r", b"\n") if turns else data
        cut = data.rfind(b"\n") + 1
        if not data:
            yield Block(held, line, last=True)
            return
        if cut:
            whole = b"".join((held, memoryview(data)[:cut]))
            yield Block(whole, line)
            line += _line_ends(whole)
            held = data[cut:]
        else:
            held += data
        if len(held) > LONGEST_LINE:
            yield Block(held[:KEPT_OF_LONG], line, too_long=True)
            line += 1
            # What was read beyond it holds whole lines, as what is read next does.
            held, data = b"", _after_line(stream, block, b"\r" if turns else b"\n") + _fill(stream, block)
        else:
            data = _fill(stream, block)


def _line_ends(data: bytes) -> int:
    """How many lines these are; piece by piece in the cache, six times as fast as `count`."""
    look = np.frombuffer(data, np.uint8)
    return sum(int(np.count_nonzero(look[at : at + _PIECE] == ord("\n"))) for at in range(0, len(look), _PIECE))


def _fill(stream: IO[bytes], size: int) -> bytes:
    """`size` bytes, fewer only at the end of the stream."""
    pieces = [stream.read(size)]
    missing = size - len(pieces[0])
    while missing > 0 and pieces[-1]:
        pieces.append(stream.read(missing))
        missing -= len(pieces[-1])
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _after_line(stream: IO[bytes], size: int, end: bytes) -> bytes:
    """Reads on to the end of the present line; what was read beyond it."""
    while data := stream.read(size):
        found = data.find(end)
        if found >= 0:
            rest = data[found + 1 :]
            return rest.replace(b"\r", b"\n") if end == b"\r" else rest
    return b""

"""Makes the files of this folder again, byte for byte:

    python examples/make.py

All calls are synthetic (docs/sample.md); examples/README.md says which file is which.
"""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path
from typing import Final

import tariffs
from tariffs.cdr.sample import Sample
from tariffs.cdr.sample_files import write_sample

HERE: Final = Path(__file__).resolve().parent
MONTH: Final = "2011-10"
SEED: Final = 1

EXPORT: Final = ("流水号", "主叫号码", "被叫号码", "呼叫开始时间", "通话时长", "接通标志", "运营商", "数据来源")
"""The columns of the operator's export: serial number, caller, called, start, duration, connected, operator, source."""
EXPORTED: Final = 60


def main(folder: Path = HERE) -> None:
    """Writes every example into `folder`."""
    book = tariffs.load("prd")
    month = Sample(book, MONTH, 3000, SEED)
    write_sample(month, folder / "guangdong-2011-10.csv")
    write_sample(Sample(book, MONTH, 300, SEED, Fraction(1, 5)), folder / "guangdong-2011-10-bad.csv")
    (folder / "operator-export.csv").write_bytes(operator_export(month))


def operator_export(sample: Sample) -> bytes:
    """The first calls of Guangzhou's fixed lines as a local exchange might export them.

    In GBK, with CR LF; callers without area code, times without zone, durations in words and whole seconds.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(EXPORT)
    written = 0
    for fields, _ in sample.records():
        call = {column: value or "" for column, value in fields.items()}
        if not call["caller"].startswith("020"):
            continue
        start = call["start"][:19].replace("-", "/").replace("T", " ")
        answered = "接通" if call["answered"] == "true" else "未接通"
        caller = call["caller"].removeprefix("020")
        writer.writerow(
            [call["id"], caller, call["called"], start, _words(call["duration"]), answered, "中国电信", "合成数据"]
        )
        written += 1
        if written == EXPORTED:
            break
    return text.getvalue().encode("gbk")


def _words(duration: str) -> str:
    """`89.31` as `1分30秒`: a second that has begun counts."""
    seconds, hundredths = map(int, duration.split("."))
    minutes, seconds = divmod(seconds + (hundredths > 0), 60)
    return f"{minutes}分{seconds}秒" if minutes else f"{seconds}秒"


if __name__ == "__main__":
    main()

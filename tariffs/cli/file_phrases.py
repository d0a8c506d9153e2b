"""The sentences in which reading calls and writing results fail; `phrases` looks them up."""

from __future__ import annotations

from typing import Final

from tariffs.language import N_

SENTENCES: Final = (
    # what is read
    N_("no input: name files, folders or patterns, or `-` for standard input"),
    N_("{file}: the same input stands here twice (as {other} before); its calls would count twice"),
    N_("{file}: the folder holds no file of calls (looked for {endings})"),
    N_("{file}: no file matches this pattern"),
    N_("{file}: there is no such file, no folder of calls, and nothing of this pattern"),
    N_("{file}: a folder of results has to lie on this machine; name a file to write to"),
    N_("{file}: no such file or folder"),
    N_("{file}: no such file or folder; did you mean {other}?"),
    N_("{file}: the file is empty"),
    N_("{file}: this holds results of earlier runs only; name one to rate its calls again"),
    N_("{file}: the compressed data is damaged or cut off; fetch the file again"),
    N_("{file}: the name ends in {ending}, but the content is not compressed so"),
    N_("{file}: this is a Parquet file under another name; name it .parquet"),
    N_("{file}: not a Parquet file (it does not begin with PAR1)"),
    N_("{file}: Parquet compresses its own columns; unpack the file first"),
    N_("{file}: no line holds a JSON object"),
    N_("{file}: the first line is too long to be a header or a record"),
    N_("{file}: the header cannot be read: {why}"),
    N_("{file}: {n} columns; at most {most} can be read"),
    N_("{file}: two columns are called {name}"),
    N_("{file}: the file changed while it was read; run again when it is complete"),
    N_("{file}: {encoding} is not an encoding; use utf-8, gbk, gb18030, latin-1 …"),
    N_("{file}: {encoding} cannot be read piece by piece; convert the file to UTF-8"),
    N_("{file}: not {encoding} throughout; convert the file to UTF-8"),
    N_("{file}: cannot be read: {why}"),
    # columns and mappings
    N_("{file}: no column for {what}; its columns are: {columns_there}. Rename the columns, or say with a mapping "
       "(--map) where they are."),
    N_("{file}: no column for {what}; did you mean {near}?; its columns are: {columns_there}. Rename the columns, or "
       "say with a mapping (--map) where they are."),
    N_("{file}: no column {what}; its columns are: {columns_there}. Mend the mapping, or rename the columns."),
    N_("{file}: this could be {what}: say which with --map"),
    N_("{file}: {n} of its first {most} records look like {name}, and the others do not; say --map {map} if that is "
       "what it is"),
    N_("{file}: dates without a year need `year:`"),
    # suspense files
    N_("{file}: --retry takes suspense files, and this is none"),
    N_("{file}: not a suspense file (its first line does not say so)"),
    N_("{file}: the suspense file holds no record: there is nothing to rate again"),
    N_("{file}: a record stands before any section"),
    N_("{file}: this line of the suspense file is not JSON; mend it"),
    N_("{file}: this line of the suspense file is no JSON object; mend it"),
    N_("{file}: this section of the suspense file is not as it was written"),
    N_("{file}: a record of the suspense file needs `raw` (a text) and `line` (a number)"),
    # holders, keys
    N_("{file}: not a number of the rulebook's numbering plan; write it with its area code"),
    N_("{file}: no line of the file is about the add-on {name}"),
    N_("{file}: the line is too long"),
    N_("{file}: holders are CSV with a header: {names}"),
    N_("{file}: there is no column `number`; holders have {names}"),
    N_("{file}: {n} columns instead of {most}"),
    N_("{file}: not a day; write it as 2012-01-01"),
    N_("{file}: the key cannot be read: {why}"),
    N_("{file}: a key needs at least {most} bytes, and this has {n}; make one with: {command}"),
    N_("{file}: the key store is of another version; begin a new one under another name"),
    N_("{file}: the key store cannot be opened: {why}"),
    N_("{file}: the keys of this run could not be kept: {why}; its results are complete; run it again to keep its "
       "keys"),
    N_("--keys remembers records by their key: name its columns with --duplicate-key, or in the mapping"),
    # what is written
    N_("a byte order mark (--bom) belongs to CSV only"),
    N_("Parquet cannot go to standard output: name a file"),
    N_("{file}: the ending does not say what to write; end it in {endings}"),
    N_("{file}: two outputs of this run cannot go to one file"),
    N_("{file}: there is no folder {folder} to write into"),
    N_("{file}: this is a folder; name a file to write to"),
    N_("{file}: this is a device or pipe; use `-o -` to write to standard output"),
    N_("{file}: this is {input}, and would be overwritten; choose another output name"),
    N_("{file}: cannot be written: {why}"),
    # runs into a folder
    N_("{file}: this is a folder; name a file to write to, or end it in a slash for one for each input"),
    N_("{file}: this is a file; leave the slash away to replace it"),
    N_("{file}: this is {input}, and would be overwritten; choose another folder"),
    N_("{file}: there is no folder {folder} to make it in"),
    N_("{file}: a run into this folder was not finished; --resume goes on with it, and without {folder} it begins "
       "anew"),
    N_("{file}: the run to be resumed was another one; not the same: {names}"),
    N_("--resume goes on with a run into a folder: end the output in a slash (-o rated/)"),
    N_("--suspense names one file, and a folder of results has one for each input"),
    N_("standard input has no name for a file in a folder: name a file to write to"),
)  # fmt: skip

SYSTEM: Final = (
    N_("No such file or directory"), N_("Permission denied"), N_("Is a directory"), N_("Not a directory"),
    N_("No space left on device"), N_("Read-only file system"), N_("File exists"), N_("Input/output error"),
    N_("File name too long"), N_("Too many open files"), N_("Operation not permitted"),
)  # fmt: skip
"""What systems say, in the words of the C library."""

INPUTS: Final = (
    N_("an input"), N_("the key of this run"), N_("the mapping of this run"), N_("a file of holders of this run"),
    N_("a file of this run's rulebook"), N_("the key store of this run"),
)  # fmt: skip
"""What a run reads."""

"""Reading CSV without losing or altering a row.

Python's ``csv`` with ``strict=True`` and a field count per row is the one reader that never lost or altered a row
silently. A file without a single quote is split by pyarrow instead, which gives the same and is several times faster
(``tests/python/test_reader.py`` compares the two).
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import pyarrow as pa
import pyarrow.csv as pa_csv

from leadhouse.errors import LeadhouseError

LONGEST_CELL = 64 * 2**20
"""Characters in a cell, or in a line, beyond which a file is taken for one with an unterminated quote."""

CHUNK_BYTES = 8 * 2**20
BATCH_ROWS = 50_000
BATCH_CHARACTERS = 16 * 2**20
BOM = b"\xef\xbb\xbf"


class RefusedFile(LeadhouseError):
    """The file as a whole cannot be read.

    Args:
        message: why, without the file's name and without anything from inside it: it is kept in the ledger.
        detail: what was found in it, for the terminal only; in a file without a header it may be personal.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class NotClean(Exception):
    """The file needs the strict reader."""


@dataclass(frozen=True)
class Reject:
    """A row that cannot be read.

    Args:
        line: the line of the file on which it begins, from 1.
        text: the row as it stands in the file, without its line end; a NUL byte is shown as ``␀``.
        reason: why it was rejected.
    """

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Scan:
    """What one pass over a file found.

    Args:
        header: the cells of the first row.
        rows_read: rows after the header; blank lines are no rows.
        rejects: the first few rows that cannot be read, as examples.
        rows_rejected: how many there are.
        content_hash: SHA-256 of the content in one normal form; the same for any line ends, quoting or BOM.
        is_clean: the fast reader gives the same rows.
    """

    header: tuple[str, ...]
    rows_read: int
    rejects: tuple[Reject, ...]
    rows_rejected: int
    content_hash: str
    is_clean: bool


def scan(path: Path, examples: int = 3) -> Scan:
    """Read a whole file once, keeping nothing but counts and hashes.

    Raises:
        RefusedFile: it is no CSV file: wrong encoding, no header, an unterminated quote.
    """
    _refuse_other_formats(path)
    try:
        return _scan_clean(path)
    except NotClean:
        return _scan_strictly(path, examples)


def batches(path: Path, columns: tuple[str, ...], is_clean: bool) -> Iterator[pa.Table]:
    """Yield the rows that can be read as tables of text columns.

    Args:
        path: a file that ``scan`` has accepted.
        columns: a name for each column of the file, in order.
        is_clean: as ``scan`` said.
    """
    if is_clean:
        for chunk in _clean_chunks(path, header=False):
            yield _split(chunk, columns)
        return
    rows: list[list[str]] = []
    characters = 0
    for row in strict_rows(path):
        if isinstance(row, Reject):
            continue
        rows.append(row)
        characters += sum(map(len, row))
        if len(rows) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield _table(rows, columns)
            rows, characters = [], 0
    if rows:
        yield _table(rows, columns)


def rejects(path: Path) -> Iterator[Reject]:
    """Yield the rows that cannot be read."""
    return (row for row in strict_rows(path) if isinstance(row, Reject))


def strict_rows(path: Path) -> Iterator[list[str] | Reject]:
    """Yield each row after the header, or why it cannot be read.

    Raises:
        RefusedFile: the text is not UTF-8, or a quote is never closed.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = _Lines(file)
        reader = _reader(lines)
        width = len(_next_row(reader, lines, path) or [])
        while True:
            lines.taken.clear()
            first_line = reader.line_num + 1
            try:
                row = _next_row(reader, lines, path)
            except csv.Error as error:
                yield lines.reject(first_line, _explain(error))
                continue
            if row is None:
                return
            if not row:
                continue
            if len(row) != width:
                yield lines.reject(first_line, f"expected {width} fields, found {len(row)}")
            elif any("\0" in cell for cell in row):
                yield lines.reject(first_line, "NUL byte")
            else:
                yield row


def _scan_clean(path: Path) -> Scan:
    digest = hashlib.sha256()
    header: tuple[str, ...] = ()
    rows = 0
    for chunk in _clean_chunks(path, header=True):
        digest.update(chunk)
        if not header:
            first, _, chunk = chunk.partition(b"\n")  # noqa: PLW2901 - the rest of the chunk is rows
            header = tuple(first.decode().split(","))
        if chunk:
            rows += _split(chunk, tuple(map(str, range(len(header))))).num_rows
    if not header:
        raise RefusedFile("the file is empty")
    return Scan(header, rows, (), 0, digest.hexdigest(), True)


def _scan_strictly(path: Path, examples: int) -> Scan:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = _Lines(file)
        try:
            header = _next_row(_reader(lines), lines, path)
        except csv.Error as error:
            raise RefusedFile(f"line 1: the header cannot be read ({_explain(error)})") from error
    if header is None:
        raise RefusedFile("the file is empty")
    if not header:
        raise RefusedFile("line 1: there is no header")
    if any("\0" in cell for cell in header):
        raise RefusedFile("line 1: NUL bytes in the header; the file looks like UTF-16: save it as UTF-8")
    digest = hashlib.sha256(_canonical(header).encode())
    found: list[Reject] = []
    rows = rejected = 0
    for row in strict_rows(path):
        rows += 1
        if isinstance(row, Reject):
            rejected += 1
            if len(found) < examples:
                found.append(row)
            digest.update(b"\0" + "\n".join(row.text.splitlines()).encode() + b"\n")
        else:
            digest.update(_canonical(row).encode())
    return Scan(tuple(header), rows, tuple(found), rejected, digest.hexdigest(), False)


def _canonical(row: list[str]) -> str:
    """One row in the normal form that is hashed: quotes only where they are needed, line ends as line feeds."""
    line = ",".join(row)
    if '"' in line or "\n" in line or "\r" in line or line.count(",") != len(row) - 1:
        cells = (cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row)
        line = ",".join(
            '"' + cell.replace('"', '""') + '"' if set(cell) & set('",\n') else cell for cell in cells
        )
    return line + "\n"


def _clean_chunks(path: Path, *, header: bool) -> Iterator[bytes]:
    """Yield whole lines, each ended by a line feed, that can be split at every comma."""
    with path.open("rb") as file:
        is_first = True
        for block in _whole_lines(file):
            chunk = block
            if is_first:
                chunk = chunk.removeprefix(BOM)
            if b"\r" in chunk:
                chunk = chunk.replace(b"\r\n", b"\n")
            unclean = (
                any(mark in chunk for mark in (b'"', b"\0", b"\r", b"\n\n", BOM))
                or chunk.startswith(b"\n")
                or not chunk.endswith(b"\n")
            )
            if unclean:
                raise NotClean
            if is_first and not header:
                chunk = chunk.partition(b"\n")[2]
            is_first = False
            if chunk:
                yield chunk


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    rest = b""
    while block := file.read(CHUNK_BYTES):
        end = block.rfind(b"\n") + 1
        if end:
            yield rest + block[:end]
            rest = block[end:]
        else:
            rest += block
        if len(rest) > LONGEST_CELL:
            raise NotClean
    if rest:
        yield rest + b"\n"


def _split(chunk: bytes, columns: tuple[str, ...]) -> pa.Table:
    try:
        return pa_csv.read_csv(
            pa.BufferReader(chunk),
            read_options=pa_csv.ReadOptions(column_names=list(columns), block_size=max(len(chunk), 1)),
            parse_options=pa_csv.ParseOptions(quote_char=False, double_quote=False, ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False, check_utf8=True
            ),
        )
    except pa.ArrowInvalid as error:
        raise NotClean from error


def _table(rows: list[list[str]], columns: tuple[str, ...]) -> pa.Table:
    return pa.table(
        {
            name: pa.array(cells, pa.string())
            for name, cells in zip(columns, zip(*rows, strict=True), strict=True)
        }
    )


def _refuse_other_formats(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        raise RefusedFile("the file is UTF-16 or UTF-32; save it as UTF-8")
    if start == b"PK\x03\x04":
        raise RefusedFile("the file is an Excel workbook or another zip archive; save it as CSV")


class _Lines:
    """The lines of a file for ``csv.reader``, which also remembers those that belong to the row being read."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.taken: list[str] = []
        self.at_end = False

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(LONGEST_CELL):
            if len(line) >= LONGEST_CELL:
                raise RefusedFile(f"a line is longer than {LONGEST_CELL:,} characters: this is no CSV file")
            self.taken.append(line)
            yield line
        self.at_end = True

    def reject(self, line: int, reason: str) -> Reject:
        return Reject(line, "".join(self.taken).rstrip("\r\n").replace("\0", "␀"), reason)


def _reader(lines: _Lines) -> Any:
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(lines, strict=True)


def _next_row(reader: Any, lines: _Lines, path: Path) -> list[str] | None:
    """The next row, or ``None`` at the end of the file."""
    line = reader.line_num + 1
    try:
        row: list[str] = next(reader)
        return row
    except StopIteration:
        return None
    except UnicodeDecodeError as error:
        raise RefusedFile(_not_utf8(path)) from error
    except csv.Error as error:
        if lines.at_end:
            raise RefusedFile(f"line {line}: a quote is opened and never closed") from error
        if "limit" in str(error):
            raise RefusedFile(
                f"line {line}: a cell is longer than {LONGEST_CELL:,} characters; is a quote never closed?"
            ) from error
        raise


def _not_utf8(path: Path) -> str:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                byte = line[error.start]
                return f"line {number}: byte 0x{byte:02x} is not UTF-8; convert it (iconv -f WINDOWS-1252 -t UTF-8)"
    return "the file is not UTF-8"


def _explain(error: csv.Error) -> str:
    text = str(error)
    return "text after a closing quote" if "expected after" in text else text

"""Bytes: the CSV forms in which the sources deliver, down to line ends and the missing last one."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.csv

Row = Sequence[str]

ROWS_BETWEEN_REPORTS = 500_000


@dataclass(frozen=True)
class Form:
    """How a source writes its files (UTF-8, quotes only where needed).

    Args:
        line_end: between lines.
        ends_with_line_end: whether it also follows the last line.
    """

    line_end: str = "\n"
    ends_with_line_end: bool = False


def write_rows(path: Path, header: Row, rows: Iterable[Row], form: Form) -> int:
    """Write a small table, whatever its cells hold. Returns the number of rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator=form.line_end)
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
        _end(file, form)
    return count


def write_batches(path: Path, header: Row, batches: Iterable[pa.Table]) -> Iterator[int]:
    """Write a big table of numbers and plain text, none of which needs quotes.

    Yields:
        The number of rows so far, after each batch.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
    count = 0
    with path.open("wb") as file:
        file.write((",".join(header) + "\n").encode())
        for batch in batches:
            pyarrow.csv.write_csv(batch, file, options)
            count += batch.num_rows
            yield count


def write_side_by_side(
    headers: Mapping[Path, Row], entries: Iterable[tuple[Path, Row]], form: Form
) -> Iterator[tuple[Path, int, bool]]:
    """Write several tables whose rows come mixed, whatever their cells hold.

    Args:
        headers: of each file.
        entries: the file of each row, and the row.
        form: of all of them.

    Yields:
        A file, the number of its rows so far, and whether these are all: now and then the one that has just grown, and
        at the end each.
    """
    counts = dict.fromkeys(headers, 0)
    with ExitStack() as stack:
        files, writers = {}, {}
        for path, header in headers.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            files[path] = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            writers[path] = csv.writer(files[path], lineterminator=form.line_end)
            writers[path].writerow(header)
        for place, (path, row) in enumerate(entries, start=1):
            writers[path].writerow(row)
            counts[path] += 1
            if place % ROWS_BETWEEN_REPORTS == 0:
                yield path, counts[path], False
        for file in files.values():
            _end(file, form)
    for path, count in counts.items():
        yield path, count, True


def _end(file: TextIO, form: Form) -> None:
    """Take the last line end away where the source does not write it."""
    if not form.ends_with_line_end:
        file.flush()
        file.truncate(file.tell() - len(form.line_end))

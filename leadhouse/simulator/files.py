"""Bytes: the CSV forms in which the sources deliver, down to line ends and the missing last one."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

Row = Sequence[str]


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
        if not form.ends_with_line_end:
            file.flush()
            file.truncate(file.tell() - len(form.line_end))
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

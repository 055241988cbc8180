"""Reading CSV: malformed files of every kind, and both readers against each other."""

import csv
import io
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extract.files import reader
from extract.files.reader import RefusedFile, Reject, Scan, batches, rejects, scan, strict_rows


@pytest.fixture
def write(tmp_path: Path):
    """Write a file of the given bytes and return its path."""

    def write(content: bytes) -> Path:
        path = tmp_path / "file.csv"
        path.write_bytes(content)
        return path

    return write


def rows_of(path: Path) -> list[list[str]]:
    """All rows that ``batches`` gives."""
    found = scan(path)
    columns = tuple(f"c{number}" for number in range(len(found.header)))
    tables = batches(path, columns, found.is_clean)
    return [list(row.values()) for table in tables for row in table.to_pylist()]


PLAIN = [["1", "x"], ["2", "y"]]

READABLE = {
    "plain": (b"a,b\n1,x\n2,y\n", PLAIN),
    "no newline at the end": (b"a,b\n1,x\n2,y", PLAIN),
    "carriage return and line feed": (b"a,b\r\n1,x\r\n2,y\r\n", PLAIN),
    "carriage returns only": (b"a,b\r1,x\r2,y\r", PLAIN),
    "mixed line ends": (b"a,b\r\n1,x\n2,y\r", PLAIN),
    "BOM": (b"\xef\xbb\xbfa,b\n1,x\n2,y\n", PLAIN),
    "BOM before a quoted header": (b'\xef\xbb\xbf"a",b\n1,x\n2,y\n', PLAIN),
    "blank lines": (b"a,b\n\n1,x\n\r\n2,y\n\n\n", PLAIN),
    "everything quoted": (b'"a","b"\n"1","x"\n"2","y"\n', PLAIN),
    "header only": (b"a,b\n", []),
    "header only, no newline": (b"a,b", []),
    "line break in a cell": (b'a,b\n1,"x\n \n z"\n', [["1", "x\n \n z"]]),
    "line break and carriage return in a cell": (b'a,b\n1,"x\r\nz"\n', [["1", "x\r\nz"]]),
    "doubled quotes": (b'a,b\n1,"K"" Street LLC"""\n', [["1", 'K" Street LLC"']]),
    "quote inside an unquoted cell": (b'a,b\n1,5" pipe\n', [["1", '5" pipe']]),
    "comma in a quoted cell": (b'a,b\n1,"x,y"\n', [["1", "x,y"]]),
    "empty cells": (b"a,b\n,\n1,\n", [["", ""], ["1", ""]]),
    "blanks stay": (b"a,b\n 1 ,\tx \n", [[" 1 ", "\tx "]]),
    "words that other readers take for null": (b"a,b\nNULL,NaN\n\\N,NA\n", [["NULL", "NaN"], ["\\N", "NA"]]),
    "non-breaking space, emoji, combining": ("a,b\n\u00a01,x\u0301😀\n".encode(), [["\u00a01", "x\u0301😀"]]),
    "line and paragraph separators are no line ends": (
        "a,b\n1,x\u2028y\u2029z\u0085\n".encode(),
        [["1", "x\u2028y\u2029z\u0085"]],
    ),
    "vertical tab and form feed are no line ends": (b"a,b\n1,x\x0by\x0cz\n", [["1", "x\x0by\x0cz"]]),
    "one column": (b"a\n1\n2\n", [["1"], ["2"]]),
}


@pytest.mark.parametrize(("content", "expected"), READABLE.values(), ids=READABLE.keys())
def test_readable_file_gives_exactly_its_rows(write, content: bytes, expected: list[list[str]]) -> None:
    path = write(content)
    found = scan(path)
    assert (found.rows_read, found.rows_rejected) == (len(expected), 0)
    assert rows_of(path) == expected


REJECTED = {
    "too few fields": (b"a,b\n1\n2,y\n", 2, "1", "expected 2 fields, found 1"),
    "too many fields": (b"a,b\n1,x,z\n2,y\n", 2, "1,x,z", "expected 2 fields, found 3"),
    "trailing comma": (b"a,b\n1,x,\n2,y\n", 2, "1,x,", "expected 2 fields, found 3"),
    "blank line of blanks": (b"a,b\n  \n2,y\n", 2, "  ", "expected 2 fields, found 1"),
    "stray quote": (b'a,b\n"1"x,y\n2,y\n', 2, '"1"x,y', "text after a closing quote"),
    "stray quote over two lines": (b'a,b\n1,"x\nz"!\n2,y\n', 2, '1,"x\nz"!', "text after a closing quote"),
    "NUL byte": (b"a,b\n1,x\x00\n2,y\n", 2, "1,x␀", "NUL byte"),
    "a quote that closes in the next row": (
        b'a,b\n1,"x\n1,"y"\n2,y\n',
        2,
        '1,"x\n1,"y"',
        "text after a closing quote",
    ),
    "after a cell with line breaks": (b'a,b\n"1\n\n1",x\n9\n2,y\n', 5, "9", "expected 2 fields, found 1"),
}


@pytest.mark.parametrize(("content", "line", "text", "reason"), REJECTED.values(), ids=REJECTED.keys())
def test_row_that_cannot_be_read_is_kept_with_its_line_and_reason(
    write, content: bytes, line: int, text: str, reason: str
) -> None:
    path = write(content)
    found = scan(path)
    assert list(rejects(path)) == [Reject(line, text, reason)]
    assert found.rejects == (Reject(line, text, reason),)
    assert found.rows_rejected == 1
    assert rows_of(path)[-1] == ["2", "y"]
    assert found.rows_read == len(rows_of(path)) + 1


REFUSED = {
    "empty": (b"", "the file is empty"),
    "BOM only": (b"\xef\xbb\xbf", "the file is empty"),
    "blank first line": (b"\na,b\n1,x\n", "there is no header"),
    "UTF-16, little endian": ("a,b\n1,x\n".encode("utf-16"), "UTF-16"),
    "UTF-16, big endian": (b"\xfe\xff" + "a,b\n1,x\n".encode("utf-16-be"), "UTF-16"),
    "UTF-16 without a BOM": ("a,b\n1,x\n".encode("utf-16-le"), "UTF-16"),
    "UTF-32": ("a,b\n1,x\n".encode("utf-32"), "UTF-32"),
    "Latin-1": ("a,b\n1,é\n".encode("latin-1"), "line 2: byte 0xe9 is not UTF-8"),
    "Latin-1 in a quoted file": ('a,b\n"1",é\n'.encode("latin-1"), "line 2: byte 0xe9 is not UTF-8"),
    "Latin-1 far behind": (
        b"a,b\n" + b"1,x\n" * 300_000 + b"1,\xe9\n",
        "line 300002: byte 0xe9 is not UTF-8",
    ),
    "unterminated quote": (b'a,b\n1,x\n2,"y\n3,z\n', "line 3: a quote is opened and never closed"),
    "unterminated quote in the header": (b'a,"b\n1,x\n', "line 1: a quote is opened and never closed"),
    "stray quote in the header": (b'"a"x,b\n1,x\n', "line 1: the header cannot be read"),
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xb5\xfc\n", "an Excel workbook"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_file_that_is_no_csv_is_refused_whole(write, content: bytes, reason: str) -> None:
    with pytest.raises(RefusedFile, match=reason) as refused:
        scan(write(content))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("quote", [b"", b'"'], ids=["plain", "quoted"])
def test_cell_of_ten_megabytes_is_read_whole(write, quote: bytes) -> None:
    long = b"x" * 10 * 2**20
    path = write(b"a,b\n1," + quote + long + quote + b"\n2,y\n")
    assert rows_of(path) == [["1", long.decode()], ["2", "y"]]


@pytest.mark.parametrize("content", [b"x" * 4096, b'"' + b"x\n" * 4096], ids=["line", "cell"])
def test_endless_line_or_cell_is_refused(write, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(reader, "LONGEST_CELL", 1024)
    with pytest.raises(RefusedFile, match="longer than 1,024 characters"):
        scan(write(b"a,b\n1," + content))


SAME = [
    b'a,b\n1,x\n2,"y\nz"\n',
    b'a,b\r\n1,x\r\n2,"y\r\nz"\r\n',
    b'\xef\xbb\xbf"a","b"\r"1","x"\r"2","y\rz"',
    b'a,b\n\n1,x\n2,"y\nz"\n\n',
]


def test_content_hash_does_not_see_line_ends_quoting_or_bom(write) -> None:
    assert len({scan(write(content)).content_hash for content in SAME}) == 1
    plain = [b"a,b\n1,x\n", b"a,b\r\n1,x", b'"a",b\n1,"x"\n', b"\xef\xbb\xbfa,b\n1,x"]
    assert len({scan(write(content)).content_hash for content in plain}) == 1


DIFFERENT = [
    b"a,b\n1,x\n",
    b"a,b\n1,x \n",
    b"a,b\n1,\n",
    b"A,b\n1,x\n",
    b"b,a\n1,x\n",
    b"a,b\n1,x\n1,x\n",
    b'a,b\n1,"x,"\n',
    b"a,b\n1,x,\n",
]


def test_content_hash_sees_every_other_difference(write) -> None:
    assert len({scan(write(content)).content_hash for content in DIFFERENT}) == len(DIFFERENT)


CELL = st.text(alphabet=st.sampled_from("ab1 ,\"\n\r;'\t\u00e9\u2028\ufeff\x0b"), max_size=6)
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=12)


@given(
    rows=ROWS,
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@settings(max_examples=300, deadline=None)
def test_written_rows_come_back_unaltered(
    tmp_path_factory: pytest.TempPathFactory, rows, line_end: str, quoting: Literal[0, 1]
) -> None:
    text = io.StringIO(newline="")
    if any(set(cell) & set("\r\n") for row in rows for cell in row):
        quoting = csv.QUOTE_ALL  # Python's writer quotes no line end but its own
    csv.writer(text, lineterminator=line_end, quoting=quoting).writerows([["k", "v"], *rows])
    path = tmp_path_factory.mktemp("rows") / "file.csv"
    path.write_bytes(text.getvalue().encode())
    read = list(strict_rows(path))
    assert [row for row in read if not isinstance(row, Reject)] == [row for row in rows if len(row) == 2]
    assert len(read) == len(rows)


@given(
    text=st.text(alphabet=st.sampled_from("ab,,\n\n\r\x00\ufeff\u00e9 "), max_size=40),
    chunk=st.sampled_from([4, 16, 4096]),
)
@settings(max_examples=500, deadline=None)
@example(text="a,b\n1,2\n", chunk=4)
@example(text="\ufeff\ufeffa,b\n1,2\n", chunk=4096)
@example(text="a,b\n\ufeff1,2\n", chunk=4)
def test_fast_reader_gives_the_same_as_the_strict_one(
    tmp_path_factory: pytest.TempPathFactory, text: str, chunk: int
) -> None:
    path = tmp_path_factory.mktemp("same") / "file.csv"
    path.write_bytes(("k,v\n" + text).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "CHUNK_BYTES", chunk)
        found = scan(path)
        rows = rows_of(path)
    strict = reader._scan_strictly(path, 3)
    assert found == Scan(
        strict.header,
        strict.rows_read,
        strict.rejects,
        strict.rows_rejected,
        strict.content_hash,
        found.is_clean,
    )
    assert rows == [row for row in strict_rows(path) if not isinstance(row, Reject)]


def test_a_file_without_quotes_takes_the_fast_reader(write) -> None:
    assert scan(write(b"a,b\r\n1,x\r\n")).is_clean
    assert not scan(write(b'a,b\n1,"x"\n')).is_clean

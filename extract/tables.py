"""The raw tables: which there are, their columns, and under which names a file may bring them.

A declared column exists in its raw table even when no file has brought it yet; all columns are text.
"""

from dataclasses import dataclass

META_COLUMNS = {"_period": "text", "_file_id": "text", "_row_number": "bigint", "_run_id": "text"}
"""Columns of every raw table beside the declared ones: the delivery's month (``YYYY-MM``) and the file
(``operations.files.file_id``), both null for rows from an API; the row's place in the delivery or, from an API, in the
table, counted from 1; and the run of the extraction (``operations.runs.run_id``) that landed it over an API, null for
rows of files."""


@dataclass(frozen=True)
class Column:
    """One declared column of a raw table.

    Args:
        name: its name in the raw table.
        required: a file without it is refused.
        aliases: other headers that mean the same column. Case, blanks and underscores never matter.
    """

    name: str
    required: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One raw table.

    Args:
        source: the source's name; the table lies in schema ``raw_<source>``.
        name: the table's name.
        columns: the declared columns, in order.
        file_names: stems of the files that feed it, beside its own name.
        is_found_by_header: its files may have any name; the header tells that they are its.
    """

    source: str
    name: str
    columns: tuple[Column, ...]
    file_names: tuple[str, ...] = ()
    is_found_by_header: bool = False

    @property
    def schema(self) -> str:
        """The schema that the table lies in."""
        return f"raw_{self.source}"


def required(name: str, *aliases: str) -> Column:
    """A column that every file must bring."""
    return Column(name, True, aliases)


def optional(name: str, *aliases: str) -> Column:
    """A column that a file may lack; it is then null."""
    return Column(name, False, aliases)

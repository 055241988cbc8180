"""What is handed from deciding to loading to putting in force."""

from dataclasses import dataclass
from pathlib import Path

from extract.files import ledger
from extract.files.headers import Header
from extract.runs import Run
from extract.tables import Table

REJECTED = "rejected_rows"
"""The table of ``raw_incoming`` for the rows that cannot be read."""


@dataclass(frozen=True)
class AcceptedFile:
    """A file that is to be landed.

    Args:
        entry: what the ledger will say of it.
        header: its columns.
        copy: our own copy of it, which nobody changes under us.
        is_clean: as ``reader.scan`` said.
    """

    entry: ledger.Entry
    header: Header
    copy: Path
    is_clean: bool

    @property
    def incoming_table(self) -> str:
        """The table that its rows are loaded into first."""
        return f"file_{self.entry.file_id}"


@dataclass(frozen=True)
class Delivery:
    """All files of one table and period in one command.

    Args:
        table: the raw table.
        period: the month, ``YYYY-MM``.
        files: the files, in the order in which their rows count.
        replaces_all: every period of the table goes, not only this one, and whatever came over an API.
        run: what ``operations.runs`` will say of it.
    """

    table: Table
    period: str
    files: tuple[AcceptedFile, ...]
    replaces_all: bool
    run: Run

"""Which column of a file is which column of its raw table."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extract.files.reader import RefusedFile
from extract.tables import META_COLUMNS, Table

LONGEST_NAME = 63
"""Characters that Postgres keeps of a name."""

MOST_COLUMNS = 1_000
"""Fewer than Postgres takes, so that new ones can still be added."""

SYSTEM_COLUMNS = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}
"""Names that every Postgres table has already."""


@dataclass(frozen=True)
class Header:
    """A file's header, resolved against its table.

    Args:
        columns: for each column of the file the name of its raw column, in the file's order.
        new: headers that the table does not declare, with the name each gets.
        renamed: declared columns that came under another name.
        missing: declared columns that the file lacks; they are null.
        is_reordered: the declared columns came in another order.
        fingerprint: short hash of the header as it came, without regard to case and spacing.
    """

    columns: tuple[str, ...]
    new: dict[str, str]
    renamed: dict[str, str]
    missing: tuple[str, ...]
    is_reordered: bool
    fingerprint: str


def resolve(table: Table, cells: Sequence[str]) -> Header:
    """Find each header's column: by its name, then by name or alias without regard to case, blanks and underscores.

    Raises:
        RefusedFile: a required column is missing, or two headers mean the same column.
    """
    if len(cells) > MOST_COLUMNS:
        raise RefusedFile(
            f"the header has {len(cells):,} columns; {MOST_COLUMNS:,} are the most that a table takes"
        )
    found = _match(table, cells)
    absent = [column.name for column in table.columns if column.name not in found.values()]
    lacking = [column.name for column in table.columns if column.required and column.name in absent]
    if lacking:
        raise RefusedFile(_lacking(table, lacking, cells), _shown(cells))
    new = _names_for_new(
        {position: cell for position, cell in enumerate(cells) if position not in found},
        {column.name for column in table.columns},
    )
    columns = tuple(found.get(position) or new[position] for position in range(len(cells)))
    declared = [found[position] for position in sorted(found)]
    in_order = [column.name for column in table.columns if column.name in declared]
    return Header(
        columns=columns,
        new={cells[position] or f"(blank, column {position + 1})": name for position, name in new.items()},
        renamed={cells[position]: name for position, name in found.items() if _fold(cells[position]) != name},
        missing=tuple(absent),
        is_reordered=declared != in_order,
        fingerprint=hashlib.sha256("\x1f".join(map(_fold, cells)).encode()).hexdigest()[:16],
    )


def recognise(tables: Iterable[Table], cells: Sequence[str]) -> Table:
    """The table that a header belongs to: all its required columns are there.

    Raises:
        RefusedFile: it belongs to none.
    """
    scored: list[tuple[int, int, Table]] = []
    for table in tables:
        names = set(_match(table, cells).values())
        lacking = sum(column.required and column.name not in names for column in table.columns)
        scored.append((-lacking, len(names), table))
    best_lacking, matched, best = max(scored, key=lambda entry: entry[:2])
    if best_lacking == 0:
        return best
    if not matched:
        raise RefusedFile("the header is of no known file", _shown(cells))
    names = set(_match(best, cells).values())
    lacking_names = [column.name for column in best.columns if column.required and column.name not in names]
    raise RefusedFile(_lacking(best, lacking_names, cells), _shown(cells))


def _match(table: Table, cells: Sequence[str]) -> dict[int, str]:
    """Positions of the file's columns that the table declares, with the names there."""
    exact = {column.name: column.name for column in table.columns}
    loose = {
        _squeeze(name): column.name for column in table.columns for name in (column.name, *column.aliases)
    }
    found: dict[int, str] = {}
    for key, names in ((_fold, exact), (_squeeze, loose)):
        claims = {
            position: names[key(cell)]
            for position, cell in enumerate(cells)
            if position not in found and key(cell) in names
        }
        claims = {position: name for position, name in claims.items() if name not in found.values()}
        for name, count in Counter(claims.values()).items():
            if count > 1:
                both = [f"'{cells[position]}'" for position, claimed in claims.items() if claimed == name]
                raise RefusedFile("duplicate header: two cells are the same column", " and ".join(both))
        found |= claims
    return found


def _names_for_new(cells: dict[int, str], declared: set[str]) -> dict[int, str]:
    repeated = [
        cell for cell, count in Counter(_fold(cell) for cell in cells.values()).items() if count > 1 and cell
    ]
    if repeated:
        raise RefusedFile("duplicate header: a cell stands there more than once", f"'{repeated[0]}'")
    plain = {position: identifier(cell, f"column_{position + 1}") for position, cell in cells.items()}
    taken = Counter(plain.values()) + Counter(declared) + Counter(META_COLUMNS.keys())
    return {
        position: name if taken[name] == 1 else told_apart(name, cells[position])
        for position, name in plain.items()
    }


def identifier(text: str, fallback: str) -> str:
    """A column's name made from what people call it: lower case, ASCII, not too long for any engine.

    Args:
        text: what people call it.
        fallback: the name where nothing is left of the text.
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9_]+", "_", _fold(ascii_text)).strip("_")
    if not name:
        return fallback
    name = f"column_{name}" if name[0].isdigit() or name in SYSTEM_COLUMNS else name
    return name if len(name) <= LONGEST_NAME else told_apart(name, text)


def told_apart(name: str, origin: str) -> str:
    """A column's name made unlike any other by a short hash of what it comes from."""
    return f"{name[: LONGEST_NAME - 9]}_{hashlib.sha256(origin.encode()).hexdigest()[:8]}"


def _fold(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().lower())


def _squeeze(cell: str) -> str:
    return re.sub(r"[\W_]+", "", cell.lower())


def _lacking(table: Table, lacking: list[str], cells: Sequence[str]) -> str:
    names = ", ".join(f"'{name}'" for name in lacking)
    text = f"required column{'s' if len(lacking) > 1 else ''} {names} of {table.name} missing"
    if len(cells) == 1 and any(mark in cells[0] for mark in ";\t|"):
        text += "; the cells seem not to be separated by commas"
    return text


def _shown(cells: Sequence[str], most: int = 12) -> str:
    text = ", ".join(cell[:40] for cell in cells[:most])
    return text + (f", … {len(cells) - most} more" if len(cells) > most else "")

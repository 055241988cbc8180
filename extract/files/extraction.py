"""One ``leadhouse extract … --files`` from start to end: find, inspect, decide, land."""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from extract.files import archive, headers, ledger, reader
from extract.files.delivery import AcceptedFile, Delivery
from extract.files.headers import Header
from extract.files.reader import RefusedFile, Scan
from extract.runs import Run, new_run_id, record, utc_now
from extract.tables import Table
from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.warehouse import clear_incoming, connect


@dataclass(frozen=True)
class Request:
    """What one command asks for.

    Args:
        source: name of the source.
        tables: its tables.
        path: a folder of CSV files, or one file.
        period: the month that the files are for, ``YYYY-MM``.
        expected_rows: rows that the files must hold: per table, or in all under ``None``.
        check: land nothing, only report.
        replace: the delivery replaces all periods of its tables.
        run_id: what ``operations.runs`` calls this command.
        started_at: when it began, UTC.
    """

    source: str
    tables: tuple[Table, ...]
    path: Path
    period: str
    expected_rows: dict[str | None, int]
    check: bool
    replace: bool
    run_id: str = field(default_factory=new_run_id)
    started_at: datetime = field(default_factory=utc_now)


@dataclass(frozen=True)
class Content:
    """A file that could be read.

    Args:
        table: the table that it feeds.
        header: its columns.
        scan: its rows.
    """

    table: Table
    header: Header
    scan: Scan

    @property
    def rows_landed(self) -> int:
        """Rows that can be landed."""
        return self.scan.rows_read - self.scan.rows_rejected


@dataclass(frozen=True)
class FileReport:
    """What became of one file.

    Args:
        path: the file.
        copy: our own copy of it.
        status: ``landed``, ``accepted`` (it would be landed; ``--check``), ``unchanged`` or ``refused``.
        byte_hash: SHA-256 of its bytes; empty where they could not be read.
        table: the table that it feeds, where that is known.
        content: what is in it, where it could be read.
        reason: why it is unchanged or refused.
        error_class: why it is refused, in a word for ``operations.runs``.
        detail: what of its content is to be shown with the reason, but not kept.
    """

    path: Path
    copy: Path
    status: str = "refused"
    byte_hash: str = ""
    table: Table | None = None
    content: Content | None = None
    reason: str | None = None
    error_class: str | None = None
    detail: str = ""


class Progress:
    """Is told how far a run has come; this one does nothing."""

    def inspecting(self, path: Path) -> None:
        """A file is being read for the first time."""

    def landing(self, rows: int) -> None:
        """So many rows will be landed."""

    def landed(self, rows: int) -> None:
        """So many more rows have been read for landing."""


def extract_files(settings: Settings, request: Request, progress: Progress) -> list[FileReport]:
    """Land a folder of CSV files; call it with the run lock held and the warehouse prepared.

    A table's files are one delivery: all of them are landed, or none. Tables do not wait for each other.

    Returns:
        A report per file, in the order of their names.

    Raises:
        LeadhouseError: there is nothing to read, or the load failed.
    """
    shutil.rmtree(settings.scratch, ignore_errors=True)
    with connect(settings) as connection:
        clear_incoming(connection)
    try:
        paths = _find(request.path, request.source)
        reports = [_inspect(settings, request, number, path, progress) for number, path in enumerate(paths)]
        reports = _check_expected_rows(reports, request.expected_rows)
        if not request.replace:
            reports = _refuse_fed_by_api(settings, request, reports)
        reports = _refuse_whole_deliveries(reports)
        reports = _drop_repeated(reports)
        reports = _mark_unchanged(settings, request, reports)
        if not request.check:
            reports = _land(settings, request, reports, progress)
            _record_others(settings, request, reports)
            archive.expire(settings.archive, settings.archive_days)
        return reports
    finally:
        shutil.rmtree(settings.scratch, ignore_errors=True)


def shown(text: object) -> str:
    """A path or cell as one line of text that can be printed and stored, whatever it is made of."""
    printable = str(text).encode("utf-8", "replace").decode()
    return "".join(character if character.isprintable() else "�" for character in printable)


def _find(path: Path, source: str) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise LeadhouseError(
            f"{path}: there is no such folder; give --files a folder of CSV exports of {source}"
        )
    found = sorted(
        file for file in path.iterdir() if file.suffix.lower() == ".csv" and not file.name.startswith(".")
    )
    if not found:
        raise LeadhouseError(
            f"{path}: there is no CSV file in it; give --files a folder of CSV exports of {source}"
        )
    return found


def _inspect(settings: Settings, request: Request, number: int, path: Path, progress: Progress) -> FileReport:
    progress.inspecting(path)
    report = FileReport(path, settings.scratch / "files" / f"{number}.csv")
    try:
        report = replace(report, byte_hash=archive.copy_and_hash(path, report.copy))
        report = replace(report, table=_table_by_name(request.tables, path))
        scan = reader.scan(report.copy)
        table = report.table or headers.recognise(request.tables, scan.header)
        content = Content(table, headers.resolve(table, scan.header), scan)
        return replace(report, status="accepted", table=table, content=content)
    except RefusedFile as error:
        return replace(report, reason=str(error), error_class="UNREADABLE_FILE", detail=error.detail)
    except LeadhouseError as error:
        return replace(report, reason=str(error), error_class="UNREADABLE_FILE")


def _table_by_name(tables: tuple[Table, ...], path: Path) -> Table | None:
    """The table that a file is named after, perhaps with a number or date behind; ``None`` where headers decide."""
    named = {name: table for table in tables for name in (table.name, *table.file_names)}
    if tables[0].is_found_by_header:
        return None
    stem = re.sub(r"[\s_-]+", "_", path.stem.strip().lower())
    stem = re.sub(r"[_.]*\(?[0-9][0-9_.()]*$", "", stem) if stem not in named else stem
    squeezed = {name.replace("_", ""): table for name, table in named.items()}
    if table := squeezed.get(stem.replace("_", "")):
        return table
    known = ", ".join(f"{name}.csv" for name in named)
    raise RefusedFile(f"no table of {tables[0].source} has this name (known: {known})")


def _check_expected_rows(reports: list[FileReport], expected: dict[str | None, int]) -> list[FileReport]:
    for name, rows in expected.items():
        concerned = [
            report for report in reports if name is None or (report.table and report.table.name == name)
        ]
        found = sum(report.content.scan.rows_read for report in concerned if report.content)
        if found != rows:
            reason = f"{f'{name}: ' if name else ''}{rows:,} rows were expected, {found:,} are there"
            refused = concerned or reports
            reports = [
                _refuse(report, reason, "EXPECTED_ROWS") if report in refused else report
                for report in reports
            ]
    return reports


def _refuse_fed_by_api(settings: Settings, request: Request, reports: list[FileReport]) -> list[FileReport]:
    """A table is fed by files or over the API, not by both."""
    with connect(settings) as connection:
        rows = connection.execute(
            "select table_name, account from operations.cursors where source_name = ?", [request.source]
        )
    accounts: dict[str, str] = dict(rows)
    return [
        _refuse(
            report,
            f"{report.table.schema}.{report.table.name} is fed over the API of {accounts[report.table.name]};"
            " with --replace the files take the place of all its rows",
            "FED_BY_API",
        )
        if report.table and report.table.name in accounts
        else report
        for report in reports
    ]


def _refuse_whole_deliveries(reports: list[FileReport]) -> list[FileReport]:
    """A delivery is refused where one of its files is."""
    refused = {report.table: report for report in reports if report.status == "refused" and report.table}
    return [
        _refuse(report, f"it is one delivery with {other.path.name}", other.error_class)
        if report.table and (other := refused.get(report.table))
        else report
        for report in reports
    ]


def _drop_repeated(reports: list[FileReport]) -> list[FileReport]:
    """The same content twice in one delivery counts once."""
    first: dict[tuple[str, str], Path] = {}
    result = []
    for report in reports:
        if report.status == "accepted" and report.content:
            path = first.setdefault(
                (report.content.table.name, report.content.scan.content_hash), report.path
            )
            if path != report.path:
                result.append(replace(report, status="unchanged", reason=f"the same content as {path.name}"))
                continue
        result.append(report)
    return result


def _mark_unchanged(settings: Settings, request: Request, reports: list[FileReport]) -> list[FileReport]:
    """A delivery whose content is in force for its period already has nothing to land."""
    with connect(settings) as connection:
        in_force = {table: ledger.in_force(connection, table.source, table.name) for table in request.tables}
    for table, landed in in_force.items():
        delivery = [report for report in reports if report.table == table and report.status == "accepted"]
        hashes = {report.content.scan.content_hash for report in delivery if report.content}
        has_other_periods = bool(set(landed) - {request.period})
        if delivery and landed.get(request.period) == hashes and not (request.replace and has_other_periods):
            reason = f"the same content is in force for {request.period}"
            reports = [
                replace(report, status="unchanged", reason=reason) if report in delivery else report
                for report in reports
            ]
    return reports


def _land(
    settings: Settings, request: Request, reports: list[FileReport], progress: Progress
) -> list[FileReport]:
    deliveries = [
        Delivery(table, request.period, files, request.replace, _run(request, table, reports, "landed"))
        for table in request.tables
        if (files := tuple(_accepted(request, reports, table)))
    ]
    if not deliveries:
        return reports
    for file in (file for delivery in deliveries for file in delivery.files):
        archive.archive(file.copy, settings.archive, file.entry.byte_hash)
    from extract.files.landing import land  # noqa: PLC0415 - dlt takes seconds to import

    progress.landing(sum(file.entry.rows_landed for delivery in deliveries for file in delivery.files))
    try:
        land(settings, deliveries, progress.landed)
    except Exception:
        # The warehouse may be what has failed; then there is nowhere to note it.
        with suppress(Exception), connect(settings) as connection:
            for delivery in deliveries:
                record(connection, _run(request, delivery.table, reports, "failed", "LOAD_FAILED"))
        raise
    return [replace(report, status="landed") if report.status == "accepted" else report for report in reports]


def _accepted(request: Request, reports: list[FileReport], table: Table) -> Iterator[AcceptedFile]:
    for report in reports:
        if report.status == "accepted" and report.content and report.table == table:
            entry = _entry(request, report, "landed")
            yield AcceptedFile(entry, report.content.header, report.copy, report.content.scan.is_clean)


def _record_others(settings: Settings, request: Request, reports: list[FileReport]) -> None:
    """Note what was not landed.

    A refused file comes into the ledger, unless it was accepted before (it is refused for the rows expected, say).
    """
    entries = [
        _entry(request, report, "refused")
        for report in reports
        if report.status == "refused" and report.byte_hash
    ]
    landed = {report.table for report in reports if report.status == "landed"}
    with connect(settings) as connection, connection.transaction():
        accepted = connection.execute("select file_id from operations.files where status <> 'refused'")
        ledger.record(connection, (entry for entry in entries if (entry.file_id,) not in accepted))
        for table in {report.table for report in reports} - landed:
            errors = [
                report.error_class for report in reports if report.table == table and report.error_class
            ]
            outcome = "refused" if errors else "unchanged"
            record(connection, _run(request, table, reports, outcome, errors[0] if errors else None))


def _entry(request: Request, report: FileReport, status: str) -> ledger.Entry:
    content = report.content
    is_landed = content is not None and status == "landed"
    return ledger.Entry(
        source_name=request.source,
        table_name=report.table.name if report.table else "",
        period=request.period,
        file_path=shown(report.path),
        byte_hash=report.byte_hash,
        content_hash=content.scan.content_hash if content else None,
        header_fingerprint=content.header.fingerprint if content else None,
        rows_read=content.scan.rows_read if content else 0,
        rows_landed=content.rows_landed if content and is_landed else 0,
        rows_rejected=content.scan.rows_rejected if content and is_landed else 0,
        status=status,
        reason=report.reason,
    )


def _run(
    request: Request,
    table: Table | None,
    reports: list[FileReport],
    outcome: str,
    error_class: str | None = None,
) -> Run:
    """What ``operations.runs`` says of a table's files, and of those that belong to none."""
    is_landed = outcome == "landed"
    contents = [
        report.content
        for report in reports
        if report.table == table and report.content and (report.status == "accepted" or not is_landed)
    ]
    return Run(
        run_id=request.run_id,
        source_name=request.source,
        table_name=table.name if table else "",
        method="files",
        started_at=request.started_at,
        finished_at=utc_now(),
        rows_read=sum(content.scan.rows_read for content in contents),
        rows_landed=sum(content.rows_landed for content in contents if is_landed),
        rows_rejected=sum(content.scan.rows_rejected for content in contents if is_landed),
        outcome=outcome,
        error_class=error_class,
    )


def _refuse(report: FileReport, reason: str, error_class: str | None) -> FileReport:
    if report.status == "refused":
        return report
    return replace(report, status="refused", reason=reason, error_class=error_class)

"""What no window shows: records that are deleted for good, and those that could not be seen in their time.

Records in the recycle bin come with the windows. What has left it, or never was in it, is in Salesforce's own list of
deleted records, which is asked once a day and goes back some days; and what neither shows, since the list may have been
cut or a record could not be seen in its time, comes out when the ids of all records are compared. Of history and users
the comparison only fetches what was missed: Salesforce drops old history, and that is no deletion.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

import pyarrow as pa

from extract.api.landing import Target
from extract.api.salesforce.bulk import read_by_bulk
from extract.api.salesforce.client import Client, records_deleted
from extract.api.salesforce.errors import QUERY_TIMEOUT
from extract.api.salesforce.progress import Progress
from extract.api.salesforce.soql import is_one_of, select, within
from extract.api.salesforce.values import parse_time, time_text
from extract.api.salesforce.windows import BEGINNING, LARGE, read_by_query
from extract.api.session import ApiError
from extract.salesforce import SObject, column_name

LIST_EVERY = timedelta(days=1)
LIST_REACHES = timedelta(days=15)
"""How far back Salesforce promises its list of deleted records."""

COMPARE_EVERY = timedelta(days=7)
"""How often the ids of all records are compared."""

SHORTEST_LIST = timedelta(minutes=2)
"""Salesforce wants more than a minute, and ignores seconds."""

CUT = {"INVALID_REPLICATION_DATE", "EXCEEDED_ID_LIMIT"}
"""What Salesforce says where its list does not go back so far, or is too long."""

MOST_GONE_SHARE = 0.5
"""If more of the records are gone at once, it is the user's rights that are: nothing is marked as deleted."""

IDS_PER_QUERY = 300
"""As many as fit into the address of a call."""

ID_TYPES = {"Id": "id", "IsDeleted": "boolean"}


def land_deletions(client: Client, sobject: SObject, target: Target, progress: Progress) -> Progress:
    """Land a deleted version of the records that are gone, and records that were missed, when it is time to look.

    Args:
        client: the organisation.
        sobject: the object.
        target: its raw table, with all windows landed.
        progress: how far it has been read.

    Returns:
        How far then.
    """
    if progress.read_to is None:
        return progress
    now, has_list = progress.read_to, sobject.keeps_deletions and progress.is_replicated
    if has_list and now - (progress.deleted_to or now) >= LIST_EVERY:
        progress = _land_list(client, sobject, target, progress)
    if now - (progress.listed_at or now) >= COMPARE_EVERY:
        compare = _compare_ids if sobject.keeps_deletions else _find_missed
        progress = compare(client, sobject, target, progress)
    return progress


def _land_list(client: Client, sobject: SObject, target: Target, progress: Progress) -> Progress:
    """Land what Salesforce's list of deleted records says; where it may lack some, have the ids compared."""
    end = _read_to(progress)
    start = max(progress.deleted_to or end, end - LIST_REACHES)
    is_cut = start != progress.deleted_to
    try:
        answer = client.deleted(sobject.name, start, end)
    except ApiError as error:
        if error.error_class not in CUT:
            raise
        return progress.change(deleted_to=end, listed_at=BEGINNING)
    is_cut = is_cut or parse_time(answer["earliestDateAvailable"]) > start
    progress = progress.change(
        deleted_to=max(start, min(parse_time(answer["latestDateCovered"]), end)),
        listed_at=BEGINNING if is_cut else progress.listed_at,
    )
    gone = dict(records_deleted(answer))
    newest = _newest_versions(target, list(gone))
    # One that was undeleted since has a newer version than its deletion.
    rows = [
        (record_id, time_text(at))
        for record_id, at in gone.items()
        if record_id not in newest or newest[record_id] <= at
    ]
    target.land_deleted(rows, progress.cursor, method="api")
    return progress


def _compare_ids(client: Client, sobject: SObject, target: Target, progress: Progress) -> Progress:
    """Compare the ids of all records with the raw table's: mark what is gone, fetch what was missed or is back."""
    end = _read_to(progress)
    ids, alive = _list_ids(client, sobject, target, progress)
    gone = target.missing_from(ids)
    if len(gone) > MOST_GONE_SHARE * (len(gone) + len(ids)):
        target.warn(
            f"{sobject.name}: {len(gone):,} records are not to be seen any more, and {len(ids):,} are; that looks"
            " like lost rights, not like deletions: nothing is marked as deleted. Check the user's rights and sharing"
        )
        gone = []
    if gone:
        times = _deletion_times(client, sobject, progress)
        rows = [(record_id, time_text(times.get(record_id, end))) for record_id in gone]
        target.land_deleted(rows, progress.cursor, method="api")
    in_bin = set(target.missing_from(alive)) - set(gone)
    unknown = target.unknown_in(ids)
    returned = sorted(set(alive) - set(target.missing_from(())) - set(unknown))
    return _land_missed(client, sobject, target, progress, [*sorted(in_bin), *unknown], returned)


def _find_missed(client: Client, sobject: SObject, target: Target, progress: Progress) -> Progress:
    """Compare the ids of all records with the raw table's, only to fetch what was missed."""
    known = {record_id for (record_id,) in target.query(f"select id from {target.name}")}
    missed: list[str] = []

    def note(tables: Iterator[pa.Table]) -> None:
        missed.clear()
        for table in tables:
            missed.extend(record_id for record_id in table["id"].to_pylist() if record_id not in known)

    _read_ids(client, sobject, target, progress, {"Id": "id"}, note)
    return _land_missed(client, sobject, target, progress, missed)


def _land_missed(
    client: Client,
    sobject: SObject,
    target: Target,
    progress: Progress,
    missed: Sequence[str],
    returned: Sequence[str] = (),
) -> Progress:
    """Land single records that were missed or are back, and note that the ids have been compared."""
    end = _read_to(progress)
    progress = progress.change(listed_at=end)
    if len(missed) > LARGE:  # much that could not be seen before: all of it is read again
        progress = progress.change(must_reread=True, reread_from=None)
        missed = []
    target.land(
        chain(
            _fetch(client, sobject, progress, missed),
            # Hidden for a time, and taken for deleted; what its own time says is older than that.
            (_as_of(table, end) for table in _fetch(client, sobject, progress, returned)),
        ),
        tuple(map(column_name, sobject.key)),
        progress.cursor,
        method="query",
    )
    return progress


def _as_of(records: pa.Table, moment: datetime) -> pa.Table:
    """The records as versions of a moment."""
    place = records.column_names.index("system_modstamp")
    times = pa.array([time_text(moment)] * records.num_rows, pa.string())
    return records.set_column(place, "system_modstamp", times)


def _deletion_times(client: Client, sobject: SObject, progress: Progress) -> dict[str, datetime]:
    """When records were deleted that Salesforce's list, read some time ago, did not have yet."""
    start, now = progress.deleted_to, client.now
    if not progress.is_replicated or start is None or now - start < SHORTEST_LIST:
        return {}
    try:
        return dict(records_deleted(client.deleted(sobject.name, max(start, now - LIST_REACHES), now)))
    except ApiError as error:
        if error.error_class not in CUT:
            raise
        return {}


def _read_to(progress: Progress) -> datetime:
    if progress.read_to is None:
        raise ValueError("deletions come after the windows")
    return progress.read_to


def _list_ids(
    client: Client, sobject: SObject, target: Target, progress: Progress
) -> tuple[list[str], list[str]]:
    """The ids of all records, and of those among them that are not in the recycle bin."""
    ids: list[str] = []
    alive: list[str] = []

    def note(tables: Iterator[pa.Table]) -> None:
        ids.clear()
        alive.clear()
        for table in tables:
            for record_id, is_deleted in zip(*(column.to_pylist() for column in table.columns), strict=True):
                ids.append(record_id)
                if is_deleted != "true":
                    alive.append(record_id)

    _read_ids(client, sobject, target, progress, ID_TYPES, note)
    return ids, alive


def _read_ids(
    client: Client,
    sobject: SObject,
    target: Target,
    progress: Progress,
    types: Mapping[str, str],
    note: Callable[[Iterator[pa.Table]], None],
) -> None:
    """Read these fields of all records; ``note`` is called again where that must begin anew."""
    soql = select(sobject.name, types)
    try:
        few = read_by_query(client, soql, types)
    except ApiError as error:
        if error.error_class != QUERY_TIMEOUT:
            raise
        few = None
    if few is not None:
        note(iter(few))
    else:
        # A list that an earlier run has left lacks what has landed since.
        purpose = {"read_to": time_text(_read_to(progress))}
        read_by_bulk(client, target.workspace / "ids", soql, types, purpose, note)


def _fetch(client: Client, sobject: SObject, progress: Progress, ids: Sequence[str]) -> Iterator[pa.Table]:
    """The newest versions of single records, except what the next window brings when it has settled."""
    settled = within(sobject.cursor, None, _read_to(progress))
    for start in range(0, len(ids), IDS_PER_QUERY):
        conditions = [is_one_of("Id", ids[start : start + IDS_PER_QUERY]), *settled]
        yield from (
            read_by_query(client, select(sobject.name, progress.types, conditions), progress.types) or ()
        )


def _newest_versions(target: Target, ids: Sequence[str]) -> dict[str, datetime]:
    """When each of these records was last changed, as far as the raw table knows them."""
    newest: dict[str, datetime] = {}
    for start in range(0, len(ids), IDS_PER_QUERY):
        part = ids[start : start + IDS_PER_QUERY]
        rows = target.query(
            f"select id, max(system_modstamp) from {target.name} where id in ({', '.join('?' * len(part))})"
            " and system_modstamp is not null group by id",
            part,
        )
        newest |= {record_id: parse_time(text) for record_id, text in rows}
    return newest

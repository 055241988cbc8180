"""Observations: what was known of each record at moments of the past and now, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from leadhouse.errors import LeadhouseError
from leadhouse.score.subjects import Columns, LeakError, Subject
from leadhouse.warehouse import Connection, quote, table_columns
from leadhouse.wording import counted

CHUNK_ROWS = 50_000
"""Rows that Postgres sends at a time."""

FEWEST = 20
"""Of either outcome, in each of the three spans of months."""


class TooLittleDataError(LeadhouseError):
    """There is not enough of the past to learn from, or to test on."""


@dataclass(frozen=True)
class Split:
    """Three spans of months. Outcomes of one are known before the next begins.

    Args:
        train: moments to learn from.
        validation: moments to calibrate on.
        test: moments to measure on, the newest.
    """

    train: tuple[pd.Timestamp, ...]
    validation: tuple[pd.Timestamp, ...]
    test: tuple[pd.Timestamp, ...]


def read(connection: Connection, subject: Subject, columns: Columns) -> pd.DataFrame:
    """All observations of a subject, ordered by moment and record: texts as ``str``, all other features as floats.

    Raises:
        LeadhouseError: nothing was built, or an observation is there twice.
        LeakError: there is a column that is not declared.
    """
    there = table_columns(connection, "intermediate", subject.table)
    if not there:
        raise LeadhouseError(
            f"there is no {subject.table} yet: run 'leadhouse build' after extracting {subject.name}"
        )
    special = [columns.record, columns.moment, columns.now, columns.followed, columns.outcome]
    names = [*special, *columns.features]
    if extra := sorted(set(there) - set(names)):
        raise LeakError(
            f"{subject.table}.{extra[0]} is not declared in its description, so that nobody knows when it was known;"
            " declare it, or run 'leadhouse build' if it is gone"
        )
    if missing := [name for name in names if name not in there]:
        raise LeadhouseError(f"{subject.table} has no column '{missing[0]}'; run 'leadhouse build'")
    frame = _query(
        connection, f"select {', '.join(map(quote, names))} from intermediate.{quote(subject.table)}"
    )
    for name in columns.features:
        is_text = pd.api.types.infer_dtype(frame[name], skipna=True) == "string"
        frame[name] = frame[name].astype("str") if is_text else pd.to_numeric(frame[name]).astype("float64")
    for name in (columns.followed, columns.outcome):
        frame[name] = pd.to_numeric(frame[name]).astype("float64")
    frame[columns.moment] = pd.to_datetime(frame[columns.moment]).astype("datetime64[us]")
    frame[columns.now] = frame[columns.now].astype(bool)
    if frame.duplicated([columns.record, columns.moment]).any():
        raise LeadhouseError(f"{subject.table} has one {columns.record} twice at the same moment")
    return frame.sort_values([columns.moment, columns.record], ignore_index=True)


def examples(frame: pd.DataFrame, columns: Columns, horizon_days: int) -> pd.DataFrame:
    """The observations of the past whose horizon is over; ``outcome`` tells whether it happened within it."""
    is_over = ~frame[columns.now] & (frame[columns.followed] >= horizon_days)
    past = frame[is_over].reset_index(drop=True)
    return past.assign(outcome=(past[columns.outcome] <= horizon_days).astype("int64"))


def split(moments: Sequence[pd.Timestamp], horizon_days: int) -> Split | None:
    """Cut months into train, validation and test; the last two take a fifth each.

    Args:
        moments: month starts in their order.
        horizon_days: so long before the next span begins one ends.

    Returns:
        The spans; ``None`` if there are too few months.
    """
    horizon = timedelta(days=horizon_days)
    size = max(1, len(moments) // 5)
    test = tuple(moments[-size:])
    validation = before(moments, test, horizon)[-size:]
    train = before(moments, validation, horizon)
    return Split(train, validation, test) if train else None


def before(
    moments: Sequence[pd.Timestamp], span: Sequence[pd.Timestamp], horizon: timedelta
) -> tuple[pd.Timestamp, ...]:
    """The moments whose outcomes are known before a span begins."""
    return tuple(moment for moment in moments if span and moment + horizon <= span[0])


def split_examples(past: pd.DataFrame, columns: Columns, subject: Subject, horizon_days: int) -> Split:
    """The spans of months for these examples.

    Raises:
        TooLittleDataError: there are too few months, or too few of either outcome in one of the spans.
    """
    moments = sorted(past[columns.moment].unique())
    spans = split(moments, horizon_days)
    if spans is None:
        raise TooLittleDataError(
            f"{subject.name}: there is too little past to learn from: {counted(len(moments), 'month')} whose"
            f" {horizon_days} days are over, and learning, calibrating and testing need months of their own, as many"
            " days apart; nothing was written; extract more, or set a shorter --horizon-days"
        )
    for name, span in (
        ("learn from", spans.train),
        ("calibrate on", spans.validation),
        ("test on", spans.test),
    ):
        outcomes = past.loc[past[columns.moment].isin(span), "outcome"]
        happened = int(outcomes.sum())
        if min(happened, len(outcomes) - happened) < FEWEST:
            raise TooLittleDataError(
                f"{subject.name}: there is too little past to {name}: {happened} of {len(outcomes)} observations"
                f" from {span[0]:%Y-%m} to {span[-1]:%Y-%m} {subject.event} within {horizon_days} days,"
                f" and both outcomes are needed {FEWEST} times; nothing was written; extract more of the past"
            )
    return spans


def _query(connection: Connection, sql: str) -> pd.DataFrame:
    if connection.engine == "duckdb":
        frame: pd.DataFrame = connection.raw.execute(sql).df()
        return frame
    # Postgres, which knows nothing of how many rows a view has, would go through one view for each row of another.
    connection.execute("set enable_nestloop = off")
    # a cursor of the server's, so that not all of it is here as Python objects at once
    with connection.raw.cursor("observations", withhold=True) as cursor:
        cursor.itersize = CHUNK_ROWS
        cursor.execute(sql)
        parts = []
        while rows := cursor.fetchmany(CHUNK_ROWS):
            names = [column[0] for column in cursor.description]
            parts.append(pd.DataFrame.from_records(rows, columns=names, coerce_float=True))
        if parts:
            return pd.concat(parts, ignore_index=True)
        return pd.DataFrame(columns=[column[0] for column in cursor.description])

"""Scoring from end to end: read, refuse leaks, train, choose, measure, keep, write."""

import csv
import io
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
from sklearn.inspection import permutation_importance
from threadpoolctl import threadpool_limits

from extract.runs import utc_now
from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.lock import run_lock
from leadhouse.score.guards import refuse_leaks
from leadhouse.score.models import BASE_RATE, KINDS, Fitted, Sample, choose, fit, measure
from leadhouse.score.observations import (
    Split,
    TooLittleDataError,
    before,
    examples,
    read,
    split_examples,
)
from leadhouse.score.report import Report, calibration_table, keep
from leadhouse.score.subjects import Columns, Subject, declared_columns
from leadhouse.warehouse import OPERATIONS, Connection, connect, prepare
from leadhouse.wording import counted

COMMAND = "leadhouse score"

UNFINISHED = ".unfinished"

MOST_SHUFFLED = 20_000
"""Observations on which the importance of features is measured."""

Tell = Callable[[str], None]


def score_all(
    settings: Settings, subjects: Sequence[Subject], horizon_days: int, seed: int, tell: Tell
) -> None:
    """Score these subjects, each by itself: for one there may be too little data, and enough for the other.

    Args:
        settings: where.
        subjects: what to score.
        horizon_days: within how many days it must happen.
        seed: for what is drawn.
        tell: is given lines about what is done.

    Raises:
        LeadhouseError: for one of them there is too little data, or a leak in it, or nothing was built.
    """
    with run_lock(settings, COMMAND):
        prepare(settings)
        shutil.rmtree(settings.models / UNFINISHED, ignore_errors=True)
    now = utc_now()
    run_id = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}Z"
    refused = []
    # one thread: with more the sums of floats, and with them the model, could differ from run to run
    with threadpool_limits(limits=1):
        for subject in subjects:
            try:
                _score(settings, subject, horizon_days, seed, run_id, now, tell)
            except TooLittleDataError as error:
                refused.append(str(error))
    if len(refused) < len(subjects):
        tell("'leadhouse build' brings the probabilities into lead_scores and customer_features")
    if refused:
        raise LeadhouseError("; ".join(refused))


def _score(
    settings: Settings, subject: Subject, horizon_days: int, seed: int, run_id: str, now: datetime, tell: Tell
) -> None:
    columns = declared_columns(subject)
    with run_lock(settings, COMMAND), connect(settings) as connection:
        frame = read(connection, subject, columns)
    past = examples(frame, columns, horizon_days)
    records = past[columns.record].nunique()
    tell(
        f"{subject.name}: {counted(len(past), 'observation')} of {counted(records, 'record')}"
        f" whose {horizon_days} days are over"
    )
    spans = split_examples(past, columns, subject, horizon_days)
    train, validation, test = (
        _sample(past, columns, span) for span in (spans.train, spans.validation, spans.test)
    )
    alone = refuse_leaks(subject, train, test)
    models = [fit(kind, train, validation, seed) for kind in KINDS]
    chosen = choose(models, test)
    chances = chosen.probabilities(test.features)
    served, served_until = _served(chosen, past, columns, spans, horizon_days, seed)
    open_now = frame[frame[columns.now]]
    scored = pd.DataFrame(
        {
            "subject": subject.name,
            "record_id": open_now[columns.record],
            "probability": served.probabilities(open_now[list(columns.features)]) if len(open_now) else [],
            "horizon_days": horizon_days,
            "model": served.kind,
            "run_id": run_id,
            "observed_at": open_now[columns.moment],
            "scored_at": now,
        }
    )
    figures = {model.kind: measure(test.outcome, model.probabilities(test.features)) for model in models}
    report = Report(
        subject=subject,
        columns=columns,
        run_id=run_id,
        horizon_days=horizon_days,
        seed=seed,
        spans=spans,
        figures=figures,
        chosen=chosen.kind,
        served=served,
        served_until=served_until,
        importance=_importance(chosen, test, seed),
        alone=alone,
        calibration=calibration_table(test.outcome, chances),
        examples=(len(past), records),
        scored=len(scored),
    )
    with run_lock(settings, COMMAND), connect(settings) as connection:
        folder = _keep(settings, report, _with_spans(past, columns, spans))
        _replace(connection, subject, scored)
    best, base = figures[chosen.kind], figures[BASE_RATE]
    tell(
        f"{subject.name}: {chosen.kind}, AUC {best.auc:.3f}, Brier score {best.brier:.4f} (base rate {base.brier:.4f});"
        f" {counted(len(scored), 'record')} scored; {folder / 'model_card.md'}"
    )


def _sample(past: pd.DataFrame, columns: Columns, span: Sequence[pd.Timestamp]) -> Sample:
    chosen = past[past[columns.moment].isin(span)]
    return Sample(chosen[list(columns.features)], chosen["outcome"].to_numpy(), chosen[columns.record])


def _served(
    chosen: Fitted, past: pd.DataFrame, columns: Columns, spans: Split, horizon_days: int, seed: int
) -> tuple[Fitted, pd.Timestamp]:
    """The chosen model once more, moved up to now: the validation months, and those beside, are learnt from as well."""
    moments = sorted(past[columns.moment].unique())
    until_test = before(moments, spans.test, timedelta(days=horizon_days))
    train, calibration = _sample(past, columns, until_test), _sample(past, columns, spans.test)
    return fit(chosen.kind, train, calibration, seed, chosen.rounds), until_test[-1]


def _importance(chosen: Fitted, test: Sample, seed: int) -> dict[str, tuple[float, float]]:
    if chosen.kind == BASE_RATE:
        return {}
    part = test.features.sample(min(len(test.features), MOST_SHUFFLED), random_state=seed)
    outcome = pd.Series(test.outcome, index=test.features.index).loc[part.index]
    if outcome.nunique() < 2:
        return {}
    found = permutation_importance(
        chosen.estimator, part, outcome, scoring="roc_auc", n_repeats=5, random_state=seed
    )
    return {
        str(name): (float(mean), float(deviation))
        for name, mean, deviation in zip(part, found.importances_mean, found.importances_std, strict=True)
    }


def _with_spans(past: pd.DataFrame, columns: Columns, spans: Split) -> pd.DataFrame:
    """The examples, with the span that each belongs to; those between two spans belong to none."""
    names = {
        moment: name
        for name, span in (("train", spans.train), ("validation", spans.validation), ("test", spans.test))
        for moment in span
    }
    return past.drop(columns=[columns.now]).assign(span=past[columns.moment].map(names))


def _keep(settings: Settings, report: Report, training_data: pd.DataFrame) -> Path:
    """Write everything beside, and rename it: a run that is killed leaves no half of a model."""
    unfinished = settings.models / UNFINISHED / report.run_id / report.subject.name
    keep(report, training_data, unfinished)
    folder = settings.models / report.run_id / report.subject.name
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished.rename(folder)
    unfinished.parent.rmdir()
    return folder


def _replace(connection: Connection, subject: Subject, scored: pd.DataFrame) -> None:
    names = ", ".join(OPERATIONS["probabilities"])
    with connection.transaction():
        connection.execute("delete from operations.probabilities where subject = ?", [subject.name])
        if connection.engine == "duckdb":
            connection.raw.register("scored", scored)
            connection.execute(f"insert into operations.probabilities ({names}) select {names} from scored")
            connection.raw.unregister("scored")
            return
        lines = io.StringIO()
        scored[list(OPERATIONS["probabilities"])].to_csv(
            lines, header=False, index=False, quoting=csv.QUOTE_MINIMAL
        )
        lines.seek(0)
        with connection.raw.cursor() as cursor:
            cursor.copy_expert(f"copy operations.probabilities ({names}) from stdin with (format csv)", lines)

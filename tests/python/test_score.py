"""``leadhouse score``: on an org whose chances are known."""

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from leadhouse.build import PROBABILITIES, _fingerprint
from leadhouse.config import Engine, Settings
from leadhouse.errors import LeadhouseError
from leadhouse.lock import run_lock
from leadhouse.score import models, scoring
from leadhouse.score.models import BASE_RATE, BOOSTING, KINDS, LOGISTIC, Sample
from leadhouse.score.observations import read, split
from leadhouse.score.report import keep
from leadhouse.score.subjects import DECLARATIONS, SUBJECTS, LeakError, Subject, declared_columns
from leadhouse.warehouse import connect, quote
from tests.python.running import call_leadhouse, run_dbt
from tests.python.scoring_exports import (
    AS_OF,
    HORIZON_DAYS,
    Exports,
    Truth,
    month_start,
    periods,
    write_months,
)

NewWarehouse = Callable[[Engine], Settings]
Seen = dict[tuple[Engine, str], pd.DataFrame]

ENGINES: tuple[Engine, ...] = ("duckdb", "postgres")
OBSERVATIONS = "path:models/intermediate/scoring"
MARTS = ("lead_scores", "customer_features")
SCORE = ("score", "--horizon-days", HORIZON_DAYS)
NOW = ("--vars", f"{{as_of: '{AS_OF.isoformat()}'}}")
LEADS = SUBJECTS["leads"]
TABLE = "intermediate.int_lead_conversion_observations"


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    return write_months(tmp_path_factory.mktemp("months"), leads=2500, accounts=400, seed=3)


def build(settings: Settings) -> None:
    run_dbt(
        settings,
        *("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        *NOW,
        *("--select", f"+{OBSERVATIONS}", *(f"+{mart}" for mart in MARTS)),
    )


def copy_landed(origin: Settings, settings: Settings) -> None:
    """Bring what has been landed on DuckDB to Postgres: quicker than to land it again."""
    with connect(origin) as read_from, connect(settings) as connection, connection.raw.cursor() as cursor:
        tables = read_from.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema = 'raw_salesforce' or table_name = 'files'"
        )
        for schema, table in tables:
            rows = read_from.raw.execute(f'select * from {schema}."{table}"').df()
            lines = io.StringIO(rows.to_csv(index=False, header=False))
            names = ", ".join(map(quote, rows))
            cursor.copy_expert(f'copy {schema}."{table}" ({names}) from stdin with (format csv)', lines)
        cursor.execute("analyze")


@pytest.fixture(scope="module")
def both(exports: Exports, new_warehouse: NewWarehouse) -> dict[Engine, Settings]:
    """Landed month by month, and built."""
    warehouses = {engine: new_warehouse(engine) for engine in ENGINES}
    for period in periods():
        folder = exports.folder / period / "salesforce"
        call_leadhouse(warehouses["duckdb"], "extract", "salesforce", "--files", folder, "--period", period)
    copy_landed(warehouses["duckdb"], warehouses["postgres"])
    for settings in warehouses.values():
        build(settings)
    return warehouses


@pytest.fixture(scope="module")
def scored(both: dict[Engine, Settings]) -> Settings:
    """On DuckDB, and scored."""
    call_leadhouse(both["duckdb"], *SCORE)
    return both["duckdb"]


def observations(settings: Settings, subject: Subject) -> pd.DataFrame:
    with connect(settings) as connection:
        return read(connection, subject, declared_columns(subject))


@pytest.fixture(scope="module")
def seen(both: dict[Engine, Settings]) -> Seen:
    """All observations, by engine and subject."""
    return {
        (engine, subject.name): observations(settings, subject)
        for engine, settings in both.items()
        for subject in SUBJECTS.values()
    }


def probabilities(settings: Settings, subject: str) -> dict[str, float]:
    with connect(settings) as connection:
        rows = connection.execute(
            "select record_id, probability from operations.probabilities where subject = ?", [subject]
        )
    assert len(dict(rows)) == len(rows)
    return dict(rows)


def kept(settings: Settings, subject: str) -> Path:
    """The folder of the last run."""
    runs = sorted(path for path in settings.models.glob("*Z") if (path / subject).exists())
    return runs[-1] / subject


@pytest.mark.parametrize("subject", SUBJECTS)
def test_observations_are_the_same_on_both_engines(seen: Seen, subject: str) -> None:
    of_duckdb, of_postgres = (seen[engine, subject] for engine in ENGINES)
    assert len(of_duckdb) > 3000
    pd.testing.assert_frame_equal(of_duckdb, of_postgres, check_exact=False, rtol=1e-9)


def test_an_open_lead_is_observed_at_every_month_start(seen: Seen, exports: Exports) -> None:
    frame = seen["duckdb", "leads"]
    past = frame[~frame["is_now"]]
    found = set(zip(past["lead_id"], past["observed_at"], strict=True))
    first = month_start(2)  # nobody knows what went on before the history begins
    last = month_start(12)
    assert found >= {key for key in exports.leads if key[1] >= first}
    assert {key for key in found if key[1] < last} <= set(exports.leads)


@pytest.mark.parametrize("subject", ["leads", "customers"])
def test_it_predicts_nearly_as_well_as_can_be(scored: Settings, exports: Exports, subject: str) -> None:
    truth: Truth = exports.leads if subject == "leads" else exports.customers
    figures = json.loads((kept(scored, subject) / "figures.json").read_text())
    data = pd.read_parquet(kept(scored, subject) / "training_data.parquet")
    test = data[data["span"] == "test"]
    record = "lead_id" if subject == "leads" else "customer_key"
    if subject == "customers":
        keys = customer_ids(scored)
        test = test.assign(customer_key=test["customer_key"].map(keys))
    chances = [truth[key] for key in zip(test[record], test["observed_at"], strict=True)]
    best = roc_auc_score(test["outcome"], chances)
    found = figures["test"][figures["chosen"]]
    assert figures["chosen"] != BASE_RATE
    assert best - 0.03 < found["auc"]
    assert found["mean_probability"] == pytest.approx(np.mean(chances), abs=0.03)
    assert found["brier"] < figures["test"][BASE_RATE]["brier"]


def customer_ids(settings: Settings) -> dict[str, str]:
    with connect(settings) as connection:
        return dict(connection.execute("select customer_key, customer_id from intermediate.int_customers"))


def test_open_leads_get_their_chance(scored: Settings, seen: Seen, exports: Exports) -> None:
    found = probabilities(scored, "leads")
    frame = seen["duckdb", "leads"]
    assert found.keys() == set(frame.loc[frame["is_now"], "lead_id"])
    errors = [chance - exports.chances[lead] for lead, chance in found.items()]
    assert abs(np.mean(errors)) < 0.02
    assert np.mean(np.abs(errors)) < 0.04


def test_what_is_kept_tells_all(scored: Settings) -> None:
    folder = kept(scored, "leads")
    assert {path.name for path in folder.iterdir()} == {
        *("calibration.png", "figures.json", "model.joblib", "model_card.md", "training_data.parquet")
    }
    card = (folder / "model_card.md").read_text()
    for word in ("AUC", "Brier", "calibration.png", "`industry`", "2024-11 to 2024-12", "2024-03 to 2024-08"):
        assert word in card
    data = pd.read_parquet(folder / "training_data.parquet")
    first, last = (data.groupby("span")["observed_at"].agg(which).to_dict() for which in ("min", "max"))
    horizon = timedelta(days=HORIZON_DAYS)
    assert last["train"] + horizon <= first["validation"]
    assert last["validation"] + horizon <= first["test"]


def test_the_same_seed_and_data_give_the_same_model(scored: Settings) -> None:
    first, first_folder = probabilities(scored, "leads"), kept(scored, "leads")
    result = call_leadhouse(scored, *SCORE, "--only", "leads")
    assert "leads: " in result.stdout
    assert "customers: " not in result.stdout
    assert probabilities(scored, "leads") == first
    second_folder = kept(scored, "leads")
    assert second_folder != first_folder
    for name in ("figures.json", "training_data.parquet", "model.joblib"):
        assert (second_folder / name).read_bytes() == (first_folder / name).read_bytes()


def marts(settings: Settings) -> tuple[dict[str, float | None], dict[str, float | None]]:
    with connect(settings) as connection:
        return (
            dict(connection.execute("select lead_id, conversion_probability from marts.lead_scores")),
            dict(
                connection.execute("select customer_key, probability_to_convert from marts.customer_features")
            ),
        )


def test_the_marts_read_them(both: dict[Engine, Settings]) -> None:
    settings = both["postgres"]
    leads, customers = marts(settings)
    assert leads and set(leads.values()) == {None}
    assert customers and set(customers.values()) == {None}
    with connect(settings) as connection:
        before = _fingerprint(connection, ())
    call_leadhouse(settings, *SCORE, "--only", "customers")
    with connect(settings) as connection:
        after = _fingerprint(connection, ())
    assert {name for name in after if after[name] != before.get(name)} == {PROBABILITIES}
    with connect(settings) as connection:
        connection.execute(
            "insert into operations.probabilities (subject, record_id, probability)"
            " select 'leads', lead_id, 0.25 from staging.stg_salesforce__leads where lead_id <> ?",
            [untold := min(leads)],
        )
    run_dbt(settings, "run", "--select", *MARTS, *NOW)
    leads, customers = marts(settings)
    with connect(settings) as connection:
        converted = connection.execute("select lead_id from staging.stg_salesforce__leads where is_converted")
    open_ones = leads.keys() - {lead for (lead,) in converted} - {untold}
    assert leads == dict.fromkeys(leads) | dict.fromkeys(open_ones, 0.25)
    assert customers == probabilities(settings, "customers")


def build_again(settings: Settings, compiled: Path) -> None:
    """Make the tables below the observations anew, in the order in which they read one another."""
    staging = (
        "lead_versions",
        "lead_history",
        "tasks",
        "events",
        "accounts",
        "opportunities",
        "opportunity_history",
    )
    tables = [
        *(f"staging/salesforce/stg_salesforce__{name}" for name in staging),
        "intermediate/customers/int_activity_interactions",
        *(f"intermediate/status_flow/int_lead_status_{name}" for name in ("history", "versions")),
    ]
    with connect(settings) as connection:
        for table in tables:
            schema, _, name = table.split("/")
            sql = (compiled / f"{table}.sql").read_text()
            connection.execute(f"create or replace table {schema}.{name} as {sql}")


def test_the_future_is_not_known(both: dict[Engine, Settings], seen: Seen, tmp_path: Path) -> None:
    """What was known at a moment is the same when all that came later is taken away."""
    moment = month_start(8)
    then = replace(both["duckdb"], home=tmp_path)
    shutil.copy(both["duckdb"].warehouse_file, then.warehouse_file)
    at, period = moment.isoformat(), f"{moment:%Y-%m}"
    with connect(then) as connection:
        for statement in (
            f"delete from raw_salesforce.lead where _period >= '{period}'",
            f"delete from operations.files where table_name = 'lead' and period >= '{period}'",
            f"delete from raw_salesforce.lead_history where created_date >= '{at}'",
            f"delete from raw_salesforce.task where created_date >= '{at}'",
            f"delete from raw_salesforce.opportunity where created_date >= '{at}'",
            "update raw_salesforce.opportunity set is_closed = 'False', is_won = 'False',"
            f" stage_name = 'Prospecting' where close_date >= '{at[:10]}'",
            f"delete from raw_salesforce.opportunity_history where created_date >= '{at}'",
            # the tasks become the contact's only with the conversion
            "update raw_salesforce.task set who_id = '00Q' || substr(who_id, 4) where '00Q' || substr(who_id, 4)"
            " not in (select id from raw_salesforce.lead where is_converted = 'True')",
        ):
            connection.execute(statement)
    build_again(then, both["duckdb"].home / "target/compiled/leadhouse/models")
    for subject in SUBJECTS.values():
        columns = declared_columns(subject)
        names = [columns.record, *columns.features]
        later, before = (
            frame.loc[frame[columns.moment] == moment, names].reset_index(drop=True)
            for frame in (seen["duckdb", subject.name], observations(then, subject))
        )
        assert len(before) > 300
        pd.testing.assert_frame_equal(later, before)


@contextmanager
def corrupted(settings: Settings, columns: str) -> Iterator[None]:
    """The observations of leads with other columns."""
    with connect(settings) as connection:
        connection.execute(f"alter view {TABLE} rename to honest_observations")
        connection.execute(f"create view {TABLE} as select {columns} from intermediate.honest_observations")
    try:
        yield
    finally:
        with connect(settings) as connection:
            connection.execute(f"drop view {TABLE}")
            connection.execute(f"alter view intermediate.honest_observations rename to {TABLE.split('.')[1]}")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (
            "*, days_to_outcome as days_of_work",
            "int_lead_conversion_observations.days_of_work is not declared",
        ),
        (
            "* replace (case when days_to_outcome <= 30 then 9.0 else 3.0 end as website_visits)",
            "'website_visits' alone predicts which leads were converted, with an AUC of 1.000",
        ),
        # only of those who never converted it is known
        (
            "* replace (case when days_to_outcome is null or days_to_outcome > 30 then industry end as industry)",
            "'industry' alone predicts",
        ),
    ],
)
def test_a_leak_is_refused(scored: Settings, columns: str, reason: str) -> None:
    before = probabilities(scored, "leads")
    with corrupted(scored, columns):
        result = call_leadhouse(scored, *SCORE, "--only", "leads", status=1)
    assert reason in result.stderr
    assert result.stderr.count("\n") == 1
    assert probabilities(scored, "leads") == before


@pytest.mark.parametrize(
    "meta",
    [{}, {"known_from": "the future"}, {"role": "feature"}, {"role": "outcome", "known_from": "version"}],
)
def test_a_feature_must_say_how_it_can_be_known(tmp_path: Path, meta: dict[str, str]) -> None:
    described = yaml.safe_load(DECLARATIONS.read_text())
    (columns,) = (model["columns"] for model in described["models"] if model["name"] == LEADS.table)
    columns.append({"name": "days_of_work", "config": {"meta": meta}})
    changed = tmp_path / "changed.yml"
    changed.write_text(yaml.safe_dump(described))
    with pytest.raises(LeakError, match="days_of_work"):
        declared_columns(LEADS, changed)


def test_too_little_of_the_past_is_refused(scored: Settings) -> None:
    before = probabilities(scored, "leads")
    result = call_leadhouse(scored, "score", "--horizon-days", 300, status=1)
    assert "leads: there is too little past to learn from: 1 month whose 300 days are over" in result.stderr
    assert "customers: there is too little past" in result.stderr
    assert result.stderr.count("\n") == 1
    assert probabilities(scored, "leads") == before


def test_what_is_written_is_written_under_the_lock(scored: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run removes what a killed one has left unfinished, and must not meet one that is not killed."""

    def keep_meanwhile(*arguments: Any) -> None:
        with pytest.raises(LeadhouseError, match="leadhouse score"), run_lock(other, "another"):
            pytest.fail("the warehouse is not locked")
        keep(*arguments)

    other = replace(scored, lock_seconds=0)
    monkeypatch.setattr(scoring, "keep", keep_meanwhile)
    call_leadhouse(scored, *SCORE, "--only", "customers")


def test_there_must_be_something_built(duckdb_settings: Settings) -> None:
    result = call_leadhouse(duckdb_settings, "score", status=1)
    assert result.stderr == (
        "Error: there is no int_lead_conversion_observations yet: run 'leadhouse build' after extracting leads\n"
    )


def test_without_scikit_learn_it_says_what_to_install(
    duckdb_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith(("leadhouse.score.", "sklearn"))]:
        if name not in ("leadhouse.score.command", "leadhouse.score.subjects"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    result = call_leadhouse(duckdb_settings, "score", status=1)
    assert "is not installed; run 'make setup'" in result.stderr


@pytest.mark.parametrize(("horizon_days", "fewest"), [(30, 4), (90, 7)])
def test_spans_do_not_overlap(horizon_days: int, fewest: int) -> None:
    horizon = timedelta(days=horizon_days)
    for months in range(1, 40):
        moments = list(pd.date_range("2024-01-01", periods=months, freq="MS"))
        spans = split(moments, horizon_days)
        assert (spans is None) == (months < fewest)
        if spans:
            assert spans.train[-1] + horizon <= spans.validation[0]
            assert spans.validation[-1] + horizon <= spans.test[0]
            assert spans.test[-1] == moments[-1]


def drawn(draws: np.random.Generator, logit: Callable[[pd.DataFrame], pd.Series], count: int) -> Sample:
    features = pd.DataFrame(draws.random((count, 3)), columns=["one", "two", "three"])
    chances = 1 / (1 + np.exp(-logit(features).to_numpy()))
    outcome = (draws.random(count) < chances).astype("int64")
    return Sample(features, outcome, pd.Series(range(count)))


@pytest.mark.parametrize(
    ("logit", "kind"),
    [
        (lambda features: 0 * features["one"] - 1, BASE_RATE),
        (lambda features: 4 * features["one"] - 3, LOGISTIC),
        (lambda features: 4 * ((features["one"] > 0.5) ^ (features["two"] > 0.5)) - 3, BOOSTING),
    ],
)
def test_a_better_model_must_be_better(logit: Callable[[pd.DataFrame], pd.Series], kind: str) -> None:
    draws = np.random.default_rng(7)
    train, validation, test = (drawn(draws, logit, 3000) for _ in range(3))
    with threadpool_limits(limits=1):
        fitted = [models.fit(name, train, validation, seed=1) for name in KINDS]
    assert models.choose(fitted, test).kind == kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("error")
def test_what_was_never_filled_in_is_no_matter(kind: str) -> None:
    draws = np.random.default_rng(7)
    train, validation = (drawn(draws, lambda features: 4 * features["one"] - 3, 300) for _ in range(2))
    for sample in (train, validation):
        sample.features["text"] = pd.Series(np.nan, index=sample.features.index, dtype=object)
        sample.features["number"] = np.nan
    fitted = models.fit(kind, train, validation, seed=1)
    assert np.isfinite(fitted.probabilities(validation.features)).all()


def test_many_observations_of_one_record_are_one() -> None:
    outcome = np.tile([0, 1, 0, 1, 1], 200)
    better, simpler = np.where(outcome, 0.6, 0.45), np.full(1000, 0.5)
    features = pd.DataFrame({"one": np.zeros(1000)})
    apart = Sample(features, outcome, pd.Series(range(1000)))
    assert models.beats(better, simpler, apart)
    assert not models.beats(better, simpler, replace(apart, record=pd.Series(np.zeros(1000))))

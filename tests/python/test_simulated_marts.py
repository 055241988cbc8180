"""The marts find in simulated exports what the simulator's laws put in."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from leadhouse.config import Engine, Settings
from leadhouse.simulator import laws
from leadhouse.simulator.plan import Plan, write
from leadhouse.warehouse import connect
from tests.python.lead_files import land
from tests.python.running import run_dbt
from tests.python.sampling import assert_expected, auc

LEADS = 3000
PERIOD, AS_OF = "2026-10", "2026-11-01T00:00:00"
MARTS = ("lead_status_outlook", "churn_risk", "customer_features", "lead_scores", "pipeline_health")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated_org") / "out"
    sizes = {"deals": 1, "activities": 0, "users": 12, "leads": LEADS, "facilities": 0}
    for _ in write(Plan(seed=5, start=date(2026, 10, 1), months=1, **sizes), folder):
        pass
    return folder


@pytest.fixture(scope="module")
def built(out: Path, new_warehouse: Callable[[Engine], Settings]) -> Settings:
    settings = new_warehouse("duckdb")
    land(settings, out, PERIOD, ("salesforce",))
    marts = [f"+{mart}" for mart in MARTS]
    without_tests = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    run_dbt(settings, "build", *without_tests, "--select", *marts, "--vars", f"{{as_of: '{AS_OF}'}}")
    return settings


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with connect(settings) as connection:
        return connection.execute(query)


def truth(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_transition_probabilities_are_those_of_the_chain(built: Settings) -> None:
    found = {
        (old, new): count
        for old, new, count in rows(
            built, "select from_status, to_status, count from marts.lead_status_transition_probs"
        )
    }
    known = {(old, new) for old, moves in laws.LEAD_MOVES.items() for new in moves}
    assert found.keys() == known | {(laws.QUALIFIED, laws.CONVERTED)}
    for status, moves in laws.LEAD_MOVES.items():
        n = sum(found[status, following] for following in moves)
        for following, weight in moves.items():
            assert_expected(found[status, following], [weight / sum(moves.values())] * n)


def test_conversions_are_as_likely_as_the_features_make_them(built: Settings, out: Path) -> None:
    chances: list[float] = []
    for row in truth(out, "lead_conversion"):
        chances += [float(row["chance_at_each_decision"])] * int(row["decisions"])
    ((count, n),) = rows(
        built,
        "select count, from_count from marts.lead_status_transition_probs"
        f" where from_status = '{laws.QUALIFIED}' and to_status = '{laws.CONVERTED}'",
    )
    assert n == len(chances)
    assert_expected(count, chances)


def test_the_outlook_is_the_chains(built: Settings) -> None:
    found = rows(
        built,
        f"select status, chance_to_visit_qualified from marts.lead_status_outlook where n > {LEADS // 60}",
    )
    assert len(found) >= 8
    for status, chance in found:
        # whoever is converted at the first chance is converted as often as Qualified is reached
        assert float(chance) == pytest.approx(laws.ever_converted(status, 1.0), abs=0.07), status


def test_who_has_left_or_is_about_to_is_at_risk(built: Settings, out: Path) -> None:
    risks = dict(rows(built, "select account_id, churn_risk from marts.churn_risk"))
    customers = truth(out, "account_churn")
    left = [(risks[row["account_id"]], not row["chance_next_month"]) for row in customers]
    assert auc(left) > 0.85

    stayed = [row for row in customers if row["chance_next_month"]]
    outcomes = [bool(row["left_at"]) for row in stayed]
    best = auc(zip((float(row["chance_next_month"]) for row in stayed), outcomes, strict=True))
    found = auc(zip((risks[row["account_id"]] for row in stayed), outcomes, strict=True))
    assert found > best - 0.05


def test_every_mart_has_something_to_say(built: Settings) -> None:
    ((customers, channels, qualities),) = rows(
        built,
        "select count(*), count(distinct preferred_channel), count(distinct lead_quality)"
        " from marts.customer_features where total_interactions > 0 and num_closed_won > 0",
    )
    assert customers > LEADS / 10
    assert min(channels, qualities) >= 2
    ((priorities,),) = rows(built, "select count(distinct priority) from marts.lead_scores")
    assert priorities >= 3
    ((score, open_count),) = rows(built, "select health_score, open_count from marts.pipeline_health")
    assert score > 0
    assert open_count > 0

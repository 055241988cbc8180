"""The marts on Salesforce: every figure is computed once more from the files, on both engines."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from leadhouse.config import Engine, Settings
from leadhouse.warehouse import connect
from tests.python import salesforce_recomputed as recomputed
from tests.python.lead_files import ROOT, land
from tests.python.running import fails_after, run_dbt
from tests.python.salesforce_exports import AS_OF, write_org
from tests.python.salesforce_recomputed import Figures, Org

NewWarehouse = Callable[[Engine], Settings]

ENGINES: tuple[Engine, ...] = ("duckdb", "postgres")
LEADS = 10_000
MARTS = "path:models/marts/salesforce"
ANALYSES = (
    "leads_to_call",
    "leads_stuck",
    "lead_cohorts",
    "conversion_calibration",
    "forecast_by_month",
    "accounts_at_risk",
    "first_channels",
)
NOW = ("--vars", f"{{as_of: '{AS_OF.isoformat()}', quarterly_quota: {recomputed.QUOTA}}}")


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Org:
    return Org(write_org(tmp_path_factory.mktemp("salesforce_models"), LEADS, seed=5), AS_OF)


@pytest.fixture(scope="module")
def both(org: Org, new_warehouse: NewWarehouse) -> dict[Engine, Settings]:
    warehouses = {engine: new_warehouse(engine) for engine in ENGINES}
    for settings in warehouses.values():
        land(settings, org.folder, "2024-07", ("salesforce",))
        run_dbt(
            settings,
            "build",
            "--select",
            f"+{MARTS}",
            "int_lead_outcomes",
            "+stg_crm_exports__products",
            "--exclude-resource-type",
            "unit_test",
            *NOW,
        )
    return warehouses


@pytest.fixture(params=ENGINES)
def built(request: pytest.FixtureRequest, both: dict[Engine, Settings]) -> Settings:
    return both[request.param]


def figures(settings: Settings, table: str, keys: tuple[str, ...], columns: list[str]) -> Figures:
    with connect(settings) as connection:
        rows = connection.execute(f"select {', '.join((*keys, *columns))} from marts.{table}")
    width = len(keys)
    found = {
        row[:width] if width > 1 else row[0]: dict(zip(columns, row[width:], strict=True)) for row in rows
    }
    assert len(found) == len(rows)
    return found


def assert_agrees(settings: Settings, table: str, expected: Figures, *keys: str) -> None:
    """Every row and every figure that was computed twice."""
    columns = list(next(iter(expected.values())))
    found = figures(settings, table, keys, columns)
    assert found.keys() == expected.keys()
    wrong = [
        (key, column, found[key][column], value)
        for key, row in expected.items()
        for column, value in row.items()
        if not same(found[key][column], value)
    ]
    assert wrong == []


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, (int, float)) and isinstance(found, (int, float, Decimal)):
        return bool(float(found) == pytest.approx(float(expected), rel=1e-8, abs=1e-8))
    return bool(found == expected)


def status_groups() -> dict[str, str]:
    with (ROOT / "seeds/leads/lead_status_groups.csv").open(encoding="utf-8") as file:
        return {row["status"].lower(): row["status_group"] for row in csv.DictReader(file)}


def test_lead_scores(built: Settings, org: Org) -> None:
    assert_agrees(built, "lead_scores", recomputed.lead_scores(org), "lead_id")


def test_lead_metrics(built: Settings, org: Org) -> None:
    expected = recomputed.lead_metrics(org, status_groups())
    assert sum(sum(row.values()) - row["is_converted_count"] for row in expected.values()) == LEADS
    assert_agrees(built, "lead_metrics", expected, "metric_timestamp")


def test_lead_status_transition_probs(built: Settings, org: Org) -> None:
    assert_agrees(
        built, "lead_status_transition_probs", recomputed.transition_probs(org), "from_status", "to_status"
    )


def test_lead_status_outlook(built: Settings, org: Org) -> None:
    assert_agrees(built, "lead_status_outlook", recomputed.outlook(org), "status")


def test_lead_status_kpis(built: Settings, org: Org) -> None:
    probabilities = recomputed.transition_probs(org)
    expected: Figures = {}
    for old, new, goal, at_least in (
        ("Re-engagement", "Qualified", 0.5, True),
        ("Contacted", "Unqualified", 0.5, False),
        ("Qualified", "Unqualified", 0.2, False),
    ):
        # the KPI takes every spelling of a status
        n = sum(row["count"] for (left, _), row in probabilities.items() if left.lower() == old.lower())
        count = sum(
            row["count"]
            for (left, reached), row in probabilities.items()
            if (left.lower(), reached.lower()) == (old.lower(), new.lower())
        )
        expected[f"{old} to {new}"] = {
            "n": n,
            "value": count / n,
            "goal": goal,
            "is_met": (count / n >= goal) if at_least else (count / n < goal),
        }
    assert_agrees(built, "lead_status_kpis", expected, "kpi")


def test_pipeline_health(built: Settings, org: Org) -> None:
    expected = recomputed.pipeline_health(org)
    assert all(0 < part < 1 for name, part in expected.items() if name.endswith("_part"))
    assert_agrees(built, "pipeline_health", {date(2024, 7, 1): expected}, "as_of_date")


def test_pipeline_funnel(built: Settings, org: Org) -> None:
    assert_agrees(built, "pipeline_funnel", recomputed.pipeline_funnel(org), "stage_group")


def test_churn_risk(built: Settings, org: Org) -> None:
    assert_agrees(built, "churn_risk", recomputed.churn_risk(org), "account_id")


def test_customer_features(built: Settings, org: Org) -> None:
    assert_agrees(built, "customer_features", recomputed.customer_features(org), "customer_id")


def test_top_customers(built: Settings, org: Org) -> None:
    features = recomputed.customer_features(org)
    expected = sorted(
        features, key=lambda key: (-features[key]["total_revenue"], features[key]["customer_name"])
    )
    found = figures(built, "top_customers", ("revenue_rank",), ["customer_id"])
    assert [found[rank]["customer_id"] for rank in sorted(found)] == expected[:50]


def test_channel_performance(built: Settings, org: Org) -> None:
    assert_agrees(built, "channel_performance", recomputed.channel_performance(org), "channel")


def test_the_days_of_the_sales_summary_add_up(built: Settings, org: Org) -> None:
    with connect(built) as connection:
        ((talked, created, won, revenue),) = connection.execute(
            "select sum(interaction_count), sum(deals_created), sum(deals_won), sum(revenue) from marts.sales_summary"
        )
    deals = [row for row in org.kept("opportunities") if row["account_id"]]
    of_won = [row for row in deals if row["is_won"] == "True"]
    assert talked == sum(interaction.at <= org.as_of for interaction in recomputed.interactions(org))
    assert (created, won) == (len(deals), len(of_won))
    assert float(revenue) == pytest.approx(sum(recomputed.number(row["amount"]) for row in of_won))


def test_personal_data_in_a_history_is_hashed(built: Settings) -> None:
    with connect(built) as connection:
        rows = connection.execute(
            "select field, old_value, new_value, total from marts.lead_status_transitions where field <> 'Status'"
        )
    owner = [row for row in rows if row[0] == "Owner"]
    assert len(owner) == 1
    assert len(owner[0][1]) == len(owner[0][2]) == 64
    assert "Wilhelmina" not in str(rows)


def test_transitions_name_their_leads(built: Settings) -> None:
    with connect(built) as connection:
        rows = connection.execute("select total, lead_ids, created_at from marts.lead_status_transitions")
    for total, leads, created_at in rows:
        assert len(leads) == total
        assert leads == sorted(leads)
        assert created_at == AS_OF


Answers = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def answers(both: dict[Engine, Settings]) -> dict[Engine, Answers]:
    """What the analyses say on each engine, sixty days after every lead got a probability of a quarter."""
    found = {}
    for engine, settings in both.items():
        target = settings.home / "analyses"
        run_dbt(settings, "compile", "--select", *ANALYSES, "--target-path", target, *NOW)
        with connect(settings) as connection:
            connection.execute(
                "insert into operations.probabilities (subject, record_id, probability, horizon_days, observed_at)"
                " select 'leads', lead_id, 0.25, 90, ? from staging.stg_salesforce__leads",
                [AS_OF - timedelta(days=60)],
            )
            found[engine] = {
                name: connection.execute(
                    (target / f"compiled/leadhouse/analyses/{name}.sql").read_text(encoding="utf-8")
                )
                for name in ANALYSES
            }
            connection.execute("delete from operations.probabilities")
    return found


@pytest.mark.parametrize("name", ANALYSES)
def test_the_analyses_say_the_same_on_both_engines(answers: dict[Engine, Answers], name: str) -> None:
    duckdb, postgres = answers["duckdb"][name], answers["postgres"][name]
    assert duckdb
    assert len(duckdb) == len(postgres)
    wrong = [
        (here, there)
        for here, there in zip(duckdb, postgres, strict=True)
        if not all(same(*figure) for figure in zip(here, there, strict=True))
    ]
    assert wrong == []


def test_the_analyses_add_up(answers: dict[Engine, Answers], org: Org) -> None:
    found = answers["duckdb"]
    won = Counter[str]()
    for row in org.kept("opportunities"):
        if row["is_won"] == "True":
            won[row["close_date"][:7]] += recomputed.number(row["amount"])  # type: ignore[assignment]
    assert {
        f"{row[0]:%Y-%m}": float(row[3]) for row in found["forecast_by_month"] if row[3]
    } == pytest.approx(won)

    risks = recomputed.churn_risk(org)
    at_risk = {key: risk["revenue_at_risk"] for key, risk in risks.items() if risk["risk_level"] != "Low"}
    assert {row[0]: float(row[6]) for row in found["accounts_at_risk"] if row[6]} == pytest.approx(
        {key: revenue for key, revenue in at_risk.items() if revenue}
    )

    scores = recomputed.lead_scores(org)
    assert [row[0] for row in found["leads_to_call"]] == list(range(1, 51))
    assert [row[6] for row in found["leads_to_call"]] == [
        scores[row[1]]["lead_score"] for row in found["leads_to_call"]
    ]

    reached = {lead: new.lower() for lead, _, new, _ in recomputed.moves(org)}
    assert all(days > usual for *_, days, usual, _ in found["leads_stuck"])
    assert all(
        status.lower() == reached.get(lead, status.lower()) for lead, _, _, status, *_ in found["leads_stuck"]
    )

    conversions = sum(row[1] * row[3] for row in found["conversion_calibration"])
    assert sum(row[2] for row in found["lead_cohorts"]) > conversions > 0
    assert [row[4] for row in found["conversion_calibration"]] == pytest.approx([60 / 90] * 10)
    customers = recomputed.customer_features(org).values()
    assert sum(row[1] for row in found["first_channels"]) == sum(
        row["total_interactions"] > 0 for row in customers
    )


CORRUPTIONS = {
    "probabilities_of_a_status_add_up_to_1": (
        "update marts.lead_status_transition_probs set probability = 0 where to_status = 'Qualified'"
    ),
    "transition_counts_add_up_to_the_moves": (
        "delete from intermediate.int_lead_status_history where move_number = 1"
    ),
    "transitions_add_up_to_the_tracked_changes": (
        "alter view marts.lead_status_transitions rename to all_transitions;"
        "create view marts.lead_status_transitions as select * from marts.all_transitions where field <> 'Owner'"
    ),
    "hours_add_up_to_the_lead_versions": (
        "update marts.lead_metrics set new_count = new_count + 1, other_count = other_count + 1"
    ),
    "chances_of_a_status_add_up_to_1": "update marts.lead_status_outlook set chance_converted = 0",
    "goals_are_measured_against_all_moves": "update marts.lead_status_kpis set value = value / 2",
    "parts_of_a_lead_score_add_up_to_it": (
        "update marts.lead_scores set email_part = email_part - 0.02 where lead_id = 'L1'"
    ),
    "parts_of_a_churn_risk_add_up_to_it": (
        "update marts.churn_risk set revenue_part = null where account_id = 'A1'"
    ),
    "parts_of_the_pipelines_health_add_up_to_it": "update marts.pipeline_health set win_rate_part = 0",
    "every_part_of_a_score_is_a_share": "update marts.lead_scores set size_part = 1.1 where lead_id = 'L1'",
    "every_lead_that_is_not_deleted_has_its_score": "delete from marts.lead_scores where lead_id = 'L1'",
    "forecasts_add_up_to_the_open_amount": "update marts.pipeline_health set other_amount = 0",
    "stage_groups_add_up_to_the_opportunities": (
        "delete from marts.pipeline_funnel where stage_group = 'Negotiation'"
    ),
    "revenue_at_risk_adds_up_to_what_accounts_bought": (
        "update staging.stg_salesforce__opportunities set amount = amount + 0.01"
    ),
    "cases_of_the_accounts_add_up_to_the_cases": (
        "update marts.churn_risk set case_count = 0 where account_id = 'A1'"
    ),
    "customers_revenue_adds_up_to_the_won_deals": (
        "update staging.stg_salesforce__opportunities set is_won = false"
    ),
    "customers_interactions_add_up": (
        "update marts.customer_features set num_neutral_outcomes = num_neutral_outcomes + 1"
    ),
    "channels_add_up_to_the_interactions": "delete from marts.channel_performance where channel = 'call'",
    "days_add_up_to_interactions_and_deals": (
        "update marts.sales_summary set revenue = revenue + 1, deals_won = deals_won + 1"
    ),
    "no_other_customer_has_more_revenue": "delete from marts.top_customers where revenue_rank = 1",
    "moves_of_a_lead_follow_each_other": (
        "delete from intermediate.int_lead_status_history where move_number = 2"
    ),
    "stages_of_an_opportunity_follow_each_other": (
        "delete from intermediate.int_opportunity_stage_periods where period_number = 2"
    ),
    "every_salesforce_value_fits_its_type": "update raw_salesforce.case set customer_satisfaction_c = 'good'",
    "every_value_of_a_crm_export_fits_its_type": (
        "insert into raw_crm_exports.deals (lead_id, deal_value) values ('D1', '1,000')"
    ),
    "every_word_of_a_crm_export_is_known": (
        "insert into raw_crm_exports.deals (lead_id, status, _period)"
        " select 'D1', 'Signed', max(_period) from raw_crm_exports.deals"
    ),
    "every_goal_is_of_known_statuses": "update reference.kpi_goals set to_status = 'Qualifed'",
    "weights_of_a_salesforce_score_add_up_to_1": (
        "update reference.churn_risk_weights set weight = 0.3 where part = 'revenue'"
    ),
    "no_two_rows_of_a_salesforce_seed_fold_to_the_same_value": (
        "insert into reference.interaction_outcomes values ('status', 'COMPLETED ', 'positive')"
    ),
}


@pytest.mark.parametrize("claim", CORRUPTIONS)
def test_a_claim_fails_where_it_is_not_true(built: Settings, claim: str) -> None:
    assert fails_after(built, claim, CORRUPTIONS[claim])


def test_every_claim_on_these_marts_is_seen_to_fail() -> None:
    claims = {path.stem for path in (ROOT / "tests/marts/salesforce").glob("*.sql")}
    assert claims <= CORRUPTIONS.keys()


def test_a_stage_that_the_seed_does_not_know_is_named(built: Settings) -> None:
    (path,) = (built.home / "target/compiled/leadhouse/tests").rglob("every_opportunity_stage_is_known.sql")
    with connect(built) as connection:
        assert [stage for stage, _ in connection.execute(path.read_text())] == ["Verbal Yes"]


def test_the_health_of_each_day_is_kept(both: dict[Engine, Settings]) -> None:
    settings = both["duckdb"]
    later = ("--vars", "{as_of: '2024-07-02T09:00:00'}")
    before = figures(settings, "pipeline_health", ("as_of_date",), ["health_score", "stalled_count"])
    for options in (later, (*later, "--full-refresh")):
        run_dbt(settings, "run", "--select", "pipeline_health", *options)
    after = figures(settings, "pipeline_health", ("as_of_date",), ["health_score", "stalled_count"])
    assert after.keys() == {date(2024, 7, 1), date(2024, 7, 2)}
    assert after[date(2024, 7, 1)] == before[date(2024, 7, 1)]
    run_dbt(settings, "run", "--select", "pipeline_health", "--vars", "{as_of: '2024-06-30T09:00:00'}")
    assert (
        figures(settings, "pipeline_health", ("as_of_date",), ["health_score", "stalled_count"]) == after
    ), "a build that looks back makes no day up"
    with connect(settings) as connection:
        connection.execute("delete from marts.pipeline_health")
    run_dbt(settings, "run", "--select", "pipeline_health", *NOW)
    found = figures(settings, "pipeline_health", ("as_of_date",), ["health_score", "stalled_count"])
    assert found == before, "once emptied, it begins anew"


def test_without_anything_the_pipeline_has_no_score(settings: Settings, tmp_path: Path) -> None:
    run_dbt(
        settings,
        "build",
        "--select",
        f"+{MARTS}",
        "--exclude-resource-type",
        "unit_test",
        *NOW,
    )
    found = figures(
        settings, "pipeline_health", ("as_of_date",), ["health_score", "rating", "recommendations"]
    )
    assert found == {AS_OF.date(): {"health_score": None, "rating": "No Data", "recommendations": None}}


def test_the_moves_are_known_from_versions_where_no_history_is_kept(
    duckdb_settings: Settings, tmp_path: Path
) -> None:
    header = "id,company,status,is_converted,created_date,last_modified_date,system_modstamp"
    for month, status, is_converted in (("04", "New", ""), ("05", "Working", ""), ("06", "Working", "true")):
        folder = tmp_path / month
        (folder / "salesforce").mkdir(parents=True)
        at = f"2024-{month}-01T10:00:00"
        (folder / "salesforce" / "leads.csv").write_text(
            f"{header}\nL1,Sunny,{status},{is_converted},2024-03-02T10:00:00,{at},{at}\n"
        )
        land(duckdb_settings, folder, f"2024-{month}", ("salesforce",))
    run_dbt(duckdb_settings, "seed")
    run_dbt(duckdb_settings, "run", "--select", "+int_lead_status_transitions", *NOW)
    with connect(duckdb_settings) as connection:
        rows = connection.execute(
            "select from_status, to_status, entered_at, changed_at, days_in_from_status, known_from"
            " from intermediate.int_lead_status_transitions order by move_number"
        )
    april, may, june = (datetime(2024, month, 1, 10) for month in (3, 5, 6))
    assert rows == [
        ("New", "Working", april.replace(day=2), may, 60.0, "versions"),
        ("Working", "Converted", may, june, 31.0, "versions"),
    ]

"""The simulated Salesforce exports tell one consistent story, by the laws that are written in the simulator."""

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from leadhouse.simulator import laws
from leadhouse.simulator.plan import Plan, write
from tests.python.sampling import MOST_ERRORS, assert_expected, auc

LEADS = 3000
PERIODS = ("2027-11", "2027-12", "2028-01")
ENDS = {"2027-11": "2027-12-01", "2027-12": "2028-01-01", "2028-01": "2028-02-01"}
VERSIONED = (
    "salesforce_leads",
    "accounts",
    "contacts",
    "opportunities",
    "cases",
    "tasks",
    "events",
    "users",
)
Record = dict[str, str]
Table = dict[str, Record]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("org") / "out"
    sizes = {"deals": 1, "activities": 0, "users": 12, "leads": LEADS, "facilities": 0}
    for _ in write(Plan(seed=5, start=date(2027, 11, 1), months=3, **sizes), folder):
        pass
    return folder


@pytest.fixture(scope="module")
def deliveries(out: Path) -> dict[str, dict[str, Table]]:
    """By month, file and id."""
    return {
        period: {path.stem: by(read(path), "id") for path in (out / period / "salesforce").iterdir()}
        for period in PERIODS
    }


@pytest.fixture(scope="module")
def last(deliveries: dict[str, dict[str, Table]]) -> dict[str, Table]:
    return deliveries[PERIODS[-1]]


def read(path: Path) -> list[Record]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def by(rows: list[Record], key: str) -> Table:
    found = {row[key]: row for row in rows}
    assert len(found) == len(rows), "each id once"
    return found


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.removesuffix(".000Z"))


def lead_moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")


def grouped(rows: Iterable[Record], key: str) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


# One story


def test_what_is_referred_to_is_there(last: dict[str, Table]) -> None:
    people = last["salesforce_leads"].keys() | last["contacts"].keys()
    references = {
        "owner_id": last["users"].keys(),
        "created_by_id": last["users"].keys(),
        "manager_id": last["users"].keys(),
        "lead_id": last["salesforce_leads"].keys(),
        "account_id": last["accounts"].keys(),
        "what_id": last["accounts"].keys(),
        "contact_id": last["contacts"].keys(),
        "who_id": people,
        "opportunity_id": last["opportunities"].keys(),
        "converted_account_id": last["accounts"].keys(),
        "converted_contact_id": last["contacts"].keys(),
        "converted_opportunity_id": last["opportunities"].keys(),
    }
    for name, table in last.items():
        for column, known in references.items():
            used = {row[column] for row in table.values() if row.get(column)}
            assert used <= known, (name, column)


def test_nothing_happens_after_the_end_of_the_month(deliveries: dict[str, dict[str, Table]]) -> None:
    for period, tables in deliveries.items():
        for name, table in tables.items():
            for row in table.values():
                for column, value in row.items():
                    if column.endswith(("_date", "_date_time", "_modstamp")) and column != "close_date":
                        assert value < ENDS[period], (name, column)


def test_a_later_file_continues_the_earlier_one(deliveries: dict[str, dict[str, Table]]) -> None:
    for earlier, later in pairwise(PERIODS):
        for name, before in deliveries[earlier].items():
            after = deliveries[later][name]
            assert before.keys() <= after.keys(), name
            for key, old in before.items():
                if name not in VERSIONED:
                    assert after[key] | {"is_deleted": ""} == old | {"is_deleted": ""}
                elif after[key] != old:
                    assert after[key]["system_modstamp"] >= ENDS[earlier], name
                assert after[key].get("created_date") == old.get("created_date"), name
                assert after[key].get("subject") == old.get("subject"), name
            if name != "users":
                assert len(after) > len(before), name
            if name in VERSIONED and name != "users":
                assert any(after[key] != row for key, row in before.items()), name


def test_a_leads_history_leads_to_what_it_is(last: dict[str, Table]) -> None:
    history = grouped(last["lead_histories"].values(), "lead_id")
    for key, lead in last["salesforce_leads"].items():
        rows = sorted(history[key], key=lambda row: (row["created_date"], row["id"]))
        assert rows[0]["field"] == "created"
        assert moment(rows[0]["created_date"]) == lead_moment(lead["created_date"])
        moves = [row for row in rows if row["field"] == "Status"]
        assert all(one["new_value"] == other["old_value"] for one, other in pairwise(moves))
        assert all(row["new_value"] in laws.LEAD_MOVES[row["old_value"]] for row in moves)
        assert not moves or moves[-1]["new_value"] == lead["status"]
        assert all(moment(row["created_date"]) <= lead_moment(lead["last_modified_date"]) for row in rows)

        conversions = [row for row in rows if row["field"] == "leadConverted"]
        assert len(conversions) == (lead["is_converted"] == "TRUE")
        for column in ("date", "account_id", "contact_id", "opportunity_id"):
            assert bool(lead[f"converted_{column}"]) == bool(conversions)
        if conversions:
            assert rows[-1] is conversions[0]
            assert lead["status"] == laws.QUALIFIED
            account = last["accounts"][lead["converted_account_id"]]
            assert account["created_date"] == conversions[0]["created_date"]
            assert (account["name"], account["industry"]) == (lead["company"], lead["industry"])
            early = lead_moment(lead["created_date"]) + timedelta(days=laws.EARLY_DAYS)
            assert moment(conversions[0]["created_date"]) > early


def test_a_conversion_takes_the_leads_calls_along(last: dict[str, Table]) -> None:
    activities = [*last["tasks"].values(), *last["events"].values()]
    with_leads = {row["who_id"] for row in activities if not row["account_id"]}
    assert all(last["salesforce_leads"][key]["is_converted"] == "FALSE" for key in with_leads)
    converted = {
        row["converted_contact_id"]: lead_moment(row["created_date"])
        for row in last["salesforce_leads"].values()
        if row["is_converted"] == "TRUE"
    }
    accounts = last["accounts"]
    taken = [
        row
        for row in activities
        if row["who_id"] in converted and row["created_date"] < accounts[row["account_id"]]["created_date"]
    ]
    assert len(taken) > LEADS / 10
    assert all(moment(row["created_date"]) >= converted[row["who_id"]] for row in taken)
    assert all(
        row["system_modstamp"] == accounts[row["account_id"]]["created_date"]
        for row in taken
        if row.get("is_closed", "TRUE") == "TRUE"
    )


def test_an_opportunitys_history_leads_to_what_it_is(last: dict[str, Table]) -> None:
    history = grouped(last["opportunity_histories"].values(), "opportunity_id")
    for key, opportunity in last["opportunities"].items():
        rows = sorted(history[key], key=lambda row: row["id"])
        assert [row["created_date"] for row in rows] == sorted(row["created_date"] for row in rows)
        assert rows[0]["created_date"] == opportunity["created_date"]
        assert (rows[-1]["stage_name"], rows[-1]["created_date"]) == (
            opportunity["stage_name"],
            opportunity["last_stage_change_date"],
        )
        assert (opportunity["is_closed"] == "TRUE") == (opportunity["stage_name"] not in laws.STAGE_MOVES)
        assert (opportunity["is_won"] == "TRUE") == (opportunity["stage_name"] == "Closed Won")


def test_who_has_left_is_silent(out: Path, last: dict[str, Table]) -> None:
    left = {
        row["account_id"]: row["left_at"]
        for row in read(out / "truth" / "account_churn.csv")
        if row["left_at"] and row["left_at"] < ENDS[PERIODS[-1]]
    }
    assert len(left) > LEADS / 30
    for name in ("tasks", "events", "cases", "opportunities"):
        for row in last[name].values():
            assert row["created_date"] <= left.get(row["account_id"], "9")
    for row in last["opportunities"].values():
        assert row["is_closed"] == "TRUE" or row["account_id"] not in left


# The laws


def test_leads_move_as_likely_as_the_chain_says(last: dict[str, Table]) -> None:
    moves = Counter(
        (row["old_value"], row["new_value"])
        for row in last["lead_histories"].values()
        if row["field"] == "Status"
    )
    for status, weights in laws.LEAD_MOVES.items():
        count, total = sum(moves[status, following] for following in weights), sum(weights.values())
        assert count > LEADS / 60
        for following, weight in weights.items():
            assert_expected(moves[status, following], [weight / total] * count)


def test_leads_stay_as_long_as_they_should(last: dict[str, Table]) -> None:
    """Of those that have been there for years: of the others the longest stays are not over."""
    days: dict[str, list[float]] = defaultdict(list)
    for rows in grouped(last["lead_histories"].values(), "lead_id").values():
        ordered = sorted(rows, key=lambda row: row["id"])
        if ordered[0]["created_date"] < "2026-02":
            for before, after in pairwise(ordered):
                if after["field"] == "Status":
                    stay = moment(after["created_date"]) - moment(before["created_date"])
                    days[after["old_value"]].append(stay.total_seconds() / 86400)
    for status in ("New", "Assigned", "Working", "Contacted", "Connected", laws.QUALIFIED):
        mean, count = sum(days[status]) / len(days[status]), len(days[status])
        expected = laws.DWELL_DAYS[status]
        assert abs(mean - expected) < MOST_ERRORS * expected / math.sqrt(count), status
    assert min(days[laws.QUALIFIED]) >= laws.EARLY_DAYS


def test_leads_are_converted_as_likely_as_the_truth_says(out: Path, last: dict[str, Table]) -> None:
    truth = by(read(out / "truth" / "lead_conversion.csv"), "lead_id")
    assert truth.keys() == last["salesforce_leads"].keys()
    chances: list[float] = []
    for row in truth.values():
        chances += [float(row["chance_at_each_decision"])] * int(row["decisions"])
    converted = [row for row in last["salesforce_leads"].values() if row["is_converted"] == "TRUE"]
    assert_expected(len(converted), chances)
    # and so within the more and the less likely half
    middle = sorted(chances)[len(chances) // 2]
    of_converted = [float(truth[row["id"]]["chance_at_each_decision"]) for row in converted]
    assert_expected(sum(one > middle for one in of_converted), [one for one in chances if one > middle])

    alive = [row for key, row in truth.items() if last["salesforce_leads"][key]["is_deleted"] == "FALSE"]
    ever = [(float(row["chance_ever"]), bool(row["converted_at"])) for row in alive]
    assert_expected(sum(outcome for _, outcome in ever), [chance for chance, _ in ever])
    assert auc(ever) > 0.7


def test_the_chance_follows_from_what_the_files_show(out: Path, last: dict[str, Table]) -> None:
    truth = by(read(out / "truth" / "lead_conversion.csv"), "lead_id")
    who = {row["converted_contact_id"]: key for key, row in last["salesforce_leads"].items()}
    early: Counter[tuple[str, str]] = Counter()
    for name in ("tasks", "events"):
        for row in last[name].values():
            key = who.get(row["who_id"], row["who_id"])
            lead = last["salesforce_leads"].get(key)
            done = row.get("completed_date_time", row.get("end_date_time"))
            if lead and done:
                early[key, name] += moment(done) <= lead_moment(lead["created_date"]) + timedelta(
                    days=laws.EARLY_DAYS
                )
    for key, lead in last["salesforce_leads"].items():
        if lead["created_date"] < "2028-01-10" and lead["is_deleted"] == "FALSE":
            expected = laws.conversion_chance(
                lead["industry"],
                lead["lead_source"],
                int(lead["number_of_employees"]) if lead["number_of_employees"] else None,
                int(lead["website_visits_c"]) if lead["website_visits_c"] else None,
                early[key, "tasks"],
                early[key, "events"],
            )
            assert float(truth[key]["chance_at_each_decision"]) == pytest.approx(expected, abs=1e-6)
            ever = laws.ever_converted(truth[key]["first_status"], expected)
            assert float(truth[key]["chance_ever"]) == pytest.approx(ever, abs=1e-6)


def test_opportunities_move_as_likely_as_the_chain_says(out: Path, last: dict[str, Table]) -> None:
    left = {row["account_id"]: row["left_at"] for row in read(out / "truth" / "account_churn.csv")}
    moves: Counter[tuple[str, str]] = Counter()
    for key, rows in grouped(last["opportunity_histories"].values(), "opportunity_id").items():
        given_up = left.get(last["opportunities"][key]["account_id"])
        ordered = sorted(rows, key=lambda row: row["id"])
        moves.update(
            (one["stage_name"], other["stage_name"])
            for one, other in pairwise(ordered)
            if other["created_date"] != given_up
        )
    for stage, weights in laws.STAGE_MOVES.items():
        count = sum(moves[stage, following] for following in weights)
        for following, weight in weights.items():
            assert_expected(moves[stage, following], [weight / sum(weights.values())] * count)


def test_customers_leave_as_likely_as_their_signals_say(out: Path) -> None:
    customers = [row for row in read(out / "truth" / "account_churn.csv") if row["chance_next_month"]]
    for row in customers:
        expected = laws.leaving_chance(
            int(row["cases"]),
            int(row["urgent_cases"]),
            float(row["satisfaction"]) if row["satisfaction"] else None,
            int(row["silent_days"]),
        )
        assert float(row["chance_next_month"]) == pytest.approx(expected, rel=0.01)
    chances = [float(row["chance_next_month"]) for row in customers]
    assert_expected(sum("2028-02" <= row["left_at"][:7] < "2028-03" for row in customers), chances)
    assert auc(zip(chances, (bool(row["left_at"]) for row in customers), strict=True)) > 0.65


def test_the_chance_to_be_converted_at_all_solves_the_chain() -> None:
    for chance in (0.05, 0.5, 0.95):
        for status, weights in laws.LEAD_MOVES.items():
            on = sum(weight * laws.ever_converted(other, chance) for other, weight in weights.items())
            on /= sum(weights.values())
            expected = chance + (1 - chance) * on if status == laws.QUALIFIED else on
            assert laws.ever_converted(status, chance) == pytest.approx(expected, abs=1e-9)
    assert laws.ever_converted("Unqualified", 0.9) == 0

"""``leadhouse explain`` and ``leadhouse review``: on the demo, and on a copy of it in Postgres."""

import csv
import io
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from leadhouse import matches
from leadhouse.config import Engine, Settings, load_settings
from leadhouse.errors import LeadhouseError
from leadhouse.explain import Link, Rival, explanation, what_decided
from leadhouse.lock import run_lock
from leadhouse.matches import Evidence, Lead, against_it, for_it, shown_confidence
from leadhouse.review import DECISION_COLUMNS, OTHER_COLUMNS, Uncertain, uncertain_pairs
from leadhouse.warehouse import connect, quote
from tests.python.running import ROOT, call_leadhouse, environment
from tests.python.test_pii import Search, secrets_of

SEEDS = ROOT / "seeds/lead_matching"
TABLES = (
    ("marts", "fct_leads"),
    ("intermediate", "int_leads_unioned"),
    ("intermediate", "int_lead_match_pairs"),
    ("intermediate", "int_lead_match_links"),
    ("intermediate", "int_lead_match_reasons"),
    ("intermediate", "int_lead_match_decisions"),
    ("intermediate", "int_lead_match_choices"),
    ("intermediate", "int_lead_match_facility_groups"),
    ("reference", "match_weights"),
)
"""What the two commands read."""


@pytest.fixture(scope="module")
def in_postgres(demo: Settings, new_warehouse: Callable[[Engine], Settings]) -> Settings:
    """The demo's matches, copied: the models' own tests show that Postgres finds the same."""
    settings = new_warehouse("postgres")
    with connect(demo, read_only=True) as source, connect(settings) as copy:
        for schema, table in TABLES:
            columns = source.execute(
                "select column_name, data_type from information_schema.columns"
                " where table_schema = ? and table_name = ? and data_type not like '%[]' order by ordinal_position",
                [schema, table],
            )
            names = ", ".join(quote(name) for name, _ in columns)
            kinds = ", ".join(f"{quote(name)} {kind.replace('DOUBLE', 'float8')}" for name, kind in columns)
            copy.execute(f"create schema if not exists {schema}")
            copy.execute(f"create table {schema}.{table} ({kinds})")
            places = ", ".join("?" * len(columns))
            for row in source.execute(f"select {names} from {schema}.{table}"):
                copy.execute(f"insert into {schema}.{table} values ({places})", row)
    return settings


@pytest.fixture
def own(demo: Settings, tmp_path: Path) -> Settings:
    """The demo on a copy, to be changed."""
    settings = load_settings({"LEADHOUSE_HOME": str(tmp_path / "own")})
    settings.home.mkdir()
    shutil.copy(demo.warehouse_file, settings.warehouse_file)
    return settings


def shown(settings: Settings, asked: str, width: int = 400) -> str:
    """What a person reads, without blanks at the ends of lines."""
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, color_system=None)
    for part in explanation(settings, asked):
        console.print(part)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def one(settings: Settings, sql: str) -> tuple[str, ...]:
    """The first row of an answer."""
    with connect(settings, read_only=True) as connection:
        rows = connection.execute(sql)
    assert rows, f"the demo has no such lead: {sql}"
    return rows[0]


def all_ids(settings: Settings) -> list[str]:
    with connect(settings, read_only=True) as connection:
        rows = connection.execute(
            "select source_system || ':' || source_lead_id from marts.fct_leads order by 1"
        )
    return [name for (name,) in rows]


def change(settings: Settings, *statements: str) -> None:
    with connect(settings) as connection:
        for sql in statements:
            connection.execute(sql)


def test_a_duplicate_is_explained_by_its_strongest_link(demo: Settings) -> None:
    duplicate, original, total, sentence = one(
        demo,
        "select fct_leads.source_lead_id, originals.source_lead_id, links.total_bits, links.explanation"
        " from marts.fct_leads inner join marts.fct_leads as originals"
        " on fct_leads.duplicate_of_lead_key = originals.lead_key"
        " inner join intermediate.int_lead_match_links as links on links.match_level = 'site'"
        " and least(left_lead_key, right_lead_key) = least(fct_leads.lead_key, originals.lead_key)"
        " and greatest(left_lead_key, right_lead_key) = greatest(fct_leads.lead_key, originals.lead_key)"
        " where fct_leads.source_system <> 'salesforce' and originals.source_system = 'salesforce'"
        " and links.match_rule = 'score' order by 1",
    )
    text = shown(demo, duplicate)
    assert f"A duplicate of salesforce:{original}, " in text
    assert "listed by its state" in text
    assert f"Why: its strongest link, with salesforce:{original}, " in text
    assert sentence in text
    table = text.partition("what that means\n")[2].partition("confidence")[0]
    bits = {
        match[1].strip(): Decimal(match[2])
        for line in table.splitlines()
        if (match := re.match(r"(.{19}).*?\s([+-]\d+\.\d\d|0)  ", line))
    }
    assert bits.pop("total") == round(Decimal(total), 2)
    assert abs(sum(bits.values()) - Decimal(total)) < Decimal("0.05")  # each is rounded
    assert bits["start"] == -4 and len(bits) == 9
    assert " this lead" in text and " duplicate  " in text and " survivor  " in text


def test_every_lead_can_be_explained_and_is_what_the_mart_says(demo: Settings) -> None:
    with connect(demo, read_only=True) as connection:
        rows = connection.execute(
            "select source_system, source_lead_id, lead_key, is_deleted, is_duplicate, is_net_new,"
            " count(*) over (partition by site_key) from marts.fct_leads order by lead_key"
        )
    said = {"duplicate": 0, "net-new": 0, "deleted": 0, "rivals": 0}
    for source, key, lead_key, is_deleted, is_duplicate, is_net_new, records in rows[:60]:
        text = shown(demo, f"{source}:{key}")
        assert lead_key in text
        assert ("Deleted: it is matched with nothing" in text) == is_deleted
        assert ("A duplicate of " in text) == is_duplicate
        assert ("Net-new: its state lists it" in text) == is_net_new
        assert ("Records of its site" in text) == (records > 1)
        assert ("Why: its strongest link" in text) == (records > 1)
        said["duplicate"] += is_duplicate
        said["net-new"] += is_net_new
        said["rivals"] += "Best rivals" in text
    assert min(said["duplicate"], said["net-new"], said["rivals"]) > 0


def test_rivals_are_of_other_sites_and_best_first(demo: Settings) -> None:
    (key,) = one(
        demo,
        "select max(fct_leads.lead_key) from marts.fct_leads inner join intermediate.int_lead_match_pairs"
        " on lead_key in (left_lead_key, right_lead_key) where source_system = 'nevada'"
        " group by lead_key having count(*) > 3 order by 1",
    )
    lines = shown(demo, key).partition("Best rivals")[2].partition("\n\n")[0].splitlines()[3:]
    totals = [float(re.findall(r"  ([+-]\d+\.\d\d)  ", line)[0]) for line in lines]
    assert 1 < len(totals) <= 5 and totals == sorted(totals, reverse=True)
    assert all(re.search(r"\(.+\) -\d", line) for line in lines if " -" in line)


def test_a_lead_is_found_under_all_its_names(own: Settings) -> None:
    texas, oklahoma, lead = (
        one(own, f"select min(source_lead_id) from marts.fct_leads where source_system = '{source}'")[0]
        for source in ("texas", "oklahoma", "salesforce")
    )
    change(
        own,
        f"update marts.fct_leads set source_lead_id = '00Q5e00000ABCdeEAG' where source_system = 'salesforce'"
        f" and source_lead_id = '{lead}'",
    )
    (key,) = one(own, f"select lead_key from marts.fct_leads where source_lead_id = '{texas}'")
    for name in (texas, f" {texas} ", f"texas:{texas}", f"Texas: {texas}", key):
        assert f"\ntexas:{texas}, " in shown(own, name)
    assert f"\noklahoma:{oklahoma}, " in shown(own, oklahoma.lower())
    for name in ("00Q5e00000ABCdeEAG", "00Q5e00000ABCde", "salesforce:00q5e00000abcdeeag"):
        assert "\nsalesforce:00Q5e00000ABCdeEAG, a lead in Salesforce" in shown(own, name)


def test_an_id_of_several_sources_is_asked_back(own: Settings) -> None:
    change(
        own,
        "update marts.fct_leads set source_lead_id = 'X''1[b]' where lead_key in (" + _two_sources() + ")",
    )
    with pytest.raises(LeadhouseError) as error:
        shown(own, "x'1[B]")
    message = str(error.value)
    assert message.startswith("'x'1[B]' is the id of 2 leads, name one of them: nevada:X'1[b] (")
    assert "; texas:X'1[b] (" in message and "\n" not in message
    assert "\ntexas:X'1[b], " in shown(own, "texas:X'1[b]")


def _two_sources() -> str:
    return ", ".join(
        f"(select min(lead_key) from marts.fct_leads where source_system = '{source}')"
        for source in ("nevada", "texas")
    )


def test_what_cannot_be_told_is_one_line(demo: Settings, settings: Settings, tmp_path: Path) -> None:
    def error(where: Settings, *arguments: str) -> str:
        result = call_leadhouse(where, *arguments, status=1)
        assert result.stdout == "" and result.stderr.count("\n") == 1
        return result.stderr

    assert error(demo, "explain", "no%such'lead?").startswith(
        "Error: no lead is called 'no%such'lead?': a lead is a Salesforce id, a credential number of Nevada,"
    )
    assert "'utah' is no source of leads; there are salesforce, nevada," in error(demo, "explain", "Utah:1")
    for command in (("explain", "1"), ("review",)):
        assert "not been matched yet: run 'leadhouse build'" in error(settings, *command)
    elsewhere = load_settings({"LEADHOUSE_HOME": str(tmp_path / "nowhere")})
    assert "run 'leadhouse build'" in error(elsewhere, "explain", "1")
    assert not elsewhere.home.exists()


@pytest.mark.parametrize("in_a_run", [True, False])
def test_a_file_that_another_process_has_open_is_one_line(
    duckdb_settings: Settings, monkeypatch: pytest.MonkeyPatch, in_a_run: bool
) -> None:
    monkeypatch.setattr(matches, "WAIT_SECONDS", 0)
    script = """
from leadhouse.config import load_settings
from leadhouse.warehouse import connect
with connect(load_settings()):
    print("open", flush=True)
    input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment(duckdb_settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stdin
        assert process.stdout.readline() == "open\n"
        if in_a_run:
            with run_lock(duckdb_settings, "leadhouse build"):
                result = call_leadhouse(duckdb_settings, "explain", "1", status=1)
        else:
            result = call_leadhouse(duckdb_settings, "explain", "1", status=1)
        process.stdin.write("\n")
    holder = "'leadhouse build' (process" if in_a_run else "another process"
    assert f"is in use by {holder}" in result.stderr and result.stderr.count("\n") == 1


def test_postgres_says_the_same_and_is_only_read(demo: Settings, in_postgres: Settings) -> None:
    for asked in all_ids(demo)[::8]:
        assert shown(in_postgres, asked) == shown(demo, asked)
    assert rows_of(uncertain_pairs(in_postgres, 100)) == rows_of(uncertain_pairs(demo, 100)) != []
    with matches.matched_warehouse(in_postgres) as connection:
        assert connection.execute("show transaction_read_only") == [("on",)]


def rows_of(pairs: list[Uncertain]) -> list[tuple[str, ...]]:
    return [pair.row for pair in pairs]


def test_no_personal_data_are_printed(demo: Settings, demo_files: Path, tmp_path: Path) -> None:
    search = Search(secrets_of(demo_files))
    assert len(search.secrets.emails) > 20 and len(search.secrets.phones) > 20
    texts = [shown(demo, asked) for asked in all_ids(demo)]
    call_leadhouse(demo, "review", "--most", 1000, "--csv", tmp_path / "review.csv")
    texts += [
        (tmp_path / "review.csv").read_text(),
        call_leadhouse(demo, "review", "--most", 1000).stdout,
        call_leadhouse(demo, "explain", all_ids(demo)[0]).stdout,
    ]
    # business names are public, also those of businesses called after their owners
    leaks = {leak for text in texts for leak in search.leaks(text, "output", is_public=True)}
    assert leaks == set()
    phone, email = min(search.secrets.phones), min(search.secrets.emails)
    assert len(list(search.leaks(f"call {phone} or write to {email}", "output"))) == 2


def test_a_log_gets_plain_lines(demo: Settings) -> None:
    result = call_leadhouse(demo, "explain", all_ids(demo)[0])
    assert "\x1b" not in result.stdout and "─" not in result.stdout


def test_names_are_never_taken_for_markup(own: Settings) -> None:
    change(own, "update marts.fct_leads set business_name = '[red]A[/] [/b] Kids'")
    assert "[red]A[/] [/b] Kids" in shown(own, all_ids(own)[0])
    assert "[red]A[/] [/b] Kids" in call_leadhouse(own, "review").stdout


def test_pairs_to_review_stand_in_the_columns_of_the_seed(demo: Settings, tmp_path: Path) -> None:
    file = tmp_path / "review.csv"
    result = call_leadhouse(demo, "review", "--most", 3, "--csv", file)
    assert "first 8 columns into seeds/lead_matching/match_overrides.csv" in result.stdout
    header = (SEEDS / "match_overrides.csv").read_text().splitlines()[0].split(",")
    with file.open(newline="") as opened:
        columns, *rows = csv.reader(opened)
    assert columns[:8] == header == list(DECISION_COLUMNS) and columns[8:] == list(OTHER_COLUMNS)
    assert 1 <= len(rows) <= 3 and all(row[4:8] == [""] * 4 for row in rows)
    again = call_leadhouse(demo, "review", "--csv", file, status=1)
    assert "is there already, perhaps with decisions in it" in again.stderr
    nowhere = call_leadhouse(demo, "review", "--csv", tmp_path / "no" / "folder.csv", status=1)
    assert nowhere.stderr.count("\n") == 1 and "cannot be written" in nowhere.stderr


def test_the_least_certain_come_first_and_agree_with_the_decisions(demo: Settings) -> None:
    pairs = uncertain_pairs(demo, 1000)
    choices = [
        pair
        for pair in pairs
        if (pair.left.source_system == "salesforce") != (pair.right.source_system == "salesforce")
    ]
    distances = [abs(math.log2(pair.confidence / (1 - pair.confidence))) for pair in choices]
    assert distances == pytest.approx(sorted(distances), abs=0.01)
    for pair in choices:
        with connect(demo, read_only=True) as connection:
            chosen = connection.execute(
                "select facility_lead_key, confidence from intermediate.int_lead_match_choices where lead_key = ?",
                [pair.left.lead_key],
            )
        is_chosen = bool(chosen) and chosen[0][0] == pair.right.lead_key
        if abs(pair.confidence - Decimal("0.5")) > Decimal("0.0001"):  # the models round
            assert is_chosen == (pair.confidence > Decimal("0.5"))
        if is_chosen:
            assert abs(chosen[0][1] - pair.confidence) < Decimal("0.001")
    assert uncertain_pairs(demo, 2) == pairs[:2]


def test_pairs_alike_are_as_sure_as_the_models_say(demo: Settings) -> None:
    with connect(demo, read_only=True) as connection:
        known = {
            frozenset(keys): confidence
            for *keys, confidence in connection.execute(
                "select left_lead_key, right_lead_key, confidence from intermediate.int_lead_match_duplicate_links"
            )
        }
    seen = 0
    for pair in uncertain_pairs(demo, 1000):
        expected = known.get(frozenset((pair.left.lead_key, pair.right.lead_key)))
        if expected is not None:
            assert abs(expected - pair.confidence) < Decimal("0.001")
            seen += 1
    assert seen


def test_decided_pairs_are_left_out(own: Settings) -> None:
    first = uncertain_pairs(own, 1000)[0]
    keys = (first.left.lead_key, first.right.lead_key)
    change(
        own,
        *(
            "insert into intermediate.int_lead_match_decisions (left_lead_key, right_lead_key, is_same, is_as_given)"
            f" values ('{left}', '{right}', false, {is_given})"
            for left, right, is_given in ((*keys, "true"), (*keys[::-1], "false"))
        ),
    )
    assert keys not in {(pair.left.lead_key, pair.right.lead_key) for pair in uncertain_pairs(own, 1000)}
    if not first.is_linked:
        assert "a person: not the same" in shown(own, first.left.lead_key)


def test_where_nothing_is_uncertain_it_says_so(own: Settings) -> None:
    change(own, "delete from intermediate.int_lead_match_pairs")
    assert call_leadhouse(own, "review").stdout.startswith("nothing is uncertain")
    assert "No record of another site was like it enough" in shown(own, all_ids(own)[0])


def test_a_pair_that_was_never_compared_is_told_so(own: Settings) -> None:
    (key,) = one(own, "select lead_key from marts.fct_leads where is_duplicate order by 1")
    columns = ", ".join(f"{name}_bits = null, {name}_level = null" for name in matches.ATTRIBUTES)
    change(
        own,
        f"update intermediate.int_lead_match_links set match_rule = 'override', total_bits = null, {columns},"
        " explanation = 'A person decided that they are one site.'",
    )
    text = shown(own, key)
    assert "A person decided that they are one site." in text
    assert "The score of the two is not known" in text


def test_a_name_is_no_formula(demo: Settings) -> None:
    pair = uncertain_pairs(demo, 1)[0]
    row = replace(pair, left=replace(pair.left, business_name="=HYPERLINK(1)")).row
    assert "'=HYPERLINK(1)" in row


def test_what_speaks_for_and_against_stands_in_order() -> None:
    evidence = [
        Evidence("place", "other city", Decimal(-4)),
        Evidence("email", "same", Decimal("3.5")),
        Evidence("number", "missing", Decimal(0)),
        Evidence("phone", "same", Decimal("5.1")),
        Evidence("number", "different", Decimal("-4.2")),
    ]
    assert for_it(evidence) == "phone (same), e-mail (same)"
    assert against_it(evidence) == "number in the name (different), place (other city)"
    assert [shown_confidence(value) for value in (0.5, 0.994, 0.996)] == ["50 %", "99 %", "over 99 %"]


def test_what_decided_against_a_rival_is_told() -> None:
    def record(source: str, is_listed: bool | None) -> Lead:
        return Lead("k", source, "1", "A", *(None,) * 4, False, is_listed, False, False, "s", "o", None)

    def told(left: Lead, right: Lead, bits: int, *rules: str, is_decided: bool = False) -> str:
        links = [Link("a", "b", rule, Decimal(1), "", None, None, ()) for rule in rules]
        against = Evidence("place", "same state", Decimal("-0.4"))
        return what_decided(left, Rival(right, is_decided, Decimal(bits), (against,)), links)

    lead, facility = record("salesforce", None), record("nevada", True)
    place = "place (same state) -0.40"
    assert told(lead, facility, -3, "score") == place
    assert told(lead, facility, 3, is_decided=True) == "a person: not the same"
    assert told(lead, facility, 3, "score") == f"another record is likelier, {place}"
    assert told(facility, lead, 3, "score", "override") == f"a person chose another record, {place}"
    assert told(lead, facility, 3) == f"not clear of its own rivals, {place}"
    assert told(lead, lead, 3) == f"each belongs with other records, {place}"
    assert told(facility, facility, 3).startswith(
        "two licences are one site only by name, number and address"
    )


DOCS = (ROOT / "docs/matching.md").read_text()


def plain(text: str) -> str:
    """With the signs of a keyboard."""
    return text.replace("\N{MINUS SIGN}", "-").replace("\N{MULTIPLICATION SIGN}", "*")


def examples() -> list[list[list[str]]]:
    """The worked examples of docs/matching.md: of each the rows, cell by cell, in plain signs."""
    tables = re.findall(r"\| \| agreement \| how \| bits \|\n\|[-|]+\|\n((?:\|.*\n)+)", DOCS)
    return [
        [[cell.strip(" *") for cell in plain(line).strip("|").split("|")] for line in table.splitlines()]
        for table in tables
    ]


def weights() -> dict[tuple[str, str], dict[str, str]]:
    with (SEEDS / "match_weights.csv").open(newline="") as file:
        return {(row["attribute"], row["level"]): row for row in csv.DictReader(file)}


def test_the_worked_examples_follow_from_the_seed() -> None:
    known, text = weights(), " ".join(DOCS.split())
    totals = []
    for rows in examples():
        found = Decimal(0)
        *parts, total = rows
        assert parts[0] == ["start", "", "", f"{Decimal(known['prior', '']['bits']):+.2f}"]
        for attribute, level, how, bits in parts:
            if level == "missing":
                assert (how, bits) == ("", "0")
                continue
            weight = known["prior" if attribute == "start" else attribute, level]
            value, expected = Decimal(weight["bits"]), weight["bits"]
            if attribute == "name":
                assert "6 + 9 + 3 = 18 bits" in text
                value += Decimal(weight["bits_per_word_bit"]) * 18
                expected += f" + {weight['bits_per_word_bit']} * 18"
            if attribute == "phone":
                value += Decimal(weight["bits_per_doubling"])
                expected += f" - {weight['bits_per_doubling'].lstrip('-')} * 1"
            assert how == ("" if attribute == "start" else expected)
            assert bits == f"{value:+.2f}"
            found += value
        assert total[0] == "total" and total[3] == f"{found:+.2f}"
        totals.append(found)
    best, sister = (2 ** float(total) for total in totals)
    assert examples()[0][-1][2] == f"odds of {best:,.0f} to 1"
    assert examples()[1][-1][2] == f"odds of 1 to {1 / sister:.0f}"
    no_facility = float(project_vars()["match_odds_of_no_facility"])
    assert f"{best:,.0f} ÷ ({best:,.0f} + {sister:.2f} + {no_facility})" in text
    assert shown_confidence(best / (best + sister + no_facility)) == "over 99 %"


def test_the_page_tells_the_thresholds_that_are_set() -> None:
    settings = project_vars()
    text = " ".join(DOCS.split())
    assert f"one site from {settings['match_min_facility_bits']} bits on" in text
    duplicate, moved = (settings[f"match_min_{name}_bits"] for name in ("duplicate", "moved"))
    assert f"Otherwise from {duplicate} bits on, or from {moved} bits on where" in text
    assert f"**confidence** exceeds {settings['match_min_facility_confidence']}" in text
    assert f"What more than {settings['match_most_leads_per_key']} leads share" in text
    assert f"({settings['match_most_leads_per_weak_key']} for a word with a city" in text
    names = ("worth_of_a_pair_bit", "bits_against_a_pair", "bits_of_a_pair_address")
    worth, against, of_an_address = (settings[f"match_{name}"] for name in names)
    assert f"a bit counts for {worth} and {against} bits are taken off" in text
    assert f"{of_an_address} bits are added where the addresses agree" in text
    assert f"five bits make {100 / (1 + 2 ** (against - 5 * worth)):.0f} %" in text
    for name in re.findall(r"`(match_(?:min|most|odds)_\w+)`", text):
        assert name in settings


def project_vars() -> dict[str, Any]:
    variables: dict[str, Any] = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
    return variables

"""The macros give what is written down, on both engines, and never raise an error whatever the text."""

import hashlib
import random
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from leadhouse.config import Engine, Settings
from leadhouse.warehouse import Connection, connect
from tests.python.data import macro_cases as cases
from tests.python.running import ROOT, run_dbt

CASTS: dict[str, Mapping[str, Any]] = {
    "try_integer('value')": cases.INTEGERS,
    "try_count('value')": {text: number for text, number in cases.INTEGERS.items() if number >= 0},
    "try_decimal('value')": cases.DECIMALS,
    "try_whole('value')": cases.WHOLES,
    "try_boolean('value')": cases.BOOLEANS,
    "try_date('value', 'YYYY-MM-DD')": cases.DATES_ISO,
    "try_date('value', 'MM/DD/YYYY')": cases.DATES_SLASH,
    "try_date('value', 'MM/DD/YY')": cases.DATES_SLASH_SHORT,
    "try_timestamp('value')": cases.TIMESTAMPS,
    "normalize_phone('value')": cases.PHONES,
    "normalize_email('value')": cases.EMAILS,
}
FORMS = {
    "fold('value')": cases.FOLDED,
    "fold_ascii('value')": cases.FOLDED_TO_ASCII,
    "upper_case('value')": cases.UPPER_CASE,
    "title_case('value')": cases.TITLE_CASE,
    "without_contact_details('value')": cases.WITHOUT_CONTACT_DETAILS,
}

WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def found(pattern: str, group: int | None = None) -> Callable[[str], Any]:
    """Python's own search: whether there is a match, or a group of it."""
    compiled = re.compile(pattern, re.DOTALL)

    def search(text: str) -> Any:
        match = compiled.search(text)
        if group is None:
            return match is not None
        return (match.group(group) or None) if match else None

    return search


def replaced(pattern: str, replacement: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, replacement, text, flags=re.DOTALL)


COMPUTED: dict[str, Callable[[str], Any]] = {
    "clean_text('value')": lambda text: text.strip(WHITE_SPACE) or None,
    "clean_id('value')": lambda text: text.strip(WHITE_SPACE) or None,
    "pii_mask('value')": lambda text: text[0] + "*******" if text else None,
    "sha256_hex('value')": lambda text: hashlib.sha256(text.encode()).hexdigest(),
    "regex_matches('value', '^[0-9]+$')": found(r"\A[0-9]+\Z"),
    "regex_matches('value', 'a.b')": found("a.b"),
    "regex_matches('value', '[[:space:]]')": found("[ \t\n\v\f\r]"),
    "regex_matches('value', '[^[:alnum:]]')": found("[^0-9A-Za-z]"),
    """regex_matches('value', "it's|''$")""": found(r"it's|''\Z"),
    "regex_extract('value', '([0-9]+)-([0-9]*)', 2)": found("([0-9]+)-([0-9]*)", 2),
    "regex_extract('value', '[0-9]+', 0)": found("[0-9]+", 0),
    "regex_extract('value', '/([0-9]+)$')": found(r"/([0-9]+)\Z", 1),
    "regex_extract('value', '^(?:([A-Z])|.)')": found(r"\A(?:([A-Z])|.)", 1),
    "regex_replace('value', '[^0-9]', '')": replaced("[^0-9]", ""),
    "regex_replace('value', '([0-9]+)/([0-9]+)', '\\\\2:\\\\1')": replaced("([0-9]+)/([0-9]+)", r"\2:\1"),
}
WIDE = "try_decimal('value', 38, 10)"
COLUMNS = [
    *CASTS,
    *FORMS,
    *COMPUTED,
    "lower_case('value')",
    "plain_ascii('value')",
    "pii_hash('value')",
    WIDE,
]

SCALARS: dict[str, object] = {
    'safe_divide("1", "2")': 0.5,
    'safe_divide("7", "cast(2 as bigint)")': 3.5,
    'safe_divide("1", "3")': 1 / 3,
    'safe_divide("-1", "3.0")': -1 / 3,
    'safe_divide("cast(0.1 as decimal(18, 4))", "cast(3 as double precision)")': 0.1 / 3,
    'safe_divide("0", "5")': 0.0,
    'safe_divide("1", "0")': None,
    'safe_divide("0", "0")': None,
    'safe_divide("1", "0.00")': None,
    'safe_divide("1", "cast(\'-0\' as double precision)")': None,
    'safe_divide("cast(null as bigint)", "2")': None,
    'safe_divide("2", "cast(null as bigint)")': None,
    'safe_divide("1 + 2", "2 + 2")': 0.75,
    '"100 * " ~ safe_divide("1", "8")': 12.5,
    'round_half_away("0.5", 0)': Decimal(1),
    'round_half_away("-0.5", 0)': Decimal(-1),
    'round_half_away("1.5", 0)': Decimal(2),
    'round_half_away("2.5", 0)': Decimal(3),
    'round_half_away("-2.5", 0)': Decimal(-3),
    'round_half_away("cast(0.5 as double precision)", 0)': Decimal(1),
    'round_half_away("cast(2.5 as double precision)", 0)': Decimal(3),
    'round_half_away("cast(2.675 as double precision)", 2)': Decimal("2.68"),
    'round_half_away("cast(-2.675 as double precision)", 2)': Decimal("-2.68"),
    'round_half_away("cast(1.005 as double precision)", 2)': Decimal("1.01"),
    'round_half_away("cast(0.15 as double precision)", 1)': Decimal("0.2"),
    'round_half_away("cast(12.249999999999998 as double precision)", 1)': Decimal("12.3"),
    'round_half_away("cast(0.1 as double precision) + cast(0.2 as double precision)", 1)': Decimal("0.3"),
    'round_half_away("cast(12345678901.005 as double precision)", 2)': Decimal("12345678901.01"),
    'round_half_away("cast(100 as double precision) / 3", 1)': Decimal("33.3"),
    'round_half_away("cast(1e20 as double precision)", 2)': Decimal("1e20"),
    'round_half_away("cast(-4e-7 as double precision)", 3)': Decimal(0),
    'round_half_away("cast(0 as double precision)", 3)': Decimal(0),
    'round_half_away("cast(1e37 as double precision)", 2)': None,
    'round_half_away("cast(123456789012345.675 as decimal(38, 10))", 2)': Decimal("123456789012345.68"),
    'round_half_away("cast(0.0049999999 as decimal(38, 10))", 2)': Decimal(0),
    'round_half_away("12345678901234567", 2)': Decimal("12345678901234567"),
    'round_half_away("cast(null as double precision)", 2)': None,
    "days_between(\"date '2024-02-28'\", \"date '2024-03-01'\")": 2.0,
    "days_between(\"timestamp '2024-01-01 00:00:00'\", \"timestamp '2024-01-01 12:00:00'\")": 0.5,
    "days_between(\"timestamp '2024-01-02 00:00:00'\", \"date '2024-01-01'\")": -1.0,
    "days_between(\"timestamp '2024-01-01 00:00:00'\", \"timestamp '2024-01-01 00:00:00.000001'\")": 1e-6
    / 86400,
    "days_between(\"date '1000-01-01'\", \"date '9999-12-31'\")": 3287181.0,
    'days_between("cast(null as timestamp)", "date \'2024-03-01\'")': None,
    "month_start(\"date '2024-02-29'\")": date(2024, 2, 1),
    "month_start(\"timestamp '2023-12-31 23:59:59.999999'\")": date(2023, 12, 1),
    'month_start("cast(null as date)")': None,
    "as_of()": datetime(2024, 5, 31, 22, 30),
    "try_integer(\"'abc'\")": None,
    'try_date("\'2/30/23\'", "MM/DD/YY")': None,
    "try_timestamp(\"'2023-13-01'\")": None,
    'quoted("a\'b")': "a'b",
    "latest_period('pipedrive', 'activity')": "2024-11",
    "latest_period('pipedrive', 'stages')": None,
    "latest_period('salesforce', 'lead')": "2023-01",
}
AS_OF = "2024-06-01T00:30:00+02:00"

QUERIES = [
    "select id, "
    + ", ".join(f"{{{{ {column} }}}} as c{n}" for n, column in enumerate(COLUMNS))
    + " from texts",
    "select " + ", ".join(f"{{{{ {scalar} }}}} as c{n}" for n, scalar in enumerate(SCALARS)),
    "select value from texts order by {{ ordered_text('value') }}",
    "select stage_id from raw_pipedrive.stages where {{ in_latest_period('pipedrive', 'stages') }}",
    "select activity_id from raw_pipedrive.activity where {{ in_latest_period('pipedrive', 'activity') }}",
]
SEPARATOR = "-- and then --"
OTHERS = "\u017f\u212a\u0130\u0131\u212b\u0660\u0966\u2009\u0300\ufb01\U0001d7d7"
"""Characters that engines tend to take for ASCII letters, digits or blanks."""


def random_texts(count: int) -> list[str]:
    """Texts that nearly fit: known ones with some characters taken out, put in or exchanged."""
    dice = random.Random(20240517)  # always the same ones
    known = [text for text in written_texts() if len(text) < 100]
    characters = sorted({character for text in known for character in text} | set(OTHERS))
    texts = []
    for _ in range(count):
        text = list(dice.choice(known))
        for _ in range(dice.randint(1, 3)):
            place = dice.randint(0, len(text))
            text[place : place + dice.randint(0, 1)] = dice.choice(["", dice.choice(characters)])
        texts.append("".join(text))
    return texts


def written_texts() -> list[str]:
    tables: list[Mapping[str, Any]] = [*CASTS.values(), *FORMS.values()]
    folded = [text for table in FORMS.values() for text in table.values()]
    return list(dict.fromkeys([*(text for table in tables for text in table), *cases.REFUSED, *folded]))


TEXTS = list(dict.fromkeys([*written_texts(), *random_texts(2000)]))


@dataclass(frozen=True)
class Answers:
    """What one engine made of everything."""

    pii_key: str
    of_texts: dict[str, dict[str, Any]]
    of_null: dict[str, Any]
    scalars: dict[str, Any]
    ordered: list[str]
    listed: tuple[list[Any], list[Any]]


def write_project(folder: Path, models: Mapping[str, str]) -> None:
    """Write a project that has the real one's macros, sources and hooks, and only these models."""
    shutil.copytree(ROOT / "macros", folder / "macros")
    (folder / "models").mkdir()
    for name in ("_operations__sources.yml", "_sources__docs.md"):
        shutil.copy(ROOT / "models/staging" / name, folder / "models")
    for name, sql in models.items():
        (folder / "models" / f"{name}.sql").write_text(sql)
    real = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    settings = {
        name: real[name] for name in ("name", "profile", "flags", "vars", "on-run-start", "on-run-end")
    }
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(settings))


def compiled(settings: Settings, folder: Path, sql: str, *arguments: str) -> str:
    options = ("--project-dir", folder, "--profiles-dir", ROOT, *arguments)
    return run_dbt(settings, "--quiet", "compile", *options, "--inline", sql).stdout


def ask(settings: Settings, folder: Path) -> Answers:
    queries = compiled(settings, folder, SEPARATOR.join(QUERIES), "--vars", f"as_of: '{AS_OF}'").split(
        SEPARATOR
    )
    with connect(settings) as connection:
        fill(connection)
        rows = {row[0]: dict(zip(COLUMNS, row[1:], strict=True)) for row in connection.execute(queries[0])}
        [scalars] = connection.execute(queries[1])
        [(pii_key,)] = connection.execute("select pii_key from private.pii_key")
        return Answers(
            pii_key=pii_key,
            of_texts={text: rows[number] for number, text in enumerate(TEXTS)},
            of_null=rows[-1],
            scalars=dict(zip(SCALARS, scalars, strict=True)),
            ordered=[value for (value,) in connection.execute(queries[2]) if value is not None],
            listed=(sorted(connection.execute(queries[3])), sorted(connection.execute(queries[4]))),
        )


def fill(connection: Connection) -> None:
    connection.execute("create table texts (id bigint, value text)")
    connection.execute("insert into texts values (-1, null)")
    connection.execute(
        "insert into texts select unnest(cast(? as bigint[])), unnest(cast(? as text[]))",
        [list(range(len(TEXTS))), TEXTS],
    )
    ledger = [
        ("pipedrive", "activity", "2024-11", "landed"),
        ("pipedrive", "activity", "2024-9", "replaced"),
        ("pipedrive", "activity", "2024-12", "refused"),
        ("pipedrive", "activity", "2024-02", "landed"),
        ("pipedrive", "stages", "2024-12", "replaced"),
        ("salesforce", "activity", "2025-01", "landed"),
        ("salesforce", "lead", "2023-01", "landed"),
    ]
    for row in ledger:
        sql = "insert into operations.files (source_name, table_name, period, status) values (?, ?, ?, ?)"
        connection.execute(sql, row)
    for table, key in (("stages", "stage_id"), ("activity", "activity_id")):
        for period in (None, "2024-02", "2024-11", "2024-12"):
            sql = f"insert into raw_pipedrive.{table} ({key}, _period) values (?, ?)"
            connection.execute(sql, [f"of {period}", period])


@pytest.fixture(scope="module")
def answers(
    new_warehouse: Callable[[Engine], Settings], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Answers]:
    folder = tmp_path_factory.mktemp("project")
    write_project(folder, {})
    return {
        "duckdb": ask(new_warehouse("duckdb"), folder),
        "postgres": ask(new_warehouse("postgres"), folder),
    }


@pytest.fixture(params=["duckdb", "postgres"])
def answer(request: pytest.FixtureRequest, answers: dict[str, Answers]) -> Answers:
    return answers[request.param]


def differences(answer: Answers, column: str, expected: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    given = {text: answer.of_texts[text][column] for text in expected}
    return {
        text: (given[text], wanted)
        for text, wanted in expected.items()
        if given[text] != wanted or type(given[text]) is not type(wanted)
    }


@pytest.mark.parametrize("column", CASTS)
def test_what_fits_is_cast_and_all_else_is_null(answer: Answers, column: str) -> None:
    texts = written_texts()
    assert len(texts) > 200
    assert differences(answer, column, {text: CASTS[column].get(text) for text in texts}) == {}


@pytest.mark.parametrize("column", FORMS)
def test_texts_are_folded(answer: Answers, column: str) -> None:
    assert differences(answer, column, FORMS[column]) == {}


@pytest.mark.parametrize("column", COMPUTED)
def test_all_texts_give_what_python_gives(answer: Answers, column: str) -> None:
    assert differences(answer, column, {text: COMPUTED[column](text) for text in TEXTS}) == {}


def test_decimals_have_the_precision_asked_for(answer: Answers) -> None:
    expected = {
        "9" * 38: None,
        "10000000000000000": Decimal(10**16),
        "99999999999999999999": Decimal("99999999999999999999"),
        "0.00" + "4" + "9" * 35: Decimal("0.005"),
        "-2.675": Decimal("-2.675"),
    }
    assert differences(answer, WIDE, expected) == {}


@pytest.mark.parametrize("column", FORMS)
def test_folding_twice_changes_nothing(answer: Answers, column: str) -> None:
    folded = FORMS[column].values()
    assert differences(answer, column, {text: text for text in folded}) == {}


def test_hashes_are_keyed(answer: Answers) -> None:
    def keyed(text: str) -> str | None:
        return hashlib.sha256(f"{answer.pii_key}:{text}".encode()).hexdigest() if text else None

    assert differences(answer, "pii_hash('value')", {text: keyed(text) for text in TEXTS}) == {}


def test_another_key_gives_other_hashes(answers: dict[str, Answers]) -> None:
    hashes = [
        {row["pii_hash('value')"] for row in answer.of_texts.values()} - {None} for answer in answers.values()
    ]
    assert len(hashes[0]) == len(TEXTS) - 1
    assert hashes[0].isdisjoint(hashes[1])


def test_null_gives_null(answer: Answers) -> None:
    assert set(answer.of_null.values()) == {None}


def test_numbers_and_times(answer: Answers) -> None:
    different = {
        scalar: (answer.scalars[scalar], wanted)
        for scalar, wanted in SCALARS.items()
        if answer.scalars[scalar] != wanted or type(answer.scalars[scalar]) is not type(wanted)
    }
    assert different == {}


def test_text_is_ordered_by_code_points(answer: Answers) -> None:
    assert answer.ordered == sorted(TEXTS)


def test_the_latest_period_is_one_in_force(answer: Answers) -> None:
    assert answer.listed == ([("of None",)], [("of 2024-11",)])


def test_both_engines_give_the_same(answers: dict[str, Answers]) -> None:
    duckdb, postgres = answers["duckdb"].of_texts, answers["postgres"].of_texts
    different = {
        (column, text): (duckdb[text][column], postgres[text][column])
        for text in TEXTS
        for column in COLUMNS
        if duckdb[text][column] != postgres[text][column] and not column.startswith("pii_hash")
    }
    assert different == {}


def test_now_is_the_start_of_the_run_unless_told(duckdb_settings: Settings, tmp_path: Path) -> None:
    write_project(tmp_path / "project", {})
    sql = "select {{ as_of() }}, timestamp '{{ run_started_at.isoformat()[:26] }}'"
    query = compiled(duckdb_settings, tmp_path / "project", sql)
    with connect(duckdb_settings) as connection:
        [(now, start)] = connection.execute(query)
        assert now == start
        assert connection.execute("select * from operations.builds") == []


@pytest.mark.parametrize("as_of", ["garbage", "2026-13-01", "20260632"])
def test_dbt_itself_says_which_variable_is_no_moment(
    duckdb_settings: Settings, tmp_path: Path, as_of: str
) -> None:
    write_project(tmp_path / "project", {"model": "select {{ as_of() }} as now"})
    options = ("--project-dir", tmp_path / "project", "--profiles-dir", ROOT, "--vars", f"as_of: '{as_of}'")
    result = run_dbt(duckdb_settings, "run", *options, status=2, parse=True)
    assert f"as_of is '{as_of}'; write a day or a moment" in result.stdout


def test_builds_are_recorded(settings: Settings, tmp_path: Path) -> None:
    models = {
        "good": """
            {{ config(materialized='table', indexes=postgres_indexes([{'columns': ['one']}])) }}
            select 1 as one
        """,
        "bad": "select nothing from {{ ref('good') }}",
        "skipped": "select * from {{ ref('bad') }}",
    }
    write_project(tmp_path / "project", models)
    options = ("--project-dir", tmp_path / "project", "--profiles-dir", ROOT)
    started = datetime.now(UTC).replace(tzinfo=None)
    run_dbt(settings, "build", *options, "--select", "tag:none", parse=True)
    run_dbt(settings, "run", *options, status=1, parse=True, LEADHOUSE_BUILD_FINGERPRINT="it's")
    with connect(settings) as connection:
        [row] = connection.execute(
            "select command, nodes_run, nodes_failed, fingerprint, started_at, finished_at, length(run_id)"
            " from operations.builds"
        )
        indexes = connection.execute(
            "select count(*) from duckdb_indexes()"
            if settings.target == "duckdb"
            else "select count(*) from pg_indexes where tablename = 'good'"
        )
    assert row[:4] == ("run", 3, 2, "it's")
    assert started < row[4] < row[5]
    assert row[6] == 36
    assert indexes == [(0 if settings.target == "duckdb" else 1,)]

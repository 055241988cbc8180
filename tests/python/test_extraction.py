"""Deliveries of files, from the command line to the raw tables, on both engines."""

import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from leadhouse.config import Settings
from leadhouse.warehouse import connect, table_columns
from tests.python.running import call_leadhouse

CHANGES = "deal_id,change_time,changed_field_key,new_value\n"
ONE = CHANGES + "1,2024-01-01 00:00:00,add_time,2024-01-01\n1,2024-01-02 00:00:00,stage_id,1\n"
TWO = ONE + "1,2024-01-03 00:00:00,stage_id,2\n"
ACTIVITY = "activity_id,type,assigned_to_user,deal_id,done,due_to\n7,meeting,1,1,True,2024-01-01T00:00:00\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for exports."""
    path = tmp_path / "exports"
    path.mkdir()
    return path


def write(folder: Path, **files: str | bytes) -> Path:
    """Make ``files`` the folder's only content; ``deal_changes="…"`` writes ``deal_changes.csv``."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def query(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query."""
    with connect(settings) as connection:
        return connection.execute(sql)


def values(settings: Settings, period: str = "2024-01") -> list[str]:
    """``new_value`` of the deal changes of a period, in their order in the files."""
    sql = f"select new_value from raw_pipedrive.deal_changes where _period = '{period}' order by _row_number"
    return [value for (value,) in query(settings, sql)]


def ledger(settings: Settings, columns: str) -> list[tuple[Any, ...]]:
    """The ledger, in the order of periods and statuses."""
    return query(
        settings, f"select {columns} from operations.files order by table_name, period, status, file_path"
    )


def extract(settings: Settings, folder: Path, *options: str, source: str = "pipedrive", status: int = 0):
    """``leadhouse extract`` for January 2024, unless the options name a period."""
    period = () if "--period" in options else ("--period", "2024-01")
    return call_leadhouse(settings, "extract", source, "--files", folder, *period, *options, status=status)


def test_rows_land_as_text_with_their_origin(settings: Settings, folder: Path) -> None:
    result = extract(settings, write(folder, deal_changes=ONE, activity=ACTIVITY))
    assert (
        "deal_changes.csv → raw_pipedrive.deal_changes: 2 rows in the file = 2 landed + 0 rejected"
        in result.stdout
    )
    columns = "activity_id, type, assigned_to_user, deal_id, done, due_to, _period"
    assert query(settings, f"select {columns} from raw_pipedrive.activity")[0] == (
        "7",
        "meeting",
        "1",
        "1",
        "True",
        "2024-01-01T00:00:00",
        "2024-01",
    )
    [(file_id, *rest)] = query(
        settings,
        "select file_id, rows_read, rows_landed, rows_rejected, status from operations.files"
        " where table_name = 'deal_changes'",
    )
    assert rest == [2, 2, 0, "landed"]
    assert query(settings, "select distinct _file_id from raw_pipedrive.deal_changes") == [(file_id,)]
    assert query(settings, "select _row_number from raw_pipedrive.deal_changes order by 1") == [(1,), (2,)]


def test_the_same_content_lands_nothing_under_any_name_or_line_ending(
    settings: Settings, folder: Path
) -> None:
    extract(settings, write(folder, deal_changes=ONE))
    before = ledger(settings, "*")
    for name, content in {
        "deal_changes": ONE,
        "deal_changes (1)": ONE.replace("\n", "\r\n"),
        "Deal-Changes_2": "\ufeff" + ONE,
    }.items():
        result = extract(settings, write(folder, **{name: content}))
        assert "nothing landed: the same content is in force for 2024-01" in result.stdout
    assert ledger(settings, "*") == before
    assert len(values(settings)) == 2


def test_corrected_delivery_replaces_its_period_as_a_whole(settings: Settings, folder: Path) -> None:
    extract(settings, write(folder, deal_changes=ONE), "--period", "2023-12")
    extract(settings, write(folder, deal_changes=TWO))
    extract(settings, write(folder, deal_changes=ONE + "9,9,9\n"))
    assert values(settings) == ["2024-01-01", "1"]
    assert values(settings, "2023-12") == ["2024-01-01", "1"]
    assert ledger(settings, "period, rows_landed, rows_rejected, status") == [
        ("2023-12", 2, 0, "landed"),
        ("2024-01", 2, 1, "landed"),
        ("2024-01", 3, 0, "replaced"),
    ]
    extract(settings, write(folder, deal_changes=TWO))
    assert values(settings) == ["2024-01-01", "1", "2"]
    assert ledger(settings, "period, rows_landed, status")[1:] == [
        ("2024-01", 3, "landed"),
        ("2024-01", 2, "replaced"),
    ]
    assert query(settings, "select * from operations.rejected_rows") == []


def test_all_files_of_a_table_are_one_delivery(settings: Settings, folder: Path) -> None:
    second = CHANGES + "2,2024-02-01 00:00:00,add_time,x\n"
    extract(settings, write(folder, deal_changes_1=ONE, deal_changes_2=second))
    assert values(settings) == ["2024-01-01", "1", "x"]
    result = extract(settings, write(folder, deal_changes_1=ONE, deal_changes_2=ONE))
    assert (
        "deal_changes_2.csv → raw_pipedrive.deal_changes: nothing landed: the same content as deal_changes_1.csv"
        in result.stdout
    )
    assert values(settings) == ["2024-01-01", "1"]
    extract(settings, write(folder, deal_changes_1=TWO, deal_changes_2='a"'), status=1)
    assert values(settings) == ["2024-01-01", "1"]


def test_rows_that_cannot_be_read_are_kept_beside_the_landed_ones(settings: Settings, folder: Path) -> None:
    broken = ONE + '1,"2024"x,stage_id,2\n1,short\n2,2024-01-05 00:00:00,stage_id,\0\n3,t,stage_id,4\n'
    result = extract(settings, write(folder, deal_changes=broken))
    assert "6 rows in the file = 3 landed + 3 rejected" in result.stdout
    assert "line 4 rejected: text after a closing quote" in result.stdout
    rows = query(
        settings, "select line_number, raw_text, reason, file_path from operations.rejected_rows order by 1"
    )
    path = str(folder / "deal_changes.csv")
    assert rows == [
        (4, '1,"2024"x,stage_id,2', "text after a closing quote", path),
        (5, "1,short", "expected 4 fields, found 2", path),
        (6, "2,2024-01-05 00:00:00,stage_id,␀", "NUL byte", path),
    ]
    assert ledger(settings, "rows_read, rows_landed, rows_rejected") == [(6, 3, 3)]


def test_file_that_is_no_csv_is_refused_and_the_others_land(settings: Settings, folder: Path) -> None:
    files: dict[str, str | bytes] = {
        "deal_changes": ONE.encode("utf-16"),
        "activity": ACTIVITY,
        "strange": "a,b\n1,2\n",
    }
    result = extract(settings, write(folder, **files), status=1)
    assert (
        f"Error: {folder / 'deal_changes.csv'}: refused, nothing of it was landed: the file is UTF-16"
        in result.stderr
    )
    assert (
        f"Error: {folder / 'strange.csv'}: refused, nothing of it was landed: no table of pipedrive has this name"
        in result.stderr
    )
    assert "Traceback" not in result.stderr + result.stdout
    assert query(settings, "select count(*) from raw_pipedrive.activity") == [(1,)]
    assert values(settings) == []
    assert ("deal_changes", "refused", 0) in ledger(settings, "table_name, status, rows_landed")


def test_header_drift_is_resolved_and_reported(settings: Settings, folder: Path) -> None:
    drifted = "New Value,Deal ID,Change-Time,changedFieldKey,Größe,size\nx,1,t,stage_id,3,\n"
    result = extract(settings, write(folder, deal_changes=drifted))
    assert "'changedFieldKey' is read as changed_field_key" in result.stdout
    assert "the columns came in another order" in result.stdout
    assert "new: 'Größe' as groe, 'size' as size; no model reads it yet" in result.stdout
    assert query(
        settings,
        "select deal_id, change_time, changed_field_key, new_value, groe, size from raw_pipedrive.deal_changes",
    ) == [("1", "t", "stage_id", "x", "3", "")]
    extract(settings, write(folder, deal_changes=ONE), "--period", "2024-02")
    assert query(
        settings, "select distinct groe from raw_pipedrive.deal_changes where _period = '2024-02'"
    ) == [(None,)]
    result = extract(settings, write(folder, deal_changes="deal_id,change_time\n1,t\n"), status=1)
    assert "required columns 'changed_field_key', 'new_value' of deal_changes missing" in result.stderr


def test_check_lands_nothing_and_names_what_it_would_do(settings: Settings, folder: Path) -> None:
    before = query(settings, "select count(*) from information_schema.tables")
    result = extract(
        settings,
        write(
            folder,
            deal_changes=ONE.replace("new_value", "new_value,extra")
            .replace(",1\n", ",1,\n")
            .replace("-01\n", "-01,\n"),
        ),
        "--check",
    )
    assert "2 rows in the file = 2 to land + 0 to reject" in result.stdout
    assert "2 rows of 1 files would be landed" in result.stdout
    assert "new: 'extra' as extra" in result.stdout
    assert values(settings) == []
    assert ledger(settings, "*") == []
    assert "extra" not in columns_of(settings)
    assert not settings.archive.exists()
    assert query(settings, "select count(*) from information_schema.tables") == before


def columns_of(settings: Settings) -> list[str]:
    """Columns of the raw deal changes."""
    with connect(settings) as connection:
        return table_columns(connection, "raw_pipedrive", "deal_changes")


@pytest.mark.parametrize("expected", ["2", "deal_changes=2"])
def test_expected_rows_guard_the_delivery(duckdb_settings: Settings, folder: Path, expected: str) -> None:
    result = extract(duckdb_settings, write(folder, deal_changes=TWO), "--expected-rows", expected, status=1)
    assert "2 rows were expected, 3 are there" in result.stderr
    assert values(duckdb_settings) == []
    extract(duckdb_settings, write(folder, deal_changes=ONE), "--expected-rows", expected)
    assert len(values(duckdb_settings)) == 2
    extract(duckdb_settings, folder, "--expected-rows", "5", status=1)
    result = extract(duckdb_settings, folder, "--expected-rows", "users=5", status=1)
    assert "users: 5 rows were expected, 0 are there" in result.stderr
    assert ledger(duckdb_settings, "rows_landed, status") == [(2, "landed"), (0, "refused")]


def test_replace_makes_a_delivery_the_only_content_of_its_table(settings: Settings, folder: Path) -> None:
    for period in ("2023-11", "2023-12"):
        extract(settings, write(folder, deal_changes=ONE), "--period", period)
    extract(settings, write(folder, deal_changes=ONE), "--replace", "--period", "2023-12")
    assert query(settings, "select distinct _period from raw_pipedrive.deal_changes") == [("2023-12",)]
    assert ledger(settings, "period, status") == [("2023-11", "replaced"), ("2023-12", "landed")]


def test_name_of_any_bytes_is_named_and_recorded(settings: Settings, folder: Path) -> None:
    odd = os.fsdecode(b"deal_changes_\xff'\".csv")
    (folder / odd).write_text(ONE)
    result = extract(settings, folder, status=1)
    assert "deal_changes_?'\".csv: refused" in result.stderr
    assert ledger(settings, "file_path, status") == [(str(folder / "deal_changes_?'\".csv"), "refused")]


@pytest.mark.parametrize("name", ["archive", "scratch"])
def test_a_file_where_a_folder_belongs_is_named(duckdb_settings: Settings, folder: Path, name: str) -> None:
    place = duckdb_settings.home / name
    shutil.rmtree(place, ignore_errors=True)
    place.write_text("in the way")
    result = extract(duckdb_settings, write(folder, deal_changes=ONE), status=1)
    assert re.fullmatch(
        rf"Error: {place}(/files)?: (File exists|Not a directory); put that right and run it again",
        result.stderr.strip(),
    )


def test_failed_load_changes_nothing_and_says_so(settings: Settings, folder: Path) -> None:
    extract(settings, write(folder, deal_changes=ONE))
    before = ledger(settings, "*")
    with connect(settings) as connection:
        connection.execute("drop table operations.rejected_rows")
        connection.execute("create table operations.rejected_rows (line_number date)")
    result = extract(settings, write(folder, deal_changes=TWO + "1,2\n"), status=70)
    assert len(result.stderr.strip().splitlines()) == 1
    assert ledger(settings, "*") == before
    assert len(values(settings)) == 2


RUNS = (
    "select table_name, rows_read, rows_landed, rows_rejected, outcome, error_class from operations.runs"
    " where method = 'files' and source_name = 'pipedrive' and calls = 0 and duration_seconds > 0"
    " order by started_at, table_name"
)


def test_runs_say_what_became_of_each_table(settings: Settings, folder: Path) -> None:
    extract(settings, write(folder, deal_changes_1=ONE, deal_changes_2=CHANGES + "9,9\n", activity=ACTIVITY))
    extract(settings, write(folder, deal_changes=TWO, activity=ACTIVITY), "--check")
    assert query(settings, "select count(distinct run_id) from operations.runs") == [(1,)]
    extract(settings, write(folder, activity=ACTIVITY, stages="stage\n1\n", unknown=ONE), status=1)
    with connect(settings) as connection:
        connection.execute("drop table operations.rejected_rows")
        connection.execute("create table operations.rejected_rows (line_number date)")
    extract(settings, write(folder, deal_changes=TWO + "1,2\n"), status=70)
    assert query(settings, RUNS) == [
        ("activity", 1, 1, 0, "landed", None),
        ("deal_changes", 3, 2, 1, "landed", None),
        ("", 0, 0, 0, "refused", "UNREADABLE_FILE"),
        ("activity", 1, 0, 0, "unchanged", None),
        ("stages", 0, 0, 0, "refused", "UNREADABLE_FILE"),
        ("deal_changes", 4, 0, 0, "failed", "LOAD_FAILED"),
    ]


def test_what_is_fed_over_the_api_takes_files_only_to_replace_it(settings: Settings, folder: Path) -> None:
    with connect(settings) as connection:
        for table in ("deal_changes", "stages"):
            connection.execute(
                "insert into operations.cursors (source_name, table_name, account, cursor)"
                " values ('pipedrive', ?, 'acme.pipedrive.com', '{}')",
                [table],
            )
        connection.execute(
            "insert into operations.checkpoints values ('pipedrive', 'deal_changes', '1', 'x')"
        )
        connection.execute(
            "insert into raw_pipedrive.deal_changes (deal_id, new_value, _run_id) values ('1', 'api', 'a')"
        )
    write(folder, deal_changes=ONE, activity=ACTIVITY)
    for options in ([], ["--check"]):
        result = extract(settings, folder, *options, status=1)
        assert result.stderr.count("\n") == 1
        assert (
            "deal_changes.csv: refused, nothing of it was landed: raw_pipedrive.deal_changes is fed over the API"
            " of acme.pipedrive.com; with --replace the files take the place of all its rows" in result.stderr
        )
    assert query(settings, RUNS)[-1] == ("deal_changes", 2, 0, 0, "refused", "FED_BY_API")
    assert query(settings, "select _run_id from raw_pipedrive.deal_changes") == [("a",)]
    assert query(settings, "select count(*) from raw_pipedrive.activity") == [(1,)]
    extract(settings, folder, "--replace")
    assert query(settings, "select table_name from operations.cursors") == [("stages",)]
    assert query(settings, "select * from operations.checkpoints") == []
    assert query(settings, "select new_value, _run_id from raw_pipedrive.deal_changes order by 1") == [
        ("1", None),
        ("2024-01-01", None),
    ]


def test_header_with_personal_data_is_shown_but_not_kept(duckdb_settings: Settings, folder: Path) -> None:
    result = extract(
        duckdb_settings, write(folder, users="Mary Wollstonecraft,mary@example.com\n1,2\n"), status=1
    )
    assert "(found Mary Wollstonecraft, mary@example.com)" in result.stderr
    assert ledger(duckdb_settings, "reason") == [("required columns 'id', 'name' of users missing",)]


def test_what_is_no_file_is_refused(duckdb_settings: Settings, folder: Path) -> None:
    write(folder, stages="stage_id,stage_name\n1,Closing\n")
    os.mkfifo(folder / "users.csv")
    (folder / "fields.csv").mkdir()
    (folder / "activity.csv").symlink_to("nowhere")
    result = extract(duckdb_settings, folder, status=1)
    assert result.stderr.count("this is no regular file") == 3
    assert query(duckdb_settings, "select stage_name from raw_pipedrive.stages") == [("Closing",)]


def test_repeated_ids_all_land(settings: Settings, folder: Path) -> None:
    extract(
        settings, write(folder, activity=ACTIVITY + ACTIVITY.splitlines()[1] + "\n7,sc_2,2,3,False,2024\n")
    )
    assert query(settings, "select count(*) from raw_pipedrive.activity where activity_id = '7'") == [(3,)]


def test_empty_delivery_is_in_force_too(settings: Settings, folder: Path) -> None:
    extract(settings, write(folder, deal_changes=ONE))
    result = extract(settings, write(folder, deal_changes=CHANGES))
    assert "0 rows in the file = 0 landed + 0 rejected" in result.stdout
    assert values(settings) == []
    assert ledger(settings, "rows_landed, status") == [(0, "landed"), (2, "replaced")]


def test_every_character_lands_unaltered(settings: Settings, folder: Path) -> None:
    cells = [
        "",
        " ",
        "null",
        "\\N",
        "\\.",
        'a"b',
        "a,b",
        "x\ny",
        "x\r\ny",
        "\t",
        "é😀\u2028",
        "'; drop table x; --",
        "{{ x }}",
        "%s ?",
        "x" * 10 * 2**20,
    ]
    quoted = "".join(f'1,t,k,"{cell.replace(chr(34), chr(34) * 2)}"\n' for cell in cells)
    extract(settings, write(folder, deal_changes=CHANGES + quoted))
    assert values(settings) == cells


def test_accepted_files_are_archived_under_their_hash(duckdb_settings: Settings, folder: Path) -> None:
    extract(duckdb_settings, write(folder, deal_changes=ONE))
    [(byte_hash,)] = ledger(duckdb_settings, "byte_hash")
    kept = duckdb_settings.archive / f"{byte_hash}.csv"
    assert kept.read_text() == ONE
    os.utime(kept, (0, 0))
    call_leadhouse(
        duckdb_settings,
        "extract",
        "pipedrive",
        "--files",
        write(folder, deal_changes=TWO),
        LEADHOUSE_ARCHIVE_DAYS="30",
    )
    assert not kept.exists()
    assert len(list(duckdb_settings.archive.iterdir())) == 1


def test_state_files_are_told_apart_by_their_headers(duckdb_settings: Settings, folder: Path) -> None:
    texas = "Operation,Operation Name,Address,City,Status\n1,A,B,C,Full Permit\n"
    nevada = (
        'Name,Credential Type,Credential Number,Status,Address\nA,CENTER,1-22,Active,"1 X ST, NV 89101"\n'
    )
    result = extract(duckdb_settings, write(folder, one=texas, two=nevada), source="facilities")
    assert "one.csv → raw_facilities.texas" in result.stdout
    assert "two.csv → raw_facilities.nevada" in result.stdout


USAGE = [
    (("extract", "pipedrive", "--files", "/nowhere"), 1, "/nowhere: there is no such folder"),
    (("extract", "facilities"), 2, "facilities come as files only; give --files DIR"),
    (("extract", "salesforce", "--period", "2024-01"), 2, "--period and --expected-rows are for files"),
    (("extract", "salesforce", "--table", "leed"), 2, "--table names 'leed'; there are lead, lead_history"),
    (("extract", "pipedrive", "--files", ".", "--table", "deals"), 2, "--table is for reading over an API"),
    (
        ("extract", "hubspot", "--files", "."),
        2,
        "'hubspot' is not one of 'crm_exports', 'facilities', 'pipedrive', 'salesforce'",
    ),
    (
        ("extract", "pipedrive", "--files", "docs", "--period", "2024-13"),
        2,
        "--period is '2024-13'; it must be a month",
    ),
    (
        ("extract", "pipedrive", "--files", "docs", "--expected-rows", "many"),
        2,
        "must be a number, or TABLE=NUMBER",
    ),
    (
        ("extract", "pipedrive", "--files", "docs", "--expected-rows", "x=1"),
        2,
        "names the table 'x'; there are",
    ),
    (("extract", "pipedrive", "--files", "models"), 1, "there is no CSV file in it"),
    (("nonsense",), 2, "No such command 'nonsense'"),
]


@pytest.mark.parametrize(
    ("arguments", "status", "message"), USAGE, ids=[message[:30] for *_, message in USAGE]
)
def test_mistake_gets_one_clear_line(
    duckdb_settings: Settings, arguments: tuple[str, ...], status: int, message: str
) -> None:
    result = call_leadhouse(duckdb_settings, *arguments, status=status)
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_wrong_settings_get_one_clear_line(duckdb_settings: Settings) -> None:
    result = call_leadhouse(duckdb_settings, "init", status=1, LEADHOUSE_TARGET="oracle")
    assert result.stderr == "Error: LEADHOUSE_TARGET is 'oracle'; it must be 'duckdb' or 'postgres'\n"
    result = call_leadhouse(duckdb_settings, "init", status=1, LEADHOUSE_DUCKDB_MEMORY="plenty")
    assert result.stderr == (
        "Error: LEADHOUSE_DUCKDB_MEMORY is 'plenty'; it must look like 5GB, 512MB or 50%\n"
    )
    result = call_leadhouse(
        duckdb_settings, "init", status=1, LEADHOUSE_TARGET="postgres", PGHOST="127.0.0.1", PGPORT="1"
    )
    assert result.stderr.startswith("Error: Postgres at 127.0.0.1:1, database 'leadhouse': ")
    assert len(result.stderr.splitlines()) == 1
    duckdb_settings.warehouse_file.write_text("this is no database")
    result = call_leadhouse(duckdb_settings, "init", status=1)
    assert "the warehouse cannot be opened" in result.stderr
    assert "Traceback" in call_leadhouse(duckdb_settings, "init", "--debug", status=1).stderr

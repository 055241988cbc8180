"""``leadhouse simulate crm`` and ``advance``: served from a folder, for a command or until it is stopped."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import requests

from leadhouse.cli import main
from tests.python.running import ROOT, SCRIPTS, Result

LEADHOUSE = str(SCRIPTS / "leadhouse")
SMALL = {
    "leads": 30,
    "accounts": 10,
    "facilities": 10,
    "deals": 20,
    "activities": 10,
    "users": 3,
    "changes-per-hour": 30,
}
SMALL_OPTIONS = [part for name, number in SMALL.items() for part in (f"--{name}", str(number))]
SETTINGS = ("SALESFORCE_", "PIPEDRIVE_", "LEADHOUSE_")


@pytest.fixture(autouse=True)
def no_settings_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(SETTINGS)]:
        monkeypatch.delenv(name)


def leadhouse(*arguments: object) -> Result:
    """Run the command line in this process, which saves the seconds that its imports take."""
    parts, output, errors = [str(part) for part in arguments], io.StringIO(), io.StringIO()
    with redirect_stdout(output), redirect_stderr(errors), pytest.raises(SystemExit) as exit_request:
        main(parts)
    assert isinstance(exit_request.value.code, int)
    return Result(parts, exit_request.value.code, output.getvalue(), errors.getvalue())


def simulate(folder: Path, *arguments: object) -> Result:
    return leadhouse("simulate", "crm", folder, *SMALL_OPTIONS, *arguments)


def told_by(folder: Path, program: str, *arguments: object) -> Any:
    """Serve for a Python program that calls ``tell`` with what can be JSON; what it told."""
    file = folder.with_suffix(".told")
    telling = f"""
import json, os, pathlib
def tell(value):
    pathlib.Path({str(file)!r}).write_text(json.dumps(value))
"""
    result = simulate(folder, *arguments, "--", sys.executable, "-c", telling + program)
    assert result.returncode == 0, result.stderr
    return json.loads(file.read_text())


ASKING = """
import requests
session = requests.Session()
session.trust_env, session.verify = False, os.environ["LEADHOUSE_CA_FILE"]
salesforce, pipedrive = os.environ["SALESFORCE_URL"], os.environ["PIPEDRIVE_URL"]
"""
ALL_RECORDS = (
    ASKING
    + """
token = session.post(salesforce + "/services/oauth2/token", data={
    "grant_type": "client_credentials",
    "client_id": os.environ["SALESFORCE_CLIENT_ID"],
    "client_secret": os.environ["SALESFORCE_CLIENT_SECRET"],
}).json()["access_token"]
leads = session.get(
    salesforce + "/services/data/v64.0/queryAll",
    params={"q": "SELECT Id, Status, SystemModstamp FROM Lead ORDER BY Id"},
    headers={"Authorization": "Bearer " + token},
).json()["records"]
deals = session.get(
    pipedrive + "/api/v2/deals", params={"limit": 500}, headers={"x-api-token": os.environ["PIPEDRIVE_API_TOKEN"]}
).json()["data"]
tell({"leads": leads, "deals": deals, "time": session.get(salesforce + "/simulator").json()["time"]})
"""
)


@contextmanager
def served(folder: Path, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A stand-in in the background, ready; it is interrupted at the end of the block if it still runs."""
    command = [LEADHOUSE, "simulate", "crm", str(folder), *SMALL_OPTIONS, *map(str, arguments)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert "Salesforce and Pipedrive at https://localhost:" in process.stdout.readline()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def facts(folder: Path) -> dict[str, Any]:
    port = json.loads((folder / "crm.json").read_text())["port"]
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(f"https://localhost:{port}/simulator", verify=str(folder / "ca.pem"), timeout=30)
    found: dict[str, Any] = answer.json()
    return found


# For a command


def test_a_command_finds_both_crms_and_its_exit_status_is_given_back(tmp_path: Path) -> None:
    told = told_by(tmp_path / "crm", ALL_RECORDS)
    assert len(told["leads"]) == SMALL["leads"]
    assert len(told["deals"]) >= SMALL["deals"] / 2
    assert told["time"].startswith("2026-10-31T00:00")
    assert simulate(tmp_path / "crm", "--", "sh", "-c", "exit 75").returncode == 75
    assert simulate(tmp_path / "crm", "--", "sh", "-c", "kill -9 $$").returncode == 128 + 9


def test_stopped_and_started_again_it_goes_on_where_it_stood(tmp_path: Path) -> None:
    folder = tmp_path / "crm"
    first = told_by(folder, ALL_RECORDS)
    advanced = simulate(folder, "--", LEADHOUSE, "simulate", "advance", folder, "48")
    assert advanced.returncode == 0, advanced.stderr
    second, third = told_by(folder, ALL_RECORDS), told_by(folder, ALL_RECORDS)
    assert second["leads"] == third["leads"]
    assert second["deals"] == third["deals"]
    assert first["leads"] != second["leads"]
    assert first["deals"] != second["deals"]
    assert first["time"] < second["time"] < third["time"] < "2026-11-02T01"


def test_another_folder_with_the_same_options_is_the_same(tmp_path: Path) -> None:
    one, other = told_by(tmp_path / "one", ALL_RECORDS), told_by(tmp_path / "other", ALL_RECORDS)
    assert one["leads"] == other["leads"]
    assert [deal["title"] for deal in one["deals"]] == [deal["title"] for deal in other["deals"]]


def test_an_operators_own_sign_in_does_not_shine_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESFORCE_USERNAME", "somebody@example.com")
    told = told_by(tmp_path / "crm", "tell(dict(os.environ))")
    assert told["SALESFORCE_USERNAME"] == ""
    assert told["SALESFORCE_CLIENT_ID"]


# Until it is stopped


def test_it_serves_until_it_is_interrupted_and_says_how_to_use_it(tmp_path: Path) -> None:
    folder = tmp_path / "a crm"
    with served(folder) as process:
        script = (
            '. "$1"/crm.env && curl --silent --fail --cacert "$LEADHOUSE_CA_FILE" "$SALESFORCE_URL/simulator"'
        )
        asked = subprocess.run(["sh", "-c", script, "sh", folder], capture_output=True, text=True, check=True)
        assert json.loads(asked.stdout)["salesforce"]["records"]["User"] == 12
        process.send_signal(signal.SIGINT)
        assert process.stdout
        assert process.stderr
        said, errors = process.stdout.read(), process.stderr.read()
        assert process.wait(60) == 0
    assert errors == ""
    assert "leadhouse simulate advance" in said
    assert said.endswith(f"stopped; {folder} keeps it\n")


def test_time_goes_on_and_things_happen_by_themselves(tmp_path: Path) -> None:
    folder = tmp_path / "crm"
    with served(folder, "--changes-per-hour", 20_000):
        before = facts(folder)
        deadline = time.monotonic() + 60
        while facts(folder)["salesforce"]["records"] == before["salesforce"]["records"]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert facts(folder)["time"] > before["time"]


def test_killed_it_goes_on_where_it_stood(tmp_path: Path) -> None:
    folder = tmp_path / "crm"
    with served(folder) as process:
        assert "it is 2026-10-31 10:0" in leadhouse("simulate", "advance", folder, 10).stdout
        time.sleep(2.5)
        before = facts(folder)
        process.kill()
    with served(folder):
        after = facts(folder)
    assert before["time"][:13] == after["time"][:13] == "2026-10-31T10"
    assert before["salesforce"]["records"] == after["salesforce"]["records"]
    assert before["pipedrive"]["records"] == after["pipedrive"]["records"]


def test_the_port_stays_as_long_as_it_is_free(tmp_path: Path) -> None:
    folder = tmp_path / "crm"
    program = "tell(os.environ['PIPEDRIVE_URL'])"
    url = told_by(folder, program)
    assert told_by(folder, program) == url
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(url.rsplit(":", 1)[1])))
        taken.listen()
        assert told_by(folder, program) != url


def test_faults_strike_as_asked_for(tmp_path: Path) -> None:
    program, folder = (
        ASKING + "tell(session.get(salesforce + '/services/data').status_code)",
        tmp_path / "crm",
    )
    assert told_by(folder, program, "--fault", "server_error", "--fault-rate", 1) in (502, 503, 504)
    assert told_by(folder, program) == 200


# Errors are one line


def test_an_error_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    def error(folder: Path, *arguments: object) -> str:
        result = leadhouse("simulate", "crm", folder, *arguments)
        assert result.returncode in (1, 2)
        assert "Traceback" not in result.stderr
        lines = result.stderr.splitlines()
        assert len(lines) == 1, result.stderr
        return lines[0].removeprefix("Error: ")

    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").touch()
    assert error(other) == f"{other}: holds other content (letter.txt); name a new or an empty folder"

    file = tmp_path / "file"
    file.touch()
    assert f"{file}" in error(file / "crm")

    folder = tmp_path / "crm"
    run = [*SMALL_OPTIONS, "--", "true"]
    assert leadhouse("simulate", "crm", folder, *run).returncode == 0
    assert error(folder, "--leads", 31, "--", "true") == (
        f"{folder}: was made with --leads 30, not 31; name a new folder, or leave --leads out"
    )
    assert error(folder, "--", "no-such-command") == (
        "no-such-command: cannot be run (No such file or directory)"
    )
    assert "there is no fault 'nonsense'" in error(folder, "--fault", "nonsense")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert error(folder, "--port", port, "--", "true") == (
            f"port {port} cannot be listened on (Address already in use); choose another --port, or 0 for a free one"
        )
    with served(tmp_path / "busy"):
        busy = tmp_path / "busy"
        assert error(busy) == f"{busy}: is being served already; stop that first, or name another folder"


def test_what_cannot_be_advanced_is_named_in_one_line(tmp_path: Path) -> None:
    nowhere = leadhouse("simulate", "advance", tmp_path / "none", 1)
    assert nowhere.returncode == 1
    assert nowhere.stderr.startswith(f"Error: {tmp_path / 'none'}: no stand-in was ever served from it;")
    folder = tmp_path / "crm"
    assert simulate(folder, "--", "true").returncode == 0
    stopped = leadhouse("simulate", "advance", folder, 1)
    assert stopped.returncode == 1
    assert "nothing answers at port" in stopped.stderr
    assert len(stopped.stderr.splitlines()) == 1
    assert leadhouse("simulate", "advance", folder, 0).returncode == 2

"""Two runs at once: the second waits, or says who holds the lock."""

import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.lock import run_lock
from leadhouse.warehouse import connect
from tests.python.running import ROOT, SCRIPTS, call_leadhouse, environment


def test_second_run_says_who_holds_the_lock(settings: Settings) -> None:
    impatient = replace(settings, lock_seconds=0)
    with run_lock(settings, "leadhouse build"):
        result = call_leadhouse(impatient, "init", status=1)
    assert "the warehouse is held by 'leadhouse build' (process " in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    call_leadhouse(impatient, "init")


def test_second_run_waits_for_the_first(settings: Settings) -> None:
    told: list[str] = []
    order: list[str] = []
    taken = threading.Event()

    def first() -> None:
        with run_lock(settings, "first"):
            taken.set()
            time.sleep(1)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    taken.wait()
    with run_lock(settings, "second", told.append):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]
    assert len(told) == 1
    assert told[0].startswith("waiting for 'first'")


def test_run_on_another_machine_holds_the_database(postgres_settings: Settings, tmp_path: Path) -> None:
    elsewhere = replace(postgres_settings, home=tmp_path / "elsewhere", lock_seconds=0)
    with (
        run_lock(postgres_settings, "leadhouse build"),
        pytest.raises(LeadhouseError, match="held by a run from"),
        run_lock(elsewhere, "leadhouse build"),
    ):
        pass


def test_lock_of_a_killed_run_is_free(settings: Settings) -> None:
    script = """
import os, time
from leadhouse.config import load_settings
from leadhouse.lock import run_lock
with run_lock(load_settings(), "killed"):
    print("locked", flush=True)
    time.sleep(60)
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(settings), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "locked\n"
        process.kill()
    with run_lock(replace(settings, lock_seconds=5), "next"):
        pass


def test_two_extractions_at_once_both_land(settings: Settings, tmp_path: Path) -> None:
    commands = []
    for number, name in enumerate(("stages", "users")):
        folder = tmp_path / name
        folder.mkdir()
        header = "stage_id,stage_name" if name == "stages" else "id,name"
        (folder / f"{name}.csv").write_text(f"{header}\n{number},Ann\n")
        commands.append([str(SCRIPTS / "leadhouse"), "extract", "pipedrive", "--files", str(folder)])
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment(settings), stderr=subprocess.PIPE, text=True)
        for command in commands
    ]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    with connect(settings) as connection:
        assert connection.execute("select count(*) from raw_pipedrive.stages") == [(1,)]
        assert connection.execute("select count(*) from raw_pipedrive.users") == [(1,)]

"""A run that is killed anywhere and repeated ends as one clean run would."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadhouse.config import Settings
from leadhouse.publish import publish
from leadhouse.warehouse import connect
from tests.python.killing import Place, Zygote, published, snapshot, state, zygote
from tests.python.running import call_leadhouse

CHANGES = "deal_id,change_time,changed_field_key,new_value"
OLD = {
    "deal_changes": f"{CHANGES}\n1,2024-01-01,add_time,x\n2,broken\n",
    "stages": "stage_id,stage_name\n1,Lead Generation\n",
}
NEW = {
    "deal_changes_1": f"{CHANGES},extra\n1,2024-01-01,add_time,y,1\n" + '3,"br"oken\n',
    "deal_changes_2": f"{CHANGES}\n2,2024-01-02,stage_id,2\n3,2024-01-02,stage_id,3\n",
    "stages": "stage_id,stage_name\n1,Lead Generation\n",
    "users": "id,name\n1,Ann Example\n",
    "activity": "no,known,header\n1,2,3\n",
}
DECISIVE = ("Connection.execute commit", "execute drop schema", "execute insert into raw", "replace")
"""What the kill points about commits and renames are called."""

KILLS = 6
"""Kill points per engine in the test; ``bench/kill_points.py`` takes all there are."""


@pytest.fixture(scope="module")
def runner() -> Iterator[Zygote]:
    """The process that runs and is killed."""
    with zygote() as waiting:
        yield waiting


def deliver(folder: Path, files: dict[str, str]) -> list[str]:
    """Write a delivery and return the command that lands it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    return ["extract", "pipedrive", "--files", str(folder), "--period", "2024-01"]


def choose(places: list[Place], count: int | None) -> list[Place]:
    """So many kill points, all if none is given: half of them decisive, half over the whole run."""
    if count is None:
        return places
    decisive = [place for place in places if any(word in place[0] for word in DECISIVE)]
    return spread(decisive, count // 2) + spread(places, count - count // 2)


def spread(places: list[Place], count: int) -> list[Place]:
    """So many places, at even distances."""
    return [places[(2 * number + 1) * len(places) // (2 * count)] for number in range(count)]


def kill_extraction(runner: Zygote, settings: Settings, folder: Path, count: int | None = None) -> int:
    """Kill a delivery at ``count`` of its places, repeat it, compare; return how many there were."""
    call_leadhouse(settings, *deliver(folder, OLD))
    before = state(settings)
    command = deliver(folder, NEW)
    recorded = folder.parent / "places"
    with snapshot(settings) as restore:
        assert runner.run(command, settings, places=recorded) == 1  # one file of the delivery is refused
        clean = state(settings)
        assert clean != before
        places = [json.loads(line) for line in recorded.read_text().splitlines()]
        chosen = choose(places, count)
        for place in chosen:
            restore()
            assert state(settings) == before
            assert runner.run(command, settings, kill_at=place) == -9, place
            assert runner.run(command, settings) == 1, place
            assert state(settings) == clean, place
    return len(chosen)


def kill_publishing(runner: Zygote, settings: Settings, folder: Path, count: int | None = None) -> int:
    """Kill publishing at ``count`` of its places.

    People read the old copy or the new one, and the new one after a repetition.
    """

    def make_report(content: str) -> None:
        with connect(settings) as connection:
            connection.execute("create schema if not exists marts")
            connection.execute("drop table if exists marts.report")
            connection.execute(f"create table marts.report as select '{content}' as content")

    make_report("old")
    publish(settings)
    old = published(settings)
    make_report("new")
    recorded = folder / "places"
    with snapshot(settings) as restore:
        assert runner.run(["publish"], settings, places=recorded) == 0
        new = published(settings)
        assert new != old
        chosen = choose([json.loads(line) for line in recorded.read_text().splitlines()], count)
        seen = []
        for place in chosen:
            restore()
            assert runner.run(["publish"], settings, kill_at=place) == -9, place
            seen.append(published(settings))
            assert seen[-1] in (old, new), place
            assert runner.run(["publish"], settings) == 0, place
            assert published(settings) == new, place
    assert old in seen
    assert new in seen
    return len(chosen)


def test_killed_extraction_can_be_repeated(runner: Zygote, settings: Settings, tmp_path: Path) -> None:
    assert kill_extraction(runner, settings, tmp_path / "exports", KILLS) == KILLS


def test_killed_publishing_leaves_a_whole_copy(runner: Zygote, settings: Settings, tmp_path: Path) -> None:
    assert kill_publishing(runner, settings, tmp_path, KILLS) == KILLS

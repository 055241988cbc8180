"""Every kill point of extraction and publishing, on both engines: each repeated run ends as one clean run would."""

from pathlib import Path

from leadhouse.config import Settings
from leadhouse.warehouse import prepare
from tests.python.killing import zygote
from tests.python.test_killed import kill_extraction, kill_publishing


def run(duckdb: Settings, postgres: Settings, folder: Path, count: int | None) -> None:
    """Kill and repeat at ``count`` points, or at all there are."""
    for settings in (duckdb, postgres):
        prepare(settings)
        with zygote() as runner:
            extraction = kill_extraction(runner, settings, folder / f"{settings.target}_exports", count)
            publishing = kill_publishing(runner, settings, folder, count)
        print(
            f"killed on {settings.target:8}: {extraction} points of extraction, {publishing} of publishing",
            flush=True,
        )

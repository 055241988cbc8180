"""A few seeds of chaos on both engines; ``python -m bench chaos`` runs two hundred."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from leadhouse.config import Settings
from tests.python.chaos import ROUNDS, survive
from tests.python.killing import Zygote, zygote

SEEDS = (1, 2)


@pytest.fixture(scope="module")
def runner() -> Iterator[Zygote]:
    """The process that runs and is killed."""
    with zygote() as waiting:
        yield waiting


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_and_nothing_is_there_twice(
    seed: int, settings: Settings, runner: Zygote, tmp_path: Path
) -> None:
    happened = survive(seed, settings, runner, tmp_path / "crms")
    assert happened["killed"] >= ROUNDS

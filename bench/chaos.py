"""Two hundred runs of chaos, seed by seed: nothing is lost, and nothing is there twice."""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from leadhouse.config import Settings
from leadhouse.warehouse import prepare
from tests.python.chaos import survive
from tests.python.killing import zygote

SEEDS = 200

NewWarehouse = Callable[[Path], AbstractContextManager[Settings]]


def run(warehouses: dict[str, NewWarehouse], count: int | None) -> None:
    """Run ``count`` seeds, or all two hundred, on each engine.

    Args:
        warehouses: by engine, what makes an empty one in a folder.
        count: seeds.
    """
    for engine, new_warehouse in warehouses.items():
        happened: Counter[str] = Counter()
        begun = time.monotonic()
        with zygote() as runner:
            for seed in range(1, (count or SEEDS) + 1):
                home = Path(tempfile.mkdtemp(prefix="leadhouse-chaos-"))
                with new_warehouse(home) as settings:
                    prepare(settings)
                    try:
                        happened += survive(seed, settings, runner, home / "crms")
                    except AssertionError as error:
                        raise AssertionError(f"seed {seed} on {engine}: {error}") from error
                shutil.rmtree(home)
        print(
            f"chaos on {engine:8}: {count or SEEDS} seeds in {time.monotonic() - begun:,.0f} s;"
            f" {', '.join(f'{name} {times}' for name, times in sorted(happened.items()))}",
            flush=True,
        )

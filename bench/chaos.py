"""Two hundred seeds of chaos: nothing is lost, and nothing is there twice."""

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

SEEDS = range(1, 201)
PROGRESS = 20
"""Seeds after which a line tells how far it is."""

NewWarehouse = Callable[[Path], AbstractContextManager[Settings]]


def run(warehouses: dict[str, NewWarehouse], seeds: range) -> None:
    """Run the seeds on each engine; those that fail are named, and the others go on.

    Args:
        warehouses: by engine, what makes an empty one in a folder.
        seeds: which.

    Raises:
        AssertionError: some failed.
    """
    failed: list[str] = []
    for engine, new_warehouse in warehouses.items():
        happened: Counter[str] = Counter()
        begun = time.monotonic()
        with zygote() as runner:
            for done, seed in enumerate(seeds, start=1):
                home = Path(tempfile.mkdtemp(prefix="leadhouse-chaos-"))
                with new_warehouse(home) as settings:
                    prepare(settings)
                    try:
                        happened += survive(seed, settings, runner, home / "crms")
                    except AssertionError as error:
                        failed.append(f"{seed} on {engine}")
                        print(f"chaos on {engine:8}: seed {seed} failed: {error}", flush=True)
                shutil.rmtree(home)
                if done % PROGRESS == 0 or done == len(seeds):
                    print(
                        f"chaos on {engine:8}: seeds {seeds[0]} to {seed} in {time.monotonic() - begun:,.0f} s;"
                        f" {', '.join(f'{name} {times}' for name, times in sorted(happened.items()))}",
                        flush=True,
                    )
    assert not failed, f"failed: seeds {', '.join(failed)}"

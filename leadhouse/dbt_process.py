"""dbt's command line, without what Python would do with dbt's millions of objects, which takes long on small data."""

import atexit
import gc
import os
import sys
from typing import NoReturn


def main() -> None:
    """Run dbt with this process's arguments."""
    collect_seldom()
    from dbt.cli.main import cli  # noqa: PLC0415 - makes a good part of the objects

    try:
        cli(prog_name="dbt")
    except SystemExit as end:
        leave(end.code)


def collect_seldom() -> None:
    """Let a million objects be made before garbage is looked for; dbt drops few of them, but needs more memory."""
    gc.set_threshold(1_000_000, *gc.get_threshold()[1:])


def leave(status: str | int | None) -> NoReturn:
    """End this process as Python does, connections closed and output written, but take no objects apart first."""
    if not isinstance(status, int | None):
        sys.exit(status)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or 0)


if __name__ == "__main__":
    main()

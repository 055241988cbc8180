"""dbt's command line, without Python's many searches for garbage: a tenth of the time of a run on small data."""

import gc

from dbt.cli.main import cli


def main() -> None:
    """Run dbt with this process's arguments."""
    collect_seldom()
    cli(prog_name="dbt")


def collect_seldom() -> None:
    """Let 50,000 objects be made before the new ones are searched: dbt makes millions and drops few of them."""
    gc.set_threshold(50_000, *gc.get_threshold()[1:])


if __name__ == "__main__":
    main()

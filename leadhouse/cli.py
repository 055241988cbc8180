"""The command line: what users type, and what they are told."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import click
from rich.console import Console

from leadhouse import build as building
from leadhouse.config import Settings, load_settings
from leadhouse.errors import LeadhouseError
from leadhouse.explain import explain
from leadhouse.extract_command import extract
from leadhouse.lock import run_lock
from leadhouse.review import review
from leadhouse.score.command import score
from leadhouse.simulator.commands import simulate
from leadhouse.status import status
from leadhouse.warehouse import prepare

DEBUG = "--debug"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every error is one line, and a traceback only where it was asked for.

    Args:
        arguments: the command's arguments; those of the process if not given.

    Raises:
        SystemExit: always; its code is the exit status.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    end = given.index("--") if "--" in given else len(given)  # behind it is another command's business
    debug = DEBUG in given[:end]
    own = [part for part in given[:end] if part != DEBUG]
    try:
        # click returns the status of an exit that a command asked for.
        status = cli(args=own + given[end:], prog_name="leadhouse", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted; nothing is half done, run it again", 130, debug)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(2)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "leadhouse"
        _fail(f"{error.format_message()} (see '{command} --help')", 2, debug)
    except LeadhouseError as error:
        _fail(str(error), error.exit_code, debug)
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            _fail(f"{str(error.filename)[:200]}: {error.strerror}; put that right and run it again", 1, debug)
        reason = (str(error).strip().splitlines() or [""])[0]
        _fail(
            f"unexpected {type(error).__name__}: {reason}; run it again with {DEBUG} for the details",
            70,
            debug,
        )
    sys.exit(status or 0)


def _fail(message: str, exit_code: int, debug: bool) -> NoReturn:
    if debug:
        Console(stderr=True).print_exception()
    click.echo(f"Error: {message}", err=True)
    sys.exit(exit_code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(DEBUG, is_flag=True, help="Show the traceback of an error. May stand anywhere in the command.")
def cli(debug: bool) -> None:
    """A CRM warehouse: from Salesforce, Pipedrive and licence files to tested marts.

    State lives in LEADHOUSE_HOME (default .leadhouse); LEADHOUSE_TARGET is the engine, duckdb (default) or postgres.
    """


cli.add_command(explain)
cli.add_command(extract)
cli.add_command(review)
cli.add_command(score)
cli.add_command(simulate)
cli.add_command(status)


@cli.command()
def init() -> None:
    """Create the warehouse with its empty raw tables. Every other command does so too where it is missing."""
    settings = load_settings()
    with run_lock(settings, "leadhouse init"):
        prepare(settings)
    click.echo(f"the {settings.target} warehouse is ready ({_place(settings)})")


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]})
@click.argument("dbt_arguments", nargs=-1, type=click.UNPROCESSED)
def build(dbt_arguments: tuple[str, ...]) -> None:
    """Run 'dbt build' with the given arguments, then publish the marts.

    Without arguments only what has changed since the last build is built. Nothing is published unless all data tests
    pass. Unit tests are left to 'dbt build': they test the code, not the data.
    """
    settings = load_settings()
    with run_lock(settings, "leadhouse build"):
        building.build(settings, dbt_arguments, click.echo)


def _place(settings: Settings) -> str:
    server = settings.postgres
    return (
        str(settings.warehouse_file)
        if settings.target == "duckdb"
        else f"database {server.dbname} at {server.host}:{server.port}"
    )

"""``leadhouse simulate crm`` and ``leadhouse simulate advance``."""

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from leadhouse.errors import LeadhouseError
from leadhouse.simulator.crm.faults import FAULTS, Faults

if TYPE_CHECKING:
    from leadhouse.simulator.crm.stand_in import StandIn

Command = Callable[..., Any]
FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
MOST_RECORDS = 10_000_000
MOST_HOURS = 24 * 366
STAND_IN_SECONDS = 600
"""How long to wait for a stand-in that lets many hours pass."""


def _number(name: str, text: str) -> Callable[[Command], Command]:
    return click.option(name, type=click.IntRange(0, MOST_RECORDS), metavar="N", help=text)


@click.command()
@FOLDER
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--port", type=click.IntRange(0, 65535), help="On loopback; by default that of last time, or a free one."
)
@click.option("--seed", type=click.IntRange(min=0), help="Everything follows from it (1).")
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    metavar="YYYY-MM-DD",
    help="When the CRMs' own time begins, UTC (2026-10-31).",
)
@_number("--leads", "Salesforce leads (400).")
@_number(
    "--accounts", "Salesforce accounts (150); contacts, opportunities, cases and activities in proportion."
)
@_number("--facilities", "Licensed sites, some of which are leads (300).")
@_number("--deals", "Pipedrive deals (2000).")
@_number("--activities", "Pipedrive activities (5000).")
@_number("--users", "Pipedrive users (60).")
@_number("--changes-per-hour", "Things that happen in each CRM as time goes on (20).")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME",
    help=f"Something that goes wrong; may be repeated. One of {', '.join(FAULTS)} (docs/apis.md).",
)
@click.option("--fault-seed", type=click.IntRange(min=0), default=0, show_default=True, help="Decides when.")
@click.option(
    "--fault-rate",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="How often, of all occasions.",
)
def crm(
    folder: Path,
    command: tuple[str, ...],
    port: int | None,
    start: datetime | None,
    faults: tuple[str, ...],
    fault_seed: int,
    fault_rate: float,
    **numbers: int | None,
) -> None:
    """Serve a stand-in for Salesforce and Pipedrive on this machine, over HTTPS, with invented data.

    DIR keeps it: stopped and started again it goes on where it stood, with the options of the first time. DIR/crm.env
    has the settings that lead there, and throw-away credentials; DIR/ca.pem is the authority to trust. The two CRMs
    have a time of their own, in which records change; 'leadhouse simulate advance DIR HOURS' puts it forward.

    With COMMAND (after '--') it is served only while that runs, with these settings, and its exit status is given back:

        leadhouse simulate crm DIR -- leadhouse extract salesforce

    Facts and faults: https://localhost:PORT/simulator.
    """
    from leadhouse.simulator.crm.stand_in import serving  # noqa: PLC0415 - takes a second to import

    wanted: dict[str, Any] = {name: number for name, number in numbers.items() if number is not None}
    if start:
        wanted["start"] = start.isoformat()
    with _ended_in_order(), serving(folder, wanted, Faults(faults, fault_seed, fault_rate), port) as stand_in:
        if command:
            status = _run(command, dict(stand_in.variables))
            raise click.exceptions.Exit(status)
        try:
            _tell_how_to_use(folder, stand_in)
            Event().wait()
        except KeyboardInterrupt:
            click.echo()
    click.echo(f"stopped; {folder} keeps it")


@click.command()
@FOLDER
@click.argument("hours", type=click.FloatRange(0, MOST_HOURS, min_open=True))
def advance(folder: Path, hours: float) -> None:
    """Put the time of a stand-in that is being served from DIR forward by HOURS, and say how much changed."""
    import requests  # noqa: PLC0415

    from leadhouse.simulator.crm.stand_in import CA_FILE, load_state  # noqa: PLC0415

    state = load_state(folder)
    if state is None:
        raise LeadhouseError(
            f"{folder}: no stand-in was ever served from it; 'leadhouse simulate crm {folder}' does"
        )
    with requests.Session() as session:
        session.trust_env = False  # no proxy leads to loopback
        try:
            answer = session.post(
                f"https://localhost:{state.port}/simulator/clock",
                json={"advance": hours * 3600},
                verify=str(folder / CA_FILE),
                timeout=STAND_IN_SECONDS,
            )
            told = answer.json()
        except (requests.RequestException, OSError, ValueError) as error:
            raise LeadhouseError(
                f"{folder}: nothing answers at port {state.port}; is 'leadhouse simulate crm {folder}' running?"
            ) from error
    if answer.status_code != 200:
        raise LeadhouseError(f"{folder}: {told.get('error', 'the stand-in refuses')}")
    changes = ", ".join(f"{count:,} changes in {name.title()}" for name, count in told["changes"].items())
    click.echo(f"it is {datetime.fromisoformat(told['time']):%Y-%m-%d %H:%M} UTC there; {changes}")


def _tell_how_to_use(folder: Path, stand_in: "StandIn") -> None:
    place, time = shlex.quote(str(folder)), stand_in.clock.now()
    click.echo(f"Salesforce and Pipedrive at {stand_in.server.url}; their time is {time:%Y-%m-%d %H:%M} UTC")
    click.echo(f"  use them:            . {place}/crm.env; leadhouse extract salesforce")
    click.echo(f"  let an hour pass:    leadhouse simulate advance {place} 1")
    click.echo("  end:                 Ctrl-C; the same command goes on from there")


def _run(command: tuple[str, ...], variables: dict[str, str]) -> int:
    """Run a command with these settings and wait for its end. Returns its exit status as a shell gives it."""
    try:
        process = subprocess.Popen(command, env={**os.environ, **variables})
    except OSError as error:
        raise LeadhouseError(f"{command[0]}: cannot be run ({error.strerror})") from error
    while True:
        try:
            status = process.wait()
        except _Terminated:
            process.terminate()
        except KeyboardInterrupt:
            pass  # a terminal interrupts the command too
        else:
            return status if status >= 0 else 128 - status


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a request to terminate end the block as an interruption does."""
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Terminated(KeyboardInterrupt):
    """Somebody asked this process to end."""


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Terminated

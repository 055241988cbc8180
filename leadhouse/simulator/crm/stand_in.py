"""Both CRMs over one folder, which keeps what they need to go on where they stood."""

import json
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from errno import EADDRINUSE
from pathlib import Path
from threading import Event, Thread
from typing import Any

from filelock import FileLock, Timeout

from leadhouse.errors import LeadhouseError
from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.control import Changing, ControlSite
from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.org import Org
from leadhouse.simulator.crm.pipedrive import PipedriveSite
from leadhouse.simulator.crm.salesforce import SalesforceSite
from leadhouse.simulator.crm.server import CONTROL, Server, Site

STATE_FILE, LOCK_FILE, ENVIRONMENT_FILE, CA_FILE = "crm.json", "crm.lock", "crm.env", "ca.pem"
HEARTBEAT_SECONDS = 1.0
"""Between two looks at what has happened meanwhile."""
OTHER_SIGN_INS = ("PRIVATE_KEY_FILE", "USERNAME", "PASSWORD", "SECURITY_TOKEN")
"""Settings of Salesforce that would win over the ones here; empty they count as not set."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is simulated. The numbers are those at the start.

    Args:
        seed: everything follows from it.
        start: when the CRMs' own time begins: ISO 8601, in whole seconds, UTC.
        leads: of Salesforce.
        accounts: of Salesforce; contacts, opportunities, cases and activities come in proportion.
        facilities: licensed sites, some of which are leads.
        deals: of Pipedrive.
        activities: of Pipedrive.
        users: of Pipedrive.
        changes_per_hour: things that happen in each CRM.
    """

    seed: int = 1
    start: str = "2026-10-31T00:00:00"
    leads: int = 400
    accounts: int = 150
    facilities: int = 300
    deals: int = 2000
    activities: int = 5000
    users: int = 60
    changes_per_hour: int = 20

    def org(self) -> Org:
        """The Salesforce org."""
        accounts = self.accounts
        return Org(
            self.seed,
            _utc(self.start),
            changes_per_hour=self.changes_per_hour,
            leads=self.leads,
            facilities=self.facilities,
            accounts=accounts,
            contacts=accounts * 5 // 3,
            opportunities=accounts * 4 // 3,
            cases=accounts * 4 // 5,
            tasks=accounts * 4,
            events=accounts,
            campaign_members=accounts * 4 // 3,
        )


@dataclass(frozen=True)
class State:
    """What the folder remembers.

    Args:
        options: what is simulated.
        time: the CRMs' time when it was last noted, as in ``Options.start``.
        port: where they were last served; 0 where they never were.
    """

    options: Options
    time: str
    port: int = 0


@dataclass(frozen=True)
class StandIn:
    """Both CRMs, being served.

    Args:
        clock: their time.
        server: where they answer.
        variables: the settings that lead there, by name.
    """

    clock: Clock
    server: Server
    variables: Mapping[str, str]


def load_state(folder: Path) -> State | None:
    """What a folder remembers; None where there is nothing.

    Raises:
        LeadhouseError: it holds something else.
    """
    file = folder / STATE_FILE
    if not file.exists():
        others = sorted(
            path.name for path in folder.glob("*") if not path.name.startswith((LOCK_FILE, STATE_FILE))
        )
        if others:
            raise LeadhouseError(
                f"{folder}: holds other content ({others[0]}); name a new or an empty folder"
            )
        return None
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return State(Options(**found["options"]), found["time"], found["port"])
    except (ValueError, TypeError, LookupError) as error:
        raise LeadhouseError(f"{file}: cannot be read ({error}); name a new folder") from error


@contextmanager
def serving(folder: Path, wanted: Mapping[str, Any], faults: Faults, port: int | None) -> Iterator[StandIn]:
    """Serve both CRMs as long as the block lasts.

    Args:
        folder: new, empty, or that of an earlier simulation, which goes on.
        wanted: some of ``Options``; the others are the earlier simulation's, or the usual ones.
        faults: what goes wrong.
        port: on loopback; 0 takes a free one, None that of last time, if it is free.

    Raises:
        LeadhouseError: the folder is in use, holds something else or cannot be written, or the port is taken.
    """
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_only_one(folder))
            state = _state(folder, wanted)
            _note(folder, state)
            stand_in = _started(stack, folder, state, faults, port)
        except OSError as error:
            place = error.filename or folder
            raise LeadhouseError(
                f"{place}: cannot be used ({error.strerror}); name another folder"
            ) from error
        yield stand_in


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LeadhouseError(
            f"{folder}: is being served already; stop that first, or name another folder"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _state(folder: Path, wanted: Mapping[str, Any]) -> State:
    known = load_state(folder)
    if known is None:
        options = Options(**wanted)
        return State(options, options.start)
    for name, value in wanted.items():
        kept = getattr(known.options, name)
        if value != kept:
            option = f"--{name.replace('_', '-')}"
            raise LeadhouseError(
                f"{folder}: was made with {option} {kept}, not {value}; name a new folder, or leave {option} out"
            )
    return known


def _started(stack: ExitStack, folder: Path, state: State, faults: Faults, port: int | None) -> StandIn:
    options, clock = state.options, Clock(_utc(state.time))
    pipedrive = PipedriveSite(
        clock,
        faults,
        folder / "pipedrive",
        options.seed,
        deals=options.deals,
        activities=options.activities,
        users=options.users,
        acts_per_hour=options.changes_per_hour,
    )
    stack.callback(pipedrive.close)
    clock.advance(max(0, pipedrive.caught_up - clock.now().timestamp()))
    # Salesforce's records follow from the seed and the time; what a killed run left there is worth nothing.
    scratch = folder / "salesforce"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    salesforce = SalesforceSite(clock, faults, options.org(), folder=scratch)
    stack.callback(salesforce.close)

    crms: dict[str, Changing] = {"salesforce": salesforce, "pipedrive": pipedrive}
    control = ControlSite(clock, faults, crms)
    sites: dict[str, Site] = {
        "/services": salesforce,
        "/id": salesforce,
        "/api": pipedrive,
        "/v1": pipedrive,
        CONTROL: control,
    }

    def listening(number: int) -> Server:
        return stack.enter_context(Server(sites, clock, faults, number, folder / CA_FILE))

    server = _at_a_port(listening, port, state.port)
    variables = {
        "SALESFORCE_URL": server.url,
        "SALESFORCE_CLIENT_ID": salesforce.credentials.client_id,
        "SALESFORCE_CLIENT_SECRET": salesforce.credentials.client_secret,
        **{f"SALESFORCE_{name}": "" for name in OTHER_SIGN_INS},
        "PIPEDRIVE_URL": server.url,
        "PIPEDRIVE_API_TOKEN": pipedrive.api_token,
        "LEADHOUSE_CA_FILE": str((folder / CA_FILE).absolute()),
    }
    _write_environment(folder / ENVIRONMENT_FILE, variables)
    stack.enter_context(_time_passing(folder, replace(state, port=server.port), clock, crms))
    return StandIn(clock, server, variables)


def _at_a_port(listening: Callable[[int], Server], wanted: int | None, last: int) -> Server:
    """The server at the port that is wanted; where none is, at the last one, or at any if that is taken now."""
    try:
        return listening(last if wanted is None else wanted)
    except OSError as error:
        if error.errno == EADDRINUSE and wanted is None:
            return listening(0)
        raise LeadhouseError(
            f"port {wanted} cannot be listened on ({error.strerror}); choose another --port, or 0 for a free one"
        ) from error


def _note(folder: Path, state: State) -> None:
    beside = folder / f"{STATE_FILE}.new"
    beside.write_text(json.dumps(asdict(state), indent=2) + "\n", encoding="utf-8")
    beside.replace(folder / STATE_FILE)


def _write_environment(file: Path, variables: Mapping[str, str]) -> None:
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@contextmanager
def _time_passing(folder: Path, state: State, clock: Clock, crms: Mapping[str, Changing]) -> Iterator[None]:
    """Let happen what is to happen as time goes on, and note how far it has gone."""
    is_over = Event()

    def look() -> None:
        noted = replace(state, time=clock.now().replace(tzinfo=None).isoformat())
        for crm in crms.values():
            crm.catch_up()
        _note(folder, noted)

    def go_on() -> None:
        while not is_over.wait(HEARTBEAT_SECONDS):
            look()

    look()
    thread = Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        look()


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)

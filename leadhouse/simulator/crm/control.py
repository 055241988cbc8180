"""``/simulator``: where a person, or a test in another process, turns time and faults.

- ``GET /simulator``: the time, the faults and what each CRM holds
- ``POST /simulator/clock`` with ``{"advance": seconds}``: time passes, and what happens in it happens
- ``POST /simulator/faults`` with ``{"names": […], "seed": 0, "rate": 0.1}``: these faults instead of those before
- ``DELETE /simulator/faults``: none
"""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from leadhouse.errors import LeadhouseError
from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.faults import FAULTS, Faults
from leadhouse.simulator.crm.server import CONTROL, Request, Response


class Changing(Protocol):
    """A CRM whose records change with time."""

    def catch_up(self) -> int:
        """Let everything happen that was to happen up to the clock's time; the number of changes."""

    def state(self) -> dict[str, Any]:
        """What it holds and how it is used, for a person to read; JSON."""


class ControlSite:
    """The control site.

    Args:
        clock: the one that all CRMs share.
        faults: likewise.
        crms: each CRM under its name.
    """

    def __init__(self, clock: Clock, faults: Faults, crms: Mapping[str, Changing]) -> None:
        self._clock = clock
        self._faults = faults
        self._crms = crms

    def answer(self, request: Request) -> Response:
        """State, or a turn of clock or faults."""
        call = (request.method, request.path.removeprefix(CONTROL).strip("/"))
        try:
            if call == ("GET", ""):
                return Response.json(self._state())
            if call == ("POST", "clock"):
                return Response.json(self._advance(json.loads(request.body)))
            if call == ("POST", "faults"):
                return Response.json(self._switch(json.loads(request.body)))
            if call == ("DELETE", "faults"):
                return Response.json(self._switch({}))
        except (LookupError, ValueError, TypeError, AttributeError, LeadhouseError) as error:
            return Response.json({"error": f"that cannot be done: {error}"}, 400)
        return Response.json({"error": f"there is no {request.method} {request.path}"}, 404)

    def _state(self) -> dict[str, Any]:
        return {
            "time": self._clock.now().isoformat(),
            "faults": self._fault_state(),
            "known_faults": FAULTS,
            **{name: crm.state() for name, crm in self._crms.items()},
        }

    def _advance(self, order: dict[str, Any]) -> dict[str, Any]:
        now = self._clock.advance(float(order["advance"]))
        return {
            "time": now.isoformat(),
            "changes": {name: crm.catch_up() for name, crm in self._crms.items()},
        }

    def _switch(self, order: dict[str, Any]) -> dict[str, Any]:
        self._faults.switch(order.get("names", ()), int(order.get("seed", 0)), float(order.get("rate", 0.1)))
        return self._fault_state()

    def _fault_state(self) -> dict[str, Any]:
        faults = self._faults
        return {
            "names": faults.names,
            "seed": faults.seed,
            "rate": faults.rate,
            "struck": dict(faults.struck),
        }

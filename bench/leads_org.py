"""Serve an org of nothing but users and leads; a process of its own, so that its memory is not the client's."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.control import ControlSite
from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.org import Org
from leadhouse.simulator.crm.salesforce import SalesforceSite
from leadhouse.simulator.crm.server import Server, Site

QUIET_SECONDS = 900


def serve(leads: int, changes_per_hour: int, told: Path) -> None:
    """Serve until the process is ended.

    Args:
        leads: how many.
        changes_per_hour: how many things happen in an hour.
        told: a file that is to hold the settings that lead there, as JSON, once everything is ready.
    """
    start = datetime(2026, 11, 1, tzinfo=UTC)
    clock, faults = Clock(start), Faults()
    org = Org(1, start, changes_per_hour=changes_per_hour, leads=leads, accounts=0)
    site = SalesforceSite(clock, faults, org, objects=("User", "Lead"))
    # What is younger than a window's lag is left to the next run; that one is to find nothing at all.
    clock.advance(QUIET_SECONDS)
    sites: dict[str, Site] = {
        "/services": site,
        "/id": site,
        "/simulator": ControlSite(clock, faults, {"salesforce": site}),
    }
    with Server(sites, clock, faults) as server:
        credentials = site.credentials
        variables = {
            "SALESFORCE_URL": server.url,
            "SALESFORCE_CLIENT_ID": credentials.client_id,
            "SALESFORCE_CLIENT_SECRET": credentials.client_secret,
            "LEADHOUSE_CA_FILE": str(server.ca_file),
        }
        partial = told.with_suffix(".partial")
        partial.write_text(json.dumps(variables))
        partial.rename(told)
        Event().wait()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))

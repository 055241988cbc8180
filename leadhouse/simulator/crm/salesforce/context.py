"""What the parts of the protocol share."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.org import SObject
from leadhouse.simulator.crm.salesforce.describe import Catalogue
from leadhouse.simulator.crm.salesforce.errors import SalesforceError, not_found
from leadhouse.simulator.crm.salesforce.limits import Limits
from leadhouse.simulator.crm.salesforce.selection import Compiler, Selection
from leadhouse.simulator.crm.salesforce.soql import parse
from leadhouse.simulator.crm.salesforce.store import Store
from leadhouse.simulator.crm.server import Request


@dataclass(frozen=True)
class Context:
    """The org and its circumstances.

    Args:
        clock: the time.
        faults: what goes wrong.
        limits: the org's.
        catalogue: objects and fields, as the user may see them.
        store: the records.
        user_id: of the user who is signed in.
    """

    clock: Clock
    faults: Faults
    limits: Limits
    catalogue: Catalogue
    store: Store
    user_id: str

    def sobject(self, name: str) -> SObject:
        """The object of this name.

        Raises:
            SalesforceError: there is none.
        """
        sobject = self.catalogue.find(name)
        if sobject is None:
            raise not_found()
        return sobject

    def select(self, text: str) -> Selection:
        """The selection that answers a query's text.

        Raises:
            SalesforceError: it is malformed, or names what there is not.
        """
        return Compiler(self.catalogue.find, self.clock.now()).compile(parse(text))


@dataclass(frozen=True)
class Call:
    """One request to the API, once its session has proved valid.

    Args:
        request: as it came.
        version: of the API, ``61.0``.
        parts: the path's parts after the version.
        token: of the session.
        now: the clock's time as the request came.
    """

    request: Request
    version: str
    parts: tuple[str, ...]
    token: str
    now: datetime

    @property
    def base(self) -> str:
        """Path of the API's version."""
        return f"/services/data/v{self.version}"

    @property
    def method(self) -> str:
        """Of HTTP."""
        return self.request.method

    def json(self) -> dict[str, Any]:
        """The body, a JSON object; ``{}`` where there is none.

        Raises:
            SalesforceError: ``JSON_PARSER_ERROR``.
        """
        try:
            value = json.loads(self.request.body or b"{}")
        except ValueError as error:
            raise SalesforceError("JSON_PARSER_ERROR", f"the body is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise SalesforceError("JSON_PARSER_ERROR", "the body must be a JSON object")
        return value

    def allow(self, *methods: str) -> None:
        """Refuse other methods.

        Raises:
            SalesforceError: ``METHOD_NOT_ALLOWED``.
        """
        if self.method not in methods:
            raise SalesforceError(
                "METHOD_NOT_ALLOWED",
                f"HTTP Method '{self.method}' not allowed. Allowed are {','.join(methods)}",
                405,
            )

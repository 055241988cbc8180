"""``query``, ``queryAll`` and their further pages."""

import re
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from leadhouse.simulator.crm.org.ids import record_id
from leadhouse.simulator.crm.salesforce.context import Call, Context
from leadhouse.simulator.crm.salesforce.documents import Documents
from leadhouse.simulator.crm.salesforce.errors import SalesforceError
from leadhouse.simulator.crm.salesforce.selection import Selection
from leadhouse.simulator.crm.salesforce.store import IN_BIN, LIVE
from leadhouse.simulator.crm.server import Response

LEAST_PAGE, MOST_PAGE = 200, 2000

_LOCATOR = re.compile(r"(0r8\w{15})-(\d+)", re.ASCII)


@dataclass
class _Cursor:
    """A query whose pages are being read."""

    object_name: str
    documents: Documents
    versions: "array[int]"
    page: int
    token: str
    used: datetime


class Queries:
    """Answers queries, and keeps those that take several pages.

    Args:
        context: the org.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._life = timedelta(minutes=context.limits.locator_minutes)
        self._cursors: OrderedDict[str, _Cursor] = OrderedDict()
        self._opened = 0
        self._lock = Lock()

    def answer(self, call: Call) -> Response:
        """``/query?q=…``, ``/queryAll?q=…``, ``/query/<locator>``."""
        call.allow("GET")
        if len(call.parts) > 1:
            return self._more(call, call.parts[1])
        text = call.request.parameter("q")
        if text is None:
            raise SalesforceError("MALFORMED_QUERY", "Required parameter 'q' is missing")
        if self._context.faults.strikes("query_timeout"):
            raise SalesforceError("QUERY_TIMEOUT", "Your query request was running for too long.")
        selection = self._context.select(text)
        most = IN_BIN if call.parts[0].lower() == "queryall" else LIVE
        if selection.is_count:
            return Response.json({"totalSize": self._count(selection, most), "done": True, "records": []})
        return self._first_page(call, selection, most)

    @property
    def open_count(self) -> int:
        """How many queries are being read."""
        return len(self._cursors)

    def _count(self, selection: Selection, most: int) -> int:
        return self._context.store.count(selection.sobject.name, selection.where, selection.parameters, most)

    def _first_page(self, call: Call, selection: Selection, most: int) -> Response:
        name = selection.sobject.name
        versions = self._context.store.versions(
            name,
            where=selection.where,
            parameters=selection.parameters,
            order=selection.order,
            limit=selection.limit,
            offset=selection.offset,
            most=most,
        )
        documents = Documents(selection.sobject, selection.fields, call.base)
        cursor = _Cursor(name, documents, versions, _page_size(call), call.token, call.now)
        locator = self._open(cursor) if len(versions) > cursor.page else ""
        return self._page(call, cursor, locator, 0)

    def _open(self, cursor: _Cursor) -> str:
        with self._lock:
            self._opened += 1
            locator = record_id("0r8", self._opened)
            self._cursors[locator] = cursor
            while len(self._cursors) > self._context.limits.open_queries:
                self._cursors.popitem(last=False)
        return locator

    def _more(self, call: Call, text: str) -> Response:
        match = _LOCATOR.fullmatch(text)
        with self._lock:
            cursor = self._cursors.get(match[1]) if match else None
            if match and cursor:
                is_lost = cursor.token != call.token or call.now - cursor.used >= self._life
                if is_lost or self._context.faults.strikes("locator_expired"):
                    del self._cursors[match[1]]
                    cursor = None
                else:
                    cursor.used = call.now
        if not match or cursor is None or int(match[2]) >= len(cursor.versions):
            raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(call, cursor, match[1], int(match[2]))

    def _page(self, call: Call, cursor: _Cursor, locator: str, start: int) -> Response:
        versions = cursor.versions[start : start + cursor.page]
        store, name = self._context.store, cursor.object_name
        rows = store.rows(name, versions, cursor.documents.names)
        end = start + len(versions)
        following = (
            f',"nextRecordsUrl":"{call.base}/query/{locator}-{end}"' if end < len(cursor.versions) else ""
        )
        body = (
            f'{{"totalSize":{len(cursor.versions)},"done":{"false" if following else "true"}{following},'
            f'"records":[{",".join(map(cursor.documents.document, rows))}]}}'
        )
        return Response(
            body=body.encode(),
            content_type="application/json;charset=UTF-8",
            delivered=lambda: store.mark_served(name, versions),
        )


def _page_size(call: Call) -> int:
    match = re.search(
        r"batchSize\s*=\s*(\d+)", call.request.headers.get("Sforce-Query-Options", ""), re.ASCII
    )
    return min(MOST_PAGE, max(LEAST_PAGE, int(match[1]))) if match else MOST_PAGE

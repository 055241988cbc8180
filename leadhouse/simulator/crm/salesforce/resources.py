"""``/sobjects`` and ``/composite/sobjects``: records one by one, and up to 200 at once."""

from array import array
from collections.abc import Callable, Iterable
from typing import Any

from leadhouse.simulator.crm.org import Field, SObject
from leadhouse.simulator.crm.salesforce.context import Call, Context
from leadhouse.simulator.crm.salesforce.describe import describe, describe_global, summary
from leadhouse.simulator.crm.salesforce.documents import Documents
from leadhouse.simulator.crm.salesforce.errors import SalesforceError, not_found
from leadhouse.simulator.crm.salesforce.records import Records
from leadhouse.simulator.crm.salesforce.replication import changed
from leadhouse.simulator.crm.salesforce.store import LIVE, Record
from leadhouse.simulator.crm.salesforce.values import long_id
from leadhouse.simulator.crm.server import Response

MOST_RECORDS = 200


class Resources:
    """Objects and their records.

    Args:
        context: the org.
        records: writes them.
    """

    def __init__(self, context: Context, records: Records) -> None:
        self._context = context
        self._records = records

    # /sobjects

    def answer(self, call: Call) -> Response:
        """``/sobjects`` and all below it."""
        if len(call.parts) == 1:
            call.allow("GET")
            return Response.json(describe_global(self._context.catalogue.all(), call.base))
        sobject = self._context.sobject(call.parts[1])
        rest = call.parts[2:]
        if not rest:
            return self._of_object(call, sobject)
        if len(rest) == 1 and rest[0] == "describe":
            call.allow("GET")
            return Response.json(describe(sobject, call.base))
        if len(rest) == 1 and rest[0] in ("deleted", "updated"):
            return changed(self._context, call, sobject.name, deleted=rest[0] == "deleted")
        if len(rest) == 1:
            return self._by_id(call, sobject, rest[0])
        return self._by_external_id(call, sobject, rest[0], "/".join(rest[1:]))

    def _of_object(self, call: Call, sobject: SObject) -> Response:
        call.allow("GET", "POST")
        if call.method == "GET":
            return Response.json({"objectDescribe": summary(sobject, call.base), "recentItems": []})
        key = self._records.create(sobject, call.json(), call.now)
        location = {"Location": f"{call.base}/sobjects/{sobject.name}/{key}"}
        return Response.json({"id": key, "success": True, "errors": []}, 201, location)

    def _by_id(self, call: Call, sobject: SObject, key: str) -> Response:
        call.allow("GET", "PATCH", "DELETE")
        if call.method == "GET":
            return self._document(call, sobject, self._records.live(sobject, key))
        if call.method == "PATCH":
            self._records.update(sobject, key, call.json(), call.now)
        else:
            self._records.delete(sobject, key, call.now)
        return Response(204)

    def _by_external_id(self, call: Call, sobject: SObject, name: str, key: str) -> Response:
        call.allow("GET", "PATCH", "DELETE")
        field = self._records.key_field(sobject, name)
        if call.method == "PATCH":
            return self._upsert(call, sobject, field, key)
        record = self._records.by_external_id(sobject, field, key)
        if record is None:
            raise not_found()
        if call.method == "GET":
            return self._document(call, sobject, record)
        self._records.delete(sobject, record.texts["Id"], call.now)
        return Response(204)

    def _upsert(self, call: Call, sobject: SObject, field: Field, key: str) -> Response:
        values = call.json()
        if any(name.lower() == field.name.lower() for name in values):
            message = f"The {field.name} field should not be specified in the sobject data."
            raise SalesforceError("INVALID_FIELD", message)
        record, created = self._records.upsert(sobject, field.name, key, values, call.now)
        answer = {"id": record, "success": True, "errors": [], "created": created}
        return Response.json(answer, 201 if created else 200)

    def _document(self, call: Call, sobject: SObject, record: Record) -> Response:
        documents = Documents(sobject, self._fields(sobject, call.request.parameter("fields")), call.base)
        body = documents.document([record.texts[name] for name in documents.names])
        return self._served(sobject, [record], body)

    def _fields(self, sobject: SObject, names: str | None) -> list[Field]:
        if names is None:
            return list(sobject.fields)
        known = {field.name.lower(): field for field in sobject.fields}
        wanted = [name.strip() for name in names.split(",")]
        if unknown := [name for name in wanted if name.lower() not in known]:
            message = f"No such column '{unknown[0]}' on entity '{sobject.name}'."
            raise SalesforceError("INVALID_FIELD", message)
        return [known[name.lower()] for name in wanted]

    def _served(self, sobject: SObject, records: list[Record], body: str) -> Response:
        store, versions = self._context.store, array("q", (record.version for record in records))
        return Response(
            body=body.encode(),
            content_type="application/json;charset=UTF-8",
            delivered=lambda: store.mark_served(sobject.name, versions),
        )

    # /composite/sobjects

    def answer_collection(self, call: Call) -> Response:
        """``/composite/sobjects`` and all below it."""
        rest = call.parts[2:]
        if len(rest) == 2:
            call.allow("PATCH")
            sobject = self._context.sobject(rest[0])
            field = self._records.key_field(sobject, rest[1])
            return self._write_all(call, lambda record: self._upsert_one(call, sobject, field, record))
        if len(rest) == 1:
            return self._retrieve(call, self._context.sobject(rest[0]))
        call.allow("POST", "PATCH", "DELETE")
        if call.method == "DELETE":
            return self._delete_all(call)
        one = self._create_one if call.method == "POST" else self._update_one
        return self._write_all(call, lambda record: one(call, record))

    def _create_one(self, call: Call, record: dict[str, Any]) -> dict[str, Any]:
        key = self._records.create(self._type_of(record), _without_id(record), call.now)
        return {"id": key, "success": True, "errors": []}

    def _update_one(self, call: Call, record: dict[str, Any]) -> dict[str, Any]:
        sobject, key = self._type_of(record), _key(record, "Id")
        if not key:
            raise SalesforceError("MISSING_ARGUMENT", "Id not specified in an update call", 400, ())
        self._records.update(sobject, key, _without_id(record), call.now)
        return {"id": long_id(key), "success": True, "errors": []}

    def _upsert_one(
        self, call: Call, sobject: SObject, field: Field, record: dict[str, Any]
    ) -> dict[str, Any]:
        if self._type_of(record).name != sobject.name:
            raise SalesforceError("INVALID_TYPE", f"the record's type must be {sobject.name}", 400, ())
        values = {name: value for name, value in record.items() if name.lower() != field.name.lower()}
        key, created = self._records.upsert(sobject, field.name, _key(record, field.name), values, call.now)
        return {"id": key, "success": True, "errors": [], "created": created}

    def _type_of(self, record: dict[str, Any]) -> SObject:
        attributes = record.get("attributes")
        name = attributes.get("type") if isinstance(attributes, dict) else None
        found = self._context.catalogue.find(name) if isinstance(name, str) else None
        if found is None:
            raise SalesforceError("INVALID_TYPE", f"sObject type '{name}' is not supported.", 400, ())
        return found

    def _write_all(self, call: Call, write: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
        order = call.json()
        records = order.get("records")
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise SalesforceError("JSON_PARSER_ERROR", "records must be a list of sObjects")
        _check_number(records)
        return Response.json(self._results(records, write, all_or_none=order.get("allOrNone") is True))

    def _delete_all(self, call: Call) -> Response:
        keys = [key for key in (call.request.parameter("ids") or "").split(",") if key]
        _check_number(keys)
        prefixes = {sobject.key_prefix: sobject for sobject in self._context.catalogue.all()}

        def delete(key: str) -> dict[str, Any]:
            sobject = prefixes.get(key[:3])
            if sobject is None:
                raise SalesforceError("MALFORMED_ID", f"malformed id {key}", 400, ())
            return {"id": self._records.delete(sobject, key, call.now), "success": True, "errors": []}

        all_or_none = (call.request.parameter("allOrNone") or "").lower() == "true"
        return Response.json(self._results(keys, delete, all_or_none=all_or_none))

    def _results(
        self, items: Iterable[Any], write: Callable[[Any], dict[str, Any]], *, all_or_none: bool
    ) -> list[dict[str, Any]]:
        results = []
        try:
            with self._context.store.transaction():
                for item in items:
                    try:
                        results.append(write(item))
                    except SalesforceError as error:
                        results.append(error.result())
                if all_or_none and not all(result["success"] for result in results):
                    raise _RollBackError
        except _RollBackError:
            back = SalesforceError(
                "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                "Record rolled back because not all records were valid and the request was using AllOrNone header",
            )
            results = [back.result() if result["success"] else result for result in results]
        return results

    def _retrieve(self, call: Call, sobject: SObject) -> Response:
        call.allow("GET", "POST")
        if call.method == "GET":
            keys = (call.request.parameter("ids") or "").split(",")
            names = call.request.parameter("fields")
        else:
            order = call.json()
            keys, names = order.get("ids", []), ",".join(order.get("fields", []))
        if not keys or not names:
            raise SalesforceError("MISSING_ARGUMENT", "ids and fields are required")
        documents = Documents(sobject, self._fields(sobject, names), call.base)
        found = [self._context.store.find(sobject.name, "Id", long_id(key) or "") for key in keys]
        records = [record[0] if record and record[0].state == LIVE else None for record in found]
        shown = (
            documents.document([record.texts[name] for name in documents.names]) if record else "null"
            for record in records
        )
        return self._served(sobject, [record for record in records if record], f"[{','.join(shown)}]")


class _RollBackError(Exception):
    pass


def _key(record: dict[str, Any], name: str) -> str:
    return next((str(value) for key, value in record.items() if key.lower() == name.lower() and value), "")


def _without_id(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name.lower() != "id"}


def _check_number(items: list[Any]) -> None:
    if len(items) > MOST_RECORDS:
        raise SalesforceError(
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {MOST_RECORDS} records into this call",
        )

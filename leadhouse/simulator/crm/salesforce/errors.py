"""Salesforce's own errors, as its REST API words them."""

from collections.abc import Sequence
from typing import Any

from leadhouse.simulator.crm.server import Response


class SalesforceError(Exception):
    """A refusal.

    Args:
        code: such as ``INVALID_FIELD``.
        message: in Salesforce's words.
        status: of HTTP.
        fields: the fields that are to blame; ``None`` where the API does not name any.
    """

    def __init__(
        self, code: str, message: str, status: int = 400, fields: Sequence[str] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status, self.fields = code, message, status, fields

    def response(self) -> Response:
        """The whole answer: a list of one error."""
        error: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            error["fields"] = list(self.fields)
        return Response.json([error], self.status)

    def result(self, record_id: str | None = None) -> dict[str, Any]:
        """One record's failure among many."""
        error = {"statusCode": self.code, "message": self.message, "fields": list(self.fields or ())}
        return {**({"id": record_id} if record_id else {}), "success": False, "errors": [error]}


def not_found(message: str = "The requested resource does not exist") -> SalesforceError:
    """404."""
    return SalesforceError("NOT_FOUND", message, 404)

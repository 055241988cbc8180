"""What query and ingest jobs of Bulk API 2.0 have in common: their life, their list, their addresses."""

import base64
import traceback
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Generic, TypeVar

from leadhouse.simulator.crm.org.ids import record_id
from leadhouse.simulator.crm.salesforce.context import Call, Context
from leadhouse.simulator.crm.salesforce.errors import SalesforceError, not_found
from leadhouse.simulator.crm.salesforce.values import datetime_text, long_id
from leadhouse.simulator.crm.server import Response

DELIMITERS = {"COMMA": ",", "TAB": "\t", "SEMICOLON": ";", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}

_LISTED = 1000
_FINISHED = ("JobComplete", "Aborted", "Failed")
_PATIENCE_SECONDS = 0.2
"""How long a poll waits for a job that is nearly done, so that small jobs take the same number of polls every time."""


@dataclass
class Job:
    """A job.

    Args:
        id: begins with ``750``.
        operation: ``query``, ``queryAll``, ``insert`` …
        object_name: such as ``Lead``.
        version: of the API, with which it was made.
        created: when.
        delimiter: the name of the one between cells.
        line_ending: ``LF`` or ``CRLF``.
        state: as the API names it.
        polls: how often it was asked for since it began to run.
        processed: records.
        failed: records that could not be written.
        error: why it failed.
        folder: where its files lie.
    """

    id: str
    operation: str
    object_name: str
    version: str
    created: datetime
    delimiter: str
    line_ending: str
    folder: Path
    state: str
    polls: int = 0
    processed: int = 0
    failed: int = 0
    error: str | None = None
    worked: Event = field(default_factory=Event)
    finished: datetime | None = None


J = TypeVar("J", bound=Job)


class Jobs(ABC, Generic[J]):
    """The jobs of one kind.

    Args:
        context: the org.
    """

    kind: str
    job_type: str
    first_number: int
    """Of their ids."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._jobs: dict[str, J] = {}
        self._lock = Lock()
        self._created: list[datetime] = []
        self._numbers = count(self.first_number)

    def answer(self, call: Call) -> Response:
        """``/jobs/<kind>`` and all below it."""
        self._forget_old(call.now)
        rest = call.parts[2:]
        if not rest:
            call.allow("GET", "POST")
            return self._list(call) if call.method == "GET" else self._create(call)
        with self._lock:
            job = self._jobs.get(rest[0]) or self._jobs.get(_long(rest[0]))
        if job is None:
            raise not_found()
        return self._one(call, job) if len(rest) == 1 else self.part(call, job, "/".join(rest[1:]))

    def created_count(self, now: datetime) -> int:
        """Jobs made within the last 24 hours."""
        return sum(now - moment < timedelta(hours=24) for moment in self._created)

    @abstractmethod
    def make(self, call: Call, order: dict[str, Any], job: dict[str, Any]) -> J:
        """A new job; ``job`` holds what all jobs have."""

    @abstractmethod
    def work(self, job: J) -> None:
        """Do what the job asks for; ``SalesforceError`` lets it fail."""

    @abstractmethod
    def part(self, call: Call, job: J, name: str) -> Response:
        """What lies below a job's address."""

    @abstractmethod
    def details(self, job: J, call: Call) -> dict[str, Any]:
        """What is said of a job besides what is said of all."""

    def _create(self, call: Call) -> Response:
        order = call.json()
        delimiter = order.get("columnDelimiter", "COMMA")
        line_ending = order.get("lineEnding", "LF")
        if delimiter not in DELIMITERS or line_ending not in LINE_ENDINGS:
            raise SalesforceError("INVALIDJOB", "columnDelimiter or lineEnding is not supported")
        if order.get("contentType", "CSV") != "CSV":
            raise SalesforceError("INVALIDJOB", "contentType must be CSV")
        key = record_id("750", next(self._numbers))
        common = {
            "id": key,
            "version": call.version,
            "created": call.now,
            "delimiter": delimiter,
            "line_ending": line_ending,
            "folder": self._context.store.folder,
        }
        job = self.make(call, order, common)
        with self._lock:
            self._jobs[key] = job
            self._created.append(call.now)
        return Response.json(self._info(job, call, is_new=True))

    def start(self, job: J) -> None:
        """Begin to work, in a thread of its own."""
        Thread(target=self._run, args=(job,), daemon=True).start()

    def _run(self, job: J) -> None:
        try:
            self.work(job)
        except SalesforceError as error:
            job.error = f"{error.code}: {error.message.strip()}"
        except Exception:
            traceback.print_exc()
            job.error = "UNKNOWN_EXCEPTION: the stand-in failed; its standard error says why"
        finally:
            job.worked.set()

    def _one(self, call: Call, job: J) -> Response:
        call.allow("GET", "PATCH", "DELETE")
        if call.method == "DELETE":
            if job.state not in (*_FINISHED, "UploadComplete"):
                raise _wrong_state(f"Deleting not allowed in state {job.state}")
            self._remove(job)
            return Response(204)
        if call.method == "PATCH":
            self.turn(call, job, str(call.json().get("state")))
        else:
            self._poll(job, call.now)
        return Response.json(self._info(job, call))

    def turn(self, call: Call, job: J, state: str) -> None:
        """Set a job's state, as far as a client may."""
        if state != "Aborted":
            raise _wrong_state(f"Invalid job state: {state}")
        if job.state in _FINISHED:
            raise _wrong_state("Aborting already Completed Job not allowed")
        job.state, job.finished = "Aborted", call.now

    def _poll(self, job: J, now: datetime) -> None:
        if job.state not in ("UploadComplete", "InProgress"):
            return
        job.polls += 1
        job.state = "InProgress"
        if job.polls >= self._context.limits.bulk_polls and job.worked.wait(_PATIENCE_SECONDS):
            job.state, job.finished = ("Failed" if job.error else "JobComplete"), now

    def _list(self, call: Call) -> Response:
        start = offset_of(call.request.parameter("queryLocator"))
        with self._lock:
            jobs = list(self._jobs.values())
        end = start + _LISTED
        following = f"{call.base}/jobs/{self.kind}?queryLocator={locator(end)}" if end < len(jobs) else None
        shown = [self._info(job, call, is_new=True) | {"jobType": self.job_type} for job in jobs[start:end]]
        return Response.json({"done": following is None, "records": shown, "nextRecordsUrl": following})

    def _info(self, job: J, call: Call, *, is_new: bool = False) -> dict[str, Any]:
        created = datetime_text(job.created)[:-1] + "+0000"
        info: dict[str, Any] = {
            "id": job.id,
            "operation": job.operation,
            "object": job.object_name,
            "createdById": self._context.user_id,
            "createdDate": created,
            "systemModstamp": created,
            "state": job.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(job.version),
            "lineEnding": job.line_ending,
            "columnDelimiter": job.delimiter,
            **self.details(job, call),
        }
        if not is_new:
            done = job.state in _FINISHED
            seconds = (job.finished or call.now) - job.created
            info |= {
                "jobType": self.job_type,
                "numberRecordsProcessed": job.processed if done else 0,
                "retries": 0,
                "totalProcessingTime": int(seconds.total_seconds() * 1000),
            }
        if job.state == "Failed":
            info["errorMessage"] = job.error
        return info

    def _forget_old(self, now: datetime) -> None:
        life = timedelta(days=self._context.limits.job_days)
        with self._lock:
            old = [job for job in self._jobs.values() if now - job.created >= life]
        for job in old:
            self._remove(job)

    def _remove(self, job: J) -> None:
        with self._lock:
            self._jobs.pop(job.id, None)
        for file in job.folder.glob(f"{job.id}*"):
            file.unlink(missing_ok=True)


def locator(offset: int) -> str:
    """A place in a list, in the shape of Salesforce's: base64 of its number, without padding."""
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def offset_of(text: str | None) -> int:
    """The place that a locator means; the beginning where there is none.

    Raises:
        SalesforceError: it is none.
    """
    if text is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as error:
        raise SalesforceError("INVALID_LOCATOR", f"invalid locator: {text}") from error


def _long(key: str) -> str:
    return long_id(key) or key


def _wrong_state(message: str) -> SalesforceError:
    return SalesforceError("INVALIDJOBSTATE", message)

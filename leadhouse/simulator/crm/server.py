"""HTTPS on loopback: requests to sites, their answers back, and the faults of any network on the way."""

import gzip
import json
import socket
import ssl
import struct
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import parse_qs, unquote, urlsplit

from leadhouse.simulator.crm.certificate import throw_away
from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.faults import Faults

CONTROL = "/simulator"
"""Where the control site lies; no fault ever strikes there."""

_LEAST_COMPRESSED = 1024
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_GATEWAY_ERRORS = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


@dataclass(frozen=True)
class Request:
    """What a client asks.

    Args:
        method: in capitals.
        path: decoded, without the query.
        query: decoded values of each parameter, empty ones too.
        headers: names in any case.
        body: empty where there is none.
        target: path and query as they were sent.
    """

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Message
    body: bytes
    target: str = ""

    def parameter(self, name: str, default: str | None = None) -> str | None:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]


@dataclass
class Response:
    """What a site answers.

    Args:
        status: of HTTP.
        body: the whole of it.
        headers: besides Content-Type, Content-Length and Date.
        content_type: of the body.
        delivered: called when all but the last byte has been sent; never where a fault spoils the answer.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    delivered: Callable[[], None] | None = None

    @classmethod
    def json(cls, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> "Response":
        """An answer in JSON, compact and in UTF-8."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, body, dict(headers or {}), "application/json;charset=UTF-8")


class Site(Protocol):
    """Whatever answers below one path prefix; it is asked from many threads at once."""

    def answer(self, request: Request) -> Response:
        """The answer to one request."""


class Server:
    """The HTTPS server; a context manager that serves from entry to exit.

    Args:
        sites: path prefix → site; the longest prefix that fits a path decides.
        clock: gives the ``Date`` header.
        faults: the ones of the network strike here, all others are the sites' business.
        port: on loopback; 0 takes a free one.
        ca_file: where to put the authority's certificate; a temporary file where none is named.
    """

    def __init__(
        self,
        sites: Mapping[str, Site],
        clock: Clock,
        faults: Faults,
        port: int = 0,
        ca_file: Path | None = None,
    ) -> None:
        self.clock = clock
        self.faults = faults
        self._sites = sorted(sites.items(), key=lambda entry: -len(entry[0]))
        self._port = port
        self._ca_file = ca_file

    def __enter__(self) -> Self:
        context, authority = throw_away()
        self._folder = tempfile.TemporaryDirectory(prefix="leadhouse-certificate-")
        self.ca_file = self._ca_file or Path(self._folder.name) / "ca.pem"
        self.ca_file.write_bytes(authority)
        self._listener = _Listener(self, context, self._port)
        self._thread = Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()
        self._listener.hang_up()
        self._folder.cleanup()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._listener.server_address[1])

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"https://localhost:{self.port}"

    def answer(self, request: Request) -> Response:
        """The answer of the site that is responsible, or a gateway's."""
        if not _is_control(request):
            if self.faults.strikes("rate_limit"):
                wait = str(self.faults.below("rate_limit", 2))
                return Response.json({"error": "rate limit exceeded"}, 429, {"Retry-After": wait})
            if self.faults.strikes("server_error"):
                status = list(_GATEWAY_ERRORS)[self.faults.below("server_error", len(_GATEWAY_ERRORS))]
                page = f"<html><body><h1>{status} {_GATEWAY_ERRORS[status]}</h1></body></html>"
                return Response(status, page.encode(), content_type="text/html")
        for prefix, site in self._sites:
            if request.path == prefix or request.path.startswith(prefix.rstrip("/") + "/"):
                return self._ask(site, request)
        return Response.json({"error": f"nothing is served at {request.path}"}, 404)

    def _ask(self, site: Site, request: Request) -> Response:
        try:
            return site.answer(request)
        except Exception:
            traceback.print_exc()
            return Response.json({"error": "the stand-in failed; its standard error says why"}, 500)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, server: Server, context: ssl.SSLContext, port: int) -> None:
        self.server = server
        self._context = context
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    # In the connection's own thread, so that a client that is slow to shake hands holds up nobody else.
    def finish_request(self, request: Any, client_address: Any) -> None:
        connection = self._context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._open.add(connection)
        try:
            connection.do_handshake()
            _Handler(connection, client_address, self)
        except OSError:
            pass  # the client has gone, or does not trust us: its affair
        finally:
            with self._lock:
                self._open.discard(connection)
            with suppress(OSError):
                connection.close()

    def hang_up(self) -> None:
        """Close what clients keep open."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        try:
            request = self._request()
        except ValueError:
            self.send_error(400, "the length of the body makes no sense")
            self.close_connection = True
            return
        faults = self.server.server.faults
        is_safe = _is_control(request)
        response = self.server.server.answer(request)
        if not is_safe and faults.strikes("slow"):
            time.sleep(faults.slow_seconds)
        spoilt = next(
            (
                name
                for name in ("reset", "truncated", "truncated_silently")
                if response.body and not is_safe and faults.strikes(name)
            ),
            None,
        )
        self._send(request, response, spoilt)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        return Request(self.command, unquote(parts.path), query, self.headers, self._body(), self.path)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return b"".join(chunks)

    def _send(self, request: Request, response: Response, spoilt: str | None) -> None:
        body, is_compressed = response.body, False
        if len(body) >= _LEAST_COMPRESSED and "gzip" in request.headers.get("Accept-Encoding", ""):
            body, is_compressed = gzip.compress(body, compresslevel=1, mtime=0), True
        self.send_response_only(response.status)
        self.send_header("Date", format_datetime(self.server.server.clock.now(), usegmt=True))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if body:
            self.send_header("Content-Type", response.content_type)
        if is_compressed:
            self.send_header("Content-Encoding", "gzip")
        if response.status != 204 and spoilt != "truncated_silently":
            self.send_header("Content-Length", str(len(body)))
        if spoilt:
            self.send_header("Connection", "close")
            body = body[: self.server.server.faults.below(spoilt, len(body))]
        self.end_headers()
        if request.method != "HEAD":
            self._send_body(body, None if spoilt else response.delivered)
        if spoilt:
            self.close_connection = True
        if spoilt == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)

    def _send_body(self, body: bytes, delivered: Callable[[], None] | None) -> None:
        """The last byte waits for the note that all has been sent: who has it can rely on the note."""
        self.wfile.write(body[:-1])
        if delivered:
            delivered()
        self.wfile.write(body[-1:])

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def _is_control(request: Request) -> bool:
    return request.path == CONTROL or request.path.startswith(CONTROL + "/")

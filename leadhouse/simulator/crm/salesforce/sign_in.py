"""Who may ask: OAuth's token endpoint, the SOAP login, sessions."""

import base64
import binascii
import hmac
import secrets
import time
import urllib.parse
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

import jwt
from cryptography.x509 import load_pem_x509_certificate

from leadhouse.simulator.crm.salesforce.errors import SalesforceError
from leadhouse.simulator.crm.salesforce.limits import Limits
from leadhouse.simulator.crm.server import Request, Response

ORGANIZATION_ID = "00DHs0000000001MAA"
LAST_SOAP_LOGIN = 64.0
"""Later versions of the API have no SOAP login."""

_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_JWT_SECONDS = 300
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" '
    'xmlns:sf="urn:fault.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
)


@dataclass(frozen=True)
class Credentials:
    """The one user, and the one connected app, that may sign in; worth nothing but here.

    Args:
        client_id: the app's consumer key.
        client_secret: its secret.
        username: the user's name.
        password: without the token.
        security_token: what follows the password.
        public_key: PEM, of a key or a certificate, that checks JWTs; ``None`` refuses them all.
    """

    client_id: str = "leadhouse-client-id"
    client_secret: str = field(default="leadhouse-client-secret", repr=False)
    username: str = "integration@example.com"
    password: str = field(default="leadhouse-password", repr=False)
    security_token: str = field(default="leadhouse-token", repr=False)
    public_key: str | None = None


class Refusal(Exception):
    """Sign-in refused, in OAuth's terms.

    Args:
        error: such as ``invalid_grant``.
        description: in Salesforce's words.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error, self.description = error, description


class Sessions:
    """Access tokens that are valid.

    Args:
        limits: tell how long a session lives that nobody uses.
    """

    def __init__(self, limits: Limits) -> None:
        self._life = timedelta(minutes=limits.session_minutes)
        self._used: dict[str, datetime] = {}
        self._lock = Lock()

    def open(self, now: datetime) -> str:
        """A new session's token."""
        token = f"{ORGANIZATION_ID[:15]}!AQ{secrets.token_urlsafe(48)}"
        with self._lock:
            self._used[token] = now
        return token

    def use(self, token: str, now: datetime) -> bool:
        """Whether a token is valid; from now on its session lives anew."""
        with self._lock:
            used = self._used.pop(token, None)
            if used is None or now - used >= self._life:
                return False
            self._used[token] = now
            return True

    def end(self, token: str) -> bool:
        """End a session; whether there was one."""
        with self._lock:
            return self._used.pop(token, None) is not None


class SignIn:
    """The endpoints that need no session.

    Args:
        credentials: who may sign in.
        sessions: the ones that are open.
        user_id: of the user who signs in.
    """

    def __init__(self, credentials: Credentials, sessions: Sessions, user_id: str) -> None:
        self._credentials = credentials
        self._sessions = sessions
        self._user_id = user_id

    # OAuth

    def token(self, request: Request, now: datetime) -> Response:
        """``/services/oauth2/token``: client credentials, JWT bearer or user name and password."""
        form = {
            **_first(request.query),
            **_first(urllib.parse.parse_qs(request.body.decode(errors="replace"))),
        }
        try:
            if request.method != "POST":
                raise Refusal("invalid_request", "must use HTTP POST")
            self._check_grant(form, request)
        except Refusal as refusal:
            error = {"error": refusal.error, "error_description": refusal.description}
            return Response.json(error, 401 if refusal.error == "invalid_client" else 400)
        return Response.json(self._granted(request, now))

    def _check_grant(self, form: dict[str, str], request: Request) -> None:
        grant = form.get("grant_type")
        if grant == "client_credentials":
            self._check_client(*_client(form, request))
        elif grant == "password":
            self._check_client(*_client(form, request))
            if not self._is_user(form.get("username", ""), form.get("password", "")):
                raise Refusal("invalid_grant", "authentication failure")
        elif grant == _JWT_GRANT:
            self._check_assertion(form.get("assertion", ""), request)
        else:
            raise Refusal("unsupported_grant_type", "grant type not supported")

    def _check_client(self, client_id: str, client_secret: str) -> None:
        if not _same(client_id, self._credentials.client_id):
            raise Refusal("invalid_client_id", "client identifier invalid")
        if not _same(client_secret, self._credentials.client_secret):
            raise Refusal("invalid_client", "invalid client credentials")

    def _is_user(self, username: str, password: str) -> bool:
        known = self._credentials
        return username == known.username and _same(password, known.password + known.security_token)

    def _check_assertion(self, assertion: str, request: Request) -> None:
        known = self._credentials
        try:
            claims: dict[str, Any] = jwt.decode(
                assertion,
                _public_key(known.public_key),
                algorithms=["RS256"],
                options={"verify_aud": False, "verify_exp": False, "verify_iat": False},
            )
            expires = int(claims.get("exp", 0))
        except (jwt.InvalidTokenError, ValueError) as error:
            raise Refusal("invalid_grant", "invalid assertion") from error
        if claims.get("iss") != known.client_id:
            raise Refusal("invalid_client_id", "client identifier invalid")
        if claims.get("sub") != known.username:
            raise Refusal("invalid_grant", "user hasn't approved this consumer")
        if not _is_audience(str(claims.get("aud")), request):
            raise Refusal("invalid_grant", "audience is invalid")
        # By the machine's time: who signs an assertion knows nothing of the stand-in's clock.
        if not 0 < expires - time.time() <= _JWT_SECONDS:
            raise Refusal("invalid_grant", "expired assertion")

    def _granted(self, request: Request, now: datetime) -> dict[str, str]:
        token = self._sessions.open(now)
        issued = str(int(now.timestamp() * 1000))
        identity = f"https://login.salesforce.com/id/{ORGANIZATION_ID}/{self._user_id}"
        digest = hmac.digest(
            self._credentials.client_secret.encode(), f"{identity}{issued}".encode(), "sha256"
        )
        return {
            "access_token": token,
            "signature": base64.b64encode(digest).decode(),
            "scope": "api",
            "instance_url": own_url(request),
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued,
        }

    def revoke(self, request: Request) -> Response:
        """``/services/oauth2/revoke``."""
        form = {
            **_first(request.query),
            **_first(urllib.parse.parse_qs(request.body.decode(errors="replace"))),
        }
        if self._sessions.end(form.get("token", "")):
            return Response()
        return Response.json({"error": "invalid_token", "error_description": "invalid token"}, 400)

    def user_info(self, request: Request, now: datetime) -> Response:
        """``/services/oauth2/userinfo`` and the identity URL."""
        if not self._sessions.use(bearer(request), now):
            return Response(403, b"Bad_OAuth_Token", content_type="text/html;charset=UTF-8")
        name = self._credentials.username
        identity = f"https://login.salesforce.com/id/{ORGANIZATION_ID}/{self._user_id}"
        return Response.json(
            {
                "sub": identity,
                "id": identity,
                "user_id": self._user_id,
                "organization_id": ORGANIZATION_ID,
                "preferred_username": name,
                "username": name,
                "nickname": name.partition("@")[0],
                "name": "Integration User",
                "display_name": "Integration User",
                "email": name,
                "email_verified": True,
                "zoneinfo": "GMT",
                "active": True,
                "user_type": "STANDARD",
                "language": "en_US",
                "locale": "en_US",
                "utcOffset": 0,
                "urls": {"rest": f"{own_url(request)}/services/data/v{{version}}/"},
            }
        )

    # SOAP

    def soap(self, request: Request, version: str, now: datetime) -> Response:
        """``/services/Soap/u/<version>``: ``login`` and ``logout``."""
        try:
            envelope = ET.fromstring(request.body)  # noqa: S314  (expat refuses entities that grow without bounds)
        except ET.ParseError as error:
            return _fault("soapenv:Client", "UNKNOWN_EXCEPTION", f"error parsing the request: {error}")
        texts = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in envelope.iter()}
        if "logout" in texts:
            self._sessions.end(texts.get("sessionId", ""))
            return _soap("<logoutResponse/>")
        if "login" not in texts:
            return _fault("soapenv:Client", "UNKNOWN_EXCEPTION", "only login and logout are known here")
        if float(version) > LAST_SOAP_LOGIN:
            text = f"SOAP API login() is not supported by this version of the API ({version})"
            return _fault("sf:UNSUPPORTED_API_VERSION", "UNSUPPORTED_API_VERSION", text)
        if not self._is_user(texts.get("username", ""), texts.get("password", "")):
            text = "Invalid username, password, security token; or user locked out."
            return _fault("sf:INVALID_LOGIN", "INVALID_LOGIN", text)
        return _soap(self._login_result(request, version, now))

    def _login_result(self, request: Request, version: str, now: datetime) -> str:
        url, short = own_url(request), ORGANIZATION_ID[:15]
        name = escape(self._credentials.username)
        return (
            "<loginResponse><result>"
            f"<metadataServerUrl>{url}/services/Soap/m/{version}/{short}</metadataServerUrl>"
            "<passwordExpired>false</passwordExpired><sandbox>false</sandbox>"
            f"<serverUrl>{url}/services/Soap/u/{version}/{short}</serverUrl>"
            f"<sessionId>{self._sessions.open(now)}</sessionId><userId>{self._user_id}</userId>"
            f"<userInfo><organizationId>{ORGANIZATION_ID}</organizationId>"
            "<organizationName>Leadhouse</organizationName>"
            f"<userEmail>{name}</userEmail><userFullName>Integration User</userFullName>"
            f"<userId>{self._user_id}</userId><userLanguage>en_US</userLanguage><userLocale>en_US</userLocale>"
            f"<userName>{name}</userName><userTimeZone>GMT</userTimeZone><userType>Standard</userType>"
            "</userInfo></result></loginResponse>"
        )


def own_url(request: Request) -> str:
    """The address under which the client reached us."""
    return f"https://{request.headers['Host']}"


def bearer(request: Request) -> str:
    """The access token of a request; ``""`` where there is none."""
    scheme, _, token = (request.headers["Authorization"] or "").partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "oauth") else ""


def check_session(request: Request, sessions: Sessions, now: datetime) -> str:
    """The token of a request, once it has proved valid.

    Raises:
        SalesforceError: ``INVALID_AUTH_HEADER`` or ``INVALID_SESSION_ID``.
    """
    token = bearer(request)
    if not token:
        raise SalesforceError("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", 401)
    if not sessions.use(token, now):
        raise SalesforceError("INVALID_SESSION_ID", "Session expired or invalid", 401)
    return token


def _first(values: dict[str, list[str]]) -> dict[str, str]:
    return {name: found[0] for name, found in values.items()}


def _client(form: dict[str, str], request: Request) -> tuple[str, str]:
    """Client id and secret, from the body or from basic authentication."""
    scheme, _, encoded = (request.headers["Authorization"] or "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refusal("invalid_client", "invalid client credentials") from error
    return client_id, secret


def _public_key(pem: str | None) -> Any:
    if pem is None:
        raise Refusal("invalid_grant", "invalid assertion")
    if "BEGIN CERTIFICATE" not in pem:
        return pem
    return load_pem_x509_certificate(pem.encode()).public_key()


def _is_audience(audience: str, request: Request) -> bool:
    host = urllib.parse.urlsplit(audience).hostname or ""
    return audience.rstrip("/") == own_url(request) or host.endswith(".salesforce.com")


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())


def _soap(body: str, status: int = 200) -> Response:
    return Response(status, _ENVELOPE.format(body=body).encode(), content_type="text/xml; charset=utf-8")


def _fault(fault_code: str, code: str, message: str) -> Response:
    text = escape(message)
    return _soap(
        f"<soapenv:Fault><faultcode>{fault_code}</faultcode><faultstring>{code}: {text}</faultstring>"
        f'<detail><sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>{code}</sf:exceptionCode>'
        f"<sf:exceptionMessage>{text}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>",
        500,
    )

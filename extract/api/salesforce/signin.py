"""Signing in: client credentials, JWT bearer, or user name, password and security token, as the settings allow.

OAuth is spoken here and not through simple-salesforce, which knows no host but ``*.salesforce.com``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import jwt
import requests
from simple_salesforce.util import getUniqueElementValueFromXmlString

from extract.api.salesforce.errors import check_whole, error_of, one_line
from extract.api.salesforce.values import long_id
from extract.api.session import ApiError, Retry, Session, Usage
from leadhouse.config import Http, Salesforce
from leadhouse.errors import LeadhouseError

LAST_SOAP_LOGIN = 64.0
"""Newer versions of the API do not sign in by user name and password alone; the session serves them all the same."""

JWT_LIFE = timedelta(minutes=3)
TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - where a token is got
PASSING_CODES = {"rate_limit_exceeded", "LOGIN_RATE_EXCEEDED", "SERVER_UNAVAILABLE", "unknown_error"}
PASSING_STATUSES = {429, 502, 503, 504}

SOAP_LOGIN = """<?xml version="1.0" encoding="utf-8"?>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:urn="urn:partner.soap.sforce.com">
  <env:Body>
    <urn:login><urn:username>{username}</urn:username><urn:password>{password}</urn:password></urn:login>
  </env:Body>
</env:Envelope>"""


@dataclass(frozen=True)
class Ticket:
    """What signing in gives.

    Args:
        token: the access token.
        instance_url: where the organisation's API is.
        organisation: the organisation's id, 18 characters.
    """

    token: str = field(repr=False)
    instance_url: str
    organisation: str


class SignIn:
    """Signs in whenever it is called.

    Args:
        settings: where, and as whom.
        http: how to make calls.
        usage: counts the calls.

    Raises:
        LeadhouseError: the settings are not enough for any way of signing in.
    """

    def __init__(self, settings: Salesforce, http: Http, usage: Usage) -> None:
        self.settings = settings
        self.session = Session("Salesforce", http, _judge, usage=usage)
        secrets = (settings.client_secret, settings.password, settings.security_token)
        self.session.secrets = {secret for secret in secrets if secret}
        self.method, self._sign_in = self._choose()

    def __call__(self) -> Ticket:
        """Sign in.

        Raises:
            ApiError: Salesforce does not let us in, or cannot be reached.
        """
        return self._sign_in()

    def _choose(self) -> tuple[str, Callable[[], Ticket]]:
        """The first way for which everything is there, and its name."""
        us = self.settings
        if us.private_key_file:
            if not (us.client_id and us.username):
                raise LeadhouseError(
                    "SALESFORCE_PRIVATE_KEY_FILE is set; signing in with it needs SALESFORCE_CLIENT_ID and"
                    " SALESFORCE_USERNAME too"
                )
            return f"as {us.username} by JWT bearer", self._by_jwt
        if us.username and us.password:
            by_oauth = us.client_id and us.client_secret
            return f"as {us.username} by password", self._by_password if by_oauth else self._by_soap
        if us.client_id and us.client_secret:
            if urlsplit(us.url).hostname in ("login.salesforce.com", "test.salesforce.com"):
                raise LeadhouseError(
                    f"SALESFORCE_URL is {us.url}; client credentials work at the organisation's own address only,"
                    " like https://COMPANY.my.salesforce.com"
                )
            return "by client credentials", self._by_client_credentials
        raise LeadhouseError(
            "there is not enough to sign in to Salesforce; set SALESFORCE_URL, SALESFORCE_CLIENT_ID and"
            " SALESFORCE_CLIENT_SECRET, or see the other ways in README.md"
        )

    def _by_client_credentials(self) -> Ticket:
        return self._token({"grant_type": "client_credentials", **self._client()})

    def _by_password(self) -> Ticket:
        return self._token(
            {
                "grant_type": "password",
                "username": self.settings.username,
                "password": f"{self.settings.password}{self.settings.security_token or ''}",
                **self._client(),
            }
        )

    def _by_jwt(self) -> Ticket:
        path = self.settings.private_key_file
        claims = {
            "iss": self.settings.client_id,
            "sub": self.settings.username,
            "aud": _audience(self.settings.url),
            "exp": datetime.now(UTC) + JWT_LIFE,
        }
        try:
            assertion = jwt.encode(claims, path.read_text() if path else "", algorithm="RS256")
        except (OSError, ValueError, jwt.PyJWTError):  # their texts may quote the key
            raise LeadhouseError(
                f"SALESFORCE_PRIVATE_KEY_FILE is '{path}'; it cannot be read as a private RSA key in PEM format"
            ) from None
        return self._token(
            {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
        )

    def _by_soap(self) -> Ticket:
        version = min(float(self.settings.api_version), LAST_SOAP_LOGIN)
        body = SOAP_LOGIN.format(
            username=escape(self.settings.username or ""),
            password=escape(f"{self.settings.password}{self.settings.security_token or ''}"),
        )
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": "login"}
        response = self.session.post(
            f"{self.settings.url}/services/Soap/u/{version}", body.encode(), headers=headers
        )
        found = {
            name: getUniqueElementValueFromXmlString(response.content, name) or ""
            for name in ("sessionId", "serverUrl", "organizationId")
        }
        server = urlsplit(found["serverUrl"])
        return _ticket(found["sessionId"], f"{server.scheme}://{server.netloc}", found["organizationId"])

    def _client(self) -> dict[str, str | None]:
        return {"client_id": self.settings.client_id, "client_secret": self.settings.client_secret}

    def _token(self, form: dict[str, str | None]) -> Ticket:
        try:
            answer = self.session.post(f"{self.settings.url}{TOKEN_PATH}", data=form).json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise _not_understood()
        # the identity's address ends in the ids of organisation and user
        identity = str(answer.get("id", "")).split("/")
        return _ticket(
            str(answer.get("access_token") or ""),
            str(answer.get("instance_url") or ""),
            identity[-2] if len(identity) > 2 else "",
        )


def _ticket(token: str, instance_url: str, organisation: str) -> Ticket:
    if (
        not re.fullmatch(r"[\x21-\x7e]+", token)
        or not re.fullmatch(r"https://[\w.-]+(:\d{1,5})?/?", instance_url, re.ASCII)
        or not organisation.startswith("00D")
    ):
        raise _not_understood()
    return Ticket(token, instance_url.rstrip("/"), long_id(organisation))


def _not_understood() -> ApiError:
    return ApiError("Salesforce's answer to signing in is not understood; check SALESFORCE_URL", "SIGN_IN")


def _audience(url: str) -> str:
    """Whom a JWT is for: Salesforce's two sign-in hosts, whichever of its addresses is used."""
    host = urlsplit(url).hostname or ""
    if not host.endswith(".salesforce.com"):
        return url
    is_sandbox = host == "test.salesforce.com" or ".sandbox." in host
    return f"https://{'test' if is_sandbox else 'login'}.salesforce.com"


def _judge(response: requests.Response) -> None:
    """Judge an answer to signing in: what is refused once is refused always, and too many attempts lock a user out."""
    check_whole(response)
    if response.status_code < 300:
        return
    code, message = error_of(response)
    if code in PASSING_CODES or (response.status_code in PASSING_STATUSES and not code):
        raise Retry(f"signing in: error {code or response.status_code}", code or "HTTP")
    reason = one_line(message) or f"HTTP status {response.status_code}"
    advice = "check SALESFORCE_URL and the SALESFORCE_… settings, and the connected app in Salesforce"
    if code == "INVALID_OPERATION" or "SOAP" in message:
        advice = "let it sign in by client credentials or JWT bearer instead: see README.md"
    raise ApiError(
        f"Salesforce refuses the sign-in: {reason} ({code or 'HTTP'}); {advice}", code or "SIGN_IN"
    )

"""The one gate from foreign errors to DeskError: a table from (phase, status, code) to class, retry and executed.

May import domain. Whether the org may have carried out a request is decided here and nowhere else: only what
provably sent no byte, or was answered with a well-formed refusal, counts as not executed.
"""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cadence_desk.domain.errors import (
    AnswerLost,
    AnswerUnreadable,
    DeskError,
    Executed,
    ProxyProblem,
    Retry,
    Unreachable,
    Untrusted,
)
from cadence_desk.salesforce.certificates import (
    OLD_TLS,
    OLD_TLS_HINT,
    distrust,
    speaks_old_tls,
    utc_now,
)
from cadence_desk.salesforce.error_table import HTTP_TABLE, OAUTH_TABLE, Row
from cadence_desk.salesforce.exchange import Exchange, Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

REFRESHABLE_STATUS = 401
NOT_CURED_BY_REFRESH = (
    "Connected app is not attached to Agent",
    "This session is not valid for use with the REST API",
)
"""A new token meets the same answer: refreshing would go on for ever (the same list as jsforce has)."""
NOT_FROM_THE_ORG = "The answer is no Salesforce answer: a sign-in page or a proxy may have sent it."


def errors_in(body: object) -> Iterator[tuple[str, str]]:
    """Yield (code, message) of each error in a REST body: a list of objects with errorCode and message."""
    for item in body if isinstance(body, list) else ():
        if isinstance(item, dict) and isinstance(item.get("errorCode"), str) and item["errorCode"]:
            yield item["errorCode"], str(item.get("message") or "")


def oauth_errors_in(body: object) -> Iterator[tuple[str, str]]:
    """Yield (code, message) of an OAuth body: an object with error and error_description."""
    if isinstance(body, dict) and isinstance(body.get("error"), str) and body["error"]:
        yield body["error"], str(body.get("error_description") or "")


def translate_answer(
    status: int, body: object, exchange: Exchange, table: tuple[Row, ...] = HTTP_TABLE
) -> DeskError:
    """Return the error that an answer with this status and body means."""
    found = list(oauth_errors_in(body) if table is OAUTH_TABLE else errors_in(body))
    code = found[0][0] if found else ""
    told = "\n".join(message for _, message in found if message)
    row = next(row for row in table if row.fits(status, code))
    message = f"{row.error.title}: {_first_line(told)}" if told else f"{row.error.title} (HTTP {status})."
    error = row.error(
        message,
        hint=row.hint,
        server_text=told,
        server_code=code or f"HTTP {status}",
        retry=row.retry,
        executed=row.executed if exchange.write else Executed.NO,
    )
    error.retry_after = exchange.retry_after
    if exchange.sent_on:
        place = urlsplit(exchange.sent_on).hostname or "another address"
        error.hint = f"The server sends on to {place[:100]}; nothing was sent there."
    return error


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def is_cured_by_refresh(status: int, body: object) -> bool:
    """Return True for a 401 that a new access token can cure."""
    if status != REFRESHABLE_STATUS:
        return False
    told = " ".join(message for _, message in errors_in(body))
    return not any(text in told for text in NOT_CURED_BY_REFRESH)


def translate_exception(error: BaseException, exchange: Exchange) -> DeskError:
    """Return the DeskError for an exception of requests, simple-salesforce or JSON; a DeskError stays itself."""
    if isinstance(error, DeskError):
        return error
    status = getattr(error, "status", None)
    if isinstance(status, int) and hasattr(error, "content"):
        return translate_answer(status, error.content, exchange)
    if exchange.phase is Phase.COMPLETE:
        return AnswerUnreadable(NOT_FROM_THE_ORG, executed=_executed(exchange))
    return _translate_line(error, exchange)


def _translate_line(error: BaseException, exchange: Exchange) -> DeskError:
    causes = list(_causes(error))
    if exchange.phase < Phase.CONNECTED or any(isinstance(e, ssl.SSLCertVerificationError) for e in causes):
        return _translate_connect(causes, exchange)
    if exchange.phase is Phase.CONNECTED:
        return Unreachable("The connection broke before anything was sent.")
    if "BodyTooLarge" in {type(e).__name__ for e in causes}:
        return AnswerUnreadable(
            "The answer is larger than the desk reads.", retry=Retry.NEVER, executed=_executed(exchange)
        )
    if "NoAnswerOfAnOrg" in {type(e).__name__ for e in causes}:
        return AnswerUnreadable(NOT_FROM_THE_ORG, executed=_executed(exchange))
    slow = any("timeout" in type(e).__name__.lower() or isinstance(e, TimeoutError) for e in causes)
    words = "No answer came back in time." if slow else "The connection broke before the answer was complete."
    return AnswerLost(words, executed=_executed(exchange))


def _translate_connect(causes: list[BaseException], exchange: Exchange) -> DeskError:
    names = {type(error).__name__ for error in causes}
    told = " ".join(str(error) for error in causes)
    certificate = next((e for e in causes if isinstance(e, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        host = exchange.host or "the server"
        return distrust(host, exchange.presented, getattr(certificate, "verify_message", ""), utc_now())
    if names & {"ProxyError", "InvalidProxyURL", "ProxySchemeUnknown", "InvalidSchema"}:
        return proxy_problem(_tunnel_status(told), answered="Tunnel connection failed" in told)
    if names & {"SSLError"} or any(isinstance(e, ssl.SSLError) for e in causes):
        return _no_secure_line(told)
    if names & {"NameResolutionError"}:
        return Unreachable("The server's name cannot be found.", hint="Check the network and the address.")
    return Unreachable(hint="Check the network.")


def _no_secure_line(told: str) -> Untrusted:
    if speaks_old_tls(told):
        return Untrusted(OLD_TLS, hint=OLD_TLS_HINT)
    return Untrusted("No secure connection could be agreed on with the server.", retry=Retry.LATER)


def proxy_problem(status: int, *, answered: bool) -> ProxyProblem:
    """Return what a proxy that opens no tunnel means; `status` is 0 when it did not say."""
    if status == 407:
        words = "The proxy asks for a user name and password, or does not accept the ones it got."
        hint = (
            "Set them for this org with: cadence-desk org set KEY --proxy HOST:PORT --proxy-user NAME. "
            "The proxy takes a user name and password in plain form (Basic); NTLM and Kerberos are not supported."
        )
    elif answered:
        words = "The proxy did not let the connection through."
        hint = "Ask whoever runs the proxy to let *.salesforce.com through, or check the proxy's address."
    else:
        words = "The proxy cannot be reached."
        hint = "Check the proxy's address."
    return ProxyProblem(words, hint=hint, server_code=f"HTTP {status}" if status else "")


def _tunnel_status(told: str) -> int:
    found = re.search(r"Tunnel connection failed: (\d{3})", told)
    return int(found[1]) if found else 0


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and everything wrapped inside: causes, contexts, reasons and arguments."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        item = waiting.pop(0)
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        waiting += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]


def _executed(exchange: Exchange) -> Executed:
    return Executed.UNKNOWN if exchange.write else Executed.NO

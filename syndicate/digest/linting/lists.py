"""What is wrong with the headers of a mailing list (RFC 2369, 2919, 8058)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from syndicate.digest.addresses import is_loopback
from syndicate.digest.linting.findings import Finding, note
from syndicate.digest.linting.heads import mailboxes
from syndicate.digest.linting.reading import Read

ONE_CLICK = "List-Unsubscribe=One-Click"
LONGEST_LINK = 200
_ADDRESS = r"<(https?|mailto):[^<>\s]+>"
_WANTED = {
    "List-Archive": _ADDRESS,
    "List-Help": _ADDRESS,
    "List-Post": r"NO|<mailto:[^<>\s]+>",
    "Feedback-ID": r"\S.*",
    "Precedence": r"list|bulk",
    "Auto-Submitted": r"auto-generated",
    "X-Auto-Response-Suppress": r"\S.*",
}
_TOKEN = re.compile(r"[A-Za-z0-9_=-]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def faults(message: Read) -> Iterator[Finding]:
    """Yield what is wrong with how to leave, and how the list is named."""
    for name, pattern in _WANTED.items():
        if not re.fullmatch(pattern, message.value(name)[:1000]):
            yield note("header-wanted", name)
    named = message.value("List-Id")
    if not re.search(r"<[^\s<>@.]+(\.[^\s<>@.]+)+>$", named[:1000]):
        yield note("list-id", named)
    yield from _offers(message)
    post = message.value("List-Unsubscribe-Post")
    if post != ONE_CLICK:
        yield note("unsubscribe-post", post or "–")


def offered(message: Read) -> list[str]:
    """Return the addresses of List-Unsubscribe, in their order."""
    value = "".join(message.value("List-Unsubscribe")[:5000].split())
    return re.findall(r"<([^<>]*)>", value)


def leaving(message: Read) -> str:
    """Return the web address by which the recipient leaves; "" if there is none."""
    return next((url for url in offered(message) if _is_web(url)), "")


def _is_web(url: str) -> bool:
    return url.lower().startswith(("https:", "http:"))


def _offers(message: Read) -> Iterator[Finding]:
    found = offered(message)
    web = [url for url in found if _is_web(url)]
    if not web or found[0] != web[0]:
        yield note("unsubscribe-missing")
    mail = [url for url in found if url.lower().startswith("mailto:")]
    if len(web) > 1 or len(mail) > 1 or len(web) + len(mail) < len(found):
        yield note("unsubscribe-offers")
    if web:
        yield from _one_click(web[0], mailboxes(message.value("To")))


def _one_click(url: str, recipients: list[str]) -> Iterator[Finding]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if len(url) > LONGEST_LINK:
        yield note("unsubscribe-length", len(url))
    if not host or not (url.isascii() and url.isprintable()) or set(url) & set(',"\\'):
        yield note("unsubscribe-characters", url)
    elif not url.lower().startswith("https:"):
        rule = "unsubscribe-local" if is_loopback(host) else "unsubscribe-https"
        yield note(rule, url)
    lower = url.lower()
    if any(one in lower for one in ("@", "%40", *recipients) if one):
        yield note("unsubscribe-clear", url)
    if not _TOKEN.search(f"{parts.path}?{parts.query}"):
        yield note("unsubscribe-token", url)

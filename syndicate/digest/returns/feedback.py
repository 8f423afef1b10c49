"""Complaints: feedback reports (RFC 5965), and what some send in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from syndicate.digest.returns.dsn import addresses_of
from syndicate.digest.returns.parts import (
    Headers,
    Part,
    data_of,
    headers_of,
    value,
    values,
)
from syndicate.model import Fate, Report
from syndicate.text.clean import fold

KIND = "message/feedback-report"
COMPLAINTS = frozenset(
    {"abuse", "fraud", "other", "complaint", "spam", "miscategorized"}
)
"""Feedback types by which a person says that our mail is not wanted."""
LEAVING = frozenset({"opt-out", "opt-out-list", "unsubscribe"})
"""Feedback types by which a person leaves one list."""
ABUSE = "abuse"
_REDACTED = re.compile(
    r"(redacted|removed|hidden|anonymous|unknown|undisclosed|private|x{3,}|\*+|#+"
    r"|[0-9a-f]{32,})"
)
_TYPE = re.compile(rb"^feedback-type[ \t]*:", re.IGNORECASE | re.MULTILINE)
_OLD_HEADER = "x-hmxmroriginalrecipient"
_OLD_SUBJECT = re.compile(
    r"^complaint about message from|^email feedback report|^spam (complaint|report)\b"
)


def is_report(part: Part) -> bool:
    """Tell a feedback report; some are sent as plain text."""
    if part.inside or part.kind == "head":
        return False
    if part.kind == KIND:
        return True
    return part.kind.startswith("text/plain") and bool(_TYPE.match(part.body.lstrip()))


def type_of(part: Part) -> str:
    """Feedback-Type in lower case; "abuse" where a report lacks it."""
    said = value(_fields(part), "feedback-type").strip().lower()
    found = re.match(r"[a-z-]+", said)
    return found[0] if found else ABUSE


def envelope(part: Part) -> str:
    """What a feedback report says of our envelope."""
    fields = _fields(part)
    return " ".join(values(fields, "original-mail-from", "original-envelope-id"))


def report(part: Part) -> Report:
    """Say whom a feedback report names; what was made unreadable names nobody."""
    fields = _fields(part)
    named = values(
        fields, "original-rcpt-to", "removal-recipient", "original-recipient"
    )
    agent = " ".join(values(fields, "user-agent", "reported-domain", "source-ip"))
    return Report(
        fate=Fate.DELIVERED, recipients=legible(named), diagnostic=agent[:500]
    )


def old_complaint(found: Sequence[Part]) -> Report | None:
    """Read a complaint of before RFC 5965: our own mail, enclosed, under a subject."""
    outer = found[0].headers
    enclosed = next((p.headers for p in found if p.inside and p.kind == "head"), None)
    if enclosed is None:
        return None
    named = values(enclosed, _OLD_HEADER) + values(outer, _OLD_HEADER)
    if not named and not _OLD_SUBJECT.search(fold(value(outer, "subject"))):
        return None
    return Report(fate=Fate.DELIVERED, recipients=legible(named))


def legible(named: Iterable[str]) -> tuple[str, ...]:
    """The addresses that nobody has made unreadable."""
    read = (address for said in named for address in addresses_of(said))
    return tuple(
        dict.fromkeys(
            one for one in read if "@" in one and not _REDACTED.match(one.lower())
        )
    )


def _fields(part: Part) -> Headers:
    return headers_of(re.sub(rb"\n[ \t]*\n", b"\n", data_of(part).strip()))

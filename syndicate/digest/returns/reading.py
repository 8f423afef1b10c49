"""A message to our bounce address: bounce, complaint, automatic answer, or none.

Pure, bounded, and it never raises: what stands there is written by strangers. Whose
mail came back is not decided here, only what could tell it: the words that our
envelopes, Message-IDs and links carry, which nobody can make without our secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from syndicate.digest.returns import answers, dsn, feedback, oldforms
from syndicate.digest.returns.parts import Headers, Part, data_of, parts, value, values
from syndicate.digest.returns.statuses import is_vague, judged
from syndicate.model import BounceKind, Fate, Report, Returned

MOST = 12
"""Words, Message-IDs and links of one message that are looked up."""
_WORD = re.compile(r"(?<![a-z0-9])([bl]-[a-z2-7]{32})(?![a-z0-9])", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<([^<>\s]{3,250}@[^<>\s]{1,250})>")
_ID_LINE = re.compile(r"^[> |]*message-id: *(<[^<>\s]{3,500}>)", re.I | re.M)
_LINK = re.compile(r"/([a-z2-7]{32})(?![a-z0-9])", re.IGNORECASE)
_SURE = (
    *("x-original-to", "delivered-to", "envelope-to", "x-envelope-to"),
    *("x-delivered-to", "x-rcpt-to", "x-original-recipient", "original-recipient"),
)
_TO = ("to", "cc", "resent-to", "apparently-to", "received")
_REPORT = "multipart/report"


def read(raw: bytes, recipient: str = "") -> Returned:
    """Read a message; ``recipient`` is to whom it was sent, if the mail system says."""
    found = parts(raw)
    kind, form, reports, said = _judged(found)
    return Returned(
        kind=kind,
        form=form,
        reports=reports,
        feedback=said,
        words=_words(found, recipient),
        message_ids=_message_ids(found),
        links=_links(found),
    )


Judgement = tuple[BounceKind, str, tuple[Report, ...], str]
_NOTHING: Judgement = (BounceKind.UNKNOWN, "", (), "")


def _judged(found: tuple[Part, ...]) -> Judgement:
    """Say what a message is; the outermost report counts, whatever it encloses."""
    complaint = next(filter(feedback.is_report, found), None)
    if complaint is not None:
        said = feedback.type_of(complaint)
        return BounceKind.ARF, "arf", (feedback.report(complaint),), said
    status = _status(found, inside=False)
    if status:
        return BounceKind.DSN, "dsn", _explained(status, found), ""
    headers = found[0].headers
    if _is_own_answer(headers) or (
        _is_receipt(found) and not oldforms.is_system(headers)
    ):
        return BounceKind.AUTO, "answer", (), ""
    return _unstandardised(found, headers)


def _unstandardised(found: tuple[Part, ...], headers: Headers) -> Judgement:
    plain = oldforms.reports(headers, oldforms.text_in(found))
    if plain is not None:
        return BounceKind.DSN, plain[0], plain[1], ""
    old = feedback.old_complaint(found)
    if old is not None:
        return BounceKind.ARF, "enclosed", (old,), feedback.ABUSE
    forwarded = _status(found, inside=True)  # somebody passed a bounce on to us
    if forwarded:
        return BounceKind.DSN, "forwarded", forwarded, ""
    return _NOTHING


def _status(found: Iterable[Part], *, inside: bool) -> tuple[Report, ...]:
    for part in found:
        if part.kind in dsn.KINDS and bool(part.inside) is inside:
            reports = dsn.reports(data_of(part))
            if reports:
                return reports
    return ()


def _explained(
    reports: tuple[Report, ...], found: tuple[Part, ...]
) -> tuple[Report, ...]:
    """Ask the words for people what a code that says nothing means."""
    one = reports[0]
    if len(reports) > 1 or one.fate is not Fate.FAILED or not is_vague(one.status):
        return reports
    said = judged(one.status, oldforms.own_words(oldforms.text_in(found)))
    return (replace(one, status=said),)


def _is_receipt(found: Iterable[Part]) -> bool:
    """Say whether a reader's program says that a mail was read (RFC 8098)."""
    return any(
        part.kind.endswith("disposition-notification") and not part.inside
        for part in found
    )


def _is_own_answer(headers: Headers) -> bool:
    """Say whether a person's program answered, and no mail system."""
    if oldforms.is_system(headers) or _is_report(headers):
        return False
    return answers.is_answer(headers)


def _is_report(headers: Headers) -> bool:
    return value(headers, "content-type").lower().startswith(_REPORT)


# ── What tells whose it is ───────────────────────────────────────────────────


def _words(found: tuple[Part, ...], recipient: str) -> tuple[str, ...]:
    """Our envelope words: to whom this was sent, then what it says of our mail."""
    outer = found[0].headers
    said = [recipient, *values(outer, *_SURE), *values(outer, *_TO)]
    said += [feedback.envelope(part) for part in found if feedback.is_report(part)]
    said += [
        one for p in found if p.inside and p.kind == "head" for _name, one in p.headers
    ]
    return _first(match[1].lower() for one in said for match in _WORD.finditer(one))


def _message_ids(found: tuple[Part, ...]) -> tuple[str, ...]:
    """Message-IDs of what came back; where none did, of what this answers."""
    said = [
        one
        for part in found
        if part.inside and part.kind == "head"
        for one in values(part.headers, "message-id", "x-original-message-id")
    ]
    said += _ID_LINE.findall(oldforms.text_in(found))
    outer = found[0].headers
    said += values(outer, "x-failed-message-id", "in-reply-to", "references")
    return _first(match[1] for one in said for match in _MESSAGE_ID.finditer(one))


def _links(found: tuple[Part, ...]) -> tuple[str, ...]:
    said = (
        one
        for part in found
        if part.inside and part.kind == "head"
        for one in values(part.headers, "list-unsubscribe")
    )
    return _first(match[1].lower() for one in said for match in _LINK.finditer(one))


def _first(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said))[:MOST]

"""Bounces in plain words: of programs that follow no standard, or older than any.

A message counts as a bounce by what only its program says (``forms.BOUNCES``), or
because a mail system wrote it under a subject that says so, and its words name a
reason. Anything else is not understood.
"""

from __future__ import annotations

import re

from syndicate.digest.returns import dsn
from syndicate.digest.returns.forms import (
    BOUNCES,
    COPY_BEGINS,
    DAEMONS,
    SUBJECTS,
    WARNINGS,
)
from syndicate.digest.returns.parts import Headers, Part, text_of, value, values
from syndicate.digest.returns.statuses import judged, meant, reply_in, status_in
from syndicate.model import Fate, Report
from syndicate.text.clean import fold

_READ = 12_000
"""Characters in which a program says what it has to say."""
_MOST = 20
"""Recipients of one bounce."""
_BOUNCES = tuple((name, re.compile("|".join(said))) for name, said in BOUNCES)
_WARNINGS = re.compile("|".join(WARNINGS))
_SUBJECTS = re.compile("|".join(SUBJECTS))
_DAEMONS = re.compile(DAEMONS)
_LATE = re.compile(r"delay|not (yet )?(been )?deliver|still|could not send")
_COPY_BEGINS = re.compile(COPY_BEGINS)
_FIELDS = re.compile(r"^(final-recipient|diagnostic-code) *:", re.I | re.M)
_APART = r"\s<>()\[\]\"',;:@：，；（）"
_ADDRESS = re.compile(rf"[^{_APART}]{{1,64}}@[^{_APART}]{{1,255}}")
_OURS = re.compile(r"^[bl]-[a-z2-7]{32}@|mailer-daemon@|postmaster@", re.IGNORECASE)


def text_in(found: tuple[Part, ...]) -> str:
    """The words of a message itself; plain text goes before HTML."""
    for kind in ("text/plain", "text/html"):
        said = [text_of(p) for p in found if not p.inside and p.kind == kind]
        if any(one.strip() for one in said):
            return "\n".join(said)
    return "\n".join(
        text_of(p) for p in found if not p.inside and p.kind.startswith("multipart/")
    )


def is_system(headers: Headers) -> bool:
    """Say whether it calls itself a mail system's, or speaks of a failure.

    The empty envelope is no sign: automatic answers have it, too (RFC 3834).
    """
    if values(headers, "x-failed-recipients") or _is_daemon(headers):
        return True
    return bool(_SUBJECTS.search(fold(value(headers, "subject"))))


def _is_daemon(headers: Headers) -> bool:
    who = values(headers, "from", "sender")
    return any(_DAEMONS.search(one.strip().lower()) for one in who)


def reports(headers: Headers, text: str) -> tuple[str, tuple[Report, ...]] | None:
    """Read a bounce in plain words: the name of its form, and its recipients."""
    said = own_words(text)
    if _FIELDS.search(said):  # of a report that lost its MIME parts
        found = dsn.reports(_from_fields(said).encode("utf-8", "replace"))
        if found:
            return "dsn-text", found
    folded = fold(said)
    form = next((name for name, form in _BOUNCES if form.search(folded)), "")
    subject = fold(value(headers, "subject"))
    warned = _warns(folded, subject)
    empty = "<>" in (one.strip() for one in values(headers, "return-path"))
    fails = warned or bool(_SUBJECTS.search(subject))
    fails = fails or (_is_daemon(headers) and bool(status_in(said) or meant(said)))
    if form or (fails and (empty or is_system(headers))):
        return _read(headers, said, form, warned=warned)
    return None


def own_words(text: str) -> str:
    """What a program says, without the copy of our mail that it puts below."""
    kept: list[str] = []
    for line in text[:_READ].split("\n"):
        if kept and _COPY_BEGINS.search(fold(line[:200])):
            break
        kept.append(line)
    return "\n".join(kept)


def _warns(folded: str, subject: str) -> bool:
    late = subject.startswith(("warning:", "delayed")) and _LATE.search(subject)
    return bool(late or _WARNINGS.search(folded))


def _read(
    headers: Headers, said: str, form: str, *, warned: bool
) -> tuple[str, tuple[Report, ...]] | None:
    """Say of everybody who is named what the words say; None if they say nothing."""
    known = status_in(said) or reply_in(said) or meant(said)
    if not form and not known and not warned:
        return None
    fate = Fate.DELAYED if warned else Fate.FAILED
    given = status_in(said)
    status = given if warned else judged(given, said) or "5.0.0"
    one = Report(
        fate=fate,
        recipients=_named(headers, said),
        status=status,
        diagnostic=_reason(said),
    )
    return form or "other", (one,)


def _named(headers: Headers, said: str) -> tuple[str, ...]:
    failed = " ".join(values(headers, "x-failed-recipients"))
    found = _ADDRESS.findall(failed) or _ADDRESS.findall(said)
    clean = (one.strip(".=*|") for one in found if not _OURS.match(one))
    return tuple(dict.fromkeys(clean))[:_MOST]


def _reason(said: str) -> str:
    """The lines that name the reason, or the first ones."""
    lines = [line.strip() for line in said.split("\n") if line.strip()]
    telling = [
        line for line in lines if status_in(line) or reply_in(line) or meant(line)
    ]
    return " ".join((telling or lines)[:3])[: dsn.LONGEST]


def _from_fields(said: str) -> str:
    found = re.search(
        r"^[a-z-]+(recipient|mta|action|status|code) *:", said, re.I | re.M
    )
    return said[found.start() :] if found else ""

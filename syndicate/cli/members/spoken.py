"""What is said of members, in the user's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from syndicate.cli.words import _
from syndicate.errors import MemberError, SyndicateError
from syndicate.model import Fault
from syndicate.pipeline.membership.enrolling import Fate

FAULTS = {
    Fault.ADDRESS: _('"{word}" is not a mail address'),
    Fault.DIGEST: _('there is no digest "{word}"'),
    Fault.CADENCE: _('the digest does not come "{word}"'),
    Fault.CATEGORY: _('there is no category "{word}"'),
    Fault.SOURCE: _('there is no source "{word}"'),
    Fault.WEEKDAY: _('"{word}" is no weekday; write mon, tue, … or 0 to 6'),
    Fault.HOUR: _('"{word}" is no hour; write 0 to 23'),
    Fault.TIMEZONE: _('"{word}" is not a time zone; write one like "Asia/Ho_Chi_Minh"'),
    Fault.LANGUAGE: _('our mails have no language "{word}"; write vi or en'),
    Fault.UNTIL: _("a pause ends after it begins, and within a year: {word}"),
    Fault.CONSENT: _("say on what ground the person may be written to: --consent"),
    Fault.UNKNOWN: _("there is no member {word}"),
}
FATES = {
    Fate.ADDED: _("added"),
    Fate.RENEWED: _("active again"),
    Fate.KNOWN: _("there already"),
    Fate.LEFT: _("left by themselves; they come back only by their own confirmation"),
    Fate.SUPPRESSED: _("suppressed"),
    Fate.STOPPED: _("the address bounced, complained or is invalid"),
    Fate.PASSED: _("passed over, for the table says pending or expired"),
}
ROWS = {
    "its quotes do not match": _("its quotes do not match"),
    "it has more cells than the head line": _("it has more cells than the head line"),
    "the address stands above already": _("the address stands above already"),
    "it has no mark": _("it has no mark"),
    "it names no digest": _("it names no digest"),
    "it is paused, and the table says not until when": _(
        "it is paused, and the table says not until when"
    ),
    "say how they agreed, or ask them": _(
        "say how they agreed (--consent), or have each asked by a letter (--confirm)"
    ),
    "say which digest": _("say which digest they are to get: --digest KEY"),
}
"""What is wrong with a row, or is missing."""
STATES = {
    # SubscriptionState
    "pending": _("pending"),
    "active": _("active"),
    "paused": _("paused"),
    "unsubscribed": _("unsubscribed"),
    "expired": _("expired"),
    # MemberState
    "unverified": _("unverified"),
    "ok": _("ok"),
    "soft_bouncing": _("bouncing now and then"),
    "bounced": _("bounced"),
    "complained": _("complained"),
    "invalid": _("invalid"),
    "erased": _("erased"),
    # ConsentKind
    "asked": _("asked"),
    "confirmed": _("confirmed"),
    "stated": _("stated by the desk"),
    "changed": _("changed"),
    "left": _("left"),
    # SuppressionReason
    "desk": _("by the desk"),
    "complaint": _("complaint"),
    "bounce": _("bounce"),
}


def said(error: MemberError) -> str:
    """Say what cannot be, and of what."""
    if str(error) in ROWS:
        return ROWS[str(error)]
    try:
        fault = Fault(error.fault)
    except ValueError:
        return str(error)
    if not error.word and fault is not Fault.CONSENT:
        return str(error)
    told = FAULTS[fault].format(word=error.word)
    # What the library or the list of what there is adds helps in any language.
    more = str(error).partition(": ")[2]
    return f"{told}: {more}" if more and fault is not Fault.UNTIL else told


@contextmanager
def spoken() -> Iterator[None]:
    """Let what cannot be end in an error in the user's language."""
    try:
        yield
    except MemberError as error:
        raise SyndicateError(said(error)) from error


def unknown(address: str) -> MemberError:
    """Say that nobody has this address."""
    told = f"there is no member {address}"
    return MemberError(told, fault=Fault.UNKNOWN, word=address)

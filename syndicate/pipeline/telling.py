"""Findings in words: what is so, and what a person can do about it.

The same sentences stand in ``syndicate status``, in the report and on the web, in the
language that the reader asks for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from syndicate.gather.drift import DATES, LINKS, WORDS
from syndicate.gather.findings import Finding, FindingCode
from syndicate.gather.health import GONE
from syndicate.model import (
    Dated,
    DateOrigin,
    Precision,
    Source,
    SourceKind,
    SourceStatus,
)
from syndicate.text.clean import one_line
from syndicate.translate import moment, translation

LONGEST_DETAIL = 300
"""Characters of what was said outside; a server can say a novel."""

_SAFE = "!#$%&'()*+,/:;=?@[]~"
_WHOSE = re.compile(r"^\S+://\S+: ")
_BROKEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufffe\uffff]+"
)


def _(text: str) -> str:
    """Mark a sentence for the catalogue; it is translated where it is said."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding in words."""

    what: str
    todo: str = ""
    """What a person can do; empty if nothing is to be done."""
    line: str = ""
    """The line for config.toml that ``todo`` speaks of."""


STATUSES = {
    SourceStatus.ACTIVE: _("active"),
    SourceStatus.QUIET: _("quiet"),
    SourceStatus.FAILING: _("failing"),
    SourceStatus.PARKED: _("parked"),
    SourceStatus.ARCHIVED: _("archived"),
}
"""How a source stands, in a word."""

_WHAT = {
    FindingCode.FAILING: _("No success since {since}, {count} failures: {detail}"),
    FindingCode.PARKED: _(
        "It said on {since} that it is gone for good (HTTP 410). "
        "It is asked once a day all the same."
    ),
    FindingCode.FEED_ELSEWHERE: _(
        "Where its feed was is a web page since {since}, and the page names a feed."
    ),
    FindingCode.DISALLOWED: _("Its robots.txt does not let us in: {detail}"),
    FindingCode.QUIET: _(
        "Nothing new since {since}. By its rhythm, one entry every {span}, "
        "about {count} would have come."
    ),
    FindingCode.EMPTY: _("It answers, but not one entry has been found there so far."),
    FindingCode.DRIFT: _("Its layout has changed since {since}: {drift}."),
    FindingCode.ENTRIES_FAIL: _(
        "{count} of the {total} entries of its last visits could not be read: {detail}"
    ),
    FindingCode.MOVED: _(
        "It redirects for good since {since}, and is asked at its new address."
    ),
    FindingCode.MOVING: _(
        "It redirects for good to {address} since {since}; "
        "the new address is adopted if that lasts."
    ),
    FindingCode.CERTIFICATE_ENDED: _("Its certificate ended on {day}."),
    FindingCode.CERTIFICATE_ENDS: _("Its certificate ends on {day}."),
    FindingCode.REDATED: _(
        "On {day} it gave all of its entries new dates at once; the old ones are kept."
    ),
    FindingCode.FUTURE_DATES: _(
        "Its last {total} entries are all dated ahead of time, "
        "so they stand without a date."
    ),
    FindingCode.GARBLED: _(
        "{count} of its last {total} titles hold broken letters: "
        "it is in another encoding than it says."
    ),
    FindingCode.ROBOTS_CHANGED: _("Its robots.txt changed on {day}."),
    FindingCode.HUB_BROKEN: _(
        "Its hub does not keep its word ({detail}), "
        "so the source is asked as often as before."
    ),
    FindingCode.NEVER_304: _(
        "It sends everything again when nothing is new: of {total} such answers "
        "{count} were a 304, although it gives validators."
    ),
    FindingCode.NO_VALIDATORS: _(
        "It gives no validators, so it sent everything again {total} times "
        "when nothing was new."
    ),
    FindingCode.ARCHIVED: _("It is archived and asked no more."),
    FindingCode.OUTAGE: _(
        "Our own line is down: {count} of {total} sources are out of reach. "
        "This counts against none of them."
    ),
    FindingCode.NOTHING_ANSWERS: _(
        "{count} of {total} sources fail side by side, and none has answered "
        "since {since}: it is probably our own line."
    ),
}

_TODO = {
    FindingCode.FAILING: _("Try it by hand: {test}"),
    FindingCode.PARKED: _(
        "{look} shows what the site offers now. If it is really gone, write {archived}."
    ),
    FindingCode.FEED_ELSEWHERE: _("Write into config.toml, in place of its url:"),
    FindingCode.DISALLOWED: _(
        "Ask its owner to let us in. Write {robots} only if the owner agrees."
    ),
    FindingCode.QUIET: _("See whether the site has news. If it has: {test}"),
    FindingCode.EMPTY: _(
        "{test} shows what is found there. If nothing is right, write {empty}."
    ),
    FindingCode.DRIFT: _(
        "{test} shows what is still found. Mend its selectors, or take them out."
    ),
    FindingCode.ENTRIES_FAIL: _("{test} shows what is found there."),
    FindingCode.MOVED: _("Write into config.toml, in place of its url:"),
    FindingCode.CERTIFICATE_ENDED: _("Tell its owner."),
    FindingCode.CERTIFICATE_ENDS: _("Tell its owner if it is not renewed soon."),
    FindingCode.REDATED: _("{test} shows its dates as we read them."),
    FindingCode.FUTURE_DATES: _(
        "{test} shows its dates as we read them; date_order may be wrong."
    ),
    FindingCode.GARBLED: _("Tell its owner that it should say UTF-8, and be it."),
    FindingCode.OUTAGE: _("See to the network and the name server of this machine."),
    FindingCode.NOTHING_ANSWERS: _(
        "See to the network and the name server of this machine."
    ),
}
_NEVER = _("It has never answered, {count} failures: {detail}")
_GOES_ON = _("It is archived; “{detail}” goes on in its place.")
_NAMED_ELSEWHERE = _(
    "Its feed is gone since {since} (HTTP {status}), and the site names another."
)
_PAGES_REFUSED = _(
    "Its robots.txt keeps us from {count} of the last {total} entries: {detail}"
)
_DRIFT = {
    LINKS: _("far fewer links than usual"),
    DATES: _("its links have lost their dates"),
    WORDS: _("its articles have hardly any text"),
}
_BY_STATUS = {
    401: _("It asks for a login: ask its owner for an open address."),
    403: _("It refuses us: ask its owner to let our User-Agent pass."),
    404: _("{look} shows what the site offers now."),
    410: _("{look} shows what the site offers now."),
    429: _("It wants fewer visits: write a longer {every}."),
    451: _("It is withheld for legal reasons: ask its owner."),
}
_THEIR_TROUBLE = _("The site is in trouble. Tell its owner if it lasts.")


def tell(finding: Finding, source: Source | None, *, language: str, zone: str) -> Told:
    """Say a finding of ``source`` (of the desk: None) in ``language``.

    ``zone`` is that of its times.
    """
    catalogue = translation(language)
    values = {
        **_figures(finding, catalogue, language, zone),
        **(_commands(source) if source else {}),
    }
    what, todo = _sentences(finding)
    return Told(
        what=catalogue.gettext(what).format(**values).strip(),
        todo=catalogue.gettext(todo).format(**values) if todo else "",
        line=_line(finding),
    )


def status_word(status: SourceStatus, language: str) -> str:
    """Say how a source stands, in a word."""
    return translation(language).gettext(STATUSES[status])


def span(seconds: float, catalogue: NullTranslations) -> str:
    """Say how long that is, in the unit that fits: "40 minutes", "3 days"."""
    minutes = max(round(seconds / 60), 1)
    ngettext = catalogue.ngettext
    if minutes < 90:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = round(minutes / 60)
    if hours < 36:
        return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    days = round(hours / 24)
    return ngettext("{n} day", "{n} days", days).format(n=days)


def _sentences(finding: Finding) -> tuple[str, str]:
    code = finding.code
    what, todo = _WHAT[code], _TODO.get(code, "")
    if code is FindingCode.FAILING:
        what = what if finding.since else _NEVER
        their_trouble = finding.status >= 500
        todo = _THEIR_TROUBLE if their_trouble else _BY_STATUS.get(finding.status, todo)
    elif code is FindingCode.FEED_ELSEWHERE and finding.status in GONE:
        what = _NAMED_ELSEWHERE
    elif code is FindingCode.ARCHIVED and finding.detail:
        what = _GOES_ON
    elif code is FindingCode.DISALLOWED and finding.total:
        what = _PAGES_REFUSED
    return what, todo


def _figures(
    finding: Finding, catalogue: NullTranslations, language: str, zone: str
) -> dict[str, str]:
    since = finding.since
    return {
        "since": moment(since, language=language, zone=zone),
        "day": moment(_day(since, zone), language=language, zone=zone),
        "count": str(finding.count),
        "total": str(finding.total),
        "status": str(finding.status),
        "detail": detail(finding.detail),
        "address": finding.address,
        "drift": _drift(finding.detail, catalogue),
        "span": span(finding.total, catalogue),
    }


def detail(said: str) -> str:
    """One clean line of what was said outside, without the address before it."""
    line = " ".join(_BROKEN.sub(" ", one_line(_WHOSE.sub("", said))).split())
    return line if len(line) <= LONGEST_DETAIL else f"{line[: LONGEST_DETAIL - 1]}…"


def _drift(codes: str, catalogue: NullTranslations) -> str:
    said = [_DRIFT.get(code, code) for code in codes.split(", ")]
    return "; ".join(catalogue.gettext(one) for one in said if one)


def _day(when: datetime | None, zone: str) -> Dated | None:
    if when is None:
        return None
    return Dated(
        value=when.astimezone(ZoneInfo(zone)),
        precision=Precision.DAY,
        origin=DateOrigin.PAGE,
        raw="",
    )


def _commands(source: Source) -> dict[str, str]:
    """What to type: for the desk's own command, and into config.toml."""
    return {
        "test": f"`syndicate sources test {source.key}`",
        "look": f"`syndicate sources add {_home(source)} --dry-run`",
        "archived": "`archived = true`",
        "robots": "`robots = false`",
        "empty": "`may_be_empty = true`",
        "every": "`every`",
    }


def _home(source: Source) -> str:
    if source.home or source.kind is SourceKind.FOLDER:
        return source.home or source.key
    try:
        parts = urlsplit(source.url)
    except ValueError:
        return source.key
    return f"{parts.scheme}://{parts.netloc}/"


def _line(finding: Finding) -> str:
    """The line for config.toml: what TOML would misread is written in percent."""
    if finding.code not in (FindingCode.MOVED, FindingCode.FEED_ELSEWHERE):
        return ""
    return f'url = "{quote(finding.address, safe=_SAFE, errors="replace")}"'

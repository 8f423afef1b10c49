"""Where a story is published and mailed, and why not elsewhere, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from syndicate.cli import show
from syndicate.cli.words import _
from syndicate.digest.choosing.absence import Absence as NotMailed
from syndicate.model import Digest, Feed, IssueState
from syndicate.pipeline.prospects import Fate, Printed, Prospect
from syndicate.publish.select import Absence

_FEEDS = {
    Absence.WITHDRAWN: _("everybody who told it has withdrawn it"),
    Absence.CATEGORY: _("it has none of its categories"),
    Absence.SOURCE: _("none of its sources tells it"),
    Absence.LANGUAGE: _("its lead is in another language"),
    Absence.PHRASE: _("none of its phrases stands in it"),
    Absence.EMBARGO: _("it is held back until the embargo of its source ends"),
    Absence.LIMIT: _("newer stories have taken all of its places"),
}
_OTHER = {
    Absence.CATEGORY: ("category/", _("{n} of other categories")),
    Absence.SOURCE: ("source/", _("{n} of other sources")),
}
"""Standing feeds that a story is not in for not being theirs: counted, not listed."""
_DIGESTS = {
    NotMailed.WITHDRAWN: _("everybody who told it has withdrawn it"),
    NotMailed.CARRIED: _("an issue has had it, and it has not changed since"),
    NotMailed.BEFORE: _("it came before that week"),
    NotMailed.AFTER: _("it comes after that week"),
    NotMailed.OLD: _("it was published longer ago than max_age allows"),
    NotMailed.BACKLOG: _("it was old at first sight, which is never news"),
    NotMailed.LIMITS: _("what matters more has taken all places"),
    NotMailed.CORRECTIONS: _("there are more corrections than places for them"),
}
_FATES = {
    Fate.COMES: _("comes in the issue of {end}, as things stand"),
    Fate.DUE: _("is in the issue of {end}, which is not made yet"),
    Fate.OUT: _("out of the issue of {end}"),
    Fate.SKIPPED: _("out: too few stories, the issue of {end} went to nobody"),
    Fate.MISSED: _("out: no issue was made on {end}"),
    Fate.LATE: _("out: it has changed since the issue of {end} was made"),
}
_STATES = {
    IssueState.DRAFT: _("it waits for an editor"),
    IssueState.APPROVED: _("it is being sent"),
    IssueState.SENT: _("sent"),
    IssueState.SKIPPED: _("skipped"),
}
Feeds = Sequence[tuple[Feed, Absence | None]]


def feed_lines(feeds: Feeds) -> Iterator[tuple[str, str]]:
    """(name of the line, text): the feeds that have the story, and why others do not.

    Feeds of other categories and sources are many, and only counted; what is withdrawn
    is in none.
    """
    if feeds and {absence for _feed, absence in feeds} == {Absence.WITHDRAWN}:
        yield _("in no feed"), _FEEDS[Absence.WITHDRAWN]
        return
    inside = [feed.key for feed, absence in feeds if absence is None]
    yield _("in the feeds"), ", ".join(inside) or "–"
    others: dict[str, int] = {}
    for feed, absence in feeds:
        if absence is None:
            continue
        prefix, name = _OTHER.get(absence, ("", ""))
        if prefix and feed.key.startswith(prefix):
            others[name] = others.get(name, 0) + 1
        else:
            yield _("not in the feed"), f"{feed.key}: {_FEEDS[absence]}"
    if others:
        counted = (name.format(n=count) for name, count in others.items())
        yield _("nor in"), ", ".join(counted)


def feeds_json(feeds: Feeds) -> dict[str, Any]:
    """The feeds that have the story, and those that do not, with the reason."""
    return {
        "feeds": [feed.key for feed, absence in feeds if absence is None],
        "not_in": [
            {"feed": feed.key, "reason": absence.value, "words": _FEEDS[absence]}
            for feed, absence in feeds
            if absence is not None
        ],
    }


def digest_lines(
    issues: Sequence[tuple[Digest, Printed]], prospects: Sequence[Prospect]
) -> Iterator[tuple[str, str]]:
    """(name of the line, text) for each issue that has it, and each that might."""
    for digest, one in issues:
        yield _digest_name(digest), _printed_said(digest, one)
    for prospect in prospects:
        said = prospect_said(prospect)
        if said:
            yield _digest_name(prospect.digest), said


def prospect_said(prospect: Prospect) -> str:
    """What one digest makes of a story that is in none of its issues yet, or again."""
    if prospect.fate is None:
        return ""
    end = show.local(prospect.end, prospect.digest.timezone)
    said = _FATES[prospect.fate].format(end=end)
    if prospect.fate is Fate.COMES and prospect.printed:
        return _("{said} (as a correction)").format(said=said)
    if prospect.fate is Fate.OUT and prospect.absence:
        return f"{said}: {_DIGESTS[prospect.absence]}"
    return said


def digests_json(
    issues: Sequence[tuple[Digest, Printed]], prospects: Sequence[Prospect]
) -> dict[str, Any]:
    """The issues that have the story, and what each digest makes of it."""
    return {
        "issues": [
            {
                "digest": digest.key,
                "number": one.number,
                "state": one.state.value,
                "end": one.end,
                "corrected": one.corrected,
            }
            for digest, one in issues
        ],
        "digests": [
            {
                "digest": one.digest.key,
                "fate": one.fate.value if one.fate else None,
                "reason": one.absence.value if one.absence else None,
                "start": one.start,
                "end": one.end,
                "words": prospect_said(one),
            }
            for one in prospects
        ],
    }


def _digest_name(digest: Digest) -> str:
    return _("digest {key}").format(key=digest.key)


def _printed_said(digest: Digest, one: Printed) -> str:
    said = _("in issue {number} of {end}, {state}").format(
        number=one.number,
        end=show.local(one.end, digest.timezone),
        state=_STATES[one.state],
    )
    return _("{said} (as a correction)").format(said=said) if one.corrected else said

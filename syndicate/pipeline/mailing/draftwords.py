"""A draft in words, for its mail and for commands: until when, who, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.digest.drawing.shown import clipped, plain
from syndicate.digest.drawing.wishes import Wish
from syndicate.model import IssueState, Silence
from syndicate.pipeline.mailing.overview import GroupSeen, Overview
from syndicate.translate import moment, translation


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """Names of categories and sources, for readers."""

    categories: Mapping[str, str]
    sources: Mapping[str, str]


# ── Until when ───────────────────────────────────────────────────────────────


def asked(seen: Overview, now: datetime, *, language: str, zone: str) -> str:
    """Say until when somebody can decide, and what happens if nobody does."""
    _ = translation(language).gettext
    deadline = seen.stored.deadline_at
    if seen.stored.state is not IssueState.DRAFT:
        return ""
    if deadline is None:
        return _("It waits for a word, however long.")
    said = {
        Silence.SEND: _("If nobody decides by {when} ({left}), it is sent."),
        Silence.HOLD: _("If nobody decides by {when} ({left}), it is kept back."),
        Silence.SKIP: _("If nobody decides by {when} ({left}), it is dropped."),
    }[seen.digest.on_silence]
    when = moment(deadline, language=language, zone=zone)
    return said.format(when=when, left=left(deadline - now, language))


def left(span: timedelta, language: str) -> str:
    """Say how long there is: "in 11 hours", "in 40 minutes", "now"."""
    catalogue = translation(language)
    minutes = int(span / timedelta(minutes=1))
    if minutes < 1:
        return catalogue.gettext("now")
    if minutes < 120:
        said = catalogue.ngettext("in {n} minute", "in {n} minutes", minutes)
        return said.format(n=minutes)
    if minutes < 60 * 48:
        hours = round(minutes / 60)
        return catalogue.ngettext("in {n} hour", "in {n} hours", hours).format(n=hours)
    days = round(minutes / 60 / 24)
    return catalogue.ngettext("in {n} day", "in {n} days", days).format(n=days)


def decided(seen: Overview, *, language: str, zone: str) -> str:
    """Say on whose word an issue stands where it does; empty for a draft."""
    _ = translation(language).gettext
    stored = seen.stored
    by = _(stored.decided_by) if stored.decided_by else "–"
    why = _(stored.held_why) if stored.held_why else "–"
    when = moment(stored.approved_at, language=language, zone=zone)
    match stored.state:
        case IssueState.HELD:
            return _("Kept back by {by}: {why}").format(by=by, why=why)
        case IssueState.SKIPPED:
            return _("Dropped by {by}: {why}").format(by=by, why=why)
        case IssueState.APPROVED | IssueState.SENT if stored.approved_at:
            return _("Approved by {by}, {when}").format(by=by, when=when)
        case _other:
            return ""


# ── Who gets what, and what is wrong ─────────────────────────────────────────


def verdict(seen: Overview, language: str) -> str:
    """Say in a sentence what the checks of the final bytes found."""
    catalogue = translation(language)
    bad = sum(finding.level == "E" for finding, _n in seen.findings)
    odd = len(seen.findings) - bad
    if bad:
        said = catalogue.ngettext(
            "{n} error: it cannot be approved as it is.",
            "{n} errors: it cannot be approved as it is.",
            bad,
        )
        return said.format(n=bad)
    if odd:
        said = catalogue.ngettext(
            "No error, {n} warning.", "No error, {n} warnings.", odd
        )
        return said.format(n=odd)
    return catalogue.gettext("No error, no warning.")


def faults(seen: Overview, language: str) -> Iterator[str]:
    """Name what is wrong, errors first: the rule, what it says, in how many groups."""
    catalogue = translation(language)
    for finding, count in seen.findings:
        told = clipped(plain(finding.told(catalogue.gettext)), 200)
        line = f"{finding.level} {finding.rule}: {told}"
        if len(seen.groups) > 1:
            said = catalogue.ngettext("in {n} group", "in {n} groups", count)
            line = f"{line} ({said.format(n=count)})"
        yield line


def who(wish: Wish, titles: Titles, language: str) -> str:
    """Say what a group of members chose."""
    _ = translation(language).gettext
    parts = [wish.language]
    if wish.categories:
        parts.append(_listed(wish.categories, titles.categories))
    if wish.sources:
        parts.append(_listed(wish.sources, titles.sources))
    if not wish.categories and not wish.sources:
        parts.append(_("everything"))
    if wish.text_only:
        parts.append(_("text only"))
    if wish.corrections:
        said = translation(language).ngettext(
            "{n} correction", "{n} corrections", len(wish.corrections)
        )
        parts.append(said.format(n=len(wish.corrections)))
    return " · ".join(parts)


def _listed(keys: Sequence[str], titles: Mapping[str, str]) -> str:
    names = [clipped(plain(titles.get(key, key)), 40) for key in keys]
    more = f" +{len(names) - 4}" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more


def size(group: GroupSeen, language: str) -> str:
    """Say how many members a group has, and what they would get."""
    catalogue = translation(language)
    people = catalogue.ngettext("{n} member", "{n} members", group.members)
    parts = [people.format(n=group.members)]
    if not group.stories:
        parts.append(catalogue.gettext("nothing for them: they get no mail"))
    elif group.is_checked:
        stories = catalogue.ngettext("{n} story", "{n} stories", group.stories)
        parts += [stories.format(n=group.stories), f"{group.size / 1000:.0f} kB"]
        bad = sum(one.level == "E" for one in group.findings)
        if bad:
            said = catalogue.ngettext("{n} error", "{n} errors", bad)
            parts.append(said.format(n=bad))
    else:
        parts.append(catalogue.gettext("checked before the first copy leaves"))
    return ", ".join(parts)

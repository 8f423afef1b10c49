"""The mail that tells the desk of a draft: what it says, and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from gettext import NullTranslations

from syndicate.digest.drawing.render import LARGEST, Rendered, inlined
from syndicate.digest.drawing.shown import (
    PREHEADER,
    clipped,
    plain,
    web_address,
)
from syndicate.digest.drawing.wishes import heading, led
from syndicate.digest.mime import encoded
from syndicate.errors import MailError
from syndicate.model import IssueItem, IssueSection, Site
from syndicate.pipeline.mailing.deskpost import subject
from syndicate.pipeline.mailing.draftwords import (
    Titles,
    asked,
    decided,
    faults,
    size,
    verdict,
    who,
)
from syndicate.pipeline.mailing.overview import Overview
from syndicate.templating import Templates
from syndicate.translate import moment, period, translation

ROOM = (60, 30, 15, 5)
"""Most stories that are shown of a section; fewer if the mail would be too large."""
SPARE = 5
GROUPS = 12
FAULTS = 12
_LONGEST_SUMMARY = 240


@dataclass(frozen=True, slots=True)
class ToldStory:
    """A story of the draft."""

    number: int
    title: str
    url: str
    about: str
    """Source, time, and what is special about it."""
    summary: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ToldSection:
    """A headed part of the draft."""

    title: str
    stories: tuple[ToldStory, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The mail in words, ready to be drawn."""

    subject: str
    title: str
    period: str
    asked: str
    """What happens if nobody decides, and when."""
    decided: str
    """On whose word it stands where it does; empty while it waits for one."""
    issue_subject: str
    note: str
    counts: str
    verdict: str
    """The lint report in a sentence."""
    faults: tuple[str, ...]
    sections: tuple[ToldSection, ...]
    spare: tuple[ToldStory, ...]
    groups: tuple[tuple[str, str], ...]
    """(who, how many and how large)."""
    groups_left_out: int
    commands: tuple[tuple[str, str], ...]
    """(what it does, what to type)."""
    mark: str
    """The first signs of what would be approved."""


def told(
    seen: Overview,
    site: Site,
    titles: Titles,
    *,
    now: datetime,
    language: str,
    zone: str,
) -> Draft:
    """Put a draft into words for its editors."""
    catalogue = translation(language)
    _ = catalogue.gettext
    issue, digest = led(seen.issue, language), seen.digest
    title = plain(digest.title)
    head = _("{digest} no. {number}").format(digest=title, number=issue.number)
    said = _("Draft to decide on: {issue}").format(issue=clipped(head, 60))
    lines = _Lines(seen, language, zone)
    return Draft(
        subject=subject(site, said),
        title=head,
        period=period(issue.start, issue.end, language=language, zone=zone),
        asked=asked(seen, now, language=language, zone=zone),
        decided=decided(seen, language=language, zone=zone),
        issue_subject=seen.subject,
        note=issue.note,
        counts=_counts(seen, catalogue),
        verdict=verdict(seen, language),
        faults=tuple(faults(seen, language))[:FAULTS],
        sections=tuple(map(lines.section, issue.sections)),
        spare=tuple(map(lines.story, issue.spare[:SPARE])),
        groups=tuple(
            (who(group.wish, titles, language), size(group, language))
            for group in seen.groups[:GROUPS]
        ),
        groups_left_out=max(len(seen.groups) - GROUPS, 0),
        commands=tuple(_commands(seen, catalogue)),
        mark=_mark(seen),
    )


def draw(draft: Draft, site: Site, templates: Templates) -> Rendered:
    """Draw the mail; where it would be too large, sections name fewer stories."""
    preheader = clipped(f"{draft.asked} {draft.counts}", PREHEADER[1])
    for room in ROOM:
        shorter = replace(
            draft, sections=tuple(_shorter(one, room) for one in draft.sections)
        )
        values = {
            "draft": shorter,
            "site": replace(site, title=plain(site.title)),
            "subject": draft.subject,
            "preheader": preheader.ljust(PREHEADER[0], "."),
        }
        html = inlined(templates.render("mail/draft.html", **values))
        if len(encoded(html).body) <= LARGEST:
            text = templates.render("mail/draft.txt", **values)
            return Rendered(draft.subject, html, text)
    raise MailError("the draft is too large to be told of, however short it is made")


def _shorter(section: ToldSection, room: int) -> ToldSection:
    return replace(
        section,
        stories=section.stories[:room],
        left_out=max(len(section.stories) - room, 0),
    )


# ── The stories ──────────────────────────────────────────────────────────────


class _Lines:
    """Puts stories into words; all look at one draft."""

    def __init__(self, seen: Overview, language: str, zone: str) -> None:
        self.seen, self.language, self.zone = seen, language, zone
        self.pinned = set(seen.stored.edits.pinned)

    def section(self, section: IssueSection) -> ToldSection:
        """Name a section and its stories."""
        title = heading(section, self.language)
        return ToldSection(plain(title), tuple(map(self.story, section.items)))

    def story(self, item: IssueItem) -> ToldStory:
        """Tell of one story."""
        return ToldStory(
            number=self.seen.numbers.get(item.uid, 0),
            title=clipped(plain(item.title), 200) or item.uid,
            url=web_address(item.url),
            about=" · ".join(self._about(item)),
            summary=clipped(plain(item.summary), _LONGEST_SUMMARY),
            note=plain(item.note),
        )

    def _about(self, item: IssueItem) -> Iterator[str]:
        _ = translation(self.language).gettext
        yield clipped(plain(item.source), 80) or "–"
        yield moment(item.published, language=self.language, zone=self.zone)
        lead = self.seen.issue.lead
        if lead is not None and lead.uid == item.uid:
            yield _("leads")
        if item.uid in self.pinned:
            yield _("pinned")
        if item.brief:
            yield _("in brief")
        if item.corrected:
            yield _("correction")


# ── How much, and what to type ───────────────────────────────────────────────


def _counts(seen: Overview, catalogue: NullTranslations) -> str:
    ngettext = catalogue.ngettext
    news = sum(not item.corrected for item in seen.issue.items)
    parts = [ngettext("{n} story", "{n} stories", news).format(n=news)]
    if again := len(seen.issue.items) - news:
        parts.append(
            ngettext("{n} correction", "{n} corrections", again).format(n=again)
        )
    people = seen.members
    parts.append(ngettext("{n} member", "{n} members", people).format(n=people))
    groups = sum(1 for group in seen.groups if group.members)
    said = ngettext("in {n} group", "in {n} groups", groups).format(n=groups)
    return ", ".join(parts) + f" {said}."


def _commands(seen: Overview, catalogue: NullTranslations) -> Iterator[tuple[str, str]]:
    _ = catalogue.gettext
    this = f"{seen.issue.digest} {seen.issue.number}"
    typed = [
        (_("Approve what this mail shows"), f"approve {this} --seen {_mark(seen)}"),
        (_("See it as it is now"), f"show {this}"),
        (_("Say something at its head"), f'edit {this} --headnote "…"'),
        (_("Keep it back"), f'hold {this} --why "…"'),
        (_("Drop it"), f'skip {this} --why "…"'),
    ]
    shown = [seen.numbers[item.uid] for item in seen.issue.items]
    if len(shown) > 1:
        # Numbers that there are: what is typed as it stands must not be an error.
        edits = f"edit {this} --pin {shown[1]} --hide {shown[-1 if shown[2:] else 0]}"
        typed.insert(2, (_("Let a story lead, drop others"), edits))
    for what, command in typed:
        yield what, f"syndicate digest {command}"


def _mark(seen: Overview) -> str:
    """Enough of the sha256 to tell whether it is still the same."""
    return seen.sha256[:12]

"""The report on the sources: what it says, and how it is drawn.

Short when all is well. Each source stands in it once, under its gravest finding, with
what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from gettext import NullTranslations

from syndicate.digest.drawing.render import LARGEST, Rendered, inlined
from syndicate.digest.drawing.shown import PREHEADER, clipped, plain, web_address
from syndicate.digest.mime import encoded
from syndicate.errors import MailError
from syndicate.gather.findings import Finding, FindingCode, Health, Severity
from syndicate.model import Site, Source, SourceStatus
from syndicate.pipeline.figures import manners, share, week
from syndicate.pipeline.health import Healths
from syndicate.pipeline.labelfigures import LabelFacts, labels_week
from syndicate.pipeline.mailing.deskpost import subject
from syndicate.pipeline.mailing.mailweek import MailFacts, ToldMail, mail_week
from syndicate.pipeline.telling import Told, status_word, tell
from syndicate.store.facts import Gathered
from syndicate.store.traffic import HostTraffic
from syndicate.templating import Templates
from syndicate.translate import period, translation

ROOM = (60, 30, 15, 8, 4, 2)
"""Most sources in a part; fewer if the mail would be too large for mail programs."""
HOSTS = 10
"""Hosts that are named under manners: the busiest."""


def _(text: str) -> str:
    """Mark a heading for the catalogue; it is translated where it is said."""
    return text


PARTS = {
    "act": _("Needs somebody"),
    "look": _("Worth a look"),
    "moved": _("Moved"),
    "quiet": _("Quiet"),
    "note": _("Good to know"),
}
"""The parts of a report, in order."""
_OWN_PART = {
    FindingCode.MOVED: "moved",
    FindingCode.MOVING: "moved",
    FindingCode.QUIET: "quiet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a report is made of."""

    start: datetime
    end: datetime
    healths: Healths
    gathered: Gathered
    traffic: Sequence[HostTraffic]
    """Since the day of ``start``, the busiest host first."""
    before: frozenset[str] | None = None
    """Marks of what the report before told; None if there was none."""
    labels: LabelFacts | None = None
    mail: MailFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A source in the report."""

    title: str
    key: str
    url: str
    """Empty if mail may not link to it."""
    status: str
    told: tuple[Told, ...]
    is_new: bool
    """The report before did not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A headed part of the report."""

    title: str
    lines: tuple[Line, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What a host was asked for, a day."""

    name: str
    requests: str
    share: str
    """Of answers that were 304."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report in words, ready to be drawn."""

    subject: str
    summary: str
    period: str
    desk: tuple[Told, ...]
    counts: tuple[tuple[str, int], ...]
    parts: tuple[Part, ...]
    well_again: tuple[str, ...]
    """Titles of the sources that the report before named, and this one does not."""
    figures: str
    labels: tuple[str, ...]
    """The week's labels, in sentences; empty where there are no categories."""
    busiest: tuple[tuple[str, int], ...]
    manners: str
    hosts: tuple[Host, ...]
    wasteful: tuple[str, ...]
    """Titles of the sources that send everything again when nothing is new."""
    mail: ToldMail | None = None
    """The week's mail; None for a desk that has no digest."""


def marks(healths: Healths) -> tuple[str, ...]:
    """What is told, as marks that the next report compares with its own."""
    return tuple(
        f"{source.key}:{finding.code.value}"
        for source, health in healths.pairs
        for finding in health.findings
        if finding.severity is not Severity.NOTE
    )


def compose(facts: Facts, site: Site, *, language: str, zone: str) -> Report:
    """Put the facts into words."""
    catalogue = translation(language)
    _ = catalogue.gettext
    healths = facts.healths
    when = period(facts.start, facts.end, language=language, zone=zone)
    head = _("Sources") + f" {when}: {_in_short(healths, catalogue)}"
    counts = tuple(
        (status_word(status, language), count)
        for status, count in healths.counts.items()
    )
    return Report(
        subject=subject(site, head),
        summary=_summary(facts, counts, catalogue),
        period=when,
        desk=tuple(
            tell(one, None, language=language, zone=zone) for one in healths.desk
        ),
        counts=counts,
        parts=tuple(_parts(facts, catalogue, language, zone)),
        well_again=tuple(_well_again(facts)),
        figures=week(facts.gathered, catalogue),
        labels=labels_week(facts.labels, catalogue) if facts.labels else (),
        busiest=_busiest(facts),
        manners=manners(facts.traffic, catalogue),
        hosts=tuple(_hosts(facts, language)),
        wasteful=tuple(map(_title, healths.wasteful)),
        mail=mail_week(facts.mail, catalogue, language) if facts.mail else None,
    )


def draw(report: Report, site: Site, templates: Templates) -> Rendered:
    """Draw the report; where it would be too large, each part names fewer sources."""
    for room in ROOM:
        shorter = replace(
            report, parts=tuple(_shorter(part, room) for part in report.parts)
        )
        values = {
            "report": shorter,
            "site": replace(site, title=plain(site.title)),
            "subject": report.subject,
            "preheader": _preheader(report, site),
        }
        html = inlined(templates.render("mail/report.html", **values))
        if len(encoded(html).body) <= LARGEST:
            text = templates.render("mail/report.txt", **values)
            return Rendered(report.subject, html, text)
    raise MailError("the report is too large to be sent, however short it is made")


def _shorter(part: Part, room: int) -> Part:
    return replace(
        part, lines=part.lines[:room], left_out=max(len(part.lines) - room, 0)
    )


def _preheader(report: Report, site: Site) -> str:
    line = f"{report.summary} {report.figures} {plain(site.title)}"
    return clipped(line, PREHEADER[1]).ljust(PREHEADER[0], ".")


def _in_short(healths: Healths, catalogue: NullTranslations) -> str:
    """Say for the subject how it stands: the gravest alone."""
    ngettext = catalogue.ngettext
    act = sum(health.severity is Severity.ACT for _source, health in healths.needy)
    look = len(healths.needy)
    if healths.desk:
        return catalogue.gettext("the desk itself needs somebody")
    if act:
        said = ngettext("{n} source needs somebody", "{n} sources need somebody", act)
        return said.format(n=act)
    if look:
        said = ngettext(
            "{n} source is worth a look", "{n} sources are worth a look", look
        )
        return said.format(n=look)
    return catalogue.gettext("all is well")


def _summary(
    facts: Facts, counts: Sequence[tuple[str, int]], catalogue: NullTranslations
) -> str:
    total = len(facts.healths.pairs)
    if not total:
        return catalogue.gettext("The desk has no sources yet.")
    fine = {SourceStatus.ACTIVE, SourceStatus.ARCHIVED}
    needy = facts.healths.needy or facts.healths.desk
    if not needy and set(facts.healths.counts) <= fine:
        said = catalogue.ngettext(
            "All is well: the one source answers.",
            "All is well: all {n} sources answer.",
            total,
        )
        return said.format(n=total)
    told = ", ".join(f"{count} {word}" for word, count in counts)
    said = catalogue.ngettext("{n} source: {told}.", "{n} sources: {told}.", total)
    return said.format(n=total, told=told)


def _parts(
    facts: Facts, catalogue: NullTranslations, language: str, zone: str
) -> Iterator[Part]:
    shown = (*facts.healths.needy, *facts.healths.noted)
    for name, title in PARTS.items():
        lines = tuple(
            _line(source, health, facts.before, language, zone)
            for source, health in shown
            if _part_of(health) == name
        )
        if lines:
            yield Part(title=catalogue.gettext(title), lines=lines)


def _part_of(health: Health) -> str:
    gravest = health.findings[0]
    if gravest.severity is Severity.ACT:
        return gravest.severity.value
    return _OWN_PART.get(gravest.code, gravest.severity.value)


def _line(
    source: Source,
    health: Health,
    before: frozenset[str] | None,
    language: str,
    zone: str,
) -> Line:
    return Line(
        title=_title(source),
        key=source.key,
        url=web_address(source.home or source.url),
        status=status_word(health.status, language),
        told=tuple(
            _told(one, source, language=language, zone=zone) for one in health.findings
        ),
        is_new=before is not None and _is_new(health, before),
    )


def _told(finding: Finding, source: Source, *, language: str, zone: str) -> Told:
    told = tell(finding, source, language=language, zone=zone)
    return replace(told, what=plain(told.what), todo=plain(told.todo))


def _is_new(health: Health, before: frozenset[str]) -> bool:
    return any(
        f"{health.source}:{one.code.value}" not in before
        for one in health.findings
        if one.severity is not Severity.NOTE
    )


def _well_again(facts: Facts) -> Iterator[str]:
    still = {mark.partition(":")[0] for mark in marks(facts.healths)}
    known = {mark.partition(":")[0] for mark in facts.before or ()}
    for source, health in facts.healths.pairs:
        fine = health.status is SourceStatus.ACTIVE
        if source.key in known and source.key not in still and fine:
            yield _title(source)


def _title(source: Source) -> str:
    return clipped(plain(source.title), 120) or source.key


def _busiest(facts: Facts) -> tuple[tuple[str, int], ...]:
    titles: Mapping[str, str] = {
        source.key: source.title for source, _health in facts.healths.pairs
    }
    return tuple(
        (clipped(plain(titles.get(key, key)), 80), count)
        for key, count in facts.gathered.by_source[:5]
    )


def _hosts(facts: Facts, language: str) -> Iterator[Host]:
    first = datetime.combine(first_day(facts.start), time(), UTC)
    days = max((facts.healths.at - first) / timedelta(days=1), 1)
    comma = language.partition("-")[0] == "vi"
    for one in facts.traffic[:HOSTS]:
        a_day = one.requests / days
        figure = f"{a_day:.0f}" if a_day >= 10 else f"{a_day:.1f}"
        yield Host(
            name=clipped(plain(one.host), 80),
            requests=figure.replace(".", ",") if comma else figure,
            share=share(one.not_modified, one.requests),
        )


def first_day(start: datetime) -> date:
    """The UTC day from which the traffic of a report is counted."""
    return start.astimezone(UTC).date()

"""Issues elsewhere than in mails: on the web, in an archive, as feeds, in chat groups.

All of it shows what :func:`~syndicate.pipeline.mailing.copies.whole` gives, without
what was withdrawn since: nothing is composed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from syndicate.digest.drawing.shown import blurb, shown, subject
from syndicate.digest.drawing.wishes import everything, led, wished
from syndicate.model import Cadence, Digest, Feed, Issue, IssueState, Site
from syndicate.pipeline.mailing.copies import view_url, whole
from syndicate.pipeline.mailing.lasting import lawful
from syndicate.publish.forms.addresses import tag
from syndicate.publish.forms.fragments import Document, Form
from syndicate.publish.forms.frames import Heading
from syndicate.publish.forms.item import Item, Origin
from syndicate.publish.forms.languages import language_tag
from syndicate.publish.forms.paging import Paging
from syndicate.publish.forms.whole import last_change
from syndicate.publish.forms.whole import whole as whole_feed
from syndicate.store import Connection, Database, archived, issues
from syndicate.store.issues import StoredIssue
from syndicate.templating import Templates
from syndicate.translate import period, translation

PUBLIC = (IssueState.APPROVED, IssueState.SENT)
"""A draft is nobody's business yet."""
IN_FEED = 20
"""Issues in a feed of issues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What showing issues works with."""

    database: Database
    site: Site
    digests: Sequence[Digest]
    """Every edition of every digest."""
    templates: Callable[[Digest], Templates]

    def digest(self, key: str) -> Digest | None:
        """Return the edition of that key."""
        return next((one for one in self.digests if one.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One issue, as it may be shown now."""

    digest: Digest
    stored: StoredIssue
    issue: Issue
    url: str
    period: str
    """"12–18/10/2026"."""
    blurb: str

    @property
    def number(self) -> int:
        """Of the issue."""
        return self.issue.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One issue in a list of them."""

    number: int
    period: str


Shelf = tuple[Digest, list[tuple[int, list[Listed]]]]


def find(work: Showing, digest: Digest, number: int) -> Shown | None:
    """Return an issue that the public may see."""
    with work.database.read() as connection:
        stored = issues.numbered(connection, digest.key, number)
    if stored is None or stored.state not in PUBLIC:
        return None
    return shown_as(work.database, work.site, digest, stored)


def shown_as(
    database: Database, site: Site, digest: Digest, stored: StoredIssue
) -> Shown:
    """Return a kept issue as people are shown it, whatever state it is in."""
    issue = cleaned(lawful(database, whole(stored)), digest)
    return Shown(
        digest=digest,
        stored=stored,
        issue=issue,
        url=view_url(site, digest, issue),
        period=_period(digest, issue.start, issue.end),
        blurb=blurb(issue, digest.language),
    )


def cleaned(issue: Issue, digest: Digest) -> Issue:
    """Return an issue in clean words, what leads in front, and nothing left out."""
    clean = shown(issue)
    everyone = wished(clean, everything(clean, digest.language))
    headed = tuple(
        replace(one, title=dict(one.titles).get(digest.language, one.title))
        for one in everyone.sections
    )
    return led(replace(everyone, sections=headed), digest.language)


def page(work: Showing, shown: Shown) -> str:
    """Draw an issue as a page."""
    digest, issue = shown.digest, shown.issue
    with work.database.read() as connection:
        before, after = _neighbours(connection, digest, shown.stored)
    told = subject(replace(issue, subject=""), replace(digest, advertising=False))
    return work.templates(digest).render(
        "web/issue.html",
        site=work.site,
        here=shown.url,
        up="/feeds/",
        digest=digest,
        issue=issue,
        period=shown.period,
        blurb=shown.blurb,
        title=f"{digest.title} · {shown.period}",
        described=described(shown),
        cards=_cards(work.site, shown, told),
        picture=_picture(issue),
        beyond=max(0, issue.left_out - len(issue.spare)),
        before=before,
        after=after,
    )


def described(shown: Shown) -> str:
    """Say in a sentence or two what is in an issue."""
    titles = [item.title for item in shown.issue.items[:3]]
    return " · ".join([shown.blurb, *titles])[:300]


def archive(work: Showing, templates: Templates, series: str = "") -> str | None:
    """Draw the page of all issues; of one digest, if ``series`` names it.

    None if there is no such digest.
    """
    digests = [one for one in work.digests if series in ("", one.series)]
    if series and not digests:
        return None
    shelves = [_shelf(work, digest) for digest in digests]
    kept = [shelf for shelf in shelves if shelf[1] or not shelf[0].parent]
    only = next((one for one in digests if one.key == series), None)
    path = f"/issues/{series}" if series else "/issues"
    return (work.templates(only) if only else templates).render(
        "web/issues.html",
        site=work.site,
        here=work.site.base_url + path,
        up="/feeds/",
        shelves=kept,
        only=only,
        names=_cadences((only.language if only else "") or work.site.language),
    )


def feed(work: Showing, digest: Digest, form: Form) -> Document:
    """Make the feed of a digest's issues: RSS, Atom or JSON."""
    with work.database.read() as connection:
        kept = issues.latest(connection, digest.key, IN_FEED * 2)
    public = [stored for stored in kept if stored.state in PUBLIC][:IN_FEED]
    items = [
        _item(work, shown_as(work.database, work.site, digest, stored))
        for stored in public
    ]
    heading = Heading(
        feed=Feed(
            key=f"issues/{digest.key}",
            title=digest.title,
            description=digest.description,
            languages=(digest.language,),
        ),
        site=work.site,
        updated=last_change(items),
        paging=Paging(
            own=f"{work.site.base_url}/issues/{digest.key}/feed.{form.value}",
            page=f"{work.site.base_url}/issues/{digest.series}",
            style="/feeds/feed.xsl",
        ),
    )
    return whole_feed(form, heading, items)


# ── Pieces ───────────────────────────────────────────────────────────────────


def _item(work: Showing, shown: Shown) -> Item:
    digest, issue, stored = shown.digest, shown.issue, shown.stored
    came = stored.approved_at or stored.created_at
    title = f"{digest.title} · {shown.period}"
    html = work.templates(digest).render(
        "web/issue-body.html", site=work.site, digest=digest, issue=issue
    )
    return Item(
        uid="",
        id=tag(work.site, f"issue/{digest.key}/{issue.number}"),
        title=title,
        link=shown.url,
        summary=described(shown),
        html=html,
        published=came,
        seen=came,
        updated=came.astimezone(UTC).replace(microsecond=stored.id % 1_000_000),
        language=language_tag(digest.language),
        source=Origin(key="", title=work.site.title, id="", updated=came),
        documents=tuple(key for key, _count in issue.documents),
    )


def _shelf(work: Showing, digest: Digest) -> Shelf:
    with work.database.read() as connection:
        kept = archived.periods(connection, digest.key, PUBLIC)
    zone = ZoneInfo(digest.timezone)
    years = groupby(kept, key=lambda one: one.end.astimezone(zone).year)
    return digest, [
        (
            year,
            [
                Listed(number=one.number, period=_period(digest, one.start, one.end))
                for one in some
            ],
        )
        for year, some in years
    ]


def _neighbours(
    connection: Connection, digest: Digest, stored: StoredIssue
) -> tuple[str, str]:
    """Return the ways to the issues before and after, "" for none."""
    numbers = sorted(
        one.number for one in archived.periods(connection, digest.key, PUBLIC)
    )
    own = stored.issue.number
    before = max((one for one in numbers if one < own), default=0)
    after = min((one for one in numbers if one > own), default=0)
    paths = (f"/issues/{digest.key}/{one}" if one else "" for one in (before, after))
    return next(paths), next(paths)


def _cards(site: Site, shown: Shown, title: str) -> list[tuple[str, str]]:
    picture = _picture(shown.issue)
    cards = [
        ("og:type", "article"),
        ("og:title", title),
        ("og:url", shown.url),
        ("og:site_name", site.title),
        ("og:description", described(shown)),
        ("og:locale", shown.digest.language.replace("-", "_")),
    ]
    return [*cards, ("og:image", picture)] if picture else cards


def _picture(issue: Issue) -> str:
    """Return the picture of what leads; "" for none."""
    lead = issue.items[0] if issue.items else None
    return lead.image.url if lead and lead.image else ""


def _period(digest: Digest, start: datetime, end: datetime) -> str:
    return period(start, end, language=digest.language, zone=digest.timezone)


def _cadences(language: str) -> Mapping[str, str]:
    _ = translation(language).gettext
    return {
        Cadence.DAILY.value: _("Daily"),
        Cadence.WEEKLY.value: _("Weekly"),
        Cadence.FORTNIGHTLY.value: _("Fortnightly"),
        Cadence.MONTHLY.value: _("Monthly"),
    }

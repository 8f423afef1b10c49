"""What was found out about an address, in words and for machines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from syndicate.cli.words import _
from syndicate.config.environment import read_environment
from syndicate.gather.feedlinks import Way
from syndicate.gather.nature import Nature
from syndicate.gather.verdict import Ground, Offer, Point
from syndicate.model import Dated, DateOrigin, Entry, Precision
from syndicate.pipeline.asking import Miss, Try
from syndicate.pipeline.discovering import Discovery
from syndicate.translate import moment

POINTS = {
    Point.UNREAD: _("not read yet"),
    Point.EMPTY: _("it holds nothing just now"),
    Point.DATED: _("{dated} of {count} have a date"),
    Point.UNDATED: _("only {dated} of {count} have a date"),
    Point.WHOLE: _("full texts, {count} characters in the middle"),
    Point.SUMMARIES: _("summaries, {count} characters in the middle"),
    Point.NO_TEXT: _("no texts, titles alone"),
    Point.PAGES: _("{good} of {count} article pages read well"),
    Point.NO_PAGES: _("none of {count} article pages could be read well"),
    Point.COVERS: _("it has {shared} of the {count} articles on the page"),
    Point.ELSEWHERE: _("it has none of the {count} articles on the page"),
    Point.COMMENTS: _("readers' comments, not articles"),
    Point.STALE: _("nothing new for {days} days"),
    Point.FEW: _("only {count} links to articles"),
    Point.NO_TITLES: _("addresses without titles"),
    Point.WRONG_MINUTES: _("its minutes are the month: only the hour is kept"),
}
WAYS = {
    Way.ASKED: _("the address itself"),
    Way.NAMED: _("named in the page's head"),
    Way.LINKED: _("linked from the page"),
    Way.LISTED: _("from its page of feeds"),
    Way.AROUND: _("a list around the page"),
    Way.ROBOTS: _("from robots.txt"),
    Way.GUESSED: _("at a usual place"),
}
KINDS = {
    "feed": _("feed"),
    "listing": _("listing"),
    "sitemap": _("sitemap"),
    "folder": _("folder"),
}
ORIGINS = {
    DateOrigin.META: _("from the page's metadata"),
    DateOrigin.FEED: _("from the feed"),
    DateOrigin.LISTING: _("from the listing"),
    DateOrigin.ARTICLE: _("from the article"),
    DateOrigin.URL: _("from the address"),
    DateOrigin.PAGE: _("from elsewhere on the page"),
}
PRECISIONS = {
    Precision.SECOND: _("to the second"),
    Precision.MINUTE: _("to the minute"),
    Precision.HOUR: _("to the hour"),
    Precision.DAY: _("to the day"),
}
MISSES = {
    Miss.PAGE: _("a page, no feed"),
    Miss.NOTHING: _("nothing to gather from"),
    Miss.BUDGET: _("not asked any more"),
}
NATURES = {
    Nature.OPML: _(
        "This is a list of feeds (OPML): save it, then `syndicate sources import FILE`."
    ),
    Nature.EMPTY: _("The answer is empty."),
    Nature.OTHER: _("This is neither a page nor a feed: a picture, a PDF, data."),
}
TROUBLES = (
    _("a bot challenge"),
    _("a page that denies access"),
    _("a page that says the site is under maintenance"),
    _("a login page of the network"),
    _("a login page"),
    _("a page that says there is no such page"),
    _("a page that says the server has failed"),
    _("a page that says the site is closed"),
    _("a page that shows nothing without scripts (scripts = true draws it)"),
)
"""What a reader of pages says in English, named here so that it is translated."""


def ground(one: Ground) -> str:
    """Say what speaks for an offer or against it."""
    return POINTS[one.point].format(**one.figures)


def percent(confidence: float) -> str:
    """``0.958`` → ``96 %``."""
    return f"{round(confidence * 100)} %"


def when(date: Dated | None, zone: str) -> str:
    """Say a date, how exact it is and who says so."""
    if date is None:
        return _("no date")
    said = moment(date, language=read_environment().language, zone=zone)
    return f"{said} ({ORIGINS[date.origin]}, {PRECISIONS[date.precision]})"


def show_offer(number: int, offer: Offer, zone: str, *, limit: int) -> None:
    """Print an offer: what it is, how sure, why, and its newest items."""
    head = f"{number}. {KINDS[offer.kind.value]}  {offer.url}"
    sure = _("confidence {share}").format(share=percent(offer.confidence))
    click.echo(f"{click.style(head, bold=True)}  {sure}")
    said = [WAYS[offer.way], *(ground(one) for one in offer.grounds)]
    if offer.read_pages:
        said.append(_("its article pages will be read"))
    if offer.title:
        click.echo(f"   {offer.title}")
    click.echo(f"   {'; '.join(said)}")
    for entry in offer.entries[:limit]:
        show_preview(entry, zone)
    click.echo()


def show_preview(entry: Entry, zone: str) -> None:
    """Print an item: title, date, and how its text begins."""
    click.echo(f"   · {entry.title}")
    size = _("{count} characters").format(count=len(entry.text))
    begins = _cut(entry.lead or entry.text)
    body = f"{size}: {begins}" if entry.text else begins
    click.echo(f"     {when(entry.published, zone)}")
    if body:
        click.echo(f"     {body}")


def _cut(text: str, longest: int = 140) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest].rsplit(' ', 1)[0]} …"


def show_tries(tries: Iterable[Try]) -> None:
    """Print which addresses came to nothing, and why."""
    for one in tries:
        said = MISSES[one.miss] if one.miss else _short(one)
        click.echo(f"  {one.url}: {said}", err=True)


def _short(one: Try) -> str:
    """A guess that is not there needs no advice about config.toml."""
    return one.said.split(": check url")[0] if one.way is not Way.ASKED else one.said


def nothing_found(found: Discovery) -> str:
    """Say why there is no offer, and what may help."""
    if found.nature in NATURES:
        return NATURES[found.nature]
    if "without scripts" in found.trouble:
        return _(
            "The page shows nothing without its scripts, and names no feed. If it must "
            "be had: a [[source]] of the kind listing with scripts = true (needs the "
            "extra js, see docs/howto.md)."
        )
    if found.trouble:
        said = _(
            "In the page's place stands {trouble}. Try again later, or ask its "
            "owners for a feed."
        )
        return said.format(trouble=_(found.trouble))
    return _(
        "Neither a feed nor a sitemap nor a list of articles was found. Try the "
        "address of its news section."
    )


def entry_json(entry: Entry) -> dict[str, object]:
    """An item for machines."""
    published = entry.published
    return {
        "title": entry.title,
        "url": entry.url,
        "published": published.value.isoformat() if published else None,
        "precision": published.precision.value if published else None,
        "origin": published.origin.value if published else None,
        "dates": [
            {"value": one.value.isoformat(), "origin": one.origin.value, "raw": one.raw}
            for one in entry.dates
        ],
        "authors": list(entry.authors),
        "credit": entry.credit,
        "language": entry.language,
        "lead": entry.lead,
        "characters": len(entry.text),
        "captions": list(entry.captions),
        "documents": [citation.key for citation in entry.citations],
    }


def offer_json(offer: Offer, *, limit: int = 5) -> dict[str, Any]:
    """An offer for machines."""
    return {
        "url": offer.url,
        "kind": offer.kind.value,
        "way": offer.way.value,
        "title": offer.title,
        "language": offer.language,
        "confidence": offer.confidence,
        "grounds": [{"point": one.point.value, **one.figures} for one in offer.grounds],
        "read": offer.read,
        "read_pages": offer.read_pages,
        "hour_only": offer.hour_only,
        "count": offer.figures.count,
        "entries": [entry_json(entry) for entry in offer.entries[:limit]],
    }


def discovery_json(found: Discovery) -> dict[str, Any]:
    """Everything that was found out, for machines."""
    return {
        "asked": found.asked,
        "nature": found.nature.value,
        "article": found.article,
        "gone": found.gone,
        "trouble": found.trouble,
        "requests": found.requests,
        "offers": [offer_json(one) for one in found.offers],
        "tries": [
            {"url": one.url, "way": one.way.value, "said": one.miss or one.said}
            for one in found.tries
        ],
    }

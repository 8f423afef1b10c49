"""What a portal shows of its tellings at a given moment (pure)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from samples.texts import Telling
from samples.tones import restyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A telling as its readers see it: cut, framed, corrected, respelt."""

    portal: str
    number: int
    section: str
    at: datetime
    """When it went up; listings stand in this order."""
    date: datetime | None
    """The date it shows, or none."""
    changed_at: datetime
    first_title: str
    """The title it went up with: its address is made of it and never changes."""
    title: str
    listing_title: str
    lead: str
    paragraphs: tuple[str, ...]
    author: str
    post: str
    credit: str
    captions: tuple[str, ...]
    language: str


def _visible(telling: Telling, now: datetime) -> bool:
    gone = telling.withdrawn_at is not None and telling.withdrawn_at <= now
    return telling.at <= now and not gone


def _framed(telling: Telling) -> tuple[str, ...]:
    """Lead and body; an opening paragraph takes the place of the lead."""
    text = telling.text
    kept = max(1, round(len(text.paragraphs) * telling.cut))
    told = (text.lead, *text.paragraphs[:kept])
    if not telling.frame:
        return told
    opening, closing = telling.frame
    return (opening, *(one for one in told if one), closing)


def _spelt(text: str, telling: Telling, *, styled: bool) -> str:
    text = restyle(text, telling.tones) if styled else text
    return unicodedata.normalize("NFD", text) if telling.nfd else text


def _captions(telling: Telling) -> tuple[str, ...]:
    credit = telling.text.photo_credit
    if not credit:
        return telling.text.captions
    return tuple(f"{one.rstrip(' .')}. {credit}" for one in telling.text.captions)


def shown(telling: Telling, now: datetime) -> Article | None:
    """``telling`` as it looks at ``now``; None while it is not there to be seen."""
    if not _visible(telling, now):
        return None
    correction = telling.correction
    if correction is not None and now < correction.at:
        correction = None
    swaps = correction.replace if correction else ()

    def final(text: str, *, styled: bool = True) -> str:
        for wrong, right in swaps:
            text = text.replace(wrong, right)
        return _spelt(text, telling, styled=styled)

    first_title = telling.title or telling.text.title
    retitled = correction.title if correction else ""
    lead, *body = _framed(telling)
    return Article(
        portal=telling.portal,
        number=telling.number,
        section=telling.section,
        at=telling.at,
        date=(telling.shown_at or telling.at) if telling.show_date else None,
        changed_at=correction.at if correction else telling.at,
        first_title=first_title,
        title=final(retitled or first_title),
        listing_title=final(telling.listing_title or retitled or first_title),
        lead=final(lead),
        paragraphs=tuple(final(one) for one in body),
        # People keep the spelling of their names, whatever the portal's style.
        author=final(telling.author or telling.text.author, styled=False),
        # An office belongs to the author of the text, not to whoever signs instead.
        post="" if telling.author else final(telling.text.post),
        credit=telling.credit,
        captions=tuple(final(one) for one in _captions(telling)),
        language=telling.text.language,
    )


def showing(
    tellings: Iterable[Telling], portal: str, now: datetime
) -> tuple[Article, ...]:
    """What ``portal`` shows at ``now``, newest first."""
    articles = (shown(one, now) for one in tellings if one.portal == portal)
    visible = [one for one in articles if one is not None]
    return tuple(sorted(visible, key=lambda one: (one.at, one.number), reverse=True))


def last_change(tellings: Iterable[Telling], portal: str, now: datetime) -> datetime:
    """When what ``portal`` shows last changed: something came, went or was mended."""
    moments = [datetime.fromisoformat("2000-01-01T00:00:00+00:00")]
    for one in tellings:
        if one.portal == portal:
            corrected = one.correction.at if one.correction else None
            moments += [m for m in (one.at, one.withdrawn_at, corrected) if m]
    return max(moment for moment in moments if moment <= now)

"""The page of one story: its permalink, for people, networks and search engines (pure).

``story/<uid>.html`` shows what the rights let us pass on, with the way to the article
first. What search engines are told follows from the same rights:

- full: the page holds the article itself, so the canonical address is the article's;
- extract: the page is our own (who else tells it, which documents it cites), so it is
  its own canonical address, and says what it is based on;
- link: there is nothing on it to find, so it is not to be indexed.

A story that is no more leaves a page that says so, or that leads to the one it became.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from html import unescape
from posixpath import basename
from urllib.parse import unquote, urlsplit

from syndicate.model import Dated, Enclosure, Precision, Rights, Site
from syndicate.publish.forms.addresses import home, public
from syndicate.publish.forms.fragments import Document, packed_whole
from syndicate.publish.forms.item import Item
from syndicate.publish.forms.paging import story_path
from syndicate.publish.html.days import day_of, said_day
from syndicate.publish.html.pages import page, script_json, up
from syndicate.templating import Templates
from syndicate.text.clean import key_text
from syndicate.translate import translation

_HEADLINE = 110
"""Characters of a headline that search engines show."""
_DESCRIPTION = 300
_PICTURE = re.compile(r"<img\b(?![^>]*\balt=)")
_WIDE = re.compile(r"<(table|pre)\b")
_TAG = re.compile(r"<[^>]*>")
_BEGINNING = 200
"""Characters by which a lead is known again."""
_TOP = re.compile(r"(</?)h1\b")
_SIZES = ("B", "KB", "MB", "GB")
_LOCALES = {"vi": "vi_VN", "en": "en_GB"}


def story_page(
    item: Item, *, site: Site, keys: Collection[str], templates: Templates
) -> Document:
    """Write the page of a story; ``keys`` are the feeds that exist.

    Raises TemplateError.
    """
    path = story_path(item.uid)
    here = public(site, path)
    day = day_of(item.dated, item.seen, site)
    body = _body(item.html)
    made = page(
        templates,
        "web/story-page.html",
        site=site,
        up=up(path),
        here=here,
        home=home(site),
        canonical=item.link if body else here,
        robots="" if body or item.summary else "noindex",
        item=item,
        keys=keys,
        lead="" if _begins_with(body, item.summary) else item.summary,
        body=body,
        picture=item.image if item.image and item.image.url not in item.html else None,
        corrected=corrected(item),
        files=[(one, _file_name(one), _size(one.length)) for one in item.enclosures],
        cards=_cards(item, here, site),
        facts=script_json(facts(item, here, site)),
        day=day,
        day_said=said_day(day, site),
    )
    return packed_whole(made)


def indexed(rights: Rights) -> bool:
    """Say whether the page of a story with these rights is for search engines."""
    return rights is Rights.EXTRACT


def gone_page(uid: str, *, into: str, site: Site, templates: Templates) -> Document:
    """Write what stays of a story that was withdrawn, or told on by ``into``.

    The first tag says to a server of ours which status to answer with. Raises
    TemplateError.
    """
    _ = translation(site.language).gettext
    path = story_path(uid)
    heading = _("This story has moved") if into else _("This story was withdrawn")
    said = (
        _("The same story is told on another page now.")
        if into
        else _("Its sources do not publish it any more, and neither do we.")
    )
    made = page(
        templates,
        "web/gone.html",
        site=site,
        up=up(path),
        here=public(site, story_path(into or uid)),
        home=home(site),
        heading=heading,
        said=said,
        into=into,
    )
    return packed_whole(made)


def corrected(item: Item) -> datetime | None:
    """Return when a story last changed after we had it; None if it did not."""
    changed = item.updated.replace(microsecond=0)
    return changed if changed > item.seen.replace(microsecond=0) else None


# ── For networks and search engines ──────────────────────────────────────────


def facts(item: Item, here: str, site: Site) -> dict[str, object]:
    """Describe the page as schema.org does: a NewsArticle that is based on another."""
    publisher: dict[str, object] = {
        "@type": "Organization",
        "name": site.title,
        "url": home(site),
    }
    origin: dict[str, object] = {
        "@type": "NewsMediaOrganization",
        "name": item.source.title,
        "url": item.source.home,
    }
    people = [{"@type": "Person", "name": name} for name in item.authors]
    found: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": here,
        "url": here,
        "mainEntityOfPage": here,
        "headline": _cut(item.title, _HEADLINE),
        "description": _cut(item.summary, _DESCRIPTION),
        "image": [item.image.url] if item.image else [],
        "datePublished": _said(item.dated, item.seen),
        "dateModified": _changed(item),
        "inLanguage": item.language,
        "author": people or [_filled(origin)],
        "publisher": publisher,
        "sourceOrganization": _filled(origin),
        "isBasedOn": item.link,
        "license": item.licence_url or item.licence,
        "articleSection": [label for _, label in item.categories],
        "citation": [
            {"@type": "Legislation", "name": name, "legislationIdentifier": name}
            | ({"url": public(site, f"{key}.html")} if key else {})
            for name, key in item.papers
        ],
        "mentions": [
            {"@type": "NewsArticle", "headline": _cut(each.title, _HEADLINE)}
            | {"url": each.link}
            for each in item.tellers
        ],
        "isAccessibleForFree": True,
    }
    return _filled(found)


def _cards(item: Item, here: str, site: Site) -> list[tuple[str, str]]:
    """Return Open Graph's properties of the page (ogp.me)."""
    language = site.language.partition("-")[0]
    first = item.categories[0][1] if item.categories else ""
    said = [
        ("og:type", "article"),
        ("og:title", item.title),
        ("og:url", here),
        ("og:site_name", site.title),
        ("og:description", _cut(item.summary, _DESCRIPTION)),
        ("og:locale", _LOCALES.get(language, "")),
        ("og:image", item.image.url if item.image else ""),
        ("og:image:alt", item.image.caption if item.image else ""),
        ("article:published_time", _said(item.dated, item.seen)),
        ("article:modified_time", _changed(item)),
        ("article:section", first),
        *(("article:tag", label) for _, label in item.categories),
    ]
    return [(name, content) for name, content in said if content]


def _said(dated: Dated | None, seen: datetime) -> str:
    """Write a date as ISO 8601 does, no more exactly than it is known."""
    if dated is None:
        return seen.replace(microsecond=0).isoformat()
    if dated.precision is Precision.DAY:
        return dated.value.date().isoformat()
    return dated.value.replace(microsecond=0).isoformat()


def _changed(item: Item) -> str:
    """Not before it was published, as validators want it."""
    changed = max(item.updated, item.published or item.updated)
    return changed.replace(microsecond=0).isoformat()


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[: most - 1].rpartition(" ")[0].rstrip(" ,;:–-") + "…"


def _filled(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}


# ── The text ─────────────────────────────────────────────────────────────────


def _body(html: str) -> str:
    """Return a text for the page: its headings below ours, its pictures in no hurry.

    What is wide scrolls by itself, and can be reached with the keyboard (WCAG 2.1.1).
    """
    found = _PICTURE.sub('<img alt=""', _TOP.sub(r"\1h2", html))
    found = _WIDE.sub(r'<\1 tabindex="0"', found)
    return found.replace(
        "<img ", '<img loading="lazy" decoding="async" referrerpolicy="no-referrer" '
    )


def _begins_with(body: str, summary: str) -> bool:
    """Say whether a text says its own lead again at its beginning."""
    told = _letters(summary)[:_BEGINNING]
    beginning = unescape(_TAG.sub(" ", body[: _BEGINNING + 8 * len(summary)]))
    return bool(told) and told in _letters(beginning)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, key_text(text)))


def _file_name(file: Enclosure) -> str:
    parts = urlsplit(file.url)
    return unquote(basename(parts.path)) or parts.netloc


def _size(length: int) -> str:
    """Say how large a file is: "12 KB"; "" where that is not known."""
    if length <= 0:
        return ""
    size, unit = float(length), 0
    while size >= 1000 and unit < len(_SIZES) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {_SIZES[unit]}"

"""What of an issue meets the reader's eye: clean words of bounded length (pure)."""

from __future__ import annotations

import re
from dataclasses import replace
from unicodedata import normalize
from urllib.parse import urlsplit

from syndicate.model import Digest, Image, Issue, IssueItem
from syndicate.text.clean import one_line
from syndicate.translate import period, translation

LONGEST_TITLE = 300
LONGEST_SUMMARY = 600
LONGEST_URL = 2000
LONGEST_SUBJECT = 150
PREHEADER = (40, 130)
"""Characters; fewer and the mail program shows the first words of the page."""
WORDS_A_MINUTE = 220

_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RESIDUE = re.compile(r"\{(?=[{%#])|[}%#](?=\})")


def shown(issue: Issue) -> Issue:
    """Return the issue as it is shown: one bad story never spoils the others."""
    sections = tuple(
        replace(
            section,
            title=clipped(plain(section.title), LONGEST_TITLE),
            items=tuple(map(_item, section.items)),
        )
        for section in issue.sections
        if section.items
    )
    documents = tuple(
        (clipped(plain(key), 60), count) for key, count in issue.documents
    )
    return replace(issue, sections=sections, documents=documents)


def subject(issue: Issue, digest: Digest) -> str:
    """Say what the issue brings: "[Bản tin tuần] 12–18/10/2026 · Title".

    At most 150 characters, NFC, and nothing that looks like an unfilled template.
    """
    when = period(
        issue.start, issue.end, language=digest.language, zone=digest.timezone
    )
    head = f"[{clipped(plain(digest.title), 60)}] {when}"
    titles = (item.title for item in issue.items)
    title = next((title for title in titles if title not in ("", "None")), "")
    whole = f"{head} · {title}" if title else head
    return clipped(_RESIDUE.sub(r"\g<0> ", normalize("NFC", whole)), LONGEST_SUBJECT)


def blurb(issue: Issue, language: str) -> str:
    """Count what the issue holds: "12 tin từ 4 nguồn, 9 văn bản. Đọc trong 3 phút."."""
    catalogue = translation(language)
    stories, sources = len(issue.items), len({item.source for item in issue.items})
    words = sum(len(f"{item.title} {item.summary}".split()) for item in issue.items)
    minutes = max(1, round(words / WORDS_A_MINUTE))
    parts = [
        catalogue.ngettext("{count} story", "{count} stories", stories).format(
            count=stories
        ),
        catalogue.ngettext(
            "from {count} source", "from {count} sources", sources
        ).format(count=sources),
    ]
    counted = " ".join(parts)
    if issue.documents:
        count = len(issue.documents)
        cited = catalogue.ngettext(
            "{count} document cited", "{count} documents cited", count
        )
        counted = f"{counted}, {cited.format(count=count)}"
    read = catalogue.ngettext("{count} minute read", "{count} minutes read", minutes)
    return f"{counted}. {read.format(count=minutes)}."


def preheader(issue: Issue, digest: Digest) -> str:
    """Return what an inbox shows beside the subject: what comes after the lead."""
    later = [item.title for item in issue.items[1:3]]
    line = " · ".join([blurb(issue, digest.language), *later])
    if len(line) < PREHEADER[0]:
        line = f"{line} {plain(digest.title)} – {issue.number}".ljust(PREHEADER[0], ".")
    return clipped(line, PREHEADER[1])


def plain(text: str) -> str:
    """Return one clean line that no character in it can turn or break."""
    return one_line(_TURNS.sub("", text))


def clipped(text: str, limit: int) -> str:
    """Cut at the end of a word, with "…", if there are more than ``limit`` characters.

    A word that alone is longer is cut anywhere.
    """
    if len(text) <= limit:
        return text
    head, space, _rest = text[:limit].rpartition(" ")
    kept = head if space and len(head) > limit // 2 else text[: limit - 1]
    return kept.rstrip(" ,;:–-·(") + "…"


def web_address(url: str) -> str:
    """Return the address if mail may link to it, else nothing."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    printable = url.isprintable() and not set(url) & set(' <>"`\\')
    return url if known and printable and len(url) <= LONGEST_URL else ""


def _item(item: IssueItem) -> IssueItem:
    title = clipped(plain(item.title), LONGEST_TITLE)
    summary = clipped(plain(item.summary), LONGEST_SUMMARY)
    url = web_address(item.url)
    return replace(
        item,
        title=title or summary[:80] or url or item.uid,
        url=url,
        summary=summary,
        source=clipped(plain(item.source), 120),
        authors=tuple(clipped(plain(name), 80) for name in item.authors[:3] if name),
        also=tuple(_teller(name, web_address(url)) for name, url in item.also),
        documents=tuple(clipped(plain(key), 60) for key in item.documents),
        image=_picture(item.image),
    )


def _teller(name: str, url: str) -> tuple[str, str]:
    """Name another teller; one without a name goes by its host."""
    shown_name = clipped(plain(name), 120)
    return shown_name or urlsplit(url).hostname or "…", url


def _picture(image: Image | None) -> Image | None:
    """Keep a picture that mail programs will load: only over https."""
    if image is None or not web_address(image.url).startswith("https:"):
        return None
    return replace(image, caption=clipped(plain(image.caption), 200))

"""What of an issue meets the reader's eye: clean words of bounded length (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from gettext import NullTranslations
from unicodedata import combining, normalize
from urllib.parse import urlsplit

from syndicate.digest.drawing.coding import WORDS
from syndicate.model import Digest, Image, Issue, IssueItem
from syndicate.text.clean import key_text, one_line
from syndicate.translate import period, translation

LONGEST_TITLE = 300
LONGEST_SUMMARY = 600
LONGEST_URL = 2000
LONGEST_SUBJECT = 150
SHOWN_SUBJECT = 70
"""Characters of a subject that an inbox shows."""
LEAST_OF_TITLE = 20
"""With less room than that, the subject says the period alone."""
LONGEST_NOTE = 2000
ADVERTISING = "[QC]"
PREHEADER = (40, 130)
"""Characters; fewer and the mail program shows the first words of the page."""
WORDS_A_MINUTE = 220

_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_STAND_INS = re.compile("|".join(WORDS))
"""No story may bring what a member's own words are put in the place of."""
_RESIDUE = re.compile(r"\{(?=[{%#])|[}%#](?=\})")


def shown(issue: Issue) -> Issue:
    """Return the issue as it is shown: one bad story never spoils the others."""
    sections = tuple(
        replace(
            section,
            title=clipped(plain(section.title), LONGEST_TITLE),
            titles=tuple(
                (language, clipped(plain(title), LONGEST_TITLE))
                for language, title in section.titles
            ),
            items=tuple(map(_item, section.items)),
        )
        for section in issue.sections
        if section.items
    )
    documents = tuple(
        (clipped(plain(key), 60), count) for key, count in issue.documents
    )
    return replace(
        issue,
        sections=sections,
        documents=documents,
        spare=tuple(map(_item, issue.spare)),
        subject=plain(issue.subject),
        note=_note(issue.note),
    )


def _note(text: str) -> str:
    """Clean an editor's words; where they part paragraphs, they stay parted."""
    lines = (plain(line) for line in text.splitlines())
    return clipped_lines([line for line in lines if line], LONGEST_NOTE)


def clipped_lines(lines: Sequence[str], limit: int) -> str:
    """Put lines together; the last that fits is cut at a word."""
    kept: list[str] = []
    for line in lines:
        if limit <= 0:
            break
        kept.append(clipped(line, limit))
        limit -= len(line) + 1
    return "\n".join(kept)


def subject(issue: Issue, digest: Digest, language: str = "") -> str:
    """Say what the issue brings: "[Bản tin tuần] 12–18/10/2026 · Title".

    An editor's own words go before ours. NFC, and nothing that looks like an unfilled
    template; of ours at most 70 characters where the digest's title allows it, never
    more than 150. A digest that carries advertising says so first (Decree 91/2020,
    article 20).
    """
    label = f"{ADVERTISING} " if digest.advertising else ""
    own = plain(issue.subject).removeprefix(ADVERTISING).lstrip()
    if own not in ("", "None"):
        return _legal(label + own, LONGEST_SUBJECT)
    when = _period(issue, digest, language)
    head = f"{label}[{clipped(plain(digest.title), 60)}] {when}"
    named = [item for item in issue.items if item.title not in ("", "None")]
    room = SHOWN_SUBJECT - len(head)
    if not named or room < LEAST_OF_TITLE:
        return _legal(head, LONGEST_SUBJECT)
    leads = _headline(named[0], language or digest.language)
    return _legal(f"{head} · {leads}", SHOWN_SUBJECT)


def _legal(line: str, limit: int) -> str:
    spaced = _RESIDUE.sub(r"\g<0> ", normalize("NFC", line))
    return clipped(spaced, limit)


def _period(issue: Issue, digest: Digest, language: str) -> str:
    zone, spoken = digest.timezone, language or digest.language
    return period(issue.start, issue.end, language=spoken, zone=zone)


def blurb(issue: Issue, language: str) -> str:
    """Count what the issue holds: "12 tin từ 4 nguồn, 9 văn bản. Đọc trong 3 phút."."""
    catalogue = translation(language)
    if not issue.items:
        return catalogue.gettext("Nothing new this time.")
    counted = ", ".join(_counts(issue, catalogue))
    words = sum(len(f"{item.title} {item.summary}".split()) for item in issue.items)
    minutes = max(1, round(words / WORDS_A_MINUTE))
    read = catalogue.ngettext("{count} minute read", "{count} minutes read", minutes)
    return f"{counted}. {read.format(count=minutes)}."


def _counts(issue: Issue, catalogue: NullTranslations) -> Iterator[str]:
    """Say how many stories, corrections and documents there are; of none, nothing."""
    ngettext = catalogue.ngettext
    news = [item for item in issue.items if not item.corrected]
    if news:
        sources = len({item.source for item in news})
        told = ngettext("{count} story", "{count} stories", len(news))
        by = ngettext("from {count} source", "from {count} sources", sources)
        yield f"{told.format(count=len(news))} {by.format(count=sources)}"
    if again := len(issue.items) - len(news):
        corrected = ngettext("{count} correction", "{count} corrections", again)
        yield corrected.format(count=again)
    if cited := len(issue.documents):
        documents = ngettext("{count} document cited", "{count} documents cited", cited)
        yield documents.format(count=cited)


def _headline(item: IssueItem, language: str) -> str:
    """Return the title that leads; that of a correction is not sold as news."""
    if not item.corrected:
        return item.title
    return f"{translation(language).gettext('Corrections')}: {item.title}"


def preheader(issue: Issue, digest: Digest, language: str = "") -> str:
    """Return what an inbox shows beside the subject, which has the lead already.

    After the counts come the leads of the other sections, so that a reader sees at
    once how far the issue reaches; an issue of one section goes on with its next.
    """
    leads = [section.items[0] for section in issue.sections[1:] if section.items]
    rest = [item for item in issue.items[1:] if item not in leads]
    later = [item.title for item in (*leads, *rest) if not item.corrected][:2]
    counted = blurb(issue, language or digest.language)
    line = clipped(" · ".join([counted, *later]), PREHEADER[1])
    if len(line) >= PREHEADER[0]:
        return line
    whole = f"{line} {plain(digest.title)} – {issue.number}"
    return clipped(whole.ljust(PREHEADER[0], "."), PREHEADER[1])


def plain(text: str) -> str:
    """Return one clean line that no character in it can turn or break.

    A mark at the beginning has no letter to stand on: it would join the tag before.
    """
    line = one_line(_STAND_INS.sub("", _TURNS.sub("", text)))
    while line and (combining(line[0]) or line[0].isspace()):
        line = line[1:]
    return line


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
        source=clipped(plain(item.source), 120) or urlsplit(url).hostname or "",
        authors=_signed(item),
        credit=_credit(item),
        note=_note(item.note),
        also=tuple(_teller(name, web_address(url)) for name, url in item.also),
        documents=tuple(clipped(plain(key), 60) for key in item.documents),
        image=_picture(item.image),
    )


def _signed(item: IssueItem) -> tuple[str, ...]:
    """Name the authors; the source, which stands before them, is not said again."""
    source = key_text(item.source)
    names: list[str] = []
    for author in map(plain, item.authors):
        name, _space, office = author.removesuffix(")").rpartition(" (")
        within = author.endswith(")") and key_text(office) == source
        names.append(name.rstrip() if within else author)
    kept = [name for name in dict.fromkeys(names) if name and key_text(name) != source]
    return tuple(clipped(name, 80) for name in kept[:3])


def _credit(item: IssueItem) -> str:
    """Name whom the source names as its own; itself is not said again."""
    credit = clipped(plain(item.credit), 120)
    return "" if key_text(credit) == key_text(item.source) else credit


def _teller(name: str, url: str) -> tuple[str, str]:
    """Name another teller; one without a name goes by its host."""
    shown_name = clipped(plain(name), 120)
    return shown_name or urlsplit(url).hostname or "…", url


def _picture(image: Image | None) -> Image | None:
    """Keep a picture that mail programs will load: only over https."""
    if image is None or not web_address(image.url).startswith("https:"):
        return None
    return replace(image, caption=clipped(plain(image.caption), 200))

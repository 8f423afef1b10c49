"""An issue drawn once for all members: every block of it, in every language.

A block is a heading, a line between two stories, or a story in one of its forms. All
of a language are rendered as one document, in which marks part them, and go through
the CSS inliner together; each is transfer-encoded once. What a member gets is put
together of them (:mod:`syndicate.digest.drawing.variants`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from syndicate.digest.drawing.coding import CHOOSE, LEAVE, Coding, coded, crlf, shortest
from syndicate.digest.drawing.render import inlined
from syndicate.digest.drawing.shown import blurb, preheader, shown, subject
from syndicate.digest.drawing.wishes import everything, heading, led, wished
from syndicate.errors import TemplateError
from syndicate.model import Digest, Issue, IssueItem, IssueSection, Site
from syndicate.templating import Templates
from syndicate.translate import period, translation

LANGUAGES = ("vi", "en")
"""In which the frame of a mail can be, beside the digest's own."""
_TEMPLATES = ("issue", "layout", "macros", "pieces")
_HTML_MARK = Markup("<!--\x02-->")
_TEXT_MARK = "\x1e"
"""No words that are shown hold a control character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where an issue leads; an empty address is left out.

    In the last two, :data:`~syndicate.digest.drawing.coding.WORDS` stand for what is
    a member's own.
    """

    view: str = ""
    """The issue on the web, the same for all."""
    archive: str = ""
    """All issues of the digest."""
    preferences: str = f"https://preferences.invalid/{CHOOSE}"
    unsubscribe: str = f"https://unsubscribe.invalid/{LEAVE}"


@dataclass(frozen=True, slots=True)
class Block:
    """What a piece of an issue is; ``form`` says how it is drawn."""

    form: str
    """``heading``, ``separator``, ``lead``, ``story`` or ``brief``."""
    title: str = ""
    corrected: bool = False
    item: IssueItem | None = None

    @property
    def key(self) -> tuple[str, str, bool]:
        """Stand for the block in its language."""
        return self.form, self.item.uid if self.item else self.title, self.corrected


Key = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One block as both parts have it, plain and encoded."""

    html: bytes
    text: bytes
    html_coded: bytes
    text_coded: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """An issue in one language."""

    templates: Templates
    blocks: Mapping[Key, Drawn]
    html_coding: Coding
    text_coding: Coding


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All that the copies of an issue are made of."""

    issue: Issue
    """As it is shown: clean words of bounded length."""
    digest: Digest
    site: Site
    links: Links
    postal: str
    tongues: Mapping[str, Tongue]
    sha256: str = field(repr=False)
    """Of everything that any copy can be made of."""

    def language(self, wanted: str) -> str:
        """Return the language in which a member gets the frame."""
        return wanted if wanted in self.tongues else self.digest.language


def parts(  # noqa: PLR0913 -- one for each thing that a mail is made of
    issue: Issue,
    *,
    digest: Digest,
    site: Site,
    templates: Callable[[str], Templates],
    links: Links,
    languages: Sequence[str] = LANGUAGES,
    postal: str = "",
) -> Parts:
    """Draw every block of an issue in the digest's language and in ``languages``.

    Raises :class:`~syndicate.errors.TemplateError` for a template that does not fit.
    """
    clean = shown(issue)
    wanted = dict.fromkeys((digest.language, *languages))
    frame = Frame(digest=digest, site=site, links=links, postal=postal)
    tongues: dict[str, Tongue] = {}
    seal = hashlib.sha256(_narrowing(clean).encode())
    for language in wanted:
        made = templates(language)
        pages = _whole(frame, clean, made)
        tongues[language] = _tongue(clean, made, pages)
        marks = (made.fingerprint(f"mail/{name}.") for name in _TEMPLATES)
        seal.update("\0".join((language, *marks, *pages)).encode())
    return Parts(
        issue=clean,
        digest=digest,
        site=site,
        links=links,
        postal=postal,
        tongues=tongues,
        sha256=seal.hexdigest(),
    )


def _narrowing(issue: Issue) -> str:
    """Say what shows in no page, and yet decides who gets what."""
    told = [
        (item.uid, item.rank, item.categories, item.sources, item.carried_by)
        for item in (*issue.items, *issue.spare)
    ]
    return repr((issue.digest, issue.number, issue.left_out, told))


# ── Frames ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the stories, whatever they are."""

    digest: Digest
    site: Site
    links: Links
    postal: str

    def pages(
        self,
        issue: Issue,
        templates: Templates,
        blocks: Iterable[Block],
        marks: tuple[str, str] = (_HTML_MARK, _TEXT_MARK),
    ) -> tuple[str, str, str]:
        """Render subject, HTML (style sheet inlined) and text of an issue.

        ``marks`` stand before each block and after the last.
        """
        told, page, text = self.styled(issue, templates, blocks, marks)
        return told, inlined(page), text

    def styled(
        self,
        issue: Issue,
        templates: Templates,
        blocks: Iterable[Block],
        marks: tuple[str, str],
    ) -> tuple[str, str, str]:
        """Render the same, the style sheet still in the head of the page."""
        language, digest = templates.language, self.digest
        told = subject(issue, digest, language)
        values = {
            "issue": issue,
            "digest": digest,
            "site": self.site,
            "links": self.links,
            "postal": self.postal,
            "theme": digest.theme,
            "subject": told,
            "period": period(
                issue.start, issue.end, language=language, zone=digest.timezone
            ),
            "blurb": blurb(issue, language),
            "preheader": preheader(issue, digest, language),
            "pieces": tuple(blocks),
        }
        page = templates.render("mail/issue.html", **values, mark=marks[0])
        text = templates.render("mail/issue.txt", **values, mark=marks[1])
        return told, page, text


def frame_of(parts: Parts) -> Frame:
    """Return the frame that the parts were drawn in."""
    return Frame(
        digest=parts.digest, site=parts.site, links=parts.links, postal=parts.postal
    )


def cut(page: str, *, is_html: bool, blocks: int) -> list[str]:
    """Cut a rendered page at its marks: head, blocks, foot; each ends a line."""
    mark = str(_HTML_MARK) if is_html else _TEXT_MARK
    found = [piece.removeprefix("\n") for piece in page.split(mark)]
    if len(found) != blocks + 2:
        name = "html" if is_html else "txt"
        raise TemplateError(
            f'mail/issue.{name}: it must have {{% include "mail/pieces.{name}" %}} once'
        )
    return found


# ── Blocks ───────────────────────────────────────────────────────────────────


def arranged(issue: Issue, language: str) -> Iterator[Block]:
    """Yield the blocks of an issue in reading order.

    The first story leads, unless it is told in brief; lines stand between stories
    that are told in full.
    """
    for place, section in enumerate(issue.sections):
        yield _heading(section, language)
        for number, item in enumerate(section.items):
            if item.brief:
                yield Block("brief", item=item)
                continue
            if number:
                yield Block("separator")
            yield Block("story" if place or number else "lead", item=item)


def _heading(section: IssueSection, language: str) -> Block:
    corrected = bool(section.items) and section.items[0].corrected
    return Block("heading", heading(section, language), corrected)


def _all(issue: Issue, language: str) -> tuple[Block, ...]:
    """Return every block that any variant may have, each once."""
    found: dict[Key, Block] = {}
    for section in issue.sections:
        for item in section.items:
            forms = ("brief",) if item.brief else ("lead", "story")
            blocks = (Block(form, item=item) for form in forms)
            found |= {block.key: block for block in blocks}
        if any(item.corrected for item in section.items):
            # who gets none of the corrections gets a heading without the remark
            title = heading(section, language)
            titled = (Block("heading", title), Block("heading", title, corrected=True))
            found |= {block.key: block for block in titled}
    top = Block("heading", translation(language).gettext("Top story"))
    for block in (Block("separator"), top, *arranged(issue, language)):
        found.setdefault(block.key, block)
    return tuple(found.values())


def _whole(frame: Frame, issue: Issue, made: Templates) -> tuple[str, str, str]:
    """Render one document that holds all blocks."""
    everyone = led(wished(issue, everything(issue, made.language)), made.language)
    return frame.pages(everyone, made, _all(issue, made.language))


def _tongue(issue: Issue, made: Templates, pages: tuple[str, str, str]) -> Tongue:
    blocks = _all(issue, made.language)
    html = [crlf(one) for one in cut(pages[1], is_html=True, blocks=len(blocks))]
    text = [crlf(one) for one in cut(pages[2], is_html=False, blocks=len(blocks))]
    html_coding, text_coding = shortest(html), shortest(text)
    drawn = {
        block.key: Drawn(
            page, words, coded(page, html_coding), coded(words, text_coding)
        )
        for block, page, words in zip(blocks, html[1:-1], text[1:-1], strict=True)
    }
    return Tongue(
        templates=made,
        blocks=drawn,
        html_coding=html_coding,
        text_coding=text_coding,
    )

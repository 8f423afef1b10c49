"""An issue becomes a subject, an HTML part and a text part, once for all members.

What differs from member to member is one address: it is a placeholder here, and
:func:`stitch` puts the member's own in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape

import css_inline

from syndicate.digest.drawing.shown import blurb, preheader, shown, subject
from syndicate.digest.mime import encoded
from syndicate.errors import MailError
from syndicate.model import Digest, Issue, IssueSection, Site
from syndicate.templating import Templates
from syndicate.translate import period

PLACEHOLDER = "https://unsubscribe.invalid/this-copy"
LARGEST = 100_000
"""Bytes of the HTML part as it is sent; Gmail clips a message at about 102 KB."""
_STITCHING = 600
"""Bytes kept free for a member's address, which is longer than the placeholder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where the foot of an issue leads; an empty address is left out."""

    view: str = ""
    """The issue on the web, the same for all."""
    preferences: str = ""
    unsubscribe: str = PLACEHOLDER


@dataclass(frozen=True, slots=True)
class Rendered:
    """An issue ready to be put into messages."""

    subject: str
    html: str
    text: str


def render(
    issue: Issue, *, digest: Digest, site: Site, templates: Templates, links: Links
) -> Rendered:
    """Render an issue whole, or as much of it as a mail program shows.

    If the HTML part would be too large, the stories that rank lowest go and a line
    says how many more are on the web. Raises
    :class:`~syndicate.errors.TemplateError`, or
    :class:`~syndicate.errors.MailError` if not even one story fits.
    """
    cleaned = shown(issue)
    shorter = _shorter(cleaned)
    fits: Rendered | None = None
    low, high = 0, len(shorter) - 1
    # Nearly always the whole fits; else the fewest that must go are searched.
    middle = low
    while low <= high:
        whole = _rendered(
            shorter[middle], digest=digest, site=site, templates=templates, links=links
        )
        if len(encoded(whole.html).body) <= LARGEST - _STITCHING:
            fits, high = whole, middle - 1
        else:
            low = middle + 1
        middle = (low + high) // 2
    if fits is None:
        raise MailError(
            f"{digest.key} {issue.number}: even one story makes more than"
            f" {LARGEST} bytes of HTML"
        )
    return fits


def stitch(rendered: Rendered, unsubscribe_url: str) -> Rendered:
    """Put a member's own unsubscribe address where the placeholder stands."""
    return Rendered(
        rendered.subject,
        rendered.html.replace(PLACEHOLDER, escape(unsubscribe_url)),
        rendered.text.replace(PLACEHOLDER, unsubscribe_url),
    )


def _rendered(
    issue: Issue, *, digest: Digest, site: Site, templates: Templates, links: Links
) -> Rendered:
    values = {
        "issue": issue,
        "digest": digest,
        "site": site,
        "links": links,
        "subject": subject(issue, digest),
        "period": period(
            issue.start, issue.end, language=digest.language, zone=digest.timezone
        ),
        "blurb": blurb(issue, digest.language),
        "preheader": preheader(issue, digest),
    }
    page = templates.render("mail/issue.html", **values)
    text = templates.render("mail/issue.txt", **values)
    return Rendered(str(values["subject"]), inlined(page), text)


def _shorter(issue: Issue) -> list[Issue]:
    """Return the issue, the issue without its last-ranked story, and so on.

    An issue that has any story keeps at least one.
    """
    issues = [issue]
    while len(issues[-1].items) > 1:
        issues.append(_without_last(issues[-1]))
    return issues


def _without_last(issue: Issue) -> Issue:
    """Drop the last story of the longest section; of two as long, of the later."""
    lengths = [len(section.items) for section in issue.sections]
    at = max(range(len(lengths)), key=lambda place: (lengths[place], place))
    section = issue.sections[at]
    kept = replace(section, items=section.items[:-1])
    sections = (*issue.sections[:at], kept, *issue.sections[at + 1 :])
    return replace(
        issue, sections=tuple(_nonempty(sections)), left_out=issue.left_out + 1
    )


def _nonempty(sections: tuple[IssueSection, ...]) -> Iterator[IssueSection]:
    return (section for section in sections if section.items)


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)


def inlined(page: str) -> str:
    """Move the style sheet into the elements; mail programs drop or ignore it."""
    lines = (line.strip() for line in page.splitlines())
    try:
        return _inliner().inline("\n".join(line for line in lines if line)) + "\n"
    except ValueError as error:
        raise MailError(f"the style sheet of the mail: {error}") from error

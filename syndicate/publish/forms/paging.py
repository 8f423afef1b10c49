"""Where the documents of a feed are read, and how one leads to the next (pure).

A feed is a current document and, behind it, closed archive pages (RFC 5005 §4). The
current one and each page name the page before; an archive page also names the next one
and the current document. A reader that walks back until it meets a page that it knows
has missed nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from syndicate.model import Feed, Site
from syndicate.publish.forms.addresses import public
from syndicate.publish.forms.fragments import Form

ARCHIVE = "archive"
"""Under the feeds folder: closed pages of all feeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Addresses, all absolute but ``style``; "" for what there is not."""

    own: str
    """Of the document itself: rel=self, ``feed_url``."""
    page: str
    """The same for people."""
    current: str = ""
    """Of the document that goes on; archive pages name it."""
    previous: str = ""
    """Of the archive page before: what is older."""
    next: str = ""
    """Of the archive page behind: what is newer."""
    older: str = ""
    """Of what is older in a feed without archives (RFC 5005 §3, rel=next)."""
    archive: bool = False
    """It is closed: only corrections and withdrawals change it."""
    style: str = ""
    """Of the stylesheet, relative to the document: a copy of the folder has its own."""

    @property
    def marked(self) -> bool:
        """Whether it says that it is an archive page (fh:archive).

        Not while there is but one: an archive page without others beside it is
        incomplete to a validator, and ``current`` says the same.
        """
        return self.archive and bool(self.previous or self.next)


def current_path(key: str, form: Form) -> str:
    """Return the path of a feed's current document under the feeds folder."""
    return f"{key}.{form.value}"


def archive_path(key: str, number: int, form: Form) -> str:
    """Return the path of a closed page; ``number`` counts from 1, the oldest."""
    return f"{ARCHIVE}/{key}/{number}.{form.value}"


def story_path(uid: str) -> str:
    """Return the path of a story's own page, whatever becomes of the story."""
    return f"story/{uid}.html"


def paging(
    form: Form, feed: Feed, site: Site, *, page: int = 0, pages: int = 0
) -> Paging:
    """Work out the addresses around a document of ``feed``.

    ``page`` is the number of an archive page, or 0 for the current document; ``pages``
    says how many are closed.
    """

    def at(number: int, form: Form) -> str:
        return public(site, _path(feed.key, number, form))

    own = _path(feed.key, page, form)
    before = page - 1 if page else pages
    return Paging(
        own=public(site, own),
        page=at(page, Form.HTML),
        current=at(0, form) if page else "",
        previous=at(before, form) if before > 0 else "",
        next=at(page + 1, form) if 0 < page < pages else "",
        archive=page > 0,
        style="../" * own.count("/") + "feed.xsl",
    )


def _path(key: str, number: int, form: Form) -> str:
    return archive_path(key, number, form) if number else current_path(key, form)

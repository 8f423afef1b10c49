"""A text that is no article of ours: pasted, or in a file."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from syndicate.errors import ParseError, SyndicateError
from syndicate.gather.decode import decode
from syndicate.model import Entry, RawEntry, Source, SourceKind
from syndicate.pipeline.jobs import Job, PageJob, PageRead, Setup, TellingJob
from syndicate.pipeline.parsing import Here

_MARKUP = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body|article|div|p)\b", re.I | re.S
)
_ADDRESS = "https://pasted.invalid/"
"""Of no portal: nothing in it says what the text is about."""


def pasted(body: bytes, name: str, *, now: datetime, language: str) -> Entry:
    """The article in ``body``: an HTML page, or plain text with its title first.

    ``name`` is what errors call it.

    :raises SyndicateError: there is no article in it
    """
    source = Source(
        key="", title="", kind=SourceKind.LISTING, url=_ADDRESS, language=language
    )
    text = decode(body)
    job: Job = PageJob(source=source, url=_ADDRESS, at=now)
    if not _MARKUP.match(text):
        job = TellingJob(source=source, url=_ADDRESS, at=now, told=_told(text))
    try:
        read = Here(Setup()).read(job, body)
    except ParseError as error:
        raise SyndicateError(f"{name}: {error}") from None
    entry = read.prepared.entry if isinstance(read, PageRead) else None
    if entry is None or not (entry.title or entry.text):
        raise SyndicateError(f"{name}: there is no text in it")
    return entry


def _told(text: str) -> RawEntry:
    """The first line is the title, blank lines part paragraphs."""
    title, _, rest = text.strip().partition("\n")
    parts = (part.strip() for part in re.split(r"\n\s*\n", rest))
    html = "".join(f"<p>{escape(part)}</p>" for part in parts if part)
    return RawEntry(source="", url=_ADDRESS, title=title.strip(), html=html)

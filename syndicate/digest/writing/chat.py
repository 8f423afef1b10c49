"""An issue as plain text to paste into chat groups: titles and addresses, no markup.

Zalo, Telegram and Facebook cut or refuse long messages, so a long one is split: after
a story wherever that is possible, and each part says which one it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syndicate.digest.drawing.shown import clipped
from syndicate.model import Digest, Issue
from syndicate.translate import period, translation

TELEGRAM, ZALO = 4096, 2000
"""Characters of a message; as Telegram counts them, in UTF-16."""
_COUNTED = len("(99/99)\n\n")
_GAP = "\n\n"


def chat(issue: Issue, digest: Digest, view: str) -> tuple[str, ...]:
    """Return the paragraphs of an issue: its head, each story, where there is more.

    ``issue`` is as it is shown: clean words, what leads in front.
    """
    language, zone = digest.language, digest.timezone
    when = period(issue.start, issue.end, language=language, zone=zone)
    return tuple(_paragraphs(issue, digest, when, view))


def _paragraphs(issue: Issue, digest: Digest, when: str, view: str) -> Iterator[str]:
    catalogue = translation(digest.language)
    label = "[QC] " if digest.advertising else ""
    yield f"{label}{digest.title} · {when}"
    if issue.note:
        yield issue.note
    number = 0
    for section in issue.sections:
        heading = f"{section.title.upper()}\n"
        for item in section.items:
            number += 1
            story = f"{number}. {item.title}\n{item.url}".rstrip()
            yield f"{heading}{story}"
            heading = ""
    if not issue.sections:
        yield catalogue.gettext("Nothing new this time.")
    if view:
        yield f"{catalogue.gettext('The whole issue:')}\n{view}"


def split(paragraphs: Sequence[str], limit: int = 0) -> tuple[str, ...]:
    """Put paragraphs into messages of at most ``limit`` characters; 0: into one.

    A paragraph that is longer by itself is cut at its lines, and a line that is too
    long at a word; an address is never cut: one that fits no message is left out.
    """
    whole = _GAP.join(paragraphs)
    if not limit or _length(whole) <= limit:
        return (whole,)
    room = limit - _COUNTED
    messages = [""]
    for piece in (piece for each in paragraphs for piece in _fitting(each, room)):
        together = f"{messages[-1]}{_GAP}{piece}" if messages[-1] else piece
        if _length(together) <= room:
            messages[-1] = together
        else:
            messages.append(piece)
    count = len(messages)
    return tuple(f"({at}/{count})\n{message}" for at, message in enumerate(messages, 1))


def _fitting(paragraph: str, room: int) -> Iterator[str]:
    if _length(paragraph) <= room:
        yield paragraph
        return
    for line in paragraph.split("\n"):
        if _length(line) <= room:
            yield line
        elif not line.startswith(("https://", "http://")):
            # half: a letter outside the first plane counts twice
            yield clipped(line, room // 2)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2

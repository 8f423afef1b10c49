"""Two lines that say what a story is about."""

from __future__ import annotations

from syndicate.model import Story
from syndicate.text.clean import key_text, one_line
from syndicate.text.sentences import extract

SHORTEST = 40
"""A lead with fewer characters says too little: a dateline, "Xem chi tiết"."""


def summary(story: Story, limit: int = 280, *, lead_only: bool = False) -> str:
    """Say in at most ``limit`` characters what the leading entry is about.

    The page's own lead is taken when it is worth reading, else the first two
    sentences of the body. ``lead_only`` is for sources whose body we may not quote.
    Empty if there is nothing to say.
    """
    entry = story.lead.entry
    title = one_line(entry.title)
    lead = _without_title(one_line(entry.lead), title)
    if len(lead) >= SHORTEST or lead_only:
        return one_line(extract(lead, sentences=2, limit=limit)) if lead else ""
    told = _opening(entry.text, title, limit) or lead or one_line(entry.text[:limit])
    return one_line(extract(told, sentences=2, limit=limit)) if told else ""


def _opening(text: str, title: str, limit: int) -> str:
    """Return the first paragraphs, until there is enough to choose sentences from.

    Bylines and headings between paragraphs say nothing of what happened.
    """
    taken: list[str] = []
    for paragraph in text[: 40 * limit].split("\n\n"):
        told = _without_title(one_line(paragraph), title)
        if len(told) >= SHORTEST or told.endswith((".", "!", "?", "…")):
            taken.append(told)
        if sum(map(len, taken)) >= 2 * limit:
            break
    return "\n\n".join(taken)


def _without_title(text: str, title: str) -> str:
    """Drop the title where a portal repeats it at the beginning of the text."""
    head = text[: len(title)]
    if title and key_text(head) == key_text(title):
        return text[len(title) :].lstrip(" .:;–-—|")
    return text

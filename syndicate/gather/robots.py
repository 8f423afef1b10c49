"""What a robots.txt asks of us (pure; RFC 9309).

Obeyed for pages and sitemaps, and for feeds where the desk says so. An answer that is
no rules at all (a portal's front page, sent for any address) forbids nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from protego import Protego

MOST = 512_000
"""Bytes that are read of it (§2.5: at least 500 KiB)."""
MAX_DELAY = 60.0
"""Seconds: a longer Crawl-delay is taken for this."""
_LINE = re.compile(r"\s*(user-?agent|disallow)\s*:\s*([^#]*)", re.IGNORECASE)
_MOST_STARS = 8
"""Of a rule: matching costs the more the more it has, and nobody needs so many."""
_LONGEST_RULE = 2_000
_PRODUCT = re.compile(r"[A-Za-z_-]+")


def text_of(body: bytes) -> str:
    """Decode a robots.txt: UTF-8, its byte order mark and what is too much cut off."""
    text = body[:MOST].decode("utf-8", "replace").removeprefix("\ufeff")
    lines = re.split(r"\r\n|\r|\n", text)
    return "\n".join(line if _is_sane(line) else "" for line in lines)


def allowed(text: str, url: str, agent: str) -> bool:
    """Say whether ``agent`` (a User-Agent header) may fetch ``url``."""
    return bool(_rules(text).can_fetch(url, product(agent)))


def delay(text: str, agent: str) -> float | None:
    """Return the ``Crawl-delay`` in seconds, at most :data:`MAX_DELAY`; None if none.

    No part of the RFC, and meant by those who write it.
    """
    said = _rules(text).crawl_delay(product(agent))
    return None if said is None else min(float(said), MAX_DELAY)


def product(agent: str) -> str:
    """Return the product token of a User-Agent header (§2.2.1): ``syndicate``.

    The whole header would match a group for "bot" by an address inside it.
    """
    found = _PRODUCT.match(agent)
    return found[0].lower() if found else "*"


def rule_against(text: str, url: str, agent: str) -> str:
    """Name the line that forbids ``url``: ``line 3: Disallow: /tim-kiem``."""
    name = product(agent)
    found, length = "", -1
    for number, agents, value in _disallowed(text):
        ours = name in agents or ("*" in agents and not _is_named(text, name))
        if ours and len(value) > length and _forbids(value, url):
            found, length = f"line {number}: Disallow: {value[:100]}", len(value)
    return found


def _disallowed(text: str) -> Iterator[tuple[int, set[str], str]]:
    """Give each Disallow: its line, whom it is for, and what it names."""
    agents: set[str] = set()
    new_group = True
    for number, line in enumerate(text.split("\n"), start=1):
        match = _LINE.match(line)
        if match is None:
            continue
        value = match[2].strip()
        if match[1].lower() == "disallow":
            new_group = True
            yield number, agents, value
        else:
            agents = {value.lower()} if new_group else agents | {value.lower()}
            new_group = False


def _is_named(text: str, name: str) -> bool:
    return any(name in agents for _, agents, _ in _disallowed(text))


def _forbids(value: str, url: str) -> bool:
    return bool(value) and not allowed(f"User-agent: *\nDisallow: {value}", url, "*")


def _is_sane(line: str) -> bool:
    return len(line) <= _LONGEST_RULE and line.count("*") <= _MOST_STARS


@lru_cache(maxsize=64)
def _rules(text: str) -> Protego:
    return Protego.parse(text)

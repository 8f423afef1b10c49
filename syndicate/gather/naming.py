"""Names for a new source: a key that is short and free, a title for readers (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

from syndicate.text.clean import fold, one_line, slug
from syndicate.text.urls import host

_LONGEST = 40
_SHORT = 24
# What says nothing about whose site it is.
_COMMON = frozenset(
    """
    www www2 web m mobile portal cong congthongtin com net org info biz edu gov ac co
    vn eu us uk de fr int mil name pro io example test invalid localhost
    wordpress blogspot blogger medium substack github gitlab feedburner feeds feed rss
    google
    """.split()  # noqa: SIM905 - words read better in lines
)
_NOTHING_OF_ITS_OWN = frozenset(
    """
    tin-tuc tin-tuc-su-kien tin-moi trang-chu home news rss feed index default main
    category chuyen-muc section vi en pages tin-hoat-dong blog posts sitemap
    """.split()  # noqa: SIM905 - words read better in lines
)
_GENERIC = frozenset(
    {
        "tin tuc",
        "trang chu",
        "home",
        "news",
        "rss",
        "feed",
        "tin moi",
        "tin tuc su kien",
    }
)


def key_for(url: str, title: str, taken: Collection[str]) -> str:
    """A key that is not among ``taken``: of the host, else of the title.

    A second source of one host is told apart by its section, then by a number.
    """
    base = _of_host(url) or slug(title, _SHORT)
    if base == "x":
        base = "source"
    section = _section(url)
    tried = [base, *([f"{base}-{section}"[:_LONGEST].strip("-")] if section else [])]
    tried += [f"{base}-{number}" for number in range(2, len(taken) + 3)]
    return next(each for each in tried if each not in taken)


def title_for(*said: str, url: str) -> str:
    """The first of ``said`` that names its place; "Tin tức" names none."""
    lines = [one_line(each)[:150] for each in said]
    named = (each for each in lines if each and _plain(each) not in _GENERIC)
    return next(named, "") or next(filter(None, lines), "") or host(url)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z]+", " ", fold(text)).strip()


def _of_host(url: str) -> str:
    name = host(url).partition(":")[0]
    if re.fullmatch(r"[\d.]+|\[.*", name):
        return ""
    labels = name.split(".")[:-1] or name.split(".")
    kept = [each for each in labels if each not in _COMMON and "xn--" not in each]
    found = slug("-".join(kept), _LONGEST) if kept else ""
    return "" if found == "x" else found


def _section(url: str) -> str:
    names = [unquote(name) for name in urlsplit(url).path.split("/") if name]
    for name in reversed(names):
        bare = re.sub(r"\.[a-z]{2,5}$", "", name, flags=re.IGNORECASE)
        found = slug(bare, _SHORT)
        if found not in _NOTHING_OF_ITS_OWN and re.search("[a-z]{2}", found):
            return found
    return ""

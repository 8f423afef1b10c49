"""Where sites keep their feeds and sitemaps though no page says so (pure)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from syndicate.text.urls import absolute, canonical

_BY_GENERATOR: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("wordpress", ("/feed/", "/?feed=rss2")),
    ("nukeviet", ("/vi/news/rss/", "/news/rss/", "/rss/")),
    ("blogger", ("/feeds/posts/default",)),
    ("drupal", ("/rss.xml",)),
    ("joomla", ("/?format=feed&type=rss",)),
    ("sharepoint", ("/rss.aspx", "/Pages/rss.aspx")),
    ("typo3", ("/rss.xml", "/feed.xml")),
    ("ghost", ("/rss/",)),
    ("hugo", ("/index.xml",)),
    ("jekyll", ("/feed.xml", "/atom.xml")),
    ("squarespace", ("/?format=rss",)),
)
"""What a page's ``<meta name="generator">`` says → where that software has feeds."""
_ANYWHERE = (
    "/feed",
    "/rss",
    "/rss.xml",
    "/atom.xml",
    "/feed.xml",
    "/rss/home.rss",
    "/index.xml",
    "/feeds/posts/default",
    "/?feed=rss2",
    "/rss.aspx",
    "/feed.json",
)
"""The likeliest first: only the first few are ever asked."""
_SITEMAPS = ("/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_MAX_LINES = 20
_MAX_FOLDERS = 5


def feed_guesses(url: str, generator: str = "") -> tuple[str, ...]:
    """Addresses at which the site of ``url`` may have a feed, the likeliest first.

    ``generator`` is what the page says it was made with. A section of a WordPress
    site has a feed of its own.
    """
    root = root_of(url)
    made = generator.lower()
    paths = [path for name, known in _BY_GENERATOR if name in made for path in known]
    own = [f"{_folder(url)}feed/"] if "wordpress" in made and _folder(url) else []
    guesses = [*own, *(root + path for path in (*paths, *_ANYWHERE))]
    kept: dict[str, str] = {}
    for each in guesses:
        kept.setdefault(canonical(each).rstrip("/"), each)
    return tuple(kept.values())


def sitemap_guesses(url: str) -> tuple[str, ...]:
    """Addresses at which the site of ``url`` may have a sitemap."""
    return tuple(root_of(url) + path for path in _SITEMAPS)


def robots_of(url: str) -> str:
    """The address of the robots.txt that ``url`` falls under."""
    return f"{root_of(url)}/robots.txt"


def sitemaps_in(robots: str, url: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt, fetched from ``url``, names; news first."""
    found = (absolute(url, each) for each in _SITEMAP_LINE.findall(robots))
    named = list(dict.fromkeys(each for each in found if each))[:_MAX_LINES]
    return tuple(sorted(named, key=lambda each: "news" not in each.lower()))


def parents_of(url: str) -> tuple[str, ...]:
    """The folders that ``url`` lies in, from its own up, and the site's root last."""
    parts = urlsplit(url)
    names = [name for name in parts.path.split("/") if name]
    # "/news/?id=5" lies in /news/; "/news/" and "/news/5.html" lie one higher.
    if not (parts.query and parts.path.endswith("/")):
        names = names[:-1]
    ends = [*range(len(names), max(len(names) - _MAX_FOLDERS, 0), -1), 0]
    return tuple("/".join([root_of(url), *names[:end], ""]) for end in ends)


def lists_above(url: str) -> tuple[str, ...]:
    """Addresses that the list holding the article at ``url`` may have.

    ``?cat=5&id=12`` lies in ``?cat=5``; ``/tin/bai.htm`` in ``/tin/``, or ``/tin.htm``.
    """
    parts = urlsplit(url)
    fields = [each for each in parts.query.split("&") if each]
    less = ["&".join(fields[:end]) for end in range(len(fields) - 1, 0, -1)][:3]
    stem = f"{root_of(url)}{parts.path}"
    found = [f"{stem}?{each}" for each in less]
    suffix = re.search(r"\.[a-z]{3,5}$", parts.path, re.IGNORECASE)
    for folder in parents_of(url)[:-1]:
        found.append(folder)
        found += [folder.rstrip("/") + suffix[0]] if suffix else []
    return tuple(found)


def root_of(url: str) -> str:
    """Scheme and host of an address, without a slash at the end."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _folder(url: str) -> str:
    """The address itself, if it may be a section: a path that ends like a folder."""
    parts = urlsplit(url)
    last = parts.path.rsplit("/", 1)[-1]
    if parts.path in {"", "/"} or parts.query or "." in last:
        return ""
    return f"{root_of(url)}{parts.path.rstrip('/')}/"


def asked_addresses(said: str) -> tuple[str, ...]:
    """The addresses that a person may mean by ``said``, the likeliest first.

    ``baocuuha.example``, ``feed://x.example/rss`` and ``<https://x.example>`` are all
    understood; () for what cannot be a web address.
    """
    text = said.strip().strip("<>\"'“”").strip()
    text = re.sub(r"^(?:feed|view-source):(?=https?:)", "", text, flags=re.IGNORECASE)
    text = re.sub(r"^feed:/*", "https://", text, flags=re.IGNORECASE)
    if re.match(r"https?:", text, re.IGNORECASE):
        found = absolute("", text)
        return (found,) if found else ()
    if re.match(r"[a-z][a-z0-9+.-]*:(?!\d)", text, re.IGNORECASE):
        return ()  # mailto:, ftp:, file:
    text = text.lstrip("/")
    name = re.split(r"[/?#:]", text, maxsplit=1)[0]
    if not re.fullmatch(r"[^\W_](?:[\w-]*\.)+[\w-]+|localhost", name):
        return ()
    tried = (absolute("", f"{scheme}://{text}") for scheme in ("https", "http"))
    return tuple(each for each in tried if each)

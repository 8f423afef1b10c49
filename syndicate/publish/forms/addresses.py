"""Addresses as documents need them: absolute, http(s), ASCII, nobody's password."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from syndicate.model import Site, Source

_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# "?a=1&amp;b=2", as portals write it by mistake, is legal; yet feedparser, for one,
# drops the semicolon, and others read an "&". To a server the two are the same.
_REFERENCE = re.compile(r"(&#?\w*);")
_KEPT = "%:@!$&'()*+,;=~/"
_DETOURS = re.compile(r":(80|443)?/|/\.{1,2}(/|$|[?#])")
_WEB_HOST = re.compile(r"https?://([a-z0-9-]+\.)+[a-z0-9-]+(:[0-9]+)?(/|$)")
_HOST = re.compile(r"[a-z0-9._~:-]+|\[[0-9a-f:.]+\]")
# RFC 4151 wants a date on which the authority held the name; any fixed one will do.
_YEAR = "2026"


def address(url: str) -> str:
    """Return ``url`` as an RFC 3986 URI; empty unless it is an absolute http(s) one.

    Feed readers and validators want URIs, not the IRIs that browsers show. A user
    name or password in the address is nobody's business and is left out.
    """
    try:
        parts = urlsplit(url.strip())
        authority = _authority(parts)
    except ValueError:  # brackets, ports or labels that are none
        return ""
    if parts.scheme not in ("http", "https") or not authority:
        return ""
    return urlunsplit(
        (
            parts.scheme,
            authority,
            _quoted(parts.path) or "/",
            _quoted(parts.query, "?"),
            _quoted(parts.fragment, "?"),
        )
    )


def web_host(url: str) -> bool:
    """Say whether the host of an address has a name as on the web: with a dot."""
    return _WEB_HOST.match(url) is not None


def canonical(url: str) -> bool:
    """Say whether an :func:`address` can be an id in Atom (RFC 4287 §4.2.6.1).

    Ids are compared letter by letter. An address that could as well be written in
    another way, with other escapes or without its port, is none.
    """
    behind = url.partition("://")[2]
    if _DETOURS.search(behind):
        return False
    try:
        return quote(unquote(behind, errors="strict"), safe=_KEPT + "?#") == behind
    except UnicodeDecodeError:
        return False


def public(site: Site, path: str) -> str:
    """Return where the document ``path`` of the feeds folder is read."""
    return f"{site.base_url.rstrip('/')}/feeds/{quote(path)}"


def home(site: Site) -> str:
    """Return the site's front page."""
    return site.base_url.rstrip("/") + "/"


def front(source: Source) -> str:
    """Return the page of a source for people: its home, else its host's root."""
    asked = address(source.url)
    root = "/".join([*asked.split("/")[:3], ""]) if asked else ""
    return address(source.home) or root


def tag(site: Site, specific: str) -> str:
    """Mint a tag: URI (RFC 4151) of ``specific``, the same for ever."""
    authority = site.id_authority or f"{_own_host(site)},{_YEAR}"
    return f"tag:{authority}:{quote(specific, safe='/-._~')}"


def _authority(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(host):
        return ""
    return host if parts.port is None else f"{host}:{parts.port}"


def _quoted(text: str, more: str = "") -> str:
    quoted = quote(text, safe=_KEPT + more, errors="replace")
    return _REFERENCE.sub(r"\1%3B", _LONE_PERCENT.sub("%25", quoted))


def _own_host(site: Site) -> str:
    return urlsplit(address(site.base_url)).hostname or "localhost"

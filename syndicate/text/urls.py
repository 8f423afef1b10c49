"""Addresses: made absolute, made canonical, compared.

RFC 3986 throughout, with the leniency that browsers show. Nothing here raises.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin

_PARTS = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_BLANKS = re.compile(r"[\x00-\x20\x7f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_LONGEST = 8_000
_DEFAULT_PORTS = {"http": "80", "https": "443"}

# What marks a visitor, and never chooses a page. Only names that mean nothing
# else: an unknown parameter may be the whole address (?ItemID=12).
TRACKERS = frozenset(
    """
    fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid msclkid twclid
    ttclid yclid ysclid li_fat_id igshid igsh mc_cid mc_eid mkt_tok _ga _gl _openstat
    zarsrc gidzl spm vero_id vero_conv oly_anon_id oly_enc_id wickedid rb_clickid s_cid
    ml_subscriber ml_subscriber_hash fb_action_ids fb_action_types fb_source fb_ref
    __twitter_impression xtor _x_tr_sl _x_tr_tl _x_tr_hl _x_tr_pto epik ncid
    jsessionid phpsessid cfid cftoken oscsid zenid srsltid mibextid wt_mc
    inheritredirect p_l_back_url p_l_back_url_title
    """.split()  # noqa: SIM905 - a table of words
)
_WAYS_BACK = frozenset({"inheritredirect", "p_l_back_url"})
TRACKER_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "hsa_", "_hs", "aspsessionid")

_UNRESERVED = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
_QUOTABLE = re.compile(r"%[0-9A-Fa-f]{2}|%|[^A-Za-z0-9._~!$&'()*+,;=:@/?-]")
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)


def _quote_one(found: re.Match[str]) -> str:
    """One character or escape in its normal form."""
    piece = found.group()
    if len(piece) == 3 and piece[0] == "%":
        code = int(piece[1:], 16)
        return chr(code) if code in _UNRESERVED else piece.upper()
    encoded = piece.encode("utf-8", "replace")
    return "".join(f"%{code:02X}" for code in encoded)


def _quote(text: str) -> str:
    """Percent-encoding in its one normal form (RFC 3986 §6.2.2)."""
    return _QUOTABLE.sub(_quote_one, text)


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _ascii_host(name: str) -> str:
    """A host name in lower case and ASCII (IDNA)."""
    name = name.strip().rstrip(".").lower()
    if name.isascii():
        return name
    from yarl import URL  # noqa: PLC0415 - costly, and hardly a host needs it

    try:
        # IDNA knows more full stops than one ("．", "。"), also at the end.
        return (URL.build(scheme="http", host=name).raw_host or name).rstrip(".")
    except ValueError:
        return name


def _split_authority(authority: str) -> tuple[str, str, str]:
    """``user@Host:80`` as (userinfo, host, port)."""
    user, _, place = authority.rpartition("@")
    found = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::0*(\d*))?", place)
    if found is None:
        return user, place.lower(), ""
    return user, _ascii_host(found[1]), found[2] or ""


def _is_tracker(parameter: str) -> bool:
    """Whether a parameter only marks the visitor."""
    name = parameter.partition("=")[0].lower()
    return name in TRACKERS or name.startswith(TRACKER_PREFIXES)


def _canonical_query(query: str | None) -> str:
    """The query with its "?", trackers left out; "" if nothing is left."""
    if not query:
        return ""
    parts = _quote(query).split("&")
    names = {part.partition("=")[0].lower() for part in parts}
    # Beside these, "redirect" says where the visitor came from, not where to go.
    gone = "redirect=" if names & _WAYS_BACK else ""
    kept = [
        part
        for part in parts
        if not _is_tracker(part) and not (gone and part.lower().startswith(gone))
    ]
    return "?" + "&".join(kept) if any(kept) else ""


def _tidy(url: str) -> str:
    """What a browser does before it parses: blanks off, ``\\`` is ``/``."""
    # Controls first: a blank may stand before one.
    url = _CONTROL.sub("", url).strip()
    head, mark, tail = url.partition("?")
    if "\\" in head and re.match(r"https?:|[\\/]|[^:]*$", head, re.IGNORECASE):
        head = head.replace("\\", "/")
    return head + mark + tail


# Addresses on which nothing below has anything to do. No ";" (sessions, parameters),
# no "%", no "\\", and no segment that begins with a dot.
_SEGMENTS = r"(?:/(?!\.)[A-Za-z0-9._~!$&'()*+,=:@-]*)"
_HOST = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
_UNUSUAL_PORT = "(?::(?!(?:80|443)/)[1-9][0-9]{0,4})?"
_CANONICAL = re.compile(rf"https?://{_HOST}{_UNUSUAL_PORT}{_SEGMENTS}+")
_ABSOLUTE = re.compile(
    rf"https?://{_HOST}(?::[0-9]{{1,5}})?{_SEGMENTS}*"
    r"(?:\?[A-Za-z0-9._~!$&()*+,=:@/?%-]+)?(?:#[A-Za-z0-9._~!$&()*+,=:@/?%-]+)?"
)
_ROOT = re.compile(rf"https?://{_HOST}(?::[0-9]{{1,5}})?(?=/|\Z)")
_ROOTED = re.compile(rf"(?!//){_SEGMENTS}+(?:\?[A-Za-z0-9._~!$&()*+,=:@/-]+)?")


def canonical(url: str) -> str:
    """The one spelling of an http(s) address; anything else comes back as it is.

    Trackers, sessions, default ports and fragments go (``#!`` stays: it chooses
    the page on old scripted sites). Unknown parameters stay, in their order.
    """
    return url if _CANONICAL.fullmatch(url) else _canonical(url)


def _canonical(url: str) -> str:
    """The whole way, for any address."""
    text = _tidy(url)
    found = _PARTS.fullmatch(text)
    scheme = (found["scheme"] or "").lower() if found else ""
    if found is None or scheme not in _DEFAULT_PORTS or not found["authority"]:
        return text
    user, name, port = _split_authority(found["authority"])
    if port == _DEFAULT_PORTS[scheme]:
        port = ""
    path = _without_dots(_quote(_SESSION.sub("", found["path"])) or "/")
    fragment = found["fragment"] or ""
    return "".join(
        (
            scheme,
            "://",
            user + "@" if user else "",
            name,
            ":" + port if port else "",
            path,
            _canonical_query(found["query"]),
            "#" + _quote(fragment) if fragment.startswith("!") else "",
        )
    )


def absolute(base: str, href: str) -> str:
    """``href`` as found on the page ``base``; "" if it is not http(s) or hopeless.

    Not canonical: only characters that may not stand in an address are encoded.
    """
    if len(href) <= _LONGEST:
        if _ABSOLUTE.fullmatch(href):
            return href
        if _ROOTED.fullmatch(href) and (root := _ROOT.match(base)):
            return root[0] + href
    return _absolute(base, href)


def _absolute(base: str, href: str) -> str:
    """The whole way, for any address."""
    href = re.sub(
        r"^(https?):/(?!/)|^(https?):/{3,}", r"\1\2://", _tidy(href), flags=re.I
    )
    if not href or len(href) > _LONGEST or re.fullmatch(r"\w+:/*", href):
        return ""
    try:
        joined = urljoin(base, href)
    except ValueError:
        return ""
    found = _PARTS.fullmatch(joined)
    if found is None or (found["scheme"] or "").lower() not in _DEFAULT_PORTS:
        return ""
    _, name, _ = _split_authority(found["authority"] or "")
    if not name or re.search(r"[\s<>\"'`{}|\\^%]", name):
        return ""
    return re.sub(r"[\s<>\"`{}|\\^]", lambda bad: _quote(bad.group()), joined)


def host(url: str) -> str:
    """``url``'s host in lower case without ``www.``; the port if it is unusual.

    "" if there is none.
    """
    found = _PARTS.fullmatch(canonical(url))
    return _host(found["authority"] or "") if found else ""


@lru_cache(maxsize=1_024)
def _host(authority: str) -> str:
    """The host that a canonical address names."""
    _, name, port = _split_authority(authority)
    name = name.removeprefix("www.")
    return f"{name}:{port}" if port else name


def schemeless(url: str) -> str:
    """What two addresses of one page share: no scheme, no ``www.``, no last slash."""
    full = canonical(url)
    found = _PARTS.fullmatch(full)
    if found is None or not found["authority"]:
        return full
    path, query = found["path"], found["query"]
    rest = f"{path}?{query}" if query else path.rstrip("/")
    fragment = f"#{found['fragment']}" if found["fragment"] else ""
    return _host(found["authority"]) + rest + fragment

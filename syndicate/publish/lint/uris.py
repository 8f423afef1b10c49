"""Addresses and ids as formats want them (RFC 3986, 3987, 4151, 8141)."""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import normalize
from urllib.parse import quote

from syndicate.publish.lint.findings import Report, Value, note
from syndicate.publish.lint.words import words

_CHARS = r"0-9A-Za-z;/?:@&=+$.\-_!~*'()%,#"
_REFERENCE = re.compile(
    rf"([A-Za-z][0-9A-Za-z+\-.]*:)?/{{0,2}}(\[[0-9A-Fa-f:.]+\])?[{_CHARS}]*"
)
_FULL = re.compile(rf"[A-Za-z][0-9A-Za-z+\-.]*:(//)?(\[[0-9A-Fa-f:.]+\])?[{_CHARS}]+")
_FORBIDDEN = re.compile(rf"[^{_CHARS}\[\]\u0080-\U0010ffff]")
_TAG = re.compile(
    r"tag:([a-z0-9\-._]+@)?[a-z0-9.\-]+,\d{4}(-\d{2}(-\d{2})?)?:"
    rf"[{_CHARS}]*"
)
_URN = re.compile(
    r"urn:[a-z0-9][a-z0-9-]{1,31}:([a-z0-9()+,.:=@;$_!*'/\-]|%[0-9a-f]{2})+", re.I
)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_HOST = r"([0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.|([A-Z0-9\-]+\.)+)[A-Z0-9][-A-Z0-9]*"
_HTTP = re.compile(rf"https?://{_HOST}(:\d+)?(/|$)", re.I)
_SCHEME = re.compile(r"[A-Za-z]+")
_PARTS = re.compile(
    r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.S
)
SCHEMES = words(
    """
    aaa aaas about acap acct cap cid coap coaps crid data dav dict dns doi ed2k
    example fax feed file ftp geo git go gopher h323 http https iax icap im imap info
    ipp ipfs iris irc ircs iscsi jabber javascript ldap ldaps magnet mailto matrix
    message mid mms modem msrp msrps mtqp mupdate news nfs nntp opaquelocktoken pop
    pres prospero rsync rtmp rtsp service session sftp sgn shttp sip sips skype sms
    snmp ssh stun svn tag tel telnet tftp thismessage tip tv udp urn vemmi view-source
    wais webcal ws wss xmlrpc.beep xmpp z39.50r z39.50s
    """
)
"""Registered at IANA, as far as feeds use them."""
_PORTS = {"ftp": 21, "http": 80, "https": 443, "gopher": 70, "news": 119, "nntp": 119}
_SUBDELIMS = "!$&'()*+,;="
_PCHAR = "-._~" + _SUBDELIMS + ":@"
_RESERVED = ":/?#[]@" + _SUBDELIMS


def uri(value: Value, report: Report) -> bool:
    """A URI or a reference to one (RFC 3986)."""
    return _checked(value, report, "InvalidLink", _REFERENCE.fullmatch)


def full_uri(value: Value, report: Report) -> bool:
    """A URI with its scheme."""
    return _checked(value, report, "InvalidFullLink", _FULL.fullmatch)


def iri(value: Value, report: Report) -> bool:
    """An IRI or a reference to one (RFC 3987): any letters."""
    return _checked(_plain(value), report, "InvalidIRI", _REFERENCE.fullmatch)


def full_iri(value: Value, report: Report) -> bool:
    """An IRI with its scheme."""
    return _checked(_plain(value), report, "InvalidFullLink", _FULL.fullmatch)


def http_url(value: Value, report: Report) -> bool:
    """An address of http or https, with a host that has a dot."""
    fine = bool(_HTTP.match(value.text) and _FULL.fullmatch(value.text))
    if not fine:
        note(report, "InvalidURLAttribute", value)
    return fine


def canonical_iri(value: Value, report: Report) -> bool:
    """An id of Atom: an IRI in its canonical form (RFC 4287 §4.2.6.1)."""
    if not full_iri(value, report):
        return False
    wanted = canonical(value.text)
    if value.text.isascii() and wanted != (value.raw or value.text):
        note(report, "NonCanonicalURI", value, wanted or value.text)
        return False
    return True


def guid(value: Value, report: Report) -> bool:
    """A guid that is a permalink."""
    if not _checked(value, report, "InvalidHttpGUID", _REFERENCE.fullmatch):
        return False
    if value.text.lower().startswith(("tag:", "urn:uuid:")):
        note(report, "InvalidPermalink", value)
        return False
    return True


def canonical(text: str) -> str:
    """Return the canonical form of a URI; empty if it has none (RFC 3986 §6.2)."""
    found = _PARTS.fullmatch(text)
    if found is None:
        return ""
    scheme, authority, path, query, fragment = found.groups()
    try:
        return _joined(
            (scheme or "").lower(),
            None if authority is None else _authority(authority, scheme or ""),
            _path(path, opaque=authority is None and not path.startswith("/")),
            None if query is None else _quoted(query, _PCHAR + "/?"),
            None if fragment is None else _quoted(fragment, _PCHAR + "/?"),
        )
    except (ValueError, UnicodeError):
        return ""


def _plain(value: Value) -> Value:
    """Put a letter for every one that is not ASCII: an IRI may have them."""
    ascii_only = re.sub(r"[^\x00-\x7f]", "x", value.text)
    return Value(ascii_only, value.name, value.line, value.raw)


def _checked(
    value: Value,
    report: Report,
    rule: str,
    matches: Callable[[str], re.Match[str] | None],
) -> bool:
    broken, found = _broken(value.text, rule, matches)
    if broken:
        note(report, broken, value, found or None)
    return not broken or broken == "SchemeNotIANARegistered"


def _broken(
    text: str, rule: str, matches: Callable[[str], re.Match[str] | None]
) -> tuple[str, str]:
    """Return the rule that is broken, or none, and what breaks it."""
    scheme = text.partition(":")[0].lower()
    if scheme == "tag":
        return ("" if _TAG.fullmatch(text) else "InvalidTAG"), ""
    if scheme == "urn":
        return _wrong_urn(text), ""
    if not matches(text):
        return _wrong_letter(text, rule)
    if scheme in ("http", "https", "ftp") and ":" in text:
        fine = re.match(r"\w+://[^/?#]", text)
        return ("" if fine else rule), ""
    known = ":" not in text or not scheme.isalpha() or scheme in SCHEMES
    return ("", "") if known else ("SchemeNotIANARegistered", scheme)


def _wrong_urn(text: str) -> str:
    if text.lower().startswith("urn:uuid:"):
        return "" if _UUID.fullmatch(text) else "InvalidUUID"
    return "" if _URN.fullmatch(text) else "InvalidURN"


def _wrong_letter(text: str, rule: str) -> tuple[str, str]:
    found = _FORBIDDEN.search(text)
    if found:
        return "InvalidUriChar", repr(found.group())
    return (rule if text.isascii() else "UriNotIri"), ""


def _joined(
    scheme: str,
    authority: str | None,
    path: str,
    query: str | None,
    fragment: str | None,
) -> str:
    found = f"{scheme}:" if scheme else ""
    found += "" if authority is None else f"//{authority}"
    found += path
    found += "" if query is None else f"?{query}"
    return found + ("" if fragment is None else f"#{fragment}")


def _authority(text: str, scheme: str) -> str:
    user, at, place = text.rpartition("@")
    host, colon, port = place.lower().rpartition(":")
    if not colon or not (port.isdigit() or port == ""):
        host, port = place.lower(), ""
    if host.startswith("[") != host.endswith("]"):
        raise ValueError("brackets")
    host = host.removesuffix(".") if host.count(".") > 1 else host
    usual = not port or int(port) == _PORTS.get(scheme.lower())
    known = f"{user}{at}" if user not in ("", ":") else ""
    return known + host + ("" if usual else f":{int(port)}")


def _path(text: str, *, opaque: bool) -> str:
    if opaque:
        return _quoted(text, _PCHAR + "/")
    parts: list[str] = []
    pieces = text.split("/")
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        if piece == "..":
            if len(parts) > 1:
                parts.pop()
            parts += [""] if last else []
        elif piece == ".":
            parts += [""] if last else []
        else:
            parts.append(_quoted(piece, _PCHAR))
    found = "/".join(parts)
    return found or "/"


def _quoted(text: str, safe: str) -> str:
    """Decode what need not be encoded, encode the rest with capital letters.

    A letter with a meaning of its own stays as it came, bare or encoded: the two mean
    different things.
    """
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise ValueError("a lone percent sign")
    found = ""
    octets = bytearray()
    for piece in re.findall(r"%[0-9A-Fa-f]{2}|.", text, re.S):
        octet = bytes([int(piece[1:], 16)]) if len(piece) == 3 else piece.encode()
        if octet.decode("latin-1") in _RESERVED and octet.decode("latin-1") in safe:
            found += _flushed(octets, safe) + piece.upper()
            octets = bytearray()
        else:
            octets += octet
    return found + _flushed(octets, safe)


def _flushed(octets: bytearray, safe: str) -> str:
    return quote(normalize("NFC", octets.decode("utf-8")), safe=safe)

"""HTML that needs no parser: the small, well-formed part that most feeds write.

A guarded short cut. Where :mod:`syndicate.text.simpletags` finds nothing that a
parser would change, what is written is what a browser would build: so what comes out
here is what Lexbor and nh3 would give, to the letter. On anything else the answer is
None, and they are asked.

It is safe whatever comes in: tags in the result are put together from our own tables,
addresses are http(s), and the text between them holds neither ``<`` nor ``>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html.entities import html5
from itertools import chain

from syndicate.text import pictures
from syndicate.text.clean import is_plain, normalise, one_line, remember_plain
from syndicate.text.simpletags import Tag, outline
from syndicate.text.urls import absolute

_LONGEST = 400_000
_UNREADABLE = re.compile("[\x00\r\ud800-\udfff]")

# ── Characters ───────────────────────────────────────────────────────────────

_REFERENCE = r"(?:#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
_ENTITY = re.compile("&(#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_UNSURE_IN_TEXT = re.compile(rf"&(?!{_REFERENCE}|[ \t\n]|\Z)")
# "?a=1&b=2" in an address: before "=" no name is a character.
_UNSURE_IN_VALUE = re.compile(
    rf"&(?!{_REFERENCE}|[ \t\n]|\Z|[a-zA-Z0-9]+=|utm_[a-z]+=)"
)


class _NotSimpleError(ValueError):
    """Ask the parsers."""


def _character(found: re.Match[str]) -> str:
    """What a reference stands for, where all parsers agree on it."""
    name = found[1]
    if name[0] != "#":
        named = html5.get(f"{name};")
        if named is None:
            raise _NotSimpleError
        return named
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    if not (0x20 <= code < 0x7F or 0xA0 <= code < 0xD800 or 0xE000 <= code < 0xFDD0):
        raise _NotSimpleError
    return chr(code)


def _decoded(piece: str, unsure: re.Pattern[str]) -> str:
    """``piece`` with its references resolved."""
    if "&" not in piece:
        return piece
    if unsure.search(piece):
        raise _NotSimpleError
    return _ENTITY.sub(_character, piece)


def _value(written: str) -> str:
    """An attribute's value, references resolved."""
    value = _decoded(written, _UNSURE_IN_VALUE)
    if "<" in value or ">" in value:
        raise _NotSimpleError
    return value


def _quoted(value: str) -> str:
    """A value as serialisers write it between double quotes."""
    value = value.replace("&", "&amp;").replace("\xa0", "&nbsp;")
    return value.replace('"', "&quot;")


def _encoded(text: str) -> str:
    """Text as serialisers write it; it has no no-break spaces any more."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# ── Passing on ───────────────────────────────────────────────────────────────

_FIGURE = re.compile("[0-9]{1,4}")
_FIGURES = frozenset({"width", "height", "colspan", "rowspan"})


_LABEL = "(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
# Up to 65535: a larger number makes an address that parsers refuse.
_PORT = (
    "(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}"
    "|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
)
_PLACE = re.compile(
    rf"https?://(?:(?:{_LABEL}\.)+[a-z]{{2,20}}|{_BYTE}(?:\.{_BYTE}){{3}})"
    rf"(?::{_PORT})?",
    re.IGNORECASE,
)


def _address(base_url: str, value: str) -> str:
    """An absolute address on a host that no URL parser would refuse; "" if none."""
    address = absolute(base_url, value)
    if not address:
        return ""
    root = "/".join(address.split("/", 3)[:3])
    if not _is_sound(root) or absolute("", address) != address:
        raise _NotSimpleError
    return address


@lru_cache(maxsize=1_024)
def _is_sound(root: str) -> bool:
    """Whether every URL parser takes a scheme and a host for what they are."""
    return _PLACE.fullmatch(root) is not None


def _link(tag: Tag, base_url: str) -> str:
    """An ``a`` with its absolute address; "" for one that leads nowhere."""
    address = _address(base_url, _value(tag.attributes.get("href", "")))
    if not address:
        return ""
    return f'<a{_attributes(tag, "href", address)} rel="noopener noreferrer">'


def _picture(tag: Tag, base_url: str) -> str:
    """An ``img`` with its absolute address; "" for one that shows nothing."""
    if pictures.is_pixel(tag.attributes):
        return ""
    source = _value(tag.attributes.get("src", "")).strip()
    if pictures.stands_in(source):
        raise _NotSimpleError
    address = _address(base_url, source)
    return f"<img{_attributes(tag, 'src', address)}>" if address else ""


def _attributes(tag: Tag, addressed: str, address: str) -> str:
    """The attributes that are passed on, in their order."""
    written = []
    for name, value in tag.attributes.items():
        if name == addressed:
            written.append(f' {name}="{_quoted(address)}"')
        elif name in tag.kept and (name not in _FIGURES or _FIGURE.fullmatch(value)):
            written.append(f' {name}="{_quoted(_value(value))}"')
    return "".join(written)


def _passed_on(tags: list[Tag], base_url: str) -> Iterator[str]:
    """Each tag as it is passed on; "" for one that is not."""
    leads = True
    for tag in tags:
        if tag.fixed is not None:
            yield tag.fixed
        elif tag.closes:
            yield "</a>" if leads else ""
        elif tag.name == "a":
            link = _link(tag, base_url)
            leads = link != ""
            yield link
        elif tag.name == "img":
            yield _picture(tag, base_url)
        else:
            yield f"<{tag.name}{_attributes(tag, '', '')}>"


def _normalised(texts: list[str], plain: bool) -> list[str]:
    """Pieces of text decoded and normalised; the very same where nothing changes."""
    if not plain:
        return [normalise(_decoded(piece, _UNSURE_IN_TEXT)) for piece in texts]
    return [
        normalise(_decoded(piece, _UNSURE_IN_TEXT)) if "&" in piece else piece
        for piece in texts
    ]


def _outline(html: str) -> tuple[list[str], list[Tag], bool] | None:
    """The pieces of text, the tags between them, and whether all of it is plain.

    None if it is not simple.
    """
    if len(html) > _LONGEST:
        return None
    plain = is_plain(html)
    if not plain and _UNREADABLE.search(html):
        return None
    found = outline(html)
    return None if found is None else (*found, plain)


def read(html: str, base_url: str) -> tuple[str, str] | None:
    """(clean HTML, the text in it) of simple ``html``; else None.

    What :func:`syndicate.text.html.sanitise` gives, and ``to_text`` of that.
    """
    found = _outline(html)
    if found is None:
        return None
    texts, tags, plain = found
    try:
        written = list(_passed_on(tags, base_url))
        said = _normalised(texts, plain) if "&" in html or not plain else texts
    except _NotSimpleError:
        return None
    shown = said
    if said is not texts:
        changed = [new for old, new in zip(texts, said, strict=True) if new is not old]
        plain = is_plain("".join(changed if plain else said))
    if said is not texts or html.count(">") != len(tags):
        shown = [
            _encoded(piece) if "&" in piece or ">" in piece or "<" in piece else piece
            for piece in said
        ]
    # What is not passed on parts nothing.
    breaks = [
        tag.breaks if kept else "" for tag, kept in zip(tags, written, strict=True)
    ]
    return "".join(_woven(shown, written)).strip(), _text(said, breaks, plain)


# ── The text in it ───────────────────────────────────────────────────────────


def text_in(html: str) -> str | None:
    """What :func:`syndicate.text.html.to_text` gives for simple ``html``; else None."""
    found = _outline(html)
    if found is None:
        return None
    texts, tags, plain = found
    if "&" in html:
        try:
            texts = [_decoded(piece, _UNSURE_IN_TEXT) for piece in texts]
        except _NotSimpleError:
            return None
        plain = plain and is_plain("".join(texts))
    return _text(texts, [tag.breaks for tag in tags], plain)


def _text(texts: list[str], breaks: list[str], plain: bool) -> str:
    """Pieces of text and the breaks between them, as text."""
    if not plain:
        texts = [re.sub(r"\s+", " ", piece) for piece in texts]
    text = lined("".join(_woven(texts, breaks)), plain)
    return remember_plain(text) if plain else text


def _woven(texts: list[str], between: list[str]) -> Iterator[str]:
    """The pieces of text with what stands between them."""
    return chain.from_iterable(zip(texts, [*between, ""], strict=True))


def lined(marked: str, plain: bool) -> str:
    """Text with "\\f" for the end of a paragraph and "\\v" of a line, as text.

    ``plain``: it is known to need no normalising.
    """
    tidy = _tidy if plain else one_line
    paragraphs = [
        tidy(part)
        if "\v" not in part
        else "\n".join(filter(None, map(tidy, part.split("\v"))))
        for part in marked.split("\f")
    ]
    return "\n\n".join(filter(None, paragraphs))


def _tidy(text: str) -> str:
    """One line of plain text, its runs of white space as one space."""
    text = text.strip()
    if "  " in text or "\n" in text or "\t" in text:
        return " ".join(text.split())
    return text

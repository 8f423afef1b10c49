"""Which characters may stand in a document, and what a title must not look like."""

from __future__ import annotations

import html
import re
import unicodedata

# XML 1.0 §2.2 forbids C0 controls, surrogates and the two non-characters at the end
# of the first plane; lxml refuses the whole document for one of them. Validators
# complain of C1 controls and of U+FFFD too: all are debris of a broken decoding.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]"
)
_TAKEN_FOR_LATIN = re.compile("[\xc2-\xf4][\x80-\xbf]")
_NEW_LINES = re.compile("\r\n?|[\x85\u2028\u2029]")
_BETWEEN_TAGS = re.compile("[^<>]+")
_REFERENCE = re.compile(r"&(#|\w+;?)")
# What a validator takes for markup in text that says it is plain.
_END_TAG = re.compile(r"</(\w+)>")
_ELEMENTS = frozenset(
    """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo big
    blockquote body br button canvas caption center cite code col colgroup command
    comment data datagrid datalist dd del details dfn dialog dir div dl dt em embed
    eventsource fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4
    h5 h6 head header hgroup hr html i iframe img input ins isindex kbd label legend li
    link listing m main map mark menu meta meter nav noframes noscript object ol
    optgroup option output p param picture plaintext pre progress q rp rt ruby s samp
    script section select slot small source span strike strong style sub summary sup
    table tbody td template textarea tfoot th thead time title tr track tt u ul var
    video wbr xmp
    """.split()  # noqa: SIM905 - a table of words
)
_MAILBOX = re.compile(r"<[^<>\s]+@")
# Characters that turn the direction of what follows until another one ends it.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OVERRIDES = "\u202d\u202e"
_ENDED_BY = {
    "\u202a": "\u202c",
    "\u202b": "\u202c",
    "\u2066": "\u2069",
    "\u2067": "\u2069",
    "\u2068": "\u2069",
}


def legal(text: str) -> str:
    """Return ``text`` without what XML, JSON or a reader would stumble over.

    Line ends become ``\\n``; nothing else that can be seen is changed.
    """
    return _UNWANTED.sub("", _NEW_LINES.sub("\n", text))


def meant(text: str) -> str:
    """Return a text whose UTF-8 somebody took for Latin-1 as it was meant.

    "ThÃ´ng tin" is "Thông tin". To be asked of what a source says, before :func:`legal`
    takes away characters that such a mistake is made of.
    """
    if not _TAKEN_FOR_LATIN.search(text):
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:  # it holds other letters too, so it was read right
        return text


def line(text: str) -> str:
    """Return ``text`` legal, NFC and on one line, without space around it.

    What a desk writes into its own configuration may be decomposed too. A mark at the
    beginning has no letter to stand on, and would take the tag before it for one.
    Text that turns the direction of writing must turn it back, or the line of a
    reader's list that stands behind it is turned too.
    """
    found = legal(meant(text))
    if _TURNS.search(found):
        found = _turned_back(found)
    found = unicodedata.normalize("NFC", " ".join(found.split()))
    while found and (unicodedata.combining(found[0]) or found[0].isspace()):
        found = found[1:]
    return found


def composed(markup: str) -> str:
    """Return ``markup`` in NFC, its tags as they are.

    ">" and U+0338 compose to "≯": of a whole document NFC would open tags that were
    closed, and make attributes of the words behind them.
    """
    if unicodedata.is_normalized("NFC", markup):
        return markup
    return _BETWEEN_TAGS.sub(
        lambda run: unicodedata.normalize("NFC", run.group()), markup
    )


def unmarked(text: str) -> str:
    """Return a one-line ``text`` in which no reader can see markup.

    RSS does not say whether a title is text or HTML, and some readers (Liferea,
    ruby-feedparser) drop what looks like a tag. So angle brackets become ‹ ›, and an
    ampersand that would begin a character reference its full-width twin; any other
    ampersand ("R & D") is safe and stays.
    """
    found = line(text).replace("<", "‹").replace(">", "›")
    return _REFERENCE.sub(_ampersand, found)


def said(text: str) -> str:
    """Return plain ``text`` as Atom and JSON Feed may say it.

    It is as it is, unless a validator (and so, some reader) would take a part of it
    for an HTML element, a mailbox or a character reference.
    """
    elements = (name.lower() in _ELEMENTS for name in _END_TAG.findall(text))
    if any(elements) or _MAILBOX.search(text):
        return unmarked(text)
    return _REFERENCE.sub(_ampersand, text)


def _turned_back(text: str) -> str:
    """Return ``text`` without overrides, and without turns unless each one ends.

    An override shows letters in another order than they are in; no language needs it.
    """
    kept = "".join(char for char in text if char not in _OVERRIDES)
    waiting: list[str] = []
    for turn in _TURNS.findall(kept):
        if turn in _ENDED_BY:
            waiting.append(_ENDED_BY[turn])
        elif not waiting or waiting.pop() != turn:
            return _TURNS.sub("", kept)
    return _TURNS.sub("", kept) if waiting else kept


def _ampersand(match: re.Match[str]) -> str:
    reference, name = match[0], match[1]
    # A validator takes "&#x", "&1" or "&a1" for a reference, though browsers do not.
    odd = not name.removesuffix(";").isalpha()
    return "＆" + name if odd or html.unescape(reference) != reference else reference

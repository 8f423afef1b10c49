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
_NEW_LINES = re.compile("\r\n?|[\x85\u2028\u2029]")
_BETWEEN_TAGS = re.compile("[^<>]+")
_REFERENCE = re.compile(r"&(#|\w+;?)")


def legal(text: str) -> str:
    """Return ``text`` without what XML, JSON or a reader would stumble over.

    Line ends become ``\\n``; nothing else that can be seen is changed.
    """
    return _UNWANTED.sub("", _NEW_LINES.sub("\n", text))


def line(text: str) -> str:
    """Return ``text`` legal, NFC and on one line, without space around it.

    What a desk writes into its own configuration may be decomposed too. A mark at the
    beginning has no letter to stand on, and would take the tag before it for one.
    """
    found = unicodedata.normalize("NFC", " ".join(legal(text).split()))
    while found and (unicodedata.combining(found[0]) or found[0].isspace()):
        found = found[1:]
    return found


def composed(markup: str) -> str:
    """Return ``markup`` in NFC, its tags as they are.

    ">" and U+0338 compose to "≯": of a whole document NFC would open tags that were
    closed, and make attributes of the words behind them.
    """
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


def _ampersand(match: re.Match[str]) -> str:
    reference, name = match[0], match[1]
    # A validator takes "&#x", "&1" or "&a1" for a reference, though browsers do not.
    odd = not name.removesuffix(";").isalpha()
    return "＆" + name if odd or html.unescape(reference) != reference else reference

"""The rules for a message: their names, their levels, and what they say.

Names are for ever: programs and people know a rule by its name.
"""

from __future__ import annotations

from collections.abc import Mapping

Level = str
"""E is an error: the message must not be sent. W is a warning."""


def _(said: str) -> str:
    """Mark a sentence for translation; ``syndicate digest lint`` translates it."""
    return said


RULES: Mapping[str, tuple[Level, str]] = {
    # The message
    "message-read": ("E", _("The message cannot be read to its end: {value}.")),
    "message-empty": ("E", _("There is no body; send what there is to say.")),
    "line-end": ("E", _("A line does not end with CRLF; write CRLF everywhere.")),
    "line-length": ("E", _("A line has {value} octets; 998 are allowed.")),
    # Headers
    "header-ascii": ("E", _("{value} holds bytes that are not ASCII; encode them.")),
    "header-syntax": ("E", _("This is no header line: {value}.")),
    "header-missing": ("E", _("{value} is missing; each message needs one.")),
    "header-twice": ("E", _("{value} is there twice; keep one.")),
    "header-fold": ("E", _("{value} has a line of more than 78 columns; fold it.")),
    "header-refused": ("E", _("{value} has no place here: a copy goes to one person.")),
    "header-characters": ("E", _("{value} holds control characters; remove them.")),
    "header-wanted": ("W", _("{value} is missing or says something else.")),
    "encoded-word": (
        "E",
        _("{value} has an encoded word that is broken, too long, or cuts a character."),
    ),
    "from": ("E", _("From is not one mailbox: {value}.")),
    "from-domain": ("E", _("From is not at the sending domain: {value}.")),
    "to": ("E", _("To is not one recipient: {value}.")),
    "date": ("E", _("Date has no time with a numeric zone: {value}.")),
    "message-id": (
        "E",
        _("Message-ID is not one identifier at the sender's domain: {value}."),
    ),
    "envelope": (
        "E",
        _("The envelope sender is no token at the bounce domain: {value}."),
    ),
    # Subject
    "subject-empty": ("E", _("The subject is empty; say what the message brings.")),
    "subject-length": ("E", _("The subject has {value} characters; 150 are allowed.")),
    "subject-long": ("W", _("The subject has {value} characters; inboxes show 70.")),
    "subject-characters": ("E", _("The subject holds control characters.")),
    "subject-nfc": ("E", _("The subject is not in Unicode's form NFC.")),
    "subject-residue": (
        "E",
        _("The subject looks like a template that was not filled: {value}."),
    ),
    # Lists
    "unsubscribe-missing": (
        "E",
        _("List-Unsubscribe has no https address in front; give exactly one."),
    ),
    "unsubscribe-offers": (
        "E",
        _("List-Unsubscribe offers more than one web and one mail address."),
    ),
    "unsubscribe-https": ("E", _("The unsubscribe address must be https: {value}.")),
    "unsubscribe-local": (
        "W",
        _("The unsubscribe address serves for trying out only: {value}."),
    ),
    "unsubscribe-length": (
        "E",
        _("The unsubscribe address has {value} characters; 200 are allowed."),
    ),
    "unsubscribe-characters": (
        "E",
        _("The unsubscribe address holds characters that it must not: {value}."),
    ),
    "unsubscribe-clear": (
        "E",
        _("The unsubscribe address shows a mail address; use a token: {value}."),
    ),
    "unsubscribe-token": (
        "E",
        _("The unsubscribe address can be guessed; use a long token: {value}."),
    ),
    "unsubscribe-post": (
        "E",
        _("List-Unsubscribe-Post must be List-Unsubscribe=One-Click, not {value}."),
    ),
    "list-id": ("E", _("List-Id is missing or no name in angle brackets: {value}.")),
    # DKIM
    "dkim-missing": ("E", _("The message is not signed; set a DKIM key.")),
    "dkim-off": ("W", _("Messages are not signed yet; set a DKIM key.")),
    "dkim-syntax": ("E", _("A DKIM signature cannot be read: {value}.")),
    "dkim-invalid": ("E", _("A DKIM signature does not hold: {value}.")),
    "dkim-unchecked": (
        "W",
        _("A DKIM signature was not checked, its key is not at hand: {value}."),
    ),
    "dkim-aligned": (
        "E",
        _("No DKIM signature speaks for the domain of From: {value}."),
    ),
    "dkim-canonical": ("E", _("A DKIM signature is not relaxed/relaxed: {value}.")),
    "dkim-length": ("E", _("A DKIM signature has l=: anybody may add to the message.")),
    "dkim-algorithm": (
        "E",
        _("A DKIM signature is neither rsa-sha256 nor ed25519-sha256: {value}."),
    ),
    "dkim-key": ("E", _("A DKIM key is too short: {value} bits; take 2048.")),
    "dkim-covers": ("E", _("A DKIM signature leaves headers out: {value}.")),
    "dkim-oversign": (
        "E",
        _("A DKIM signature lets a second From be added; name From once more in h=."),
    ),
    # MIME
    "mime-alternative": (
        "E",
        _("The message must be multipart/alternative, not {value}."),
    ),
    "mime-order": (
        "E",
        _("The parts must be text/plain, then text/html, not {value}."),
    ),
    "mime-text-only": ("W", _("There is no HTML part; some readers choose it so.")),
    "charset": ("E", _("A part is not UTF-8, or does not say so: {value}.")),
    "characters": ("E", _("A part holds control characters: {value}.")),
    "nfc": ("E", _("A part is not in Unicode's form NFC: {value}.")),
    "size": ("E", _("The HTML part has {value} bytes as sent; 100,000 are allowed.")),
    "size-large": (
        "W",
        _("The HTML part has {value} bytes as sent; Gmail clips soon."),
    ),
    # Text part
    "text-width": ("E", _("A text line could be folded to 78 columns: {value}.")),
    "text-paragraphs": ("E", _("The text part has no paragraphs; part them by lines.")),
    "text-title": ("E", _("The text part lacks a title: {value}.")),
    "text-link": ("E", _("The text part lacks an address: {value}.")),
    "text-unsubscribe": ("E", _("The text part does not end with how to unsubscribe.")),
    # The page
    "html-read": ("E", _("The HTML part is empty or cannot be read.")),
    "html-doctype": ("E", _("The HTML part has no doctype; begin with it.")),
    "html-lang": ("E", _("The html element has no lang; say the language.")),
    "html-title": ("E", _("The HTML part has no title.")),
    "html-meta": ("E", _("The HTML part has no meta {value}.")),
    "html-outlook": (
        "E",
        _("There is no ghost table of 600 px for Outlook (<!--[if mso]>)."),
    ),
    "html-width": ("E", _("Something is wider than 600 px: {value}.")),
    "html-preheader": (
        "E",
        _("There is no hidden preheader at the beginning of the page."),
    ),
    "html-preheader-length": (
        "E",
        _("The preheader has {value} characters; 40 to 130 are right."),
    ),
    "html-preheader-padding": (
        "E",
        _("The preheader is not padded: the page's first words would follow it."),
    ),
    # Elements of the page
    "html-element": ("E", _("The element {value} has no place in mail.")),
    "html-handler": ("E", _("The element {value} has an event handler.")),
    "html-position": ("E", _("The element {value} is positioned; use tables.")),
    "html-css": ("E", _("The style sheet loads from elsewhere: {value}.")),
    "html-inline": ("E", _("Words have no size in an inline style: {value}.")),
    "html-table": ("E", _("A table is not role=presentation.")),
    "html-image": ("E", _("An image has no {value}.")),
    "html-image-https": ("E", _("An image does not come over https: {value}.")),
    "html-pixel": ("E", _("An image of one pixel tells who reads: {value}.")),
    "html-images-off": ("E", _("With images off there is nothing to read.")),
    "html-headings": ("E", _("Headings are not in order, h1, h2, h3: {value}.")),
    "html-size": ("E", _("Words are smaller than 14 px: {value}.")),
    "html-leading": ("E", _("A paragraph has a line height under 1.5: {value}.")),
    "html-item-lang": (
        "E",
        _("A title in another language does not say so with lang: {value}."),
    ),
    "html-document": ("E", _("A document number may break across lines: {value}.")),
    "html-contrast": ("W", _("Words can hardly be read: {value}.")),
    "html-contrast-dark": ("W", _("In dark mode words can hardly be read: {value}.")),
    # Links of the page
    "html-href": ("E", _("A link is not absolute and http or https: {value}.")),
    "html-link-text": ("E", _("A link does not say where it leads: {value}.")),
    "html-link": ("E", _("The HTML part does not link to {value}.")),
    "html-link-unknown": (
        "E",
        _("A link leads to what is not in the issue's list: {value}."),
    ),
    "html-redirect": ("W", _("A link seems to count clicks: {value}.")),
    # The foot
    "foot-unsubscribe": (
        "E",
        _("The HTML part does not link to the address in List-Unsubscribe."),
    ),
    "foot-preferences": ("E", _("A part lacks the link to the preferences: {value}.")),
    "foot-view": ("E", _("A part lacks the link to the issue on the web: {value}.")),
    "foot-sender": ("E", _("A part does not say who sends it and why: {value}.")),
    "foot-postal": ("E", _("A part lacks the sender's postal address: {value}.")),
    "foot-advertising": (
        "E",
        _("It carries advertising and does not say [QC]: {value}."),
    ),
}

"""What letters say, in the reader's language (pure).

Nothing of what somebody wrote into a form is repeated in them: a letter to confirm is
the one mail that a stranger can have us send, and must be of no use to him.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from unicodedata import normalize

from syndicate.digest.drawing.shown import PREHEADER, clipped, plain
from syndicate.model import LetterKind
from syndicate.publish.forms.characters import legal
from syndicate.translate import moment, translation

SUBJECT = 70
"""Characters, after which mail programs cut."""
LEAST_OF_TITLE = 20
SHOWN = 300
"""Lines of a person's data in the HTML: mail programs cut what is long."""
_RESIDUE = re.compile(r"\{(?=[{%#])|[%}](?=\})")
"""What looks like an unfilled template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a letter is about."""

    kind: LetterKind
    site: str
    titles: tuple[str, ...]
    """Of the digests."""
    confirm: str
    """Address of the page that confirms."""
    choose: str
    """Address of the member's preferences."""
    until: datetime
    """Until when the page that confirms works."""
    zone: str
    told: str = ""
    """What is kept of the person, line by line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """A letter in words, ready to be laid out."""

    subject: str
    preheader: str
    heading: str
    lead: tuple[str, ...]
    """Paragraphs before the titles."""
    titles: tuple[str, ...]
    button: str = ""
    link: str = ""
    """Where the button leads."""
    after: tuple[str, ...] = ()
    """Paragraphs below."""
    told: tuple[str, ...] = ()
    """What is kept of a person, line by line."""
    shown: int = SHOWN
    """So many of these lines stand in the HTML; the text part has all."""


def worded(about: About, language: str) -> Letterhead:
    """Say in ``language`` what a letter is about."""
    _ = translation(language).gettext
    clean = replace(
        about, site=plain(about.site), titles=tuple(map(plain, about.titles))
    )
    return _SAYING[about.kind](clean, language, _)


def _confirm(about: About, language: str, _: Callable[[str], str]) -> Letterhead:
    until = moment(about.until, language=language, zone=about.zone)
    lead = _("Somebody, we hope it was you, signed this address up for:")
    return Letterhead(
        subject=_subject(_("Please confirm: {title}"), about),
        preheader=_preheader(lead, about),
        heading=_("Confirm your subscription"),
        lead=(lead,),
        titles=about.titles,
        button=_("Confirm my subscription"),
        link=about.confirm,
        after=(
            _("The link works once, until {when}.").format(when=until),
            _(
                "It was not you? Then do nothing: without your word this address gets "
                "nothing more."
            ),
        ),
    )


def _already(about: About, _language: str, _: Callable[[str], str]) -> Letterhead:
    lead = _("Somebody, we hope it was you, signed this address up once more for:")
    return Letterhead(
        subject=_subject(_("You are on the list: {title}"), about),
        preheader=_preheader(lead, about),
        heading=_("You are on the list already"),
        lead=(lead,),
        titles=about.titles,
        button=_("See or change what I get"),
        link=about.choose,
        after=(
            _("You get it already, and nothing has changed. There is nothing to do."),
            _(
                "If issues do not reach you, look into the folder for unwanted mail, "
                "and keep our address in your address book."
            ),
        ),
    )


def _probe(about: About, _language: str, _: Callable[[str], str]) -> Letterhead:
    lead = _(
        "Several of our mails to this address came back. If you can read this one, all "
        "is well again, and there is nothing to do."
    )
    return Letterhead(
        subject=_subject(_("Does our mail reach you? {title}"), about),
        preheader=_preheader(lead, about),
        heading=_("Does our mail reach you?"),
        lead=(lead,),
        titles=about.titles,
        button=_("See or change what I get"),
        link=about.choose,
        after=(_("If this mail comes back, too, we stop sending to this address."),),
    )


def _data(about: About, _language: str, _: Callable[[str], str]) -> Letterhead:
    lead = _("You asked what we keep of you. This is all of it.")
    return Letterhead(
        subject=_subject(_("Your data: {title}"), about, about.site),
        preheader=_preheader(lead, about),
        heading=_("What we keep of you"),
        lead=(lead,),
        titles=(),
        button=_("See or change what I get"),
        link=about.choose,
        after=(_("On the page of your preferences you can have all of it erased."),),
        told=tuple(normalize("NFC", legal(line)) for line in about.told.splitlines()),
    )


def _subject(said: str, about: About, title: str = "") -> str:
    """Fill a subject; a long title is cut, and so is a list of many."""
    first = about.titles[0] if about.titles else about.site
    more = f" +{len(about.titles) - 1}" if len(about.titles) > 1 else ""
    room = max(SUBJECT - len(said.format(title="")) - len(more), LEAST_OF_TITLE)
    named = said.format(title=clipped(title or first, room) + more)
    return _RESIDUE.sub(r"\g<0> ", normalize("NFC", named))


def _preheader(lead: str, about: About) -> str:
    parts = (lead, ", ".join(about.titles), about.site)
    line = clipped(" ".join(part for part in parts if part), PREHEADER[1])
    return line.ljust(PREHEADER[0], ".")


_SAYING = {
    LetterKind.CONFIRM: _confirm,
    LetterKind.ALREADY: _already,
    LetterKind.PROBE: _probe,
    LetterKind.DATA: _data,
}

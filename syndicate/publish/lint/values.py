"""Checks of values that are no dates, addresses or HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.entities import name2codepoint

from syndicate.publish.lint.findings import Report, Value, note
from syndicate.publish.lint.words import words

Check = Callable[[Value, Report], object]

LANGUAGES = words(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr
    cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu
    gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv jw ka
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk
    ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps
    pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta
    te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh
    zu
    """
)
"""ISO 639-1, and what it was called before. Of three letters we take any."""
_LANGUAGE = re.compile(r"([A-Za-z]{2,3}|[xi](?=-)|[A-Za-z]{5,8})(-[A-Za-z0-9]{1,8})*")
_DOMAIN = r"([0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.|([A-Z0-9\-]+\.)+)[A-Z0-9][-A-Z0-9]*"
_EMAIL = re.compile(rf"[A-Z0-9_\-+.'&]+@{_DOMAIN}", re.I)
_BRACKETED = re.compile(rf"<{_EMAIL.pattern}>", re.I)
_MEDIA_TYPE = re.compile(
    r"[^\s()<>,;:\\\"/\[\]?=]+/[^\s()<>,;:\\\"/\[\]?=]+"
    r"(\s*;\s*[^\s()<>,;:\\\"/\[\]?=]+=(\"(\\\"|[^\"])*\"|[^\s()<>,;:\\\"/\[\]?=]+))*"
)
_END_TAG = re.compile(r"</(\w+)>")
_REFERENCE = re.compile(r"&(#?\w+)")
_MARKUP = re.compile(r"&#[x0-9]|<[/a-zA-Z]")
HTML_TAGS = words(
    """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo big
    blockquote body br button canvas caption center cite code col colgroup command
    comment data datagrid datalist dd del details dfn dialog dir div dl dt em embed
    eventsource fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4
    h5 h6 head header hgroup hr html i iframe img input ins isindex kbd label legend
    li link listing m main mark map menu meta meter nav noframes noscript object ol
    optgroup option output p param picture plaintext pre progress q rp rt ruby s samp
    script section select slot small source span strike strong style sub summary sup
    table tbody td template textarea tfoot th thead time title tr track tt u ul var
    video wbr xmp
    """
)


def nonblank(value: Value, report: Report) -> None:
    """Something stands there."""
    if not value.text:
        rule = "AttrNotBlank" if "@" in value.name else "NotBlank"
        note(report, rule, value)


def plain(rule: str) -> Check:
    """Plain text in which no reader could see markup; ``rule`` is what else."""

    def check(value: Value, report: Report) -> None:
        tags = [tag for tag in _END_TAG.findall(value.text) if tag.lower() in HTML_TAGS]
        if tags:
            note(report, rule, value, f"</{tags[0]}>")
            return
        odd = [name for name in _REFERENCE.findall(value.text) if _is_reference(name)]
        if odd:
            note(report, rule, value, f"&{odd[0]};")

    return check


def _is_reference(name: str) -> bool:
    return name in name2codepoint or name == "apos" or not name.isalpha()


def no_markup(value: Value, report: Report) -> None:
    """Plain text of RSS 2.0, where also a lone "<b" might be taken for markup."""
    before = len(report.findings)
    plain("ContainsHTML")(value, report)
    found = _MARKUP.search(value.text)
    if found and len(report.findings) == before and report.version.startswith("2."):
        note(report, "CharacterData", value, found.group())


def no_email(value: Value, report: Report) -> None:
    """A name, not an address."""
    if _BRACKETED.search(value.text):
        note(report, "ContainsEmail", value)


def email(value: Value, report: Report) -> None:
    """An e-mail address (RFC 2822 addr-spec)."""
    if not _EMAIL.fullmatch(value.text):
        note(report, "InvalidAddrSpec", value)


def email_with_name(value: Value, report: Report) -> None:
    """RSS wants "a@b.vn (Name)"."""
    text = value.text
    if text.find("@") > 0 and not text.endswith(")"):
        note(report, "EmailFormat" if " " in text else "MissingRealName", value)
        return
    address = text.removeprefix("mailto:").partition("(")[0].strip()
    if not _EMAIL.fullmatch(address):
        note(report, "InvalidContact", value)


def language(value: Value, report: Report) -> None:
    """A language tag (RFC 5646)."""
    first = value.text.partition("-")[0].lower()
    known = first in LANGUAGES or len(first) != 2
    if not _LANGUAGE.fullmatch(value.text) or not known:
        note(report, "InvalidLanguage", value)


def media_type(rule: str) -> Check:
    """A media type (RFC 2045); ``rule`` is what else."""

    def check(value: Value, report: Report) -> None:
        if not _MEDIA_TYPE.fullmatch(value.text):
            note(report, rule, value)

    return check


def is_media_type(text: str) -> bool:
    """Say whether ``text`` is a media type."""
    return bool(_MEDIA_TYPE.fullmatch(text))


def number(rule: str, *, least: int | None = None, most: int | None = None) -> Check:
    """A whole number within bounds; ``rule`` is what else."""

    def check(value: Value, report: Report) -> None:
        if not re.fullmatch(r"[+-]?\d{1,18}", value.text):
            note(report, rule, value)
            return
        found = int(value.text)
        small = least is not None and found < least
        if small or (most is not None and found > most):
            note(report, rule, value)

    return check


def pattern(rule: str, wanted: str, *, flags: int = 0) -> Check:
    """Text of a form; ``rule`` is what else."""
    compiled = re.compile(wanted, flags)

    def check(value: Value, report: Report) -> None:
        if not compiled.fullmatch(value.text):
            note(report, rule, value)

    return check


def one_of(rule: str, *words: str, fold: bool = False) -> Check:
    """One of ``words``; ``rule`` is what else."""

    def check(value: Value, report: Report) -> None:
        if (value.text.lower() if fold else value.text) not in words:
            note(report, rule, value)

    return check


def at_most(letters: int) -> Check:
    """Not longer than so many letters."""

    def check(value: Value, report: Report) -> None:
        if len(value.text) > letters:
            note(report, "TooLong", value, f"{len(value.text)} > {letters}")

    return check


def within(rule: str, bound: float) -> Check:
    """A number between ``-bound`` and ``bound``."""

    def check(value: Value, report: Report) -> None:
        try:
            fine = abs(float(value.text)) <= bound
        except ValueError:
            fine = False
        if not fine:
            note(report, rule, value)

    return check


def bare(value: Value, report: Report) -> None:
    """No white space around it."""
    if value.raw != value.raw.strip():
        note(report, "UnexpectedWhitespace", value)

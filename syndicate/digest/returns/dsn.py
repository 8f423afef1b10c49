"""Delivery status notifications: RFC 3464, 3461, 6522 and 6533, as they are written.

Some lack the blank lines, some the types of their addresses, some the recipients; the
fields are read wherever they stand.
"""

from __future__ import annotations

import re

from syndicate.digest.returns.parts import Headers, headers_of, values
from syndicate.digest.returns.statuses import judged, status_in, status_of
from syndicate.model import Fate, Report

KINDS = ("message/delivery-status", "message/global-delivery-status")
MOST = 30
"""Recipients of one report that are read."""
LONGEST = 500
"""Characters of a diagnostic that are kept."""
_ADDRESS = 320
_FIELDS = frozenset({"final-recipient", "original-recipient", "action", "status"})
_NAMES = ("original-recipient", "final-recipient", "x-actual-recipient")
_FATES = {
    "failed": Fate.FAILED,
    "delayed": Fate.DELAYED,
    "delivered": Fate.DELIVERED,
    "relayed": Fate.DELIVERED,
    "expanded": Fate.DELIVERED,
}
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_UNITEXT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")


def reports(body: bytes) -> tuple[Report, ...]:
    """Read what a delivery status says of each recipient, named or not."""
    blocks = re.split(rb"\n[ \t]*\n", body.replace(b"\r", b""))
    found = [
        _report(single)
        for block in blocks[: MOST * 2]
        for single in _singles(headers_of(block))
    ]
    return tuple(report for report in found if report is not None)[:MOST]


def _singles(fields: Headers) -> list[Headers]:
    """Part recipients between whom nobody left a line."""
    groups: list[list[tuple[str, str]]] = [[]]
    for name, said in fields:
        if any(name == other for other, _said in groups[-1]) and name in _FIELDS:
            groups.append([])
        groups[-1].append((name, said))
    return [tuple(group) for group in groups[:MOST]]


def _report(fields: Headers) -> Report | None:
    if not any(name in _FIELDS for name, _said in fields):
        return None
    said = dict(reversed(fields))  # the first of a name counts
    diagnostic = said.get("diagnostic-code", "").partition(";")
    text = (diagnostic[2] or diagnostic[0]).strip()
    given = status_of(said.get("status", ""))
    fate = _fate(said.get("action", ""), given or status_in(text))
    if fate is None:
        return None
    why = f"{text} {said.get('status', '')}"  # some put the reason behind the code
    status = judged(given, why) if fate is Fate.FAILED else given
    return Report(
        fate=fate,
        recipients=_recipients(fields),
        status=status,
        diagnostic=text[:LONGEST],
    )


def _fate(action: str, status: str) -> Fate | None:
    """What the action says; without one, what the status says."""
    word = re.match(r"\s*([a-z]+)", action.lower())
    if word is not None and word[1] in _FATES:
        return _FATES[word[1]]
    by_class = {"2": Fate.DELIVERED, "4": Fate.DELAYED, "5": Fate.FAILED}
    return by_class.get(status[:1])


def _recipients(fields: Headers) -> tuple[str, ...]:
    found: list[str] = []
    for said in values(fields, *_NAMES):
        for address in addresses_of(said):
            if address not in found:
                found.append(address)
    return tuple(found)


def addresses_of(said: str) -> tuple[str, ...]:
    """The address in ``rfc822; <a@b.example>``, as it stands and decoded."""
    _kind, semicolon, rest = said.partition(";")
    bare = (rest if semicolon else said).strip()
    angled = re.search(r"<([^<>]*)>", bare)
    address = (angled[1] if angled else bare.split(" ")[0]).strip()[:_ADDRESS]
    if not address:
        return ()
    plain = _UNITEXT.sub(_character, address)
    decoded = _XTEXT.sub(lambda found: chr(int(found[1], 16)), plain)
    return tuple(dict.fromkeys((plain, decoded)))


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    lone = 0xD800 <= number < 0xE000
    return "\ufffd" if lone or number > 0x10FFFF else chr(number)

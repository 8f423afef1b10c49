"""In which language a person is answered (pure)."""

from __future__ import annotations

NAMES = {"vi": "Tiếng Việt", "en": "English"}
"""Languages that our pages speak, as those who speak them call them."""
_LONGEST = 500
"""Characters of Accept-Language that are read."""


def chosen(said: str, own: str, accepts: str, site: str) -> tuple[str, str]:
    """Return the language to answer in, and the one that the address asks for.

    First comes what the address says, then what the member chose, then what the
    browser takes, then the site's.
    """
    asked = _known(said)
    if asked:
        return asked, asked
    found = _known(own) or _accepted(accepts, site) or site
    return found, ""


def _known(tag: str) -> str:
    """Return the language of ours that a tag stands for; "" if there is none."""
    subtag = tag[:35].replace("_", "-").partition("-")[0].strip().lower()
    return subtag if subtag in NAMES else ""


def _accepted(accepts: str, site: str) -> str:
    """Return the best of ours that Accept-Language names (RFC 9110 §12.5.4)."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepts[:_LONGEST].split(",")):
        tag, _semicolon, rest = part.strip().partition(";")
        language = site if tag.strip() == "*" else _known(tag)
        weight = _weight(rest)
        if language and weight > 0:
            wishes.append((-weight, place, language))
    return min(wishes)[2] if wishes else ""


def _weight(said: str) -> float:
    name, _equals, value = said.replace(" ", "").partition("=")
    if name.lower() != "q":
        return 1.0
    plain = value.replace(".", "", 1)
    sound = plain.isascii() and plain.isdigit() and len(value) <= 5
    return min(float(value), 1.0) if sound else 0.0

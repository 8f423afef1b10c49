"""What is wrong with how a digest is to look: unreadable colours, a logo of no size."""

from __future__ import annotations

from collections.abc import Iterator

from syndicate.config.form import ConfigForm
from syndicate.config.lines import Path as KeyPath
from syndicate.config.mistakes import Mistake
from syndicate.config.post import ThemeForm
from syndicate.config.words import _
from syndicate.digest.drawing.contrast import DARK_SHEET, LEAST, SHEET, contrast


def looks(form: ConfigForm) -> Iterator[Mistake]:
    """Find every mistake in the themes of digests."""
    for index, digest in enumerate(form.digest):
        path: KeyPath = ("digest", index, "theme")
        yield from _colours(digest.theme, path)
        yield from _logo(digest.theme, path)


def _colours(theme: ThemeForm, path: KeyPath) -> Iterator[Mistake]:
    grounds = {"accent": SHEET, "accent_dark": DARK_SHEET}
    for key, ground in grounds.items():
        colour: str = getattr(theme, key)
        found = contrast(colour, ground)
        if found < LEAST:
            told = _(
                "{colour} cannot be read on {ground}: the contrast is {found}, and "
                "should be at least 4.5"
            )
            said = told.format(colour=colour, ground=ground, found=f"{found:.1f}")
            yield Mistake((*path, key), said)


def _logo(theme: ThemeForm, path: KeyPath) -> Iterator[Mistake]:
    if not theme.logo:
        return
    if not theme.logo.startswith("https://"):
        told = _("must begin with https://: mail programs load no other pictures")
        yield Mistake((*path, "logo"), told)
    for key in ("logo_width", "logo_height"):
        if not getattr(theme, key):
            told = _("must be set where there is a logo: Outlook needs it")
            yield Mistake((*path, key), told)

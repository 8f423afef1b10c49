"""A page for a mail: what it is, how large it may be, its styles put into it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import css_inline

from syndicate.errors import MailError

LARGEST = 100_000
"""Bytes of the HTML part as it is sent; Gmail clips a message at about 102 KB."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is ready to be put into a message; no HTML: text alone."""

    subject: str
    html: str
    text: str


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)


def inlined(page: str) -> str:
    """Move the style sheet into the elements; mail programs drop or ignore it."""
    lines = (line.strip() for line in page.splitlines())
    try:
        return _inliner().inline("\n".join(line for line in lines if line)) + "\n"
    except ValueError as error:
        raise MailError(f"the style sheet of the mail: {error}") from error

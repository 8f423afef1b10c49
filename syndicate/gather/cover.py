"""Which picture an article is shown with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from syndicate.gather.blocks import Block
from syndicate.gather.page import image_address, is_icon_address
from syndicate.model import Image
from syndicate.text.clean import key_text

_SHARED = 0.3
"""The part of a title's words that metadata of the same article has too."""


def is_about(said: str, title: str) -> bool:
    """Say whether a title in metadata is this article's.

    Some portals give all of their pages the site's name and the site's picture.
    """
    ours, theirs = set(key_text(title).split()), set(key_text(said).split())
    least = min(len(ours), len(theirs))
    return not least or len(ours & theirs) >= _SHARED * least


def cover_of(
    blocks: Iterable[Block], captions: Sequence[str], *, said: Sequence[str], base: str
) -> Image | None:
    """The first picture of the text, with its caption; else the first of ``said``.

    ``said``: addresses from metadata and from the listing. Logos, icons and stand-ins
    ("noimage.gif") are no pictures.
    """
    pictures = (picture for block in blocks for picture in block.pictures)
    shown = (image_address(picture.node, base) for picture in pictures)
    own = next((address for address in shown if address), "")
    if own:
        return Image(url=own, caption=captions[0] if captions else "")
    others = (each for each in said if each and not is_icon_address(each))
    return next((Image(url=each) for each in others), None)

"""What a copy of an issue must hold, told to the lint."""

from __future__ import annotations

from collections.abc import Iterator

from syndicate.digest import addresses
from syndicate.digest.drawing.coding import WORDS
from syndicate.digest.drawing.parts import Parts
from syndicate.digest.drawing.variants import Variant
from syndicate.digest.linting.expected import Expected, Told, record_in
from syndicate.digest.post.dkim import Signer
from syndicate.model import Issue, Message


def expected(
    parts: Parts,
    variant: Variant,
    message: Message,
    *,
    sender: str,
    bounce_domain: str = "",
    signer: Signer | None = None,
) -> Expected:
    """Say what a copy must hold: its stories, its links, its foot, its signature.

    Raises MailError for a sender or a domain that is none.
    """
    site, links = parts.site, parts.links
    preferences = links.preferences
    for word in WORDS:
        preferences = preferences.partition(word)[0]
    return Expected(
        domain=addresses.domain_of(addresses.writer(sender)[1]),
        envelope=message.sender,
        bounce_domain=_ascii(bounce_domain),
        stories=tuple(_told(variant)),
        known=frozenset(_addresses(parts.issue)),
        own=site.base_url,
        preferences=preferences,
        view=links.view,
        reason=(site.title, parts.digest.title),
        postal=parts.postal,
        advertising=parts.digest.advertising,
        is_signed=signer is not None,
        record_of=record_in(dict(signer.records)) if signer else None,
    )


def _told(variant: Variant) -> Iterator[Told]:
    own = variant.wish.language
    for item in variant.issue.items:
        language = "" if item.language == own else item.language
        yield Told(title=item.title, url=item.url, language=language)


def _addresses(issue: Issue) -> Iterator[str]:
    for item in (*issue.items, *issue.spare):
        yield item.url
        yield from (url for _name, url in item.also)


def _ascii(domain: str) -> str:
    if not domain:
        return ""
    return addresses.domain_of(addresses.mailbox(f"b@{domain}", "bounces"))

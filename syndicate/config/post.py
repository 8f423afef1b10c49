"""The form of config.toml where it is about mail: digests, relays, members."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from syndicate.config.kinds import (
    BounceBox,
    Duration,
    Language,
    Mailbox,
    Schedule,
    Slug,
    TransportUrl,
    WebAddress,
    Zone,
)
from syndicate.config.table import Count, Table, Weight

CadenceName = Literal["daily", "weekly", "fortnightly", "monthly"]
Colour = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")]
Limit = Annotated[int, Field(strict=True, ge=0)]
Selector = Annotated[str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}))?$")]


class SectionForm(Table):
    """A headed part of a digest, ``[[digest.section]]``."""

    title: Annotated[str, Field(min_length=1)]
    """Heading."""
    categories: Annotated[tuple[str, ...], Field(min_length=1)]
    """Slugs of the categories that it holds."""


class ThemeForm(Table):
    """How the mails of a digest look, ``[digest.theme]``."""

    accent: Colour = "#9a1b1e"
    """Colour of headings and links, like ``"#9a1b1e"``."""
    accent_dark: Colour = "#f2a09a"
    """The same in dark mode."""
    logo: WebAddress | Literal[""] = ""
    """Address of a picture over the title."""
    logo_width: Annotated[int, Field(strict=True, ge=0, le=536)] = 0
    """Width of that picture, in pixels."""
    logo_height: Annotated[int, Field(strict=True, ge=0, le=400)] = 0
    """Height of that picture, in pixels."""


class DigestForm(Table):
    """A standing newsletter."""

    key: Slug
    """Short name, unique and for ever."""
    title: Annotated[str, Field(min_length=1)]
    """Name for readers, in the subject of each mail."""
    description: str = ""
    """One sentence, for those who think of signing up."""
    cadence: CadenceName = "weekly"
    """How often an issue comes; its window is as long."""
    offers: tuple[CadenceName, ...] = ()
    """Other cadences that members may choose; each has issues of its own."""
    schedule: Schedule = "mon 06:00"
    """Weekday and local time at which an issue is composed; the window ends there.
    Daily and monthly digests take the time alone."""
    monthday: Annotated[int, Field(strict=True, ge=1, le=28)] = 1
    """Day of the month at which a monthly issue is composed."""
    timezone: Zone | Literal[""] = ""
    """Time zone of the schedule; default: the site's."""
    language: Language | Literal[""] = ""
    """Language of the mail; default: the site's."""
    section: tuple[SectionForm, ...] = ()
    """Parts in order; default: one for each category."""
    max_stories: Count = 30
    """Most stories in an issue."""
    max_per_section: Count = 10
    """Most stories in a section."""
    max_per_source: Count = 10
    """Most stories led by one source."""
    max_per_category: Limit = 0
    """Most stories with one primary category; 0: no limit of its own."""
    min_stories: Limit = 1
    """With fewer, no issue goes out."""
    brief: Limit = 10
    """Most stories "in brief", a title and a source each; 0 for no such part."""
    most_cited: Limit = 12
    """Most documents in the list of those most cited; 0 for no list."""
    weights: dict[Slug, Weight] = Field(default={})
    """How much a category weighs when stories are ranked; 1 where nothing is said."""
    max_age: Duration = timedelta(days=21)
    """An article that was older than this when we first saw it is never news."""
    approval: Literal["automatic", "editor"] = "automatic"
    """Whether an issue goes out by itself or waits for an editor."""
    review: Duration = timedelta(hours=12)
    """How long an editor has from the moment an issue is composed."""
    on_silence: Literal["send", "hold", "skip"] = "hold"
    """What becomes of an issue on which no editor has decided by then."""
    delivery: Literal["at_most_once", "at_least_once"] = "at_most_once"
    """Whether a copy of which nobody knows whether it arrived is sent again."""
    expires: Duration = timedelta(hours=48)
    """A copy that could not be delivered so long after it was due is given up."""
    signup: bool = False
    """Whether people can sign up on the web."""
    advertising: bool = False
    """It carries advertising and says so: [QC] (Decree 91/2020)."""
    theme: ThemeForm = ThemeForm()
    """How the mails look."""
    audience: tuple[Mailbox, ...] = ()
    """Addresses: ``"Name <address>"`` or bare."""
    audience_file: str = ""
    """A CSV file with the columns address and name."""


class RelayForm(Table):
    """One more way on which mail leaves, ``[[mail.relay]]``."""

    name: Slug
    """Short name, in the ledger and in messages."""
    url: TransportUrl
    """As ``url`` of ``[mail]``."""
    connections: Annotated[int, Field(strict=True, ge=1, le=50)] = 4
    """Connections at a time."""
    per_minute: Limit = 0
    """Most messages in a minute; 0: as many as it takes."""


class MailForm(Table):
    """How mail leaves; users, passwords and keys come from the environment."""

    url: TransportUrl = "folder:var/outbox"
    """``smtp://HOST:PORT``, ``smtps://HOST:PORT``, ``lmtp://HOST:PORT``, ``lmtp:PATH``
    of a socket, ``sendmail:PATH`` of a program, or ``folder:PATH``."""
    sender: Mailbox | Literal[""] = ""
    """From: of every mail; default: the site's contact."""
    bounce_domain: str = ""
    """Domain of the envelope sender; default: the sender's."""
    connections: Annotated[int, Field(strict=True, ge=1, le=50)] = 4
    """Connections to ``url`` at a time."""
    per_minute: Limit = 0
    """Most messages in a minute through ``url``; 0: as many as it takes."""
    relay: tuple[RelayForm, ...] = ()
    """Other relays: they share the work, and stand in when one fails."""
    per_domain: dict[str, Annotated[int, Field(strict=True, ge=1)]] = Field(default={})
    """Most messages in a minute to a domain; "*" counts for each that is not named."""
    warm_up: Limit = 0
    """Messages on the first day of a new sender; doubled each day. 0: no limit."""
    dkim_selector: Selector = ""
    """Selector of the RSA key in SYNDICATE_DKIM_RSA."""
    dkim_ed25519_selector: Selector = ""
    """Selector of the key in SYNDICATE_DKIM_ED25519."""
    dkim_domain: str = ""
    """Domain that signs; default: the sender's."""
    postal_address: str = ""
    """Where the sender lives, at the foot of each mail."""
    bounces: BounceBox | Literal[""] = ""
    """Where bounces come in: ``maildir:PATH``, ``imaps://USER@HOST/FOLDER``."""


class MembersForm(Table):
    """How people sign up, ``[members]``."""

    consent: str = ""
    """What people agree to when they sign up; default: a sentence of ours."""
    privacy: WebAddress | Literal[""] = ""
    """Address of your privacy notice."""
    confirm_within: Duration = timedelta(days=7)
    """How long the link in a confirmation mail works."""
    mails_per_address: Annotated[int, Field(strict=True, ge=1, le=20)] = 3
    """Most confirmation mails to an address in 24 hours."""
    signups_per_network: Annotated[int, Field(strict=True, ge=1)] = 20
    """Most sign-ups from one network (IPv4 /24, IPv6 /48) in an hour."""

"""What the rest of syndicate is told, once, at the top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from syndicate.gather.limits import Limits, Pace, Reading
from syndicate.model import Category, Digest, Feed, Rights, Scoring, Site, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class GatherSettings:
    """``[gather]``: limits, manners and what counts as old."""

    limits: Limits
    allow: tuple[str, ...]
    """Private networks, in CIDR form, that may be asked all the same."""
    recheck: timedelta
    """How long after its first sight an article page is looked at again."""
    backlog_after: timedelta
    """What is older than this at first sight is never news."""
    robots: str
    """``pages``, ``all`` or ``none``."""
    pace: Pace
    reading: Reading
    push: bool
    keep_raw: Path | None
    keep_raw_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """``[mail]`` url, or a ``[[mail.relay]]``: one way on which mail leaves."""

    name: str
    """"main" is url of ``[mail]``."""
    url: str
    user: str = ""
    password: str = ""
    connections: int = 4
    per_minute: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSettings:
    """How mails are signed; a key that is not there is an empty string."""

    domain: str
    selector: str
    key: str
    ed25519_selector: str
    ed25519_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """``[mail]``: how messages leave; secrets come from the environment."""

    relays: tuple[RelaySettings, ...]
    """The first is url of ``[mail]``."""
    sender: str
    bounce_domain: str
    dkim: DkimSettings
    per_domain: tuple[tuple[str, int], ...]
    warm_up: int
    postal_address: str
    bounces: str
    imap_password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersSettings:
    """``[members]``: how people sign up."""

    consent: str
    privacy: str
    confirm_within: timedelta
    mails_per_address: int
    signups_per_network: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySettings:
    """``[stories]``: which entries tell one story."""

    events: bool
    events_within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """``[desk]``: who is told how the sources stand, and when."""

    report_to: tuple[str, ...]
    weekday: int
    hour: int
    minute: int
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSettings:
    """``[publish]``: where documents go, and who is told of them."""

    folder: Path
    documents_from: int
    """Stories that a cited document needs for a page of its own; 0: none has one."""
    rights: Rights
    """The most that public documents pass on."""
    packed: tuple[str, ...]
    """Endings of the packed twins beside each document: gz, br, zst."""
    target: str
    """Object store that gets a copy; "" for none."""
    hub: bool
    """Be a hub for our own feeds."""
    hubs: tuple[str, ...]
    """Other hubs that are told when a feed changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """``[web]``: where the desk listens."""

    host: str
    port: int
    proxies: tuple[str, ...]
    """Networks, in CIDR form, whose word on who asks is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that config.toml and the environment say, checked."""

    folder: Path
    """The folder of config.toml; relative paths in it start here."""
    site: Site
    store_url: str
    publish: PublishSettings
    templates_folder: Path | None
    gather: GatherSettings
    sources: tuple[Source, ...]
    stories: StorySettings
    scoring: Scoring
    categories: tuple[Category, ...]
    feeds: tuple[Feed, ...]
    digests: tuple[Digest, ...]
    mail: MailSettings
    members: MembersSettings
    desk: DeskSettings
    web: WebSettings
    retention: timedelta
    """Articles first seen longer ago are purged; zero keeps them."""
    secret: str
    """Signs the links in mails; empty if the environment has none."""

"""What config.toml and the environment say of digests and mail, as settings."""

from __future__ import annotations

from pathlib import Path

from syndicate.config.audience import read_audience
from syndicate.config.environment import Environment
from syndicate.config.form import ConfigForm
from syndicate.config.kinds import split_schedule
from syndicate.config.post import DigestForm
from syndicate.config.settings import DkimSettings, MailSettings, RelaySettings
from syndicate.model import (
    Approval,
    Cadence,
    Digest,
    Promise,
    Section,
    Silence,
    Theme,
)

_SAME = (
    *("key", "title", "description", "monthday", "max_stories", "max_per_section"),
    *("max_per_source", "max_per_category", "min_stories", "brief", "most_cited"),
    *("max_age", "review", "expires", "signup", "advertising"),
)
"""Keys that a digest has as they are written."""


def digest(form: DigestForm, config: ConfigForm, folder: Path) -> Digest:
    """Return a digest as its table says, the site's language and zone filled in."""
    weekday, hour, minute = split_schedule(form.schedule)
    sections = tuple(Section(**dict(section)) for section in form.section)
    by_category = tuple(
        Section(title=category.title, categories=(slug,))
        for slug, category in config.category.items()
    )
    same = {name: getattr(form, name) for name in _SAME}
    return Digest(
        **same,
        language=form.language or config.site.language,
        timezone=form.timezone or config.site.timezone,
        cadence=Cadence(form.cadence),
        offers=tuple(map(Cadence, form.offers)),
        weekday=weekday,
        hour=hour,
        minute=minute,
        sections=sections or by_category,
        weights=tuple(form.weights.items()),
        approval=Approval(form.approval),
        on_silence=Silence(form.on_silence),
        promise=Promise(form.delivery),
        theme=Theme(**dict(form.theme)),
        audience=read_audience(form, folder),
    )


def mail(form: ConfigForm, environment: Environment, folder: Path) -> MailSettings:
    """Return how mail leaves; relative paths begin at ``folder``."""
    written = form.mail
    users, words = dict(environment.relay_users), dict(environment.relay_passwords)
    others = (
        RelaySettings(
            name=relay.name,
            url=_placed(relay.url, folder),
            user=users.get(relay.name, ""),
            password=words.get(relay.name, ""),
            connections=relay.connections,
            per_minute=relay.per_minute,
        )
        for relay in written.relay
    )
    main = RelaySettings(
        name="main",
        url=_placed(written.url, folder),
        user=environment.mail_user,
        password=environment.mail_password,
        connections=written.connections,
        per_minute=written.per_minute,
    )
    return MailSettings(
        relays=(main, *others),
        sender=written.sender or form.site.contact,
        bounce_domain=written.bounce_domain,
        dkim=DkimSettings(
            domain=written.dkim_domain,
            selector=written.dkim_selector,
            key=_key(environment.dkim_rsa, folder),
            ed25519_selector=written.dkim_ed25519_selector,
            ed25519_key=_key(environment.dkim_ed25519, folder),
        ),
        per_domain=tuple(written.per_domain.items()),
        warm_up=written.warm_up,
        postal_address=written.postal_address,
        bounces=_placed(written.bounces, folder),
        imap_password=environment.imap_password,
    )


def _placed(url: str, folder: Path) -> str:
    """Let a path in an address begin at the folder of config.toml."""
    scheme, _colon, path = url.partition(":")
    if scheme in ("folder", "sendmail", "maildir"):
        return f"{scheme}:{folder / path}"
    return url


def _key(said: str, folder: Path) -> str:
    """Return a key in PEM; what cannot be read is told when mail is to be signed."""
    if not said.startswith("file:"):
        return said
    try:
        return (folder / said.removeprefix("file:")).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return said

"""The kinds of value that config.toml has beyond TOML's own: durations, sizes, …"""

from __future__ import annotations

import ipaddress
import re
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from syndicate.config.words import _

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_BYTES = {"kB": 1_000, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SCHEDULE = re.compile(rf"^({'|'.join(_WEEKDAYS)})\s+([01]?\d|2[0-3]):([0-5]\d)$")


def _duration(value: object) -> timedelta:
    match = (
        re.fullmatch(r"(\d+)\s*([smhdw])", value) if isinstance(value, str) else None
    )
    if not match:
        raise ValueError(
            _('is not a duration; write a number and s, m, h, d or w: "2h"')
        )
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


def _size(value: object) -> int:
    match = (
        re.fullmatch(r"(\d+)\s*([kKMG]B)", value) if isinstance(value, str) else None
    )
    if not match:
        raise ValueError(_('is not a size; write a number and kB, MB or GB: "10MB"'))
    return int(match[1]) * _BYTES[match[2]]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):  # not found is a KeyError
        raise ValueError(
            _('"{value}" is not a time zone; write one like "Asia/Ho_Chi_Minh"').format(
                value=value
            )
        ) from None
    return value


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        raise ValueError(
            _('"{value}" is not a language code; write one like "vi" or "en"').format(
                value=value
            )
        )
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    try:
        usable = (
            parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        )
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(
            _(
                '"{value}" is not a web address; it begins with http:// or https://'
            ).format(value=value)
        )
    return value


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
        raise ValueError(
            _(
                '"{value}" may hold only a–z, 0–9 and single hyphens, like "dan-van"'
            ).format(value=value)
        )
    return value


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        raise ValueError(
            _('"{value}" is not a network; write one like "10.1.0.0/16"').format(
                value=value
            )
        ) from None
    return value


def _selector(value: str) -> str:
    # Few tables have selectors, and every start of the program passes here.
    from selectolax.lexbor import (  # noqa: PLC0415 - see above
        LexborHTMLParser,
        SelectolaxError,
    )

    try:
        LexborHTMLParser("<p></p>").css(value)
    except (SelectolaxError, ValueError):
        raise ValueError(
            _('"{value}" is not a CSS selector').format(value=value)
        ) from None
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(
            _('"{value}" is not a regular expression: {error}').format(
                value=value, error=error
            )
        ) from None
    return value


def _mailbox(value: str) -> str:
    try:
        check_address(split_mailbox(value)[1])
    except ValueError as error:
        raise ValueError(
            _('"{value}" is not a mail address: {error}').format(
                value=value, error=error
            )
        ) from None
    return value


def check_address(address: str) -> None:
    """Raise ValueError unless every relay takes ``address``: ASCII before the @."""
    # Only for settings that hold addresses: it takes as long to import as to check.
    from email_validator import (  # noqa: PLC0415 - see above
        EmailNotValidError,
        validate_email,
    )

    try:
        validate_email(
            address,
            allow_smtputf8=False,
            check_deliverability=False,
            test_environment=True,
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None


def split_mailbox(value: str) -> tuple[str, str]:
    """Split ``Name <address>`` or a bare address into name and address."""
    match = re.fullmatch(r"\s*(.*?)\s*<\s*([^<>\s]+)\s*>\s*", value)
    return (match[1].strip('" '), match[2]) if match else ("", value.strip())


def _schedule(value: str) -> str:
    if not _SCHEDULE.match(value):
        raise ValueError(
            _(
                '"{value}" is not a schedule; write a weekday and a time: "mon 06:00"'
            ).format(value=value)
        )
    return value


def split_schedule(value: str) -> tuple[int, int, int]:
    """``mon 06:00`` → (weekday with Monday 0, hour, minute)."""
    match = _SCHEDULE.match(value)
    if match is None:
        raise ValueError(value)
    return _WEEKDAYS.index(match[1]), int(match[2]), int(match[3])


def _database(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError(
            _(
                '"{value}" is not a database address; write '
                '"sqlite:///var/syndicate.db" or "postgresql://host/name"'
            ).format(value=value)
        )
    return value


_ON_DISK = ("folder:", "sendmail:", "lmtp:/")


def _transport(value: str) -> str:
    if not value.startswith(("smtp://", "smtps://", "lmtp://", *_ON_DISK)):
        raise ValueError(
            _(
                '"{value}" is no way to send mail; write "folder:var/outbox", '
                '"smtp://host:587?starttls=1" or "smtps://host:465"'
            ).format(value=value)
        )
    if value.startswith(_ON_DISK) and not value.startswith("lmtp://"):
        return value
    if "@" in value:
        raise ValueError(
            _(
                "holds a user name or password; put them in SYNDICATE_MAIL_USER and "
                "SYNDICATE_MAIL_PASSWORD"
            )
        )
    try:
        usable = urlsplit(value).port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(
            _('"{value}" has no usable port; it is 1 to 65535').format(value=value)
        )
    return value


def _store_address(value: str) -> str:
    if not re.fullmatch(r"(s3|gs|az)://[^\s/?#@]+(/[^\s?#]*)?|file://[^\s?#]+", value):
        raise ValueError(
            _(
                '"{value}" is not the address of an object store; write s3://BUCKET or '
                "s3://BUCKET/PREFIX"
            ).format(value=value)
        )
    return value.rstrip("/")


def _text(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


Duration = Annotated[timedelta, BeforeValidator(_duration), _text("^[0-9]+ *[smhdw]$")]
Size = Annotated[int, BeforeValidator(_size), _text("^[0-9]+ *[kKMG]B$")]
Zone = Annotated[str, AfterValidator(_zone)]
Language = Annotated[str, AfterValidator(_language)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Slug = Annotated[str, AfterValidator(_slug), _text("^[a-z0-9]+(-[a-z0-9]+)*$")]
Network = Annotated[str, AfterValidator(_network)]
Selector = Annotated[str, AfterValidator(_selector)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]


def _bounce_box(value: str) -> str:
    parts = urlsplit(value)
    imap = parts.scheme in ("imaps", "imap") and parts.hostname and parts.username
    if parts.password:
        raise ValueError(_("holds a password; put it in SYNDICATE_IMAP_PASSWORD"))
    if not (imap or (value.startswith("maildir:") and len(value) > len("maildir:"))):
        raise ValueError(
            _(
                '"{value}" is no mailbox; write "maildir:var/bounces" or '
                '"imaps://user@host/INBOX"'
            ).format(value=value)
        )
    return value


Schedule = Annotated[str, AfterValidator(_schedule), _text(_SCHEDULE.pattern)]
StoreAddress = Annotated[str, AfterValidator(_store_address)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
BounceBox = Annotated[str, AfterValidator(_bounce_box)]
TransportUrl = Annotated[str, AfterValidator(_transport)]

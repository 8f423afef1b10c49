"""What the commands of ``syndicate digest`` share: a local time to look from."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from syndicate.cli.wire import Wiring
from syndicate.cli.words import _
from syndicate.model import Digest

as_of_option = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help=_("Local time to look from; default: now."),
)


def moment(desk: Wiring, digest: Digest, as_of: datetime | None) -> datetime:
    """Return the time that a person means, by the digest's clock; now if none."""
    return as_of.replace(tzinfo=ZoneInfo(digest.timezone)) if as_of else desk.clock()

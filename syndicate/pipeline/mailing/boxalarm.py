"""Tell the desk that the mailbox of bounces cannot be read, once a day."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from syndicate.pipeline.mailing.alarms import Alarm, raise_alarm
from syndicate.pipeline.mailing.consulting import Consulting
from syndicate.pipeline.telling import Told
from syndicate.store.reports import StoredReport
from syndicate.text.clean import one_line
from syndicate.translate import translation

_LONGEST = 400


def raise_unread(work: Consulting, why: str, now: datetime) -> StoredReport | None:
    """Raise the alarm; None if it was raised today."""
    _ = translation(work.post.language).gettext
    local = now.astimezone(ZoneInfo(work.post.zone))
    what = _("Bounces and complaints are not read. What was said: {why}")
    todo = _(
        "Until it is mended, members who are gone or who complain go on getting mail. "
        "Look at `bounces` of [mail] and try `syndicate bounces read`."
    )
    return raise_alarm(
        work,
        Alarm(
            kind="alarm-bounces",
            start=local.replace(hour=0, minute=0, second=0, microsecond=0),
            title=_("The mailbox of bounces cannot be read"),
            told=Told(what=one_line(what.format(why=why))[:_LONGEST], todo=todo),
        ),
    )

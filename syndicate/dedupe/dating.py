"""Which date an entry keeps when its source gives another one later.

Readers and digests go by dates that were once given; sources give new ones for many
reasons, of which a better knowledge of the day is the rarest.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.model import Dated, Precision

_COARSE = (Precision.DAY, Precision.HOUR, Precision.MINUTE, Precision.SECOND)
_SLACK = {
    Precision.DAY: timedelta(days=1),
    Precision.HOUR: timedelta(hours=1),
    Precision.MINUTE: timedelta(minutes=1),
    Precision.SECOND: timedelta(0),
}
_MANY = 5
"""Known entries with new dates, below which it is no matter of the whole source."""
_MOST = 0.8
"""The part of the known entries that a source has to re-date to be disbelieved."""


def clamped(dated: Dated, now: datetime) -> Dated:
    """``dated``, or ``now`` as exactly as it was known if that is still to come.

    What the source claimed stays in ``raw``.
    """
    if dated.value <= now:
        return dated
    local = now.astimezone(dated.value.tzinfo)
    if dated.precision is Precision.DAY:
        local = local.replace(hour=0, minute=0)
    if dated.precision in {Precision.DAY, Precision.HOUR}:
        local = local.replace(minute=0)
    if dated.precision is not Precision.SECOND:
        local = local.replace(second=0)
    return replace(dated, value=local.replace(microsecond=0))


def is_other_date(old: Dated | None, new: Dated | None) -> bool:
    """Whether a source says another date than before, not only in other words.

    "2 giờ trước" moves a little with every visit; a date that was clamped is written
    as it was. A date that only became more exact is no other one.
    """
    if old is None or new is None or old.raw == new.raw or old.value == new.value:
        return False
    slack = max(_SLACK[old.precision], _SLACK[new.precision])
    if slack == timedelta(days=1):
        return old.value.date() != new.value.astimezone(old.value.tzinfo).date()
    return abs(old.value - new.value) > slack


def kept_date(
    old: Dated | None,
    new: Dated | None,
    *,
    redated: bool = False,
    had: datetime | None = None,
) -> Dated | None:
    """The date of an entry that had ``old`` and is given ``new``.

    An undated entry stays undated: it stands where it was first seen. ``redated``:
    the source has just re-dated everything. ``had``: since when we have what the
    entry says, so that it was not published later; some print the date of the visit.
    """
    if old is None or new is None or redated:
        return old
    if had is not None and new.value > had:
        return old
    if is_other_date(old, new):
        return new
    finer = _COARSE.index(new.precision) > _COARSE.index(old.precision)
    return new if finer and old.raw != new.raw else old


def redates_everything(others: int, known: int) -> bool:
    """Whether a document that re-dates ``others`` of ``known`` entries is disbelieved.

    A site was moved, imported anew, or prints today's date everywhere; what its
    entries say may have changed a little with it.
    """
    return others >= _MANY and others >= _MOST * known

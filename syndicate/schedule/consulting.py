"""Editors are asked, and heard; and the desk is told what must not wait."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from syndicate.digest.choosing.windows import editions
from syndicate.errors import SyndicateError
from syndicate.model import DeliveryState, Digest
from syndicate.pipeline.mailing.alarms import (
    due,
    raise_alarm,
    raise_refused,
    raise_stopped,
)
from syndicate.pipeline.mailing.consulting import (
    Consulting,
    in_vain,
    tell_desk,
    waiting,
)
from syndicate.pipeline.mailing.drafting import decide_silence, name_of
from syndicate.store.issues import StoredIssue
from syndicate.store.reports import StoredReport

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """Whom to ask, and about which digests."""

    work: Consulting
    digests: Sequence[Digest]

    @property
    def editions(self) -> list[Digest]:
        """Every digest in every cadence that it offers."""
        return [each for digest in self.digests for each in editions(digest)]


def ask_due(desk: Newsroom) -> None:
    """Tell the desk of new drafts, and decide on those whose deadline is over."""
    known = {digest.key: digest for digest in desk.editions}
    for stored in waiting(desk.work, desk.editions):
        _guarded(
            "draft",
            partial(tell_desk, desk.work, known[stored.issue.digest], stored),
        )
    decided = decide_silence(
        desk.work.mailing,
        desk.editions,
        desk.work.clock(),
        asks=bool(desk.work.post.readers),
        in_vain=partial(in_vain, desk.work),
    )
    for stored in decided:
        why = f": {stored.held_why}" if stored.held_why else ""
        log.info("%s: %s on silence%s", name_of(stored), stored.state.value, why)


def alarm_due(desk: Newsroom) -> None:
    """Tell the desk what must not wait for the weekly report."""
    for alarm in due(desk.work, desk.editions):
        _guarded("alarm", partial(raise_alarm, desk.work, alarm))


def on_stopped(desk: Newsroom, digest: Digest, stored: StoredIssue, why: str) -> None:
    """Tell the desk why nothing of an issue is sent."""
    _guarded("alarm", partial(raise_stopped, desk.work, digest, stored, why))


def on_refused(
    desk: Newsroom, digest: Digest, stored: StoredIssue, domain: str, said: str
) -> None:
    """Tell the desk of a domain that refuses what we send."""
    _guarded("alarm", partial(raise_refused, desk.work, digest, stored, domain, said))


def _guarded(what: str, work: Callable[[], StoredReport | None]) -> None:
    """One mail that cannot be made must not keep the others."""
    try:
        held = work()
    except SyndicateError as error:
        log.error("%s: %s", what, error)
    except Exception:  # a fault of ours, as above
        log.exception("%s", what)
    else:
        _tell(what, held)


def _tell(what: str, held: StoredReport | None) -> None:
    for copy in held.detail.copies if held else ():
        accepted = copy.state is DeliveryState.ACCEPTED
        level = logging.INFO if accepted else logging.WARNING
        said = f": {copy.said}" * (not accepted)
        log.log(level, "%s: %s %s%s", what, copy.address, copy.state.value, said)

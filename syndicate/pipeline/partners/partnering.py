"""Partners as editors see them: who may take what, who did, and how often.

What they take is counted in memory and kept every few seconds: no GET waits for a
write, and a crash loses seconds of counts and nothing else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from syndicate.model import FeedFormat, Partner, Rights, Site
from syndicate.publish.shelved import FOLDER
from syndicate.publish.tokens import hashed, hint, masked, new_token
from syndicate.store import Database, partners, scopes
from syndicate.store.partners import Pulls
from syndicate.text.clean import one_line

PATH = "/partner/"
"""Below it is read what partners take."""
_AGENT = 200
"""Characters of what a program calls itself that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an editor wants of a partner; None leaves it as it is."""

    title: str | None = None
    feeds: tuple[str, ...] | None = None
    rights: Rights | None = None
    format: FeedFormat | None = None
    items: int | None = None

    def of(self, partner: Partner) -> Partner:
        """Return the partner as wanted."""
        return replace(
            partner,
            title=partner.title if self.title is None else self.title,
            feeds=tuple(dict.fromkeys(self.feeds or partner.feeds)),
            rights=self.rights or partner.rights,
            format=self.format or partner.format,
            items=self.items or partner.items,
        )


def enrol(
    database: Database, name: str, wish: Wish, now: datetime
) -> tuple[Partner, str]:
    """Keep a new partner; return it and its token, which nobody can read again.

    :raises StoreError: the name is taken
    """
    token = new_token()
    new = wish.of(Partner(id=0, name=name, created_at=now, hint=hint(token)))
    with database.write() as connection:
        return partners.add(connection, new, hashed(token)), token


def renew(database: Database, partner: Partner) -> str:
    """Give a partner another token and return it; one that was revoked is back."""
    token = new_token()
    with database.write() as connection:
        partners.renew(connection, partner.id, hashed(token), hint(token))
    return token


def address(site: Site, partner: Partner, token: str = "") -> str:
    """Return where a partner reads its feed; without a token, as others may see it."""
    way = f"{token}/" if token else ""
    return f"{site.base_url.rstrip('/')}{PATH}{way}feed.{partner.format.value}"


def missing(partner: Partner, known: Iterable[str]) -> tuple[str, ...]:
    """Return the feeds of a partner's scope that there are no more.

    ``known`` are those of the settings; a cited document stays one.
    """
    there = frozenset(known)
    return tuple(
        key for key in partner.feeds if key not in there and not is_document(key)
    )


def is_document(key: str) -> bool:
    """Say whether a feed is that of a cited document."""
    return key.startswith(f"{FOLDER}/")


def unknown(database: Database, keys: Sequence[str], known: Iterable[str]) -> list[str]:
    """Return those of ``keys`` that are no feeds, or of documents nobody cites."""
    others = [key for key in keys if key not in frozenset(known)]
    cited = [key for key in others if is_document(key)]
    with database.read() as connection:
        published = scopes.published(connection, cited)
    return [key for key in others if key not in published]


class Counts:
    """What partners took and the store does not know yet. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._taken: dict[int, Pulls] = {}
        self._lock = Lock()

    def note(
        self, partner: int, at: datetime, *, size: int, unchanged: bool, agent: str
    ) -> None:
        """Count one answer; ``size`` is what was sent of it, in bytes."""
        new = Pulls(
            partner=partner,
            pulls=1,
            unchanged=int(unchanged),
            bytes=size,
            last=at,
            agent=_agent(agent),
        )
        with self._lock:
            self._taken[partner] = _together(self._taken.get(partner), new)

    def flush(self) -> None:
        """Keep what was counted; what cannot be kept now is kept next time.

        :raises StoreError: the database cannot be written
        """
        with self._lock:
            taken, self._taken = self._taken, {}
        if not taken:
            return
        try:
            with self._database.write() as connection:
                partners.count(connection, list(taken.values()))
        except Exception:  # put back what was counted, and let it be known
            with self._lock:
                for number, older in taken.items():
                    later = self._taken.get(number)
                    self._taken[number] = _together(older, later) if later else older
            raise


def _together(older: Pulls | None, later: Pulls) -> Pulls:
    if older is None:
        return later
    return replace(
        later,
        pulls=older.pulls + later.pulls,
        unchanged=older.unchanged + later.unchanged,
        bytes=older.bytes + later.bytes,
        last=max(older.last, later.last),
    )


def _agent(text: str) -> str:
    """One line of what it calls itself; some write the address that they pull there."""
    plain = one_line(masked(text[: 4 * _AGENT]))
    return "".join(char for char in plain if char.isprintable())[:_AGENT]


class Pace:
    """So many of each name in a minute, and then one by one as time goes on.

    Bounded: of more names than ``most`` those that were heard of longest ago are
    forgotten, which lets them begin anew.
    """

    def __init__(self, a_minute: int, *, most: int = 4096) -> None:
        self._burst = float(a_minute)
        self._a_second = a_minute / 60
        self._most = most
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, name: str, now: datetime) -> float:
        """Count one of ``name``: 0 if it may go on, else seconds until the next may."""
        with self._lock:
            left, at = self._left.pop(name, (self._burst, now))
            elapsed = max((now - at).total_seconds(), 0.0)
            left = min(left + elapsed * self._a_second, self._burst)
            allowed = left >= 1
            self._left[name] = (left - 1 if allowed else left, now)
            while len(self._left) > self._most:
                self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._a_second

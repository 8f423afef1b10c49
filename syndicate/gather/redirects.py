"""Permanent redirects: followed at once, adopted late (pure).

A portal under repair redirects "permanently" to its front page, a hotel's network to
its log-in. So what is asked changes only after the same permanent target has been
seen for days, and config.toml never changes by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from yarl import URL

from syndicate.gather.limits import Pace
from syndicate.model import Move, Source, SourceMemory
from syndicate.ports import Hop

_PERMANENT = frozenset({301, 308})


def moved(
    move: Move | None,
    url: str,
    hops: Sequence[Hop],
    others: Collection[str],
    now: datetime,
    pace: Pace,
) -> Move | None:
    """Say what is known of a move after a visit that was answered and could be read.

    ``url`` is the address in config.toml, ``hops`` the redirects of this visit,
    ``others`` the addresses of all other sources: a move onto one of them is none.
    Only the hops before the first that is not permanent count. A visit that failed
    says nothing of a move; do not ask.
    """
    if move is not None and (move.of != url or _key(move.to) in set(map(_key, others))):
        move = None
    if move is not None and move.adopted:
        # It was asked itself. A further move of it is followed for as long as it
        # redirects; to adopt that too would forget the way here.
        return move
    target = _target(url, hops)
    if target is None or not _adoptable(url, target, others):
        return None
    if move is None or move.to != target or move.since > now:
        return Move(to=target, since=now, of=url)
    return replace(move, adopted=now - move.since >= pace.adopt_after)


def tried(move: Move | None, url: str, asked: str) -> Move | None:
    """Put an adopted move to the test again if it was not its target that was asked.

    Where the address in config.toml answers itself again, :func:`moved` drops it.
    """
    if move is None or asked != url:
        return move
    return replace(move, adopted=False)


def address(source: Source, memory: SourceMemory, failures: int = 0) -> str:
    """Return the address to ask: what config.toml says, or where that has moved.

    While an adopted address fails, every second visit asks the one in config.toml: it
    may lead elsewhere by now.
    """
    move = memory.move
    if move is None or not move.adopted or move.of != source.url or failures % 2:
        return source.url
    return move.to


def leads_home(url: str, to: str, source: Source) -> bool:
    """Whether an article's address now leads to the front page or the list itself.

    That is how many sites answer for an article that they took down: what is shown
    there is no article, whatever its status says.
    """
    here, there = _key(url), _key(to)
    if here == there or _is_root(here):
        return False
    return _is_root(there) or there in {_key(source.url), _key(source.home)}


def _is_root(key: str) -> bool:
    return key.endswith("?") and "/" not in key


def _target(url: str, hops: Sequence[Hop]) -> str | None:
    target = None
    for hop in hops:
        if hop.status not in _PERMANENT:
            break
        target = hop.to
    return None if target == url else target


def _adoptable(url: str, target: str, others: Collection[str]) -> bool:
    if url.startswith("https:") and not target.startswith("https:"):
        return False  # asked in the clear, it could be led anywhere
    return _key(target) not in {_key(other) for other in others}


def _key(address: str) -> str:
    """Compare addresses without scheme, ``www.`` and a slash at the end."""
    try:
        url = URL(address)
        host = (url.raw_host or "").lower().removeprefix("www.")
        port = "" if url.is_default_port() else f":{url.explicit_port or ''}"
        path = url.raw_path.rstrip("/")
        return f"{host}{port}{path}?{url.raw_query_string}"
    except ValueError:
        return address

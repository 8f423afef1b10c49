"""WebSub, the subscriber's decisions (pure).

W3C Recommendation "WebSub" (2018): §4 discovery, §5.1 subscribing, §5.3 verification of
intent, §7 delivery, §8 authenticated distribution. A hub is believed only after its
first push, and no longer once polling finds what it should have pushed.
"""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from syndicate.model import HubSubscription, PushState, Source, SourceKind, SourceMemory

LEASE = timedelta(days=10)
"""Asked for; the hub may give another."""
SHORTEST = timedelta(hours=1)
LONGEST = timedelta(days=60)
"""Leases are believed within these bounds."""
ANSWER = timedelta(hours=1)
"""A hub that has not verified by then is asked again."""
AGAIN = timedelta(days=7)
"""A hub that said no, or that lost our trust, is asked again after so long."""
GRACE = timedelta(minutes=15)
"""A poll may be sooner than a push; later than this, the push has failed."""
_METHODS = {"sha1": "sha1", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}


def subscribable(source: Source, memory: SourceMemory) -> bool:
    """Whether a source names a hub, and a topic of its own, that can be subscribed."""
    return (
        source.kind is SourceKind.FEED
        and not source.archived
        and _is_web(memory.hub)
        and _is_web(memory.topic)
    )


def is_public(base_url: str) -> bool:
    """Whether hubs can reach us at ``base_url``: no loopback, no private address."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        inner = host in {"", "localhost"} or host.endswith(
            (".localhost", ".local", ".internal", ".test", ".example", ".invalid")
        )
        return not inner and "." in host


def callback(base_url: str, token: str) -> str:
    """The address at which a hub finds us."""
    return f"{base_url.rstrip('/')}/push/{token}"


def request_form(
    held: HubSubscription, base_url: str, mode: str = "subscribe"
) -> dict[str, str]:
    """What is posted to the hub (WebSub §5.1); ``mode`` is subscribe or unsubscribe."""
    return {
        "hub.mode": mode,
        "hub.topic": held.topic,
        "hub.callback": callback(base_url, held.token),
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
        "hub.secret": held.secret,
    }


def asking(held: HubSubscription, now: datetime) -> HubSubscription:
    """The subscription as it is kept before its hub is asked.

    Before, because a hub may verify before it answers. One that was asked and never
    came to verify is asked ever more seldom.
    """
    silent = held.state is PushState.ASKED
    failures = held.failures + 1 if silent else held.failures
    # while a lease runs on, it goes on being believed: this is a renewal
    running = held.state in {PushState.VERIFIED, PushState.LIVE}
    return replace(
        held,
        state=held.state if running else PushState.ASKED,
        asked_at=now,
        due_at=now + max(ANSWER, _back_off(failures)),
        failures=failures,
        detail="the hub has not come to verify" if silent else held.detail,
    )


def refused(held: HubSubscription, now: datetime, error: str) -> HubSubscription:
    """The subscription after its hub could not be asked, or answered with an error."""
    failures = held.failures + 1
    return replace(
        held,
        # it was not asked, so its silence says nothing
        state=PushState.WANTED if held.state is PushState.ASKED else held.state,
        due_at=now + _back_off(failures),
        failures=failures,
        detail=error[:300],
    )


def _back_off(failures: int) -> timedelta:
    doubled: timedelta = timedelta(minutes=15) * 2 ** min(max(failures - 1, 0), 10)
    return min(doubled, timedelta(days=1))


def verified(
    held: HubSubscription, now: datetime, *, topic: str, lease: str
) -> HubSubscription | None:
    """The subscription that a hub verifies (§5.3); None if we never asked for it."""
    if topic != held.topic or held.asked_at is None or held.state is PushState.DENIED:
        return None
    until = now + _lease(lease)
    running = held.state in {PushState.LIVE, PushState.DISTRUSTED}
    return replace(
        held,
        state=held.state if running else PushState.VERIFIED,
        verified_at=now,
        lease_until=until,
        # renewed when a fifth of the lease is left, so that none is ever missing
        due_at=now + (until - now) * 0.8,
        failures=0,
        detail="",
    )


def denied(
    held: HubSubscription, now: datetime, *, topic: str, reason: str
) -> HubSubscription:
    """The subscription that a hub has refused (§5.2)."""
    if topic != held.topic:
        return held
    return replace(
        held, state=PushState.DENIED, due_at=now + AGAIN, detail=reason[:300]
    )


def pushed(held: HubSubscription, now: datetime) -> HubSubscription:
    """The subscription after a push that was signed right: now the hub is believed."""
    return replace(held, state=PushState.LIVE, pushed_at=now, detail="")


def polled(held: HubSubscription, now: datetime, *, news: int) -> HubSubscription:
    """The subscription after a poll while it was live: news there means it failed us.

    What a push brings just before or after the poll is no failure.
    """
    if held.state is not PushState.LIVE or not news:
        return held
    if held.pushed_at and now - held.pushed_at < GRACE:
        return held
    return replace(
        held,
        state=PushState.DISTRUSTED,
        due_at=now + AGAIN,
        detail=f"polling found {news} new that were not pushed",
    )


def believed(held: HubSubscription | None, now: datetime) -> bool:
    """Whether polling may be rare: the hub pushes, and its lease runs."""
    return (
        held is not None
        and held.state is PushState.LIVE
        and held.lease_until is not None
        and held.lease_until > now
    )


def signed_right(secret: str, body: bytes, signature: str) -> bool:
    """Whether ``X-Hub-Signature`` is ours (§8.1); compared in constant time."""
    method, _, given = signature.strip().partition("=")
    name = _METHODS.get(method.strip().lower())
    if name is None:
        return False
    mac = hmac.new(secret.encode(), body, name).hexdigest()
    return hmac.compare_digest(mac.encode(), given.strip().lower().encode())


def _lease(said: str) -> timedelta:
    text = said.strip()
    if not text.isascii() or not text.isdigit():
        return LEASE
    return min(max(timedelta(seconds=int(text[:9])), SHORTEST), LONGEST)


def _is_web(address: str) -> bool:
    return address.startswith(("http://", "https://"))

"""Links that are a member's own: signed, opaque, and all of one length.

Nothing can be read from them, and none of one purpose opens another door. They change
nothing when they are fetched: mail gateways follow every link.
"""

from __future__ import annotations

from datetime import datetime

from syndicate.signing import number_of, token

LEAVE = "leave"
"""Holds a subscription; for ever, for a mail may be years old."""
CHOOSE = "choose"
"""Holds a member; for ever."""
CONFIRM = "confirm"
"""Holds a letter; for as long as a sign-up may be confirmed."""
RETURN = "return"
"""Holds a subscription that was left just now."""


def unsubscribe_url(base: str, secret: str, subscription_id: int) -> str:
    """Address that ends a subscription when it is posted to (RFC 8058)."""
    return f"{base}/unsubscribe/{token(secret, LEAVE, subscription_id)}"


def preferences_url(base: str, secret: str, member_id: int) -> str:
    """Address at which a member chooses."""
    return f"{base}/preferences/{token(secret, CHOOSE, member_id)}"


def confirm_url(base: str, secret: str, letter_id: int, expires: datetime) -> str:
    """Address at which a sign-up is confirmed."""
    return f"{base}/confirm/{token(secret, CONFIRM, letter_id, expires)}"


def return_url(base: str, secret: str, subscription_id: int, expires: datetime) -> str:
    """Address at which who has left by mistake comes back."""
    return f"{base}/return/{token(secret, RETURN, subscription_id, expires)}"


def subscription_of(secret: str, word: str, now: datetime) -> int | None:
    """The number in a token of :func:`unsubscribe_url`; None if it is not ours."""
    return number_of(secret, LEAVE, word, now)


def member_of(secret: str, word: str, now: datetime) -> int | None:
    """The number in a token of :func:`preferences_url`; None if it is not ours."""
    return number_of(secret, CHOOSE, word, now)


def letter_of(secret: str, word: str, now: datetime) -> int | None:
    """The number in a token of :func:`confirm_url`; None also if its time is over."""
    return number_of(secret, CONFIRM, word, now)


def returning(secret: str, word: str, now: datetime) -> int | None:
    """The number in a token of :func:`return_url`; None also if its time is over."""
    return number_of(secret, RETURN, word, now)

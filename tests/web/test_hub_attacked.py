"""How much one client may ask of our hub."""

from __future__ import annotations

from syndicate.web.hub import BURST, RATE, Patience


def test_who_asks_again_too_soon_may_ask_in_time_all_the_same():
    """Many are behind one address: one of them must not shut out the others."""
    now = [0.0]
    patience = Patience(clock=lambda: now[0])
    assert all(patience.allows("192.0.2.1") for _ in range(BURST))
    allowed = 0
    for _ in range(100):
        now[0] += 0.1
        allowed += patience.allows("192.0.2.1")
    assert RATE * 10 - 2 <= allowed <= RATE * 10

"""Settings that the tests of ``syndicate.text`` share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Two cores and other suites beside us: time is no property of our functions.
settings.register_profile(
    "text",
    deadline=None,
    max_examples=120,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("text")

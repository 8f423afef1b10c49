"""Quality floors: each figure is printed beside its floor, and short fails.

``make gate`` runs these; the table at its end is the claim, this folder its proof.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_socket import enable_socket, socket_allow_hosts

_ROWS: list[tuple[str, float, float, bool]] = []

Table = Callable[..., None]


@pytest.fixture(autouse=True)
def loopback_only():
    """Open 127.0.0.0/8 for a test; every other address stays shut."""
    enable_socket()
    socket_allow_hosts(["127.0.0.0/8", "::1"], allow_unix_socket=True)


@pytest.fixture
def table() -> Table:
    """Record ``name``, our figure and its floor (or ceiling); fails when short."""

    def record(
        name: str, ours: float, floor: float, higher_is_better: bool = True
    ) -> None:
        _ROWS.append((name, ours, floor, higher_is_better))
        assert _holds(ours, floor, higher_is_better), f"{name}: {ours} against {floor}"

    return record


def _holds(ours: float, floor: float, higher_is_better: bool) -> bool:
    return ours >= floor if higher_is_better else ours <= floor


def pytest_terminal_summary(terminalreporter):
    """Print every figure of the run in one table."""
    if not _ROWS:
        return
    write = terminalreporter.write_line
    write("")
    wide = max(len(row[0]) for row in _ROWS)
    write(
        f"{'name':<{wide}} | {'ours':>10} | {'floor':>10} | {'ratio':>7} | target | "
        "ok or short"
    )
    for name, ours, floor, higher in _ROWS:
        ratio = f"{ours / floor:7.3f}" if floor else "      –"
        verdict = "ok" if _holds(ours, floor, higher) else "short"
        target = "≥" if higher else "≤"
        figures = f"{ours:>10.4g} | {floor:>10.4g} | {ratio} | {target:^6}"
        write(f"{name:<{wide}} | {figures} | {verdict}")

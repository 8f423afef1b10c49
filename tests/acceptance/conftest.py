"""Tests that talk over loopback, and over nothing else."""

from __future__ import annotations

import pytest
from pytest_socket import enable_socket, socket_allow_hosts


@pytest.fixture(autouse=True)
def loopback_only():
    """Open 127.0.0.0/8 for a test; every other address stays shut."""
    enable_socket()
    socket_allow_hosts(["127.0.0.0/8", "::1"], allow_unix_socket=True)

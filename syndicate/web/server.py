"""The server under the web application: uvicorn, set up for a desk."""

from __future__ import annotations

import logging
import resource
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import uvicorn

from syndicate.web.documents import Documents

Application = Callable[[Any, Any, Any], Awaitable[None]]

GRACE = 5
"""Seconds that answers under way have when the desk is to end."""
_FILES = 65_536
"""Files and connections that we ask the system for."""
_TURN = 0.0005
"""Seconds after which a thread that computes lets the web have its turn.

Gathering and publishing are threads of the same process. With Python's five
milliseconds each answer waits for them so long; the switching costs them little.
"""
log = logging.getLogger(__name__)


def config(application: Application, documents: Documents) -> uvicorn.Config:
    """Set uvicorn up; documents go a short way (:mod:`syndicate.web.serving.lane`)."""
    return uvicorn.Config(
        application,
        http=_http(documents),
        ws="none",
        log_level="error",  # a warning for each scanner that speaks no HTTP is noise
        access_log=False,
        server_header=False,
        proxy_headers=False,  # it would believe whatever comes from this machine
        timeout_graceful_shutdown=GRACE,
    )


def serve(
    application: Application, documents: Documents, listening: socket.socket
) -> None:
    """Serve until SIGINT or SIGTERM."""
    sys.setswitchinterval(_TURN)
    _take_files()
    uvicorn.Server(config(application, documents)).run(sockets=[listening])


def _http(documents: Documents) -> Any:
    """Return the class of a connection, or uvicorn's choice where ours cannot be."""
    try:
        from syndicate.web.serving.lane import lane  # noqa: PLC0415 -- needs httptools
    except ImportError:
        log.warning("httptools is not installed: documents are served slowly")
        return "auto"
    return lane(documents.at_once)


def _take_files() -> None:
    """Allow as many connections as the system lets us have."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(most, _FILES)
    if now != resource.RLIM_INFINITY and now < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))

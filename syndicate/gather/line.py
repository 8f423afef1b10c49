"""Is it the server that is away, or our own line?

Asked only after a failure that either could have caused, and only if no server has
answered lately. Nothing is sent to anybody but our own name server.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

_PUBLIC = ("198.41.0.4", 53)
"""A root name server. A UDP socket that is "connected" looks up a route, no more."""
_KNOWN = "a.root-servers.net"


def has_route() -> bool:
    """Say whether there is a way out to the public network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_PUBLIC)
        except OSError:
            return False
    return True


def has_names() -> bool:
    """Say whether our name server answers; "no such name" is an answer too."""
    try:
        socket.getaddrinfo(_KNOWN, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return error.errno not in {socket.EAI_AGAIN, socket.EAI_FAIL}
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Line:
    """Our own line: how to find out whether it is up."""

    route: Callable[[], bool] = has_route
    names: Callable[[], bool] = has_names

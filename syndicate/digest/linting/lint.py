"""What is wrong with a message, found on its final bytes.

E is an error: the message must not be sent. W is a warning for the preview.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from syndicate.digest.linting import bodies, heads, lists, signatures
from syndicate.digest.linting.expected import Expected
from syndicate.digest.linting.findings import Finding, errors, first_of, note
from syndicate.digest.linting.reading import LONGEST, Read, read

__all__ = ["Expected", "Finding", "errors", "lint"]

_LONGEST_LINE = 998


def lint(
    content: bytes,
    *,
    links: Collection[str] = (),
    expected: Expected | None = None,
) -> tuple[Finding, ...]:
    """Check a complete message (RFC 5322 bytes, CRLF line ends); errors first.

    ``links`` are the addresses of the issue's stories; if given, each must be in
    both parts. ``expected`` says what else is known of the message. Whatever the bytes
    are, there is an answer.
    """
    wanted = expected or Expected()
    if links:
        wanted = replace(wanted, links=(*wanted.links, *links))
    found = first_of(_faults(read(content), wanted))
    return tuple(sorted(found, key=lambda one: one.level))


def _faults(message: Read, expected: Expected) -> Iterator[Finding]:
    yield from _lines(message.content)
    yield from heads.faults(message, expected)
    yield from lists.faults(message)
    yield from signatures.faults(message, expected)
    yield from bodies.faults(message, expected)


def _lines(content: bytes) -> Iterator[Finding]:
    if len(content) > LONGEST:
        yield note("message-read", f"{len(content)} > {LONGEST}")
    if re.search(rb"(?<!\r)\n|\r(?!\n)", content):
        yield note("line-end")
    longest = max(map(len, content.split(b"\r\n")))
    if longest > _LONGEST_LINE:
        yield note("line-length", longest)

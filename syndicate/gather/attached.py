"""The documents that an article page carries: links to files in the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from syndicate.gather.page import ancestors, attribute
from syndicate.model import Enclosure
from syndicate.text.urls import absolute

_MOST = 20
_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
}
_ENDING = re.compile(rf"\.({'|'.join(_TYPES)})$", re.IGNORECASE)
_ELSEWHERE = frozenset({"nav", "footer", "aside", "header"})


def documents_in(root: LexborNode | None, base: str) -> tuple[Enclosure, ...]:
    """The files that the article's element links to, each once, at most twenty.

    By the ending of the address's path, so ``?v=2`` behind it does no harm. None where
    the article is not told from its page (``<body>``).
    """
    if root is None or root.tag == "body":
        return ()
    found: dict[str, Enclosure] = {}
    for address in _addresses(root, base):
        ending = _ENDING.search(urlsplit(address).path)
        if ending and len(found) < _MOST:
            kind = _TYPES[ending[1].lower()]
            found.setdefault(address, Enclosure(url=address, type=kind))
    return tuple(found.values())


def _addresses(root: LexborNode, base: str) -> Iterator[str]:
    for link in root.css("a[href]"):
        href = attribute(link, "href")
        # Half of all links need no look at what is around them.
        if "." not in href or any(n.tag in _ELSEWHERE for n in ancestors(link)):
            continue
        address = absolute(base, href)
        if address:
            yield address

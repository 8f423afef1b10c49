"""Our own validator of feeds: the rules of the W3C Feed Validation Service, and more.

``lint`` reads bytes and gives findings. The rules bear the names that the service gives
them, so that what is written about them elsewhere helps; the code is our own. It knows
RSS 2.0, Atom 1.0, JSON Feed 1.1 and OPML 2.0, archives (RFC 5005), tombstones (RFC
6721) and the links of WebSub.

``check`` finds out what a document is. ``rss``, ``items``, ``rdf``, ``atom``, ``opml``
and ``jsonfeed`` say what may stand where; ``everywhere``, ``modules``, ``media`` and
``links`` what other vocabularies put there. ``values``, ``uris``, ``dates``, ``html``,
``nesting`` and ``constructs`` check what is said; ``errors_said`` and ``warnings_said``
have a sentence for each rule.
"""

from __future__ import annotations

from syndicate.publish.lint.check import lint
from syndicate.publish.lint.findings import Finding, Level, said

__all__ = ["Finding", "Level", "lint", "said"]

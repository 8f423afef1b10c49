"""A partner's feed: the stories of its scope, put together when somebody asks.

Nothing of it lies on the disk. A document is kept in memory for as long as the feeds
of its scope say that nothing has changed; an answer costs two look-ups in the store.
"""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

from syndicate.model import Feed, FeedFormat, Partner, Site
from syndicate.pipeline.partners.partnering import address, is_document
from syndicate.pipeline.partners.partnerparts import Parts
from syndicate.publish.forms.addresses import public
from syndicate.publish.forms.fragments import Document, Form, document
from syndicate.publish.forms.frames import Heading, frame
from syndicate.publish.forms.paging import Paging
from syndicate.publish.forms.stamps import NEVER
from syndicate.publish.forms.tombstones import Tombstone
from syndicate.store import Connection, Database, partners, scopes
from syndicate.translate import translation

FORMS = {
    FeedFormat.RSS: Form.RSS,
    FeedFormat.ATOM: Form.ATOM,
    FeedFormat.JSON: Form.JSON,
}
TOMBSTONES = 100
TOLD = timedelta(days=30)
"""How long a feed tells that a story is gone (RFC 6721)."""
_KEPT = 64 * 1024 * 1024
"""Bytes of packed documents that are kept, of all partners."""
_MANY = 1_000
"""Documents that are kept; some partner may ask for any number of pages."""
_AT_ONCE = 16
"""Documents that are made side by side; two of one partner never are."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Made:
    """A partner's document as it is now."""

    packed: bytes
    """With gzip; it is seldom asked for otherwise."""
    etag: str
    modified: datetime
    """When it became so, to the second; as far as this process knows."""
    older: str
    """Where the stories before these are found: ``?before=``; "" if there are none."""
    version: tuple[object, ...]

    @property
    def content(self) -> bytes:
        """The document itself."""
        return gzip.decompress(self.packed)


class PartnerFeeds:
    """The documents of all partners, each made when it is first asked for.

    Threads may share it.
    """

    def __init__(
        self,
        database: Database,
        *,
        site: Site,
        feeds: Sequence[Feed],
        parts: Parts,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._site = site
        self._feeds = {feed.key: feed for feed in feeds}
        self._parts = parts
        self._clock = clock
        self._kept: OrderedDict[tuple[int, str], Made] = OrderedDict()
        self._size = 0
        self._kept_lock = Lock()
        self._making = tuple(Lock() for _ in range(_AT_ONCE))

    def holder(self, token: str) -> Partner | None:
        """Return whose token has this hash, also if it was revoked."""
        with self._database.read() as connection:
            return partners.holding(connection, token)

    def made(self, partner: Partner, before: str = "") -> Made:
        """Return the document of ``partner``, or what stood ``before`` some place."""
        scope = [key for key in partner.feeds if self._is_ours(key)]
        with self._database.read() as connection:
            version = self._version(connection, partner, scope)
        found = self._known(partner, before, version)
        if found is not None:
            return found
        # Whoever waits here holds no connection.
        making = self._making[partner.id % _AT_ONCE]
        with making, self._database.read() as connection:
            version = self._version(connection, partner, scope)
            found = self._known(partner, before, version)
            if found is None:
                made, older = self._make(connection, partner, scope, before)
                found = self._keep(partner, before, made, older, version)
        return found

    # ── What is kept ──

    def _version(
        self, connection: Connection, partner: Partner, scope: Sequence[str]
    ) -> tuple[object, ...]:
        settings = (partner.title, tuple(scope), partner.rights, partner.format)
        # Tombstones go when they are a month old, without anything happening.
        day = self._clock().date()
        return (
            *settings,
            partner.name,
            partner.items,
            day,
            scopes.version(connection, scope),
        )

    def _known(
        self, partner: Partner, before: str, version: tuple[object, ...]
    ) -> Made | None:
        with self._kept_lock:
            found = self._kept.get((partner.id, before))
            if found is None or found.version != version:
                return None
            self._kept.move_to_end((partner.id, before))
            return found

    def _keep(
        self,
        partner: Partner,
        before: str,
        new: Document,
        older: str,
        version: tuple[object, ...],
    ) -> Made:
        key, etag = (partner.id, before), sha256(new.content).hexdigest()[:32]
        modified = self._clock().replace(microsecond=0)
        with self._kept_lock:
            known = self._kept.pop(key, None)
            if known is not None:
                self._size -= len(known.packed)
                same = known.etag == etag
                # Two versions of one second would look alike to If-Modified-Since.
                modified = (
                    known.modified if same else max(modified, known.modified + _SECOND)
                )
            made = Made(new.packed, etag, modified, older, version)
            self._kept[key] = made
            self._size += len(new.packed)
            while len(self._kept) > 1 and (
                self._size > _KEPT or len(self._kept) > _MANY
            ):
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped.packed)
        return made

    # ── Making ──

    def _make(
        self,
        connection: Connection,
        partner: Partner,
        scope: Sequence[str],
        before: str,
    ) -> tuple[Document, str]:
        form = FORMS[partner.format]
        placed = scopes.newest(connection, scope, partner.items + 1, before=before)
        shown = placed[: partner.items]
        older = shown[-1].place if len(placed) > len(shown) and shown else ""
        parts = self._parts(
            connection, [one.story for one in shown], form, partner.rights
        )
        uids = [one.uid for one in shown]
        graves = () if before else self._tombstones(connection, scope, set(uids))
        heading = Heading(
            feed=self._feed(partner, scope),
            site=self._site,
            updated=max(
                scopes.last_change(connection, uids) or NEVER,
                *(grave.at for grave in graves),
                NEVER,
            ),
            paging=self._paging(partner, scope, older),
            tombstones=graves,
        )
        told = [parts[one.story] for one in shown if one.story in parts]
        return document(frame(form, heading), told), older

    def _is_ours(self, key: str) -> bool:
        """Say whether there is such a feed; what one carried stays in the store."""
        return key in self._feeds or is_document(key)

    def _feed(self, partner: Partner, scope: Sequence[str]) -> Feed:
        _ = translation(self._site.language).gettext
        feeds = [self._feeds.get(key, Feed(key=key, title=key)) for key in scope]
        said = _("{site} – for {partner}")
        title = said.format(
            site=self._site.title, partner=partner.title or partner.name
        )
        described = "; ".join(feed.title for feed in feeds)
        only = feeds[0] if len(feeds) == 1 else None
        return Feed(
            key=f"partner/{partner.name}",
            title=title,
            description=(only.description if only else "") or described,
            languages=only.languages if only else (),
            limit=partner.items,
            rights=partner.rights,
        )

    def _paging(self, partner: Partner, scope: Sequence[str], older: str) -> Paging:
        """No address that a document names holds a token: documents are passed on."""
        page = f"{scope[0]}.html" if len(scope) == 1 else "index.html"
        return Paging(
            own=address(self._site, partner),
            page=public(self._site, page),
            older=f"?before={older}" if older else "",
        )

    def _tombstones(
        self, connection: Connection, scope: Sequence[str], shown: set[str]
    ) -> tuple[Tombstone, ...]:
        since = self._clock() - TOLD
        gone = scopes.gone_since(connection, scope, since, TOMBSTONES)
        return tuple(
            Tombstone(uid=one.uid, at=one.at, into=one.into)
            for one in gone
            if one.uid not in shown
        )

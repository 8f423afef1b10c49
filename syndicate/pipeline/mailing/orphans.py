"""Issues under way whose digest config.toml no longer has.

Nobody can draw their copies any more: the digest was removed, or got another key. What
waits expires as it would have, so that the books close, and the desk is told meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from syndicate.model import Digest, IssueState
from syndicate.pipeline.mailing.claiming import look_over
from syndicate.pipeline.mailing.sending import Sent, closed
from syndicate.store import Database, issues, ledger
from syndicate.store.issues import StoredIssue


def stand_in(key: str) -> Digest:
    """Return a digest of that key of which nothing else is known."""
    return Digest(key=key, title=key)


def orphans(
    database: Database, known: Collection[str]
) -> list[tuple[Digest, StoredIssue]]:
    """Find the issues under way of digests that are not ``known``, oldest first."""
    with database.read() as connection:
        return [
            (stand_in(stored.issue.digest), stored)
            for stored in issues.in_state(connection, IssueState.APPROVED)
            if stored.issue.digest not in known
            and ledger.is_begun(connection, stored.id)
        ]


def why(digest: Digest) -> str:
    """Say to a person why nothing of the digest is sent, and what to do."""
    return (
        f'config.toml has no digest "{digest.key}" any more, and copies of it wait. '
        "Put it back under this key, or they expire and count as not delivered"
    )


def wind_up(
    database: Database, digest: Digest, stored: StoredIssue, now: datetime
) -> Sent:
    """Settle what has expired of an issue, and close it if nothing is left."""
    with database.write() as connection:
        look_over(connection, digest, stored.id, now)
    return closed(database, stored, now)

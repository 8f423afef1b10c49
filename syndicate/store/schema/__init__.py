"""The tables, as they are today; ``migrations/`` tells how they came to be.

A change here needs a new file in ``migrations/versions`` and a new ``REVISION``;
tests/store/test_migrations.py compares the two on both engines. Migrations that were
released are never edited.
"""

from __future__ import annotations

from syndicate.store.schema.base import metadata
from syndicate.store.schema.gathered import (
    hub_subscriptions,
    pages,
    pushes,
    reports,
    robots,
    sources,
    tombstones,
    traffic,
    visits,
)
from syndicate.store.schema.joined import (
    attempts,
    audiences,
    consents,
    letters,
    members,
    subscriptions,
    suppressions,
    used_tokens,
)
from syndicate.store.schema.mailed import (
    bounces,
    deliveries,
    generations,
    issue_stories,
    issues,
    relays,
    unsubscriptions,
)
from syndicate.store.schema.published import (
    boilerplates,
    carried,
    changes,
    feeds,
    followers,
    fragments,
    mirrored,
    partners,
    permalinks,
    pings,
    unwritten,
    written,
)
from syndicate.store.schema.sought import (
    searchable,
    unsearched,
)
from syndicate.store.schema.told import (
    aliases,
    citings,
    decisions,
    documents,
    entries,
    gists,
    keys,
    labels,
    learned,
    rarities,
    reviews,
    rulings,
    shingles,
    stories,
    terms,
)
from syndicate.store.schema.triggers import note_changes

note_changes()

REVISION = "0005"
"""The newest migration: what this version of syndicate reads and writes."""

__all__ = [
    "REVISION",
    "aliases",
    "attempts",
    "audiences",
    "boilerplates",
    "bounces",
    "carried",
    "changes",
    "citings",
    "consents",
    "decisions",
    "deliveries",
    "documents",
    "entries",
    "feeds",
    "followers",
    "fragments",
    "generations",
    "gists",
    "hub_subscriptions",
    "issue_stories",
    "issues",
    "keys",
    "labels",
    "learned",
    "letters",
    "members",
    "metadata",
    "mirrored",
    "pages",
    "partners",
    "permalinks",
    "pings",
    "pushes",
    "rarities",
    "relays",
    "reports",
    "reviews",
    "robots",
    "rulings",
    "searchable",
    "shingles",
    "sources",
    "stories",
    "subscriptions",
    "suppressions",
    "terms",
    "tombstones",
    "traffic",
    "unsearched",
    "unsubscriptions",
    "unwritten",
    "used_tokens",
    "visits",
    "written",
]

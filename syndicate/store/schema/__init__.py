"""The tables, as they are today; ``migrations/`` tells how they came to be.

A change here needs a new file in ``migrations/versions`` and a new ``REVISION``;
tests/store/test_migrations.py compares the two on both engines. Migrations that were
released are never edited.
"""

from __future__ import annotations

from syndicate.store.schema.base import metadata
from syndicate.store.schema.gathered import (
    pages,
    pushes,
    reports,
    robots,
    sources,
    subscriptions,
    tombstones,
    traffic,
    visits,
)
from syndicate.store.schema.mailed import (
    deliveries,
    issue_stories,
    issues,
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

REVISION = "0004"
"""The newest migration: what this version of syndicate reads and writes."""

__all__ = [
    "REVISION",
    "aliases",
    "boilerplates",
    "carried",
    "changes",
    "citings",
    "decisions",
    "deliveries",
    "documents",
    "entries",
    "feeds",
    "followers",
    "fragments",
    "gists",
    "issue_stories",
    "issues",
    "keys",
    "labels",
    "learned",
    "metadata",
    "mirrored",
    "pages",
    "partners",
    "permalinks",
    "pings",
    "pushes",
    "rarities",
    "reports",
    "reviews",
    "robots",
    "rulings",
    "searchable",
    "shingles",
    "sources",
    "stories",
    "subscriptions",
    "terms",
    "tombstones",
    "traffic",
    "unsearched",
    "unsubscriptions",
    "unwritten",
    "visits",
    "written",
]

"""The database notes by itself which stories may have changed: triggers.

Whoever changes what documents show of a story, a person with a database shell too,
leaves a row in ``changes``, in the same transaction. Which columns are watched is told
in :data:`SHOWN`; tests hold it against the tables.

A migration that makes one of these tables anew (SQLite cannot alter all of it) has to
make its triggers anew, too.
"""

from __future__ import annotations

from sqlalchemy import DDL, event

from syndicate.store.schema.base import metadata

SHOWN = (
    "story_id, relation, seen_at, changed_at, withdrawn_at, backlog, source, url, "
    "title, lead, html, text, credit, language, published, image, authors, captions, "
    "enclosures, citations"
)
"""Columns of ``entries`` that documents, or the choice of feeds, are made of."""

_NOTE = "INSERT INTO changes (story_id)"
_OF_ENTRY = f"{_NOTE} SELECT story_id FROM entries WHERE id ="  # noqa: S608 - our own names
_EDITED = " OR ".join(
    f"OLD.{name} <> NEW.{name}" for name in ("type_word", "issuer", "scope", "issued")
)

_BOTH = f"{_NOTE} VALUES (OLD.story_id);\n" + (
    f"    {_NOTE} SELECT NEW.story_id WHERE NEW.story_id <> OLD.story_id"
)
# Of a document one story that cites it is enough: from there publishing comes to it.
_CITING = f"""{_NOTE} SELECT entries.story_id FROM citings
        JOIN entries ON entries.id = citings.entry_id
        WHERE citings.document_id = NEW.id ORDER BY citings.entry_id DESC LIMIT 1"""  # noqa: S608 - our own names

WATCHED: tuple[tuple[str, str, str, str], ...] = (
    ("entries", "come", "INSERT", f"{_NOTE} VALUES (NEW.story_id)"),
    ("entries", "go", "DELETE", f"{_NOTE} VALUES (OLD.story_id)"),
    ("entries", "turn", f"UPDATE OF {SHOWN}", _BOTH),
    (
        "stories",
        "turn",
        "UPDATE OF uid, seen_at, changed_at, lead_id",
        f"{_NOTE} VALUES (NEW.id)",
    ),
    ("stories", "go", "DELETE", f"{_NOTE} VALUES (OLD.id)"),
    ("labels", "come", "INSERT", f"{_NOTE} VALUES (NEW.story_id)"),
    ("labels", "go", "DELETE", f"{_NOTE} VALUES (OLD.story_id)"),
    ("labels", "turn", "UPDATE", _BOTH),
    ("aliases", "come", "INSERT", f"{_NOTE} VALUES (NEW.story_id)"),
    ("aliases", "go", "DELETE", f"{_NOTE} VALUES (OLD.story_id)"),
    ("aliases", "turn", "UPDATE", _BOTH),
    ("citings", "come", "INSERT", f"{_OF_ENTRY} NEW.entry_id"),
    ("citings", "go", "DELETE", f"{_OF_ENTRY} OLD.entry_id"),
    ("citings", "turn", "UPDATE", f"{_OF_ENTRY} OLD.entry_id OR id = NEW.entry_id"),
    ("documents", "turn", "UPDATE OF type_word, issuer, scope, issued", _CITING),
)
"""Table, name of the trigger, when it fires, what it notes."""


def _sqlite(table: str, name: str, when: str, noted: str) -> list[str]:
    condition = f"\nWHEN {_EDITED}" if table == "documents" else ""
    return [
        f"CREATE TRIGGER {table}_{name} AFTER {when} ON {table}{condition}\n"
        f"BEGIN\n    {noted};\nEND"
    ]


def _postgresql(table: str, name: str, when: str, noted: str) -> list[str]:
    condition = f"\nWHEN ({_EDITED})" if table == "documents" else ""
    return [
        f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        f"BEGIN\n    {noted};\n    RETURN NULL;\nEND $$",
        f"CREATE TRIGGER {table}_{name} AFTER {when} ON {table}\n"
        f"FOR EACH ROW{condition} EXECUTE FUNCTION {table}_{name}()",
    ]


def note_changes() -> None:
    """Have the triggers made with the tables that they watch."""
    for table, *rest in WATCHED:
        for dialect, write in (("sqlite", _sqlite), ("postgresql", _postgresql)):
            for statement in write(table, *rest):
                # SQLAlchemy gives DDL no types.
                made = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
                event.listen(metadata.tables[table], "after_create", made)

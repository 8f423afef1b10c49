"""Brings a database to the newest schema.

Alembic is imported only when there is work to do: it costs a tenth of a second, and
every start of the program passes here.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from syndicate.errors import StoreError
from syndicate.store.schema import REVISION

FOLDER = Path(__file__).parent / "migrations"


class NewerSchemaError(StoreError):
    """The database was written by a newer version of syndicate."""


def revision(connection: Connection) -> str | None:
    """The migration that the database stands at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def is_current(connection: Connection) -> bool:
    """Is there nothing to do?"""
    return revision(connection) == REVISION


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, inside the caller's transaction.

    :raises NewerSchemaError: the database stands at a migration that we do not know
    """
    # ruff: noqa: PLC0415 - see the module's docstring.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    # Config interpolates %; a folder may be called so.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {
        one.revision for one in ScriptDirectory.from_config(config).walk_revisions()
    }
    found = revision(connection)
    if found is not None and found not in known:
        raise NewerSchemaError(
            f"its schema ({found}) is newer than this version of syndicate knows "
            f"({REVISION}): install the newer version again, or restore a backup"
        )
    command.upgrade(config, "head")

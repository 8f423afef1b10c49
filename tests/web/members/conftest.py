"""A desk with two digests that people sign up for, driven as a browser would."""

from __future__ import annotations

import email
import email.policy
import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette

from syndicate.model import (
    Cadence,
    Category,
    DeliveryState,
    Digest,
    Message,
    Reply,
    Site,
    Source,
    SourceKind,
)
from syndicate.pipeline.membership.desk import Membership
from syndicate.pipeline.membership.letters import Lettering, send_letters
from syndicate.store import Database, subscriptions
from syndicate.templating import templates
from syndicate.web.members.door import MembersDoor
from syndicate.web.members.routes import routes

SECRET = "a secret of at least thirty-two letters"
SITE = Site(
    title="Bàn tin Cửu Hà",
    base_url="https://ban-tin.example",
    contact="ban@ban-tin.example",
    id_authority="ban-tin.example,2026",
)
WEEK = Digest(
    key="tuan",
    title="Bản tin <tuần>",
    description="Mỗi thứ Hai.",
    offers=(Cadence.DAILY, Cadence.MONTHLY),
    signup=True,
)
MONTH = Digest(key="thang", title="Bản tin tháng", cadence=Cadence.MONTHLY, signup=True)
INNER = Digest(key="noi-bo", title="Bản tin nội bộ")


class Form(HTMLParser):
    """The forms of a page: their fields as a browser would send them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self.actions: list[str] = []
        self.links: list[str] = []
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(said.get("href", ""))
        if tag == "form":
            self.forms.append({})
            self.actions.append(said.get("action", ""))
        if tag == "select":
            self._select = said["name"]
            self.forms[-1].setdefault(self._select, [])
        if tag == "option" and ("selected" in said or not self.forms[-1][self._select]):
            self.forms[-1][self._select] = [said["value"]]
        if tag == "input" and "name" in said:
            ticked = said.get("type") != "checkbox" or "checked" in said
            if ticked:
                value = said.get("value", "")
                self.forms[-1].setdefault(said["name"], []).append(value)


class Post:
    """Takes what is sent."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.answers: list[Reply] = []
        self.closed = 0

    def send(self, message: Message) -> Reply:
        self.sent.append(message)
        if self.answers:
            return self.answers.pop(0)
        return Reply(state=DeliveryState.ACCEPTED)

    def close(self) -> None:
        self.closed += 1


class Desk:
    """Two digests, their store, and the pages over them."""

    def __init__(self, database: Database, caller: Any) -> None:
        self.database = database
        self.now = datetime(2026, 11, 22, 3, tzinfo=UTC)
        self.woken = 0
        self.post = Post()
        self.work = Membership(
            database=database,
            site=SITE,
            digests={one.key: one for one in (WEEK, MONTH, INNER)},
            categories={
                slug: Category(slug=slug, title=title)
                for slug, title in (("dan-van", "Dân vận"), ("y-te", "Y tế"))
            },
            sources={
                key: Source(key=key, title=key.upper(), kind=SourceKind.FEED, url="x:y")
                for key in ("bao", "dai")
            },
            secret=SECRET,
            confirm_within=timedelta(days=7),
            mails_per_address=3,
            signups_per_network=20,
            consent="",
            privacy="https://ban-tin.example/privacy",
            clock=lambda: self.now,
        )
        self.lettering = Lettering(
            database=database,
            site=SITE,
            digests=self.work.digests,
            templates=lambda language: templates(language=language),
            sender="Bàn tin <ban@ban-tin.example>",
            bounce_domain="tra-ve.ban-tin.example",
            secret=SECRET,
            confirm_within=timedelta(days=7),
        )
        self.door = self.made()
        self.caller = caller
        self.call = self.open(self.door)

    def made(self, **more: Any) -> MembersDoor:
        values: dict[str, Any] = {
            "work": self.work,
            "site": SITE,
            "templates": lambda language: templates(language=language),
            "clock": lambda: self.now,
            "wake": self.wake,
            "evenly": 0.0,
        }
        return MembersDoor(**(values | more))

    def open(self, door: MembersDoor) -> Any:
        return self.caller(Starlette(routes=routes(door)))

    def wake(self) -> None:
        self.woken += 1

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    def get(self, path: str, **headers: str) -> Any:
        path, _mark, query = path.removeprefix(SITE.base_url).partition("?")
        return self.call("GET", path, query=query, **headers)

    def send(self, path: str, fields: Any, **headers: str) -> Any:
        path, _mark, query = path.removeprefix(SITE.base_url).partition("?")
        headers.setdefault("content_type", "application/x-www-form-urlencoded")
        body = urlencode(fields, doseq=True).encode()
        return self.call("POST", path, query=query, body=body, **headers)

    def fields(self, path: str = "/subscribe", at: int = 0) -> dict[str, list[str]]:
        return Form(self.get(path).text).forms[at]

    def sign_up(self, address: str, *digests: str, **more: Any) -> Any:
        fields = self.fields() | {"email": address, "digest": digests or ("tuan",)}
        headers = more.pop("headers", {})
        self.later(seconds=5)
        return self.send("/subscribe", fields | more, **headers)

    def letters(self) -> list[Message]:
        """Send what is owed; gives it."""
        before = len(self.post.sent)
        send_letters(self.lettering, lambda: self.post, clock=lambda: self.now)
        return self.post.sent[before:]

    def confirmed(self, address: str = "an@vd.example", *digests: str) -> str:
        """Sign up and confirm; gives the address of the preferences."""
        self.sign_up(address, *digests)
        (letter,) = self.letters()
        answer = self.call("POST", path_of(links_of(letter)[0]))
        assert answer.status == 200
        (found,) = [link for link in Form(answer.text).links if "/preferences/" in link]
        return found

    def states(self) -> dict[str, str]:
        """The state of each subscription of the first member."""
        with self.database.read() as connection:
            held = subscriptions.of_member(connection, 1)
        return {one.digest: one.state.value for one in held}

    def subscription(self, digest: str, member: int = 1) -> Any:
        with self.database.read() as connection:
            return subscriptions.one(connection, member, digest)


def links_of(message: Message) -> list[str]:
    """The addresses of ours in a mail's HTML, each once, in order."""
    parsed = email.message_from_bytes(message.content, policy=email.policy.default)
    part = parsed.get_body(("html",))
    assert part is not None
    found = re.findall(r'href="([^"]+)"', part.get_content())
    return [*dict.fromkeys(html.unescape(link) for link in found)]


def path_of(link: str) -> str:
    return link.removeprefix(SITE.base_url)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "desk.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def desk(tmp_path: Path, empty: Path, caller: Any) -> Iterator[Desk]:
    shutil.copy(empty, tmp_path / "desk.db")
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as database:
        yield Desk(database, caller)


@pytest.fixture
def form() -> type[Form]:
    return Form


@pytest.fixture
def links() -> Any:
    return links_of


@pytest.fixture
def without_signup() -> Any:
    return lambda work: replace(work, digests={"noi-bo": INNER})

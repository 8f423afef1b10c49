"""A real Postfix returns what the next host refuses; its reports are taken in."""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from syndicate import signing
from syndicate.digest.returns.maildir import Maildir
from syndicate.members.marks import address_mark, mailbox
from syndicate.model import Bounce, Member, MemberState
from syndicate.pipeline.membership.bouncing import Bouncing
from syndicate.pipeline.membership.boxes import read_box
from syndicate.store import Database, members, schema

SECRET = "a secret of at least thirty-two letters"
NOW = datetime(2026, 11, 16, 6, tzinfo=UTC)
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mx.ban.example
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
transport_maps = inline:{{ thu.example=smtp:[127.0.0.1]:{next} }}
virtual_mailbox_domains = tra-lai.example
virtual_mailbox_maps = static:tra-lai/
virtual_mailbox_base = {folder}/mail
virtual_minimum_uid = 100
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup  unix n - n - 0 cleanup
qmgr     unix n - n 300 1 qmgr
rewrite  unix - - n - - trivial-rewrite
bounce   unix - - n - 0 bounce
defer    unix - - n - 0 bounce
trace    unix - - n - 0 bounce
smtp     unix - - n - - smtp
virtual  unix - n n - - virtual
error    unix - - n - - error
retry    unix - - n - - error
anvil    unix - - n - 1 anvil
scache   unix - - n - 1 scache
proxymap unix - - n - - proxymap
postlog  unix-dgram n - n - 1 postlogd
"""


class Host:
    """The host of the members: it knows not everybody, and takes not everything."""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: Any,
    ) -> str:
        envelope.rcpt_tos.append(address)
        return {
            "an@thu.example": "550 5.1.1 <an@thu.example>: no such user here",
            "binh@thu.example": "552 5.2.2 mailbox is full",
            "yen@thu.example": "550 <yen@thu.example>: user unknown",
        }.get(address, "250 fine")

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        spam = envelope.rcpt_tos == ["chi@thu.example"]
        return "554 5.7.1 this looks like spam" if spam else "250 taken"


@dataclass
class World:
    folder: Path
    port: int

    def arrived(self, count: int) -> int:
        until = time.monotonic() + 20
        new = self.folder / "mail" / "tra-lai" / "new"
        while len(list(new.glob("*"))) < count:
            if time.monotonic() > until:
                pytest.fail((self.folder / "log").read_text()[-2000:])
            time.sleep(0.1)
        return len(list(new.glob("*")))


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def world() -> Iterator[World]:
    program = shutil.which("postfix", path=f"{os.defpath}:/usr/sbin")
    if program is None:
        pytest.skip("there is no Postfix")
    if os.geteuid() != 0:
        pytest.skip("Postfix is started by root only")
    host = Controller(Host(), hostname="127.0.0.1", port=free_port())
    host.start()
    # Not pytest's folder: nobody but root may look into that.
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        for name in ("queue", "data", "mail", "settings"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        shutil.chown(folder / "mail", 65534, 65534)
        port = free_port()
        settings = folder / "settings"
        (settings / "main.cf").write_text(MAIN.format(folder=folder, next=host.port))
        (settings / "master.cf").write_text(MASTER.format(port=port))
        command = [program, "-c", str(settings)]
        begun = subprocess.run([*command, "start"], capture_output=True, check=False)
        if begun.returncode:
            host.stop()
            pytest.skip(f"Postfix does not start here: {begun.stderr.decode()[-300:]}")
        try:
            yield World(folder, port)
        finally:
            subprocess.run([*command, "stop"], capture_output=True, check=True)
            host.stop()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(f"sqlite:///{tmp_path / 'desk.db'}") as opened:
        yield opened


def copies(database: Database, *names: str) -> dict[str, int]:
    """Address → number of a copy that left just now."""
    found: dict[str, int] = {}
    with database.write() as connection:
        issue = connection.execute(
            schema.issues.insert()
            .values(
                digest="tuan",
                number=1,
                start=NOW,
                end=NOW,
                state="approved",
                sha256="",
                created_at=NOW,
                content={},
            )
            .returning(schema.issues.c.id)
        ).scalar_one()
        for name in names:
            address = f"{name}@thu.example"
            member = members.add(
                connection,
                Member(address=address, state=MemberState.OK),
                mailbox=mailbox(address),
                mark=address_mark(SECRET, address),
                now=NOW,
            )
            made = connection.execute(
                schema.deliveries.insert()
                .values(
                    issue_id=issue,
                    member_id=member.id,
                    address=address,
                    mailbox=address,
                    name="",
                    domain="thu.example",
                    state="accepted",
                    attempts=1,
                    detail="",
                    changed_at=NOW,
                    fence=1,
                    variant="",
                    message_id="",
                    relay="",
                    status="",
                )
                .returning(schema.deliveries.c.id)
            )
            found[address] = made.scalar_one()
    return found


def test_what_the_next_host_refuses_comes_back_and_counts(
    world: World, database: Database
) -> None:
    sent = copies(database, "an", "binh", "chi", "dung", "yen")
    with smtplib.SMTP("127.0.0.1", world.port) as line:
        for address, number in sent.items():
            word = signing.token(SECRET, "bounce", number)
            mark = signing.token(SECRET, "copy", number)
            line.sendmail(
                f"b-{word}@tra-lai.example",
                [address],
                f"From: ban@ban.example\r\nTo: {address}\r\nSubject: tuan\r\n"
                f"Message-ID: <tuan.1.{mark}@ban.example>\r\n\r\nTin.\r\n",
            )
    assert world.arrived(4) == 4
    work = Bouncing(database=database, secret=SECRET, zone="UTC")
    seen: list[Bounce] = []
    box = Maildir(world.folder / "mail" / "tra-lai")
    taken = read_box(work, box, lambda: NOW, on_bounce=seen.append)
    assert (taken.messages, taken.unknown) == (4, 0)
    assert {one.delivery for one in seen} == {
        number for address, number in sent.items() if not address.startswith("dung")
    }
    assert {one.form for one in seen} == {"dsn"}
    with database.read() as connection:
        states = {
            address: members.marked(connection, address_mark(SECRET, address))
            for address in sent
        }
    assert {
        name.partition("@")[0]: one.state for name, one in states.items() if one
    } == {
        "an": MemberState.BOUNCED,
        "binh": MemberState.SOFT_BOUNCING,
        "chi": MemberState.OK,
        "dung": MemberState.OK,
        "yen": MemberState.BOUNCED,
    }

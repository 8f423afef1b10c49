from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller, UnixSocketController
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from syndicate.digest.post.transports import transport
from syndicate.model import Blame, DeliveryState, Message


def mail(to: str = "an@vd.example", body: bytes = b"Tin\r\n") -> Message:
    return Message(
        sender="b-1@ban-tin.example",
        recipient=to,
        message_id="<tuan.12.8d1f@ban-tin.example>",
        content=b"Subject: x\r\n\r\n" + body,
    )


@dataclass
class Store:
    """A mail store: knows everybody but one, and has one full mailbox."""

    taken: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: Any,
    ) -> str:
        if address.startswith("khong-ai"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if envelope.rcpt_tos[0].startswith("day"):
            return "452 4.2.2 mailbox is full"
        self.taken.append(envelope)
        return "250 2.0.0 stored"


class OverTcp(Controller):
    def factory(self) -> SMTP:
        return LMTP(self.handler, **self.SMTP_kwargs)


class OverSocket(UnixSocketController):
    def factory(self) -> SMTP:
        return LMTP(self.handler, **self.SMTP_kwargs)


@pytest.fixture(params=["tcp", "socket"])
def url(request: pytest.FixtureRequest, store: Store, tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "lmtp"
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = int(server.getsockname()[1])
    made: OverTcp | OverSocket = (
        OverTcp(store, hostname="127.0.0.1", port=port)
        if request.param == "tcp"
        else OverSocket(store, unix_socket=str(path))
    )
    made.start()
    yield f"lmtp://127.0.0.1:{port}" if request.param == "tcp" else f"lmtp:{path}"
    made.stop()


@pytest.fixture
def store() -> Store:
    return Store()


def test_messages_are_handed_over_by_lmtp(url: str, store: Store) -> None:
    body = b".dot\r\nTin\r\n"
    with closing(transport(url, timeout=5)) as way:
        replies = [way.send(mail(f"nguoi-{n}@vd.example", body)) for n in range(3)]
    assert {reply.state for reply in replies} == {DeliveryState.ACCEPTED}
    assert "stored" in replies[0].detail
    assert [one.rcpt_tos for one in store.taken] == [
        [f"nguoi-{n}@vd.example"] for n in range(3)
    ]
    assert store.taken[0].content == mail(body=body).content


def test_what_lmtp_says_of_a_recipient_is_understood(url: str, store: Store) -> None:
    with closing(transport(url, timeout=5)) as way:
        nobody = way.send(mail("khong-ai@vd.example"))
        full = way.send(mail("day@vd.example"))
        assert way.send(mail()).state is DeliveryState.ACCEPTED
    assert (nobody.state, nobody.blame) == (DeliveryState.REFUSED, Blame.ADDRESS)
    assert (full.state, full.blame) == (DeliveryState.DEFERRED, Blame.MAILBOX)
    assert len(store.taken) == 1


def test_a_socket_that_is_not_there_defers(tmp_path: Path) -> None:
    with closing(transport(f"lmtp:{tmp_path}/nowhere", timeout=5)) as way:
        reply = way.send(mail())
    assert (reply.state, reply.blame) == (DeliveryState.DEFERRED, Blame.LINE)


# ── Dovecot ──────────────────────────────────────────────────────────────────

DOVECOT = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = lmtp
listen = 127.0.0.1
ssl = no
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%n allow_all_users=yes
}}
service lmtp {{
  unix_listener {folder}/lmtp {{
    mode = 0600
  }}
}}
service stats {{
  chroot =
}}
"""


@pytest.fixture
def dovecot() -> Iterator[Path]:
    """A folder in which Dovecot listens for LMTP, and has a Maildir for everybody."""
    program = shutil.which("dovecot", path=f"{os.defpath}:/usr/sbin")
    if program is None or not Path("/usr/lib/dovecot/lmtp").exists():
        pytest.skip("there is no Dovecot with LMTP (dovecot-lmtpd)")
    if os.geteuid() != 0:
        pytest.skip("Dovecot is started by root only")
    # Not pytest's folder: nobody but root may look into that.
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "mail").mkdir()
        shutil.chown(folder / "mail", "nobody", "nogroup")
        settings = folder / "dovecot.conf"
        settings.write_text(DOVECOT.format(folder=folder))
        running = subprocess.Popen([program, "-F", "-c", str(settings)])
        try:
            wait_for((folder / "lmtp").is_socket, folder / "log")
            yield folder
        finally:
            running.terminate()
            running.wait(10)


def wait_for(ready: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + 15
    while not ready():
        if time.monotonic() > until:
            pytest.fail(log.read_text() if log.exists() else "it does not start")
        time.sleep(0.05)


def test_dovecot_stores_every_message_once(dovecot: Path) -> None:
    with closing(transport(f"lmtp:{dovecot}/lmtp", timeout=10)) as way:
        replies = [way.send(mail(f"nguoi-{n}@vd.example")) for n in range(20)]
        quoted = way.send(mail("an ba@vd.example"))
    assert {reply.state for reply in replies} == {DeliveryState.ACCEPTED}
    assert quoted.blame is Blame.ADDRESS
    stored = list((dovecot / "mail").glob("*/new/*"))
    assert sorted(one.parent.parent.name for one in stored) == sorted(
        f"nguoi-{n}" for n in range(20)
    )
    assert b"Subject: x" in stored[0].read_bytes()

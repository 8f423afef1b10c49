"""Debian's Postfix between us and the members: what arrives, arrives once, whole."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import dkim
import pytest
from click.testing import CliRunner

from syndicate.cli import main
from syndicate.cli.wire import opened
from syndicate.digest.post.dkim import Signer
from syndicate.digest.post.keys import new_ed25519, new_rsa
from syndicate.digest.post.pool import Pool, Route
from syndicate.digest.post.smtp import SmtpTransport
from syndicate.model import Blame, DeliveryState, IssueState, Message
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.sending import send_issue

MEMBERS = 500
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mx.vd.example
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
virtual_mailbox_domains = vd.example, tin.example
virtual_mailbox_maps = texthash:{folder}/settings/boxes
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
virtual  unix - n n - - virtual
error    unix - - n - - error
retry    unix - - n - - error
anvil    unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog  unix-dgram n - n - 1 postlogd
"""
_ADDED = rb"(Return-Path|X-Original-To|Delivered-To|Received):[^\n]*\n([ \t][^\n]*\n)*"


class Postfix:
    """A Postfix of our own: its queue, its log and its Maildirs in one folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"smtp://127.0.0.1:{port}"

    def arrived(self) -> list[tuple[str, bytes]]:
        """(name of the box, message with CRLF) of all that was delivered."""
        return [
            (file.parent.parent.name, _crlf(file.read_bytes()))
            for file in (self.folder / "mail").glob("*/new/*")
        ]

    def wait_for(self, count: int, seconds: float = 20) -> list[tuple[str, bytes]]:
        until = time.monotonic() + seconds
        while len(found := self.arrived()) < count:
            if time.monotonic() > until:
                pytest.fail(f"{len(found)} of {count}:\n{self.log()[-2000:]}")
            time.sleep(0.1)
        time.sleep(0.5)  # what comes twice would come now
        return self.arrived()

    def log(self) -> str:
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else "it has no log"


def _crlf(content: bytes) -> bytes:
    """Return a stored message as it was on the wire, without what Postfix added."""
    own = re.sub(rb"\A(" + _ADDED + rb")+", b"", content)
    return own.replace(b"\n", b"\r\n")


@pytest.fixture
def postfix() -> Iterator[Postfix]:
    program = shutil.which("postfix", path=f"{os.defpath}:/usr/sbin")
    if program is None:
        pytest.skip("there is no Postfix")
    if os.geteuid() != 0:
        pytest.skip("Postfix is started by root only")
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
        (settings / "main.cf").write_text(MAIN.format(folder=folder))
        (settings / "master.cf").write_text(MASTER.format(port=port))
        boxes = (
            f"nguoi-{n}@{domain}.example nguoi-{n}/\n"
            for n in range(MEMBERS)
            for domain in ("vd", "tin")
        )
        (settings / "boxes").write_text("".join(boxes))
        command = [program, "-c", str(settings)]
        one = Postfix(folder, port)
        begun = subprocess.run([*command, "start"], capture_output=True, check=False)
        if begun.returncode:
            pytest.skip(f"Postfix does not start here: {begun.stderr.decode()[-300:]}")
        try:
            yield one
        finally:
            subprocess.run([*command, "stop"], capture_output=True, check=True)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def keys() -> tuple[str, str]:
    """An RSA and an Ed25519 key as PEM."""
    return new_rsa(), new_ed25519()


def names(signer: Signer) -> Callable[..., bytes | None]:
    """A name server that knows the signer's records and nothing else."""
    known = {f"{name}.".encode(): text.encode() for name, text in signer.records}
    return lambda name, timeout=5: known.get(name)


def rsa_is_valid(content: bytes, signer: Signer) -> bool:
    """Ask dkimpy about the RSA signature (without pynacl it knows no other)."""
    number = re.findall(rb"DKIM-Signature: v=1; a=(\w+)-", content).index(b"rsa")
    return bool(dkim.DKIM(content).verify(idx=number, dnsfunc=names(signer)))


def mail(number: int, signer: Signer) -> Message:
    address = f"nguoi-{number}@vd.example"
    content = (
        f"From: Tin <tin@ban-tin.example>\r\nTo: {address}\r\nSubject: Tin\r\n"
        f"Date: Mon, 05 Jan 2026 06:00:00 +0700\r\n"
        f"Message-ID: <{number}@ban-tin.example>\r\n\r\n"
        ".\r\n..hai\r\n  Tin  \r\n\r\n\r\n"
    )
    return Message(
        sender=f"b-{number}@ban-tin.example",
        recipient=address,
        message_id=f"<{number}@ban-tin.example>",
        content=signer.sign(content.encode()),
    )


def test_what_the_pool_hands_to_postfix_arrives_once_and_unchanged(
    postfix: Postfix, keys: tuple[str, str]
) -> None:
    signer = Signer("ban-tin.example", rsa=("r1", keys[0]), ed25519=("e1", keys[1]))
    opening = partial(SmtpTransport, postfix.url, timeout=10)
    pool = Pool(
        [Route(name="main", open=opening, connections=4)],
        clock=lambda: datetime.now(UTC),
    )
    for number in range(100):
        pool.put(number, "vd.example", partial(mail, number, signer))
    replies = [one.reply for _ in range(100) for one in pool.got(10)]
    pool.close()
    assert Counter(one.state for one in replies) == {DeliveryState.ACCEPTED: 100}
    assert {one.status for one in replies} == {"2.0.0"}
    arrived = postfix.wait_for(100)
    assert Counter(box for box, _ in arrived) == {f"nguoi-{n}": 1 for n in range(100)}
    for box, content in arrived:
        assert content == mail(int(box.removeprefix("nguoi-")), signer).content
        assert rsa_is_valid(content, signer)


def test_whom_postfix_does_not_know_is_refused_and_the_others_are_not(
    postfix: Postfix, keys: tuple[str, str]
) -> None:
    signer = Signer("ban-tin.example", rsa=("r1", keys[0]))
    nobody = Message(
        sender="b-1@ban-tin.example",
        recipient="khong-ai@vd.example",
        message_id="<x@ban-tin.example>",
        content=mail(0, signer).content,
    )
    with closing(SmtpTransport(postfix.url, timeout=10)) as transport:
        replies = [
            transport.send(one)
            for one in (mail(1, signer), nobody, nobody, mail(2, signer))
        ]
    yes, no = DeliveryState.ACCEPTED, DeliveryState.REFUSED
    assert [reply.state for reply in replies] == [yes, no, no, yes]
    assert (replies[1].blame, replies[1].status) == (Blame.ADDRESS, "5.1.1")
    assert sorted(box for box, _ in postfix.wait_for(2)) == ["nguoi-1", "nguoi-2"]
    assert postfix.log().count("disconnect from") <= 1, "over one connection"


# ── A whole issue ────────────────────────────────────────────────────────────

CONFIG = """\
[site]
title = "Bàn tin"
base_url = "https://ban.example"
contact = "toa-soan@ban.example"

[[source]]
key = "luu"
title = "Tin đã lưu"
kind = "folder"
url = "saved"

[category.cau-duong]
title = "Cầu đường"
strong = ["khánh thành cầu"]

[[digest]]
key = "tuan"
title = "Bản tin tuần"
audience_file = "members.csv"

[mail]
url = "{url}"
sender = "Bản tin tuần <tin@ban.example>"
bounce_domain = "bounce.ban.example"
dkim_selector = "r1"
dkim_ed25519_selector = "e1"
"""
ITEM = """<item><title>Xã Tân Lộc khánh thành cầu mới số {n}</title>
<link>https://tin.example/{n}.html</link><guid>{n}</guid><pubDate>{at}</pubDate>
<description>Cầu số {n} dài {n}2 m bắc qua rạch, do bà con góp công.</description>
</item>"""


@pytest.fixture
def config(
    tmp_path: Path,
    postfix: Postfix,
    keys: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A desk with a week's news and five hundred members."""
    (tmp_path / "saved").mkdir()
    at = format_datetime(datetime.now(UTC) - timedelta(hours=1))
    items = "".join(ITEM.format(n=n, at=at) for n in range(1, 9))
    (tmp_path / "saved" / "tin.rss").write_text(
        '<rss version="2.0"><channel><title>T</title>'
        f"<link>https://tin.example/</link>{items}</channel></rss>",
        encoding="utf-8",
    )
    rows = (
        f"nguoi-{n}@{'vd' if n % 2 else 'tin'}.example,Người Đọc {n}"
        for n in range(MEMBERS)
    )
    members = "\n".join(["address,name", *rows])
    (tmp_path / "members.csv").write_text(members, encoding="utf-8")
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(url=postfix.url), encoding="utf-8")
    monkeypatch.setenv("SYNDICATE_SECRET", "a secret of at least thirty-two letters")
    monkeypatch.setenv("SYNDICATE_DKIM_RSA", keys[0])
    monkeypatch.setenv("SYNDICATE_DKIM_ED25519", keys[1])
    done = CliRunner().invoke(main, ["-c", str(file), "gather", "--all"])
    assert done.exit_code == 0, done.output
    return file


ONCE = (
    *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID"),
    *("Precedence", "Auto-Submitted", "X-Auto-Response-Suppress"),
)


@pytest.mark.slow
def test_five_hundred_members_have_the_issue_once_each_signed_and_complete(
    postfix: Postfix, config: Path
) -> None:
    later = datetime.now(UTC) + timedelta(days=7)
    with opened(config, clock=lambda: later) as desk:
        digest, work, pool = desk.digest("tuan"), desk.mailing(), desk.pool()
        stored, _made = compose_issue(work, digest, later)
        with closing(pool):
            sent = send_issue(work, digest, stored, pool, clock=desk.clock)
        signer = desk.signer()
    assert sent.issue.state is IssueState.SENT
    assert sent.tally[DeliveryState.ACCEPTED] == MEMBERS
    assert sum(sent.tally.values()) == MEMBERS
    assert signer is not None
    arrived = postfix.wait_for(MEMBERS)
    assert Counter(box for box, _content in arrived) == {
        f"nguoi-{n}": 1 for n in range(MEMBERS)
    }
    seen = [message_from_bytes(one, policy=policy.default) for _box, one in arrived]
    for (box, content), message in zip(arrived, seen, strict=True):
        assert isinstance(message, EmailMessage)
        assert len(message.get_all("DKIM-Signature", [])) == 2
        assert rsa_is_valid(content, signer)
        assert {name: len(message.get_all(name, [])) for name in ONCE} == dict.fromkeys(
            ONCE, 1
        )
        assert message["To"].addresses[0].addr_spec.split("@")[0] == box
    for name in ("Message-ID", "List-Unsubscribe"):
        assert len({str(message[name]) for message in seen}) == MEMBERS
    assert len({str(message["Subject"]) for message in seen}) == 1

"""A whole issue over relays that are down, come back, and stand in for each other."""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from click.testing import CliRunner, Result

from syndicate.cli import main, wire

MEMBERS = 8
CONFIG = """\
[site]
title = "Bàn tin"
base_url = "https://ban.example"
contact = "tin@ban.example"

[[source]]
key = "luu"
title = "Tin đã lưu"
kind = "folder"
url = "saved"

[category.cau-duong]
title = "Cầu đường"
strong = ["khánh thành cầu"]

[[digest]]
schedule = "{schedule}"
key = "tuan"
title = "Bản tin tuần"
audience = [{audience}]

[mail]
url = "smtp://127.0.0.1:{main}"
connections = 2

[[mail.relay]]
name = "du-phong"
url = "smtp://127.0.0.1:{other}"
connections = 2
"""


class Taken:
    """A relay's store: who has got how many."""

    def __init__(self) -> None:
        self.recipients: Counter[str] = Counter()

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.recipients.update(envelope.rcpt_tos)
        return "250 2.0.0 taken"


@pytest.fixture
def start() -> Iterator[Callable[[int, Taken], None]]:
    running: list[Controller] = []

    def begin(port: int, taken: Taken) -> None:
        controller = Controller(taken, hostname="127.0.0.1", port=port)
        controller.start()
        running.append(controller)

    yield begin
    for one in running:
        one.stop()


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


class Desk:
    """A desk whose clock is the test's."""

    def __init__(self, folder: Path) -> None:
        self.main, self.other = free_port(), free_port()
        self.config = folder / "config.toml"
        self.ahead = timedelta(0)
        self.begun = time.monotonic()
        now = self.clock()
        audience = ", ".join(f'"nguoi-{n}@vd.example"' for n in range(MEMBERS))
        self.config.write_text(
            CONFIG.format(
                audience=audience,
                main=self.main,
                other=self.other,
                # far from now: an hour later the issue is still the same
                schedule=(now - timedelta(hours=12)).strftime("%a %H:%M").lower(),
            )
        )
        (folder / "saved").mkdir()
        at = format_datetime(now - timedelta(hours=1))
        (folder / "saved" / "tin.rss").write_text(
            '<rss version="2.0"><channel><title>T</title><link>https://tin.example/'
            "</link><item><title>Khánh thành cầu mới</title><guid>1</guid>"
            f"<link>https://tin.example/1.html</link><pubDate>{at}</pubDate>"
            "<description>Cầu dài 12 m.</description></item></channel></rss>",
            encoding="utf-8",
        )

    def clock(self) -> datetime:
        """Go sixty times as fast as others: a minute's pause takes a second."""
        passed = 60 * (time.monotonic() - self.begun)
        return datetime.now(UTC) + self.ahead + timedelta(seconds=passed)

    def run(self, *words: str) -> Result:
        secret = {"SYNDICATE_SECRET": "a secret of at least thirty-two letters"}
        done = CliRunner(env=secret).invoke(main, ["-c", str(self.config), *words])
        assert "Traceback" not in done.output
        return done

    def send(self) -> tuple[Result, dict[str, int]]:
        done = self.run("digest", "send", "--json")
        return done, json.loads(done.stdout)["deliveries"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path)
    assert made.run("gather", "--all").exit_code == 0
    made.ahead += timedelta(days=7)
    original = wire.Wiring.__init__

    def at_that_time(self: wire.Wiring, *args: object, **more: object) -> None:
        original(self, *args, **more | {"clock": made.clock})  # type: ignore[arg-type] -- passed on as they came

    monkeypatch.setattr(wire.Wiring, "__init__", at_that_time)
    return made


EVERYBODY = {f"nguoi-{n}@vd.example": 1 for n in range(MEMBERS)}


def test_while_the_first_relay_is_down_the_second_one_takes_everything(
    desk: Desk, start: Callable[[int, Taken], None]
) -> None:
    taken = Taken()
    start(desk.other, taken)
    done, tally = desk.send()
    assert (done.exit_code, tally) == (0, {"accepted": MEMBERS})
    assert taken.recipients == EVERYBODY
    assert "the relay main is left alone until" in done.stderr
    assert "Connection refused" in done.stderr


def test_while_all_are_down_it_is_said_and_afterwards_nobody_is_lost(
    desk: Desk, start: Callable[[int, Taken], None]
) -> None:
    done, tally = desk.send()
    assert done.exit_code == 1
    assert set(tally) <= {"deferred", "planned"}
    assert sum(tally.values()) == MEMBERS
    for name in ("main", "du-phong"):
        assert f"the relay {name} is left alone until" in done.stderr
    assert f"no connection to 127.0.0.1:{desk.main}: Connection refused" in done.stderr

    taken = Taken()
    start(desk.main, taken)
    desk.ahead += timedelta(hours=1)
    done, tally = desk.send()
    assert tally == {"accepted": MEMBERS}, done.output
    assert done.exit_code == 0
    assert taken.recipients == EVERYBODY
    assert "main is left alone" not in done.stderr

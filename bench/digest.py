"""A digest to a hundred thousand members, signed and with its ledger, to a local sink.

What is measured is the whole of ``syndicate digest send``: planning, drawing, the lint
of every group, claims and replies committed to SQLite (``synchronous = FULL``), copies
stitched and signed; sixteen connections to Postfix's smtp-sink on the same machine.
At 90 % it is killed with SIGKILL and begun again. Beside it, in the same run: smtplib
with EmailMessage, premailer and dkimpy for each message, and Postfix's smtp-source,
which sends the same dead bytes again and again.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from tempfile import TemporaryDirectory
from typing import Any

from bench import measure
from bench.mailshot import CATEGORIES, SLUGS, STORIES
from bench.measure import Ran, python, run
from bench.post import sink, source
from bench.table import Report, Row
from syndicate.digest.post.keys import new_ed25519, new_rsa


@dataclass(frozen=True, slots=True)
class Size:
    """How many members, and how many messages of the plain chain."""

    members: int
    fewer: int
    """Members of the second desk."""
    plain: int
    sourced: int


FULL = Size(members=100_000, fewer=10_000, plain=200, sourced=10_000)
QUICK = Size(members=20_000, fewer=2_000, plain=60, sourced=3_000)
CONNECTIONS = 16
KILLED_AT = 0.9
PLAIN_TARGET = 1 / 30
"""Seconds for a message, over those of the plain chain."""
RATE = 700
"""Messages in a second, at least."""
RESUMED = 2.0
"""Seconds from the start of the second process to its first message, at most."""
MEMORY = 200.0
"""Megabytes at most."""
LINEAR = 1.2
"""Seconds for a message, ten times as many members over as many."""
_LATER = 4
"""Minutes after which it is begun again: the claims of the dead have run out."""
_BYTES = (60_000, 90_000)
"""Between these the messages are, on average."""


@dataclass(slots=True)
class _Found:
    """What was measured."""

    message: dict[str, float] = field(default_factory=dict)
    """Program → seconds for a message."""
    linear: tuple[float, float] = (0.0, 0.0)
    first: float = 0.0
    begun: float = 0.0
    memory: float = 0.0
    told: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def bench(*, quick: bool) -> Report:
    """Measure; raises BenchError if a program fails."""
    size, found = QUICK if quick else FULL, _Found()
    measure.compile_ahead()
    rsa, ed25519 = new_rsa(), new_ed25519()
    with TemporaryDirectory(prefix="bench-") as name, sink() as port:
        folder = Path(name)
        large, small = _Desk(folder / "large", port), _Desk(folder / "small", port)
        large.fill(size.members, rsa)
        small.fill(size.fewer, rsa)
        found.told = large.dump(size.plain, rsa)
        _plain(large, size, rsa, found)
        large_each = _killed_and_resumed(large, size, rsa, found)
        small.keep()
        small_each = _whole(small, size, {"SYNDICATE_DKIM_RSA": rsa}, "few", found)
        small.again(signs="dkim_ed25519_selector")
        _whole(small, size, {"SYNDICATE_DKIM_ED25519": ed25519}, "Ed25519", found)
        found.linear = (large_each, small_each)
        bytes_each = round(found.told["mean"])
        sourced = source(port, size.sourced, CONNECTIONS, bytes_each)
        found.message["smtp-source"] = 1 / sourced
    return _report(size, found)


class _Desk:
    """A folder with a config.toml, and the programs that work on it."""

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir()
        self.folder, self.port = folder, port
        self.config = folder / "config.toml"

    def fill(self, members: int, rsa: str) -> None:
        self.config.write_text(_settings(self.port, "dkim_selector"), "utf-8")
        self.run({"SYNDICATE_DKIM_RSA": rsa}, "fill", str(members))

    def keep(self) -> None:
        """Remember the store as it is."""
        shutil.copy(self.folder / "desk.db", self.folder / "kept.db")

    def again(self, *, signs: str) -> None:
        """Go back to the store that was kept, with another key."""
        for file in self.folder.glob("desk.db*"):
            file.unlink()
        shutil.copy(self.folder / "kept.db", self.folder / "desk.db")
        self.config.write_text(_settings(self.port, signs), "utf-8")

    def dump(self, count: int, rsa: str) -> dict[str, Any]:
        more = {"SYNDICATE_DKIM_RSA": rsa}
        file = str(self.folder / "dump.json")
        told: dict[str, Any] = self.run(more, "dump", file, str(count)).told()
        return told

    def run(
        self, more: Mapping[str, str], *arguments: str, allowed: tuple[int, ...] = (0,)
    ) -> Ran:
        """Run a command of :mod:`bench.mailshot` on it."""
        command = python("-m", "bench.mailshot", str(self.config), *arguments)
        return run(command, more=more, allowed=allowed)


def _plain(desk: _Desk, size: Size, rsa: str, found: _Found) -> None:
    """Let the plain chain send some."""
    file = str(desk.folder / "dump.json")
    command = python("-m", "bench.rivals.mail_plainly", file, str(desk.port))
    told = run(command, more={"BENCH_DKIM_RSA": rsa}).told()
    found.message["plain chain"] = told["seconds"] / size.plain
    found.told["plain"] = told["bytes"]


def _killed_and_resumed(desk: _Desk, size: Size, rsa: str, found: _Found) -> float:
    """Send the large one, with a kill at 90 %; gives seconds for a message.

    That is from the first message to the kill.
    """
    more, most = {"SYNDICATE_DKIM_RSA": rsa}, round(KILLED_AT * size.members)
    dying = desk.run(more, "send", f"--kill={most}", allowed=(-SIGKILL,))
    killed = json.loads(dying.output)
    later = round(killed["seconds"] / 60) + _LATER
    began = f"--began={time.monotonic()}"
    resumed = desk.run(more, "send", began, f"--later={later}")
    told = resumed.told()
    seconds = killed["seconds"] + told["seconds"]
    found.message["ours"] = seconds / size.members
    found.first, found.begun = told["first"], killed["first"]
    found.memory = max(dying.cost.memory, resumed.cost.memory)
    found.told["cpu"] = dying.cost.cpu + resumed.cost.cpu
    found.told["uncertain"] = told["tally"]["uncertain"]
    _check(told, size.members, CONNECTIONS, found)
    return float((killed["seconds"] - killed["first"]) / killed["accepted"])


def _whole(
    desk: _Desk, size: Size, keys: Mapping[str, str], name: str, found: _Found
) -> float:
    """Send the small one; gives seconds for a message, from the first one on."""
    told = desk.run(keys, "send").told()
    found.message[name] = told["seconds"] / size.fewer
    _check(told, size.fewer, 0, found)
    return float((told["seconds"] - told["first"]) / told["accepted"])


def _check(told: dict[str, Any], members: int, doubtful: int, found: _Found) -> None:
    tally = told["tally"]
    if told["state"] != "sent" or sum(tally.values()) != members:
        found.wrong.append(f"of {members} copies: {told['state']}, {tally}")
    if tally["accepted"] < members - doubtful:
        found.wrong.append(f"{tally['accepted']} of {members} were accepted")


def _settings(port: int, selector: str) -> str:
    """Return the config.toml of the desk."""
    sections = "".join(
        f'[[digest.section]]\ntitle = "Chủ đề {number}"\ncategories = ["{slug}"]\n'
        for number, slug in enumerate(SLUGS)
    )
    lines = [
        '[site]\ntitle = "Bàn tin"\nbase_url = "https://ban-tin.example"',
        '[store]\nurl = "sqlite:///desk.db"',
        *(
            f'[[source]]\nkey = "s{number}"\ntitle = "Trang {number}"\nkind = "feed"\n'
            f'url = "https://s{number}.example/rss"\nrights = "extract"'
            for number in range(CATEGORIES)
        ),
        *(
            f'[category.{slug}]\ntitle = "Chủ đề {number}"\nstrong = ["từ {number}"]'
            for number, slug in enumerate(SLUGS)
        ),
        f'[[digest]]\nkey = "tuan"\ntitle = "Bản tin tuần"\nmax_stories = {STORIES}\n'
        f"max_per_source = {STORIES}\n{sections}",
        f'[mail]\nurl = "smtp://127.0.0.1:{port}"\nconnections = {CONNECTIONS}\n'
        'sender = "Bàn tin <tin@ban-tin.example>"\n'
        f'bounce_domain = "bounce.ban-tin.example"\n{selector} = "s1"',
    ]
    return "\n\n".join(lines) + "\n"


def _report(size: Size, found: _Found) -> Report:
    told, least, most = found.told, *_BYTES
    if not least <= told["mean"] <= most:
        found.wrong.append(f"the messages have {told['mean']:,.0f} bytes")
    ours, plain = found.message["ours"], found.message["plain chain"]
    name = f"{size.members:,} members, RSA-2048, ledger: a message"
    rows = (
        _row(name, 1000 * ours, 1000 * plain, "plain chain", PLAIN_TARGET),
        _row("the same", 1000 * ours, 1000 / RATE, f"({RATE}/s)", 1.0),
        _row("the same", 1000 * ours, 1000 * found.message["smtp-source"], "source"),
        _row(
            f"{size.fewer:,} members, Ed25519, ledger: a message",
            1000 * found.message["Ed25519"],
            1000 * plain,
            "plain chain",
            PLAIN_TARGET,
        ),
        _row(
            "begun again after SIGKILL at 90 %: first message",
            found.first,
            RESUMED,
            "at most",
            1.0,
            "s",
        ),
        _row("peak memory", found.memory, MEMORY, "at most", 1.0, "MB"),
        _row(
            f"a message, {size.members:,} members",
            1000 * found.linear[0],
            1000 * found.linear[1],
            f"{size.fewer:,}",
            LINEAR,
        ),
    )
    rates = ", ".join(f"{name} {1 / each:,.0f}" for name, each in found.message.items())
    return Report(
        name="digest",
        rows=rows,
        notes=(
            f"messages in a second: {rates}",
            f"{STORIES} stories, {CATEGORIES} categories, {told['groups']} groups;"
            f" messages of {told['least']:,} to {told['most']:,} bytes, on average"
            f" {told['mean']:,.0f}; the plain chain's {told['plain']:,}",
            f"first message of the first process after {found.begun:.2f} s; CPU"
            f" {told['cpu']:.1f} s; uncertain after the kill: {told['uncertain']};"
            f" {CONNECTIONS} connections to smtp-sink on the same machine",
        ),
        wrong=tuple(found.wrong),
    )


def _row(
    name: str,
    ours: float,
    other: float,
    other_name: str,
    target: float | None = None,
    unit: str = "ms",
) -> Row:
    return Row(
        name=name,
        ours=ours,
        other=other,
        other_name=other_name,
        unit=unit,
        target=target,
    )

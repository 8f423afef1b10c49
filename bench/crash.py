"""Killing those who publish, again and again, and looking at what they leave.

``python -m bench.crash [--kills N] [--seed N]``: between two kills stories come, are
corrected, change their categories, are withdrawn, come back, and flow together. After
each kill every document must be whole and every twin that of its document; after the
last, what was left must be made up for: every story that is told is in the current
document or one archive page of its feeds, nothing waits, and making everything anew
changes nothing. Exit code 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import signal
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from lxml import etree

from bench import publish as sizes
from bench.stock import fill_store
from syndicate.cli.wire import Wiring, opened
from syndicate.errors import SyndicateError
from syndicate.model import Label
from syndicate.pipeline import ruling
from syndicate.pipeline.publishing import begin_anew, every_feed, publish
from syndicate.pipeline.regrouping import Editor
from syndicate.store import changes, entries, stories, unwritten

SIZE = sizes.Size(stories=60, categories=6, limit=20, rounds=1)
_ATOM = "{http://www.w3.org/2005/Atom}"
_WORKS = 0
_FAILED = 3


def main() -> int:
    """Kill, look, and tell; the exit code says whether all was well."""
    parser = argparse.ArgumentParser(prog="python -m bench.crash")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="crash-") as name:
        found = crash(Path(name), kills=given.kills, seed=given.seed)
    print(json.dumps(found, ensure_ascii=False))
    return int(any(found["wrong"].values()))


def crash(folder: Path, *, kills: int, seed: int) -> dict[str, object]:
    """Publish and kill in ``folder`` until so many have died; tell what was wrong."""
    config = folder / "config.toml"
    config.write_text(sizes.settings(SIZE), "utf-8")
    with opened(config) as desk:
        fill_store(desk, range(SIZE.stories))
    rng, wrong = Random(seed), Counter[str]()
    died = ended = 0
    longest = 0.2
    number = SIZE.stories
    while died < kills:
        number = _change(config, rng, number)
        code, spent = _killed(config, rng.uniform(0, longest))
        if code == -signal.SIGKILL:
            died += 1
            longest = min(longest * 1.02, 1.0)
        else:
            ended += 1
            longest = max(spent, 0.005)
            wrong["a run that failed"] += code != _WORKS
        wrong.update(torn(folder / "feeds"))
    wrong.update(_settled(config))
    return {
        "kills": died,
        "runs that came to their end": ended,
        "stories": number,
        "documents": sum(1 for _file in _documents(folder / "feeds")),
        "wrong": dict(wrong),
    }


def _change(config: Path, rng: Random, number: int) -> int:
    """Do something to the stories; return the number of the next new one."""
    with opened(config) as desk:
        for _turn in range(rng.randint(1, 3)):
            number = rng.choice(_ACTS)(desk, rng, number)
    return number


def _arrive(desk: Wiring, rng: Random, number: int) -> int:
    more = rng.randint(1, 6)
    fill_store(desk, range(number, number + more), labels=rng.randint(1, 3))
    return number + more


def _correct(desk: Wiring, rng: Random, number: int) -> int:
    with desk.database.write() as connection:
        known = entries.get(connection, rng.randint(1, number))
        if known is not None:
            text = f"{known.entry.text}\n\nSửa lần {rng.random()}"
            html = f"{known.entry.html}<p>Sửa lần {rng.random()}</p>"
            new = replace(known.entry, html=html, text=text)
            now = desk.clock()
            entries.change(connection, known.id, new, keys=(), shingles=(), now=now)
    return number


def _relabel(desk: Wiring, rng: Random, number: int) -> int:
    label = Label(
        category=f"c{rng.randrange(SIZE.categories)}",
        reason="bench",
        confidence=0.9,
        primary=True,
    )
    with suppress(SyndicateError), desk.database.write() as connection:
        stories.set_labels(connection, rng.randint(1, number), (label,))
    return number


def _withdraw(desk: Wiring, rng: Random, number: int) -> int:
    with desk.database.write() as connection:
        entries.withdraw(connection, rng.randint(1, number), desk.clock())
    return number


def _return(desk: Wiring, rng: Random, number: int) -> int:
    with desk.database.write() as connection:
        entries.restore(connection, rng.randint(1, number))
    return number


def _merge(desk: Wiring, rng: Random, number: int) -> int:
    names = [f"story{each}" for each in rng.sample(range(number), 2)]
    with suppress(SyndicateError):  # one is no more, or they are one already
        ruling.merge(desk.database, desk.filing(), names, Editor(now=desk.clock()))
    return number


_ACTS = (_arrive, _arrive, _correct, _relabel, _withdraw, _return, _merge)


def _killed(config: Path, after: float) -> tuple[int, float]:
    """Have a process publish, and kill it; return its exit code and how long it ran.

    It is forked, so that it publishes at once: a command would mostly be killed while
    it reads its modules.
    """
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        code = _FAILED
        with suppress(BaseException):
            code = _publish(config)
        os._exit(code)
    time.sleep(after)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _child, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), time.monotonic() - began


def _publish(config: Path) -> int:
    with opened(config) as desk:
        return _FAILED if publish(desk.publishing(), desk.clock()).failed else _WORKS


def torn(folder: Path) -> Counter[str]:
    """Count what is not whole in a feeds folder."""
    wrong = Counter[str]()
    for file in _documents(folder):
        content = file.read_bytes()
        wrong["torn documents"] += not _is_whole(file.suffix, content)
        twin = file.with_name(f"{file.name}.gz")
        with suppress(FileNotFoundError):
            wrong["wrong twins"] += not _unpacks(twin.read_bytes(), content)
    return wrong


def _documents(folder: Path) -> Iterator[Path]:
    for root, _folders, names in os.walk(folder):
        for name in names:
            if not name.startswith(".") and not name.endswith(".gz"):
                yield Path(root, name)


def _is_whole(suffix: str, content: bytes) -> bool:
    readers: dict[str, Callable[[bytes], object]] = {
        ".json": json.loads,
        ".html": lambda html: html.index(b"</html>"),
        ".css": bytes,
        ".js": bytes,
    }
    try:
        readers.get(suffix, etree.fromstring)(content)
    except (ValueError, etree.XMLSyntaxError):
        return False
    return bool(content)


def _unpacks(packed: bytes, content: bytes) -> bool:
    try:
        return gzip.decompress(packed) == content
    except (OSError, EOFError, zlib.error):
        return False


def _settled(config: Path) -> Counter[str]:
    """Publish undisturbed, and count what is not as it should be then."""
    wrong = Counter[str]()
    with opened(config) as desk:
        work = desk.publishing()
        failed = publish(work, desk.clock()).failed
        print("".join(f"{why}\n" for _path, why in failed), end="", file=sys.stderr)
        wrong["failed"] = len(failed)
        wrong.update(torn(work.folder))
        for file in _documents(work.folder):
            twin = file.with_name(f"{file.name}.gz")
            wrong["missing twins"] += not twin.exists()
        with desk.database.read() as connection:
            wrong["changes left"] = changes.pending(connection, desk.clock())
            wrong["units left"] = unwritten.any_left(connection)
            told = {story.uid for story in stories.latest(connection)}
        wrong.update(_missing(desk, told))
        begin_anew(work, desk.clock())
        again = publish(work, desk.clock())
        wrong["changed when made anew"] = len(again.changed)
    return wrong


def _missing(desk: Wiring, told: set[str]) -> Counter[str]:
    """Walk the feed of everything back to its first page, as a new consumer does."""
    wrong, seen = Counter[str](), Counter[str]()
    folder = desk.settings.publish.folder
    for feed in every_feed(desk.publishing()):
        if feed.key != "all":
            continue
        walked = list(_walk(folder, f"{feed.key}.atom"))
        for archived, page in walked:
            uids = [_uid(each) for each in page.iterfind(f"{_ATOM}entry")]
            seen.update(uids if archived else set())
            wrong["twice in a document"] += len(uids) - len(set(uids))
        current = {_uid(e) for e in walked[0][1].iterfind(f"{_ATOM}entry")}
        wrong["on two archive pages"] += sum(1 for n in seen.values() if n > 1)
        wrong["missing stories"] += len(told - current - set(seen))
        wrong["stories that are not to be told"] += len((current | set(seen)) - told)
    return wrong


def _walk(folder: Path, path: str) -> Iterator[tuple[bool, etree._Element]]:
    archived = False
    while path:
        page = etree.parse(folder / path).getroot()
        yield archived, page
        older = page.find(f"{_ATOM}link[@rel='prev-archive']")
        path = "" if older is None else older.get("href", "").partition("/feeds/")[2]
        archived = True


def _uid(entry: etree._Element) -> str:
    return entry.findtext(f"{_ATOM}id", "").rpartition(":")[2].rpartition("/")[2]


if __name__ == "__main__":
    sys.exit(main())

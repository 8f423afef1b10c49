"""Reading processes: what goes wrong in one harms no other document."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.errors import ParseError
from syndicate.gather.limits import Reading
from syndicate.model import Category, Selectors, Source, SourceKind
from syndicate.pipeline.jobs import (
    FeedJob,
    ListingJob,
    NobodyReadsError,
    PageJob,
    Setup,
)
from syndicate.pipeline.parsing import Here
from syndicate.pipeline.preparing import told
from syndicate.pipeline.workers import MOST, Workers

AT = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
SOURCE = Source(
    key="tin", title="Tin", kind=SourceKind.FEED, url="https://tin.example/rss"
)
SETUP = Setup(
    categories=(Category(slug="cau", title="Cầu", strong=("cây cầu",)),),
    reading=Reading(workers=2, seconds=20),
)
# What makes a real parser loop is mended once it is known: faults.py stands in for
# what is not known.
LOOPS, EATS, DIES, BREAKS, GROWS = b"loops", b"eats", b"dies", b"breaks", b"grows"


def job(**given):
    return FeedJob(**{"source": SOURCE, "url": SOURCE.url, "at": AT} | given)


@pytest.fixture
def workers():
    made = Workers(SETUP)
    yield made
    made.close()


@pytest.fixture
def faulty(monkeypatch):
    """Makes workers whose parser does harm when it is told to."""
    made = []

    def make(**limits):
        begin = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
            "import faults\n"
            "from syndicate.pipeline.nursery import main; main(int(sys.argv[2]))"
        )
        monkeypatch.setattr("syndicate.pipeline.workers._BEGIN", begin)
        limited = replace(SETUP.reading, **limits)
        made.append(Workers(replace(SETUP, reading=limited)))
        return made[-1]

    yield make
    for each in made:
        each.close()


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2]
    except OSError:
        return False
    return state != "Z"


def gone(pids, seconds=5.0) -> bool:
    until = time.monotonic() + seconds
    while any(map(is_alive, pids)):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_a_worker_reads_as_the_process_itself_would(workers, words):
    body = words.rss(words.item(1), words.item(2))
    here = Here(SETUP).read(job(), body)
    assert workers.read(job(), body) == here
    assert len(here.prepared) == 2
    assert [label.category for label in here.prepared[1].labels] == []


def test_entries_that_say_what_they_said_before_are_not_read_again(workers, words):
    body = words.rss(words.item(1), words.item(2))
    first = workers.read(job(), body)
    known = frozenset({first.prepared[0].told})
    again = workers.read(job(known=known), body)
    assert again.unchanged == 1
    assert [one.entry.guid for one in again.prepared] == ["g2"]


def test_no_process_is_started_before_the_first_document(workers, words):
    assert workers.pids() == []
    workers.read(job(), words.rss(words.item(1)))
    assert len(workers.pids()) == 1


def test_one_worker_is_used_again_while_documents_come_one_by_one(workers, words):
    for n in range(5):
        workers.read(job(), words.rss(words.item(n)))
    assert len(workers.pids()) == 1


def test_several_threads_share_the_workers(workers, words):
    bodies = [words.rss(*map(words.item, range(n, n + 20))) for n in range(24)]
    with ThreadPoolExecutor(8) as threads:
        reads = list(threads.map(lambda body: workers.read(job(), body), bodies))
    assert all(len(read.prepared) == 20 for read in reads)
    assert 1 <= len(workers.pids()) <= workers.count == 2


def test_a_listing_and_a_page_are_read_too(workers, words):
    source = replace(
        SOURCE,
        kind=SourceKind.LISTING,
        selectors=Selectors(item="li.t", item_date=".d", body=".bai", title="h1"),
    )
    listing = ListingJob(source=source, url="https://cong.example/tin", at=AT)
    links = workers.read(listing, words.listing((1, "13/10/2026"))).links
    assert [link.url for link in links] == ["https://cong.example/1.html"]
    page = PageJob(source=source, url=links[0].url, at=AT, told=links[0])
    entry = workers.read(page, words.page(1)).prepared.entry
    assert entry.published.value.date().isoformat() == "2026-10-13"


def test_what_is_no_feed_is_said_as_ever(workers):
    with pytest.raises(ParseError, match="not a feed") as caught:
        workers.read(job(), b"<svg xmlns='http://www.w3.org/2000/svg'></svg>")
    assert caught.value.url == SOURCE.url


def test_a_document_that_loops_is_ended_at_its_time_and_said(faulty, words):
    workers = faulty(seconds=0.5)
    workers.read(job(), words.rss(words.item(1)))
    began = time.monotonic()
    with pytest.raises(ParseError, match=r"longer than 0\.5 s .*parse_timeout"):
        workers.read(job(), LOOPS)
    assert time.monotonic() - began < 3
    assert workers.pids() == []  # it is gone
    assert len(workers.read(job(), words.rss(words.item(1))).prepared) == 1


def test_a_document_that_eats_memory_is_refused_by_the_limit(faulty, words):
    workers = faulty(memory=64_000_000)
    with pytest.raises(ParseError, match=r"more than 64 MB .*parse_memory"):
        workers.read(job(), EATS)
    assert len(workers.read(job(), words.rss(words.item(1))).prepared) == 1


def test_a_worker_that_dies_loses_its_document_only(faulty, words):
    workers = faulty()
    good = words.rss(words.item(1))
    with ThreadPoolExecutor(4) as threads:
        bodies = [good, DIES, good, good, DIES, good]
        asked = [threads.submit(workers.read, job(), body) for body in bodies]
        errors = [future.exception() for future in asked]
    assert [type(error) for error in errors] == [
        *(type(None), ParseError, type(None)),
        *(type(None), ParseError, type(None)),
    ]
    assert "SIGKILL" in str(errors[1])
    assert "parse_memory" in str(errors[1])


def test_a_fault_of_ours_is_told_and_the_worker_stays(faulty, words):
    workers = faulty()
    with pytest.raises(Exception, match="tin: ZeroDivisionError: lạ"):
        workers.read(job(), BREAKS)
    assert len(workers.pids()) == 1


def test_a_nursery_that_was_killed_is_replaced(workers, words):
    body = words.rss(words.item(1))
    workers.read(job(), body)
    os.kill(workers._nursery._process.pid, signal.SIGKILL)
    os.kill(workers.pids()[0], signal.SIGKILL)
    with pytest.raises(ParseError):
        workers.read(job(), body)
    assert len(workers.read(job(), body).prepared) == 1


def test_where_no_process_can_be_started_that_is_said_once_and_at_once(
    monkeypatch, words, capfd
):
    monkeypatch.setattr("syndicate.pipeline.workers._BEGIN", "raise SystemExit(1)")
    workers = Workers(SETUP)
    for _ in range(3):
        with pytest.raises(NobodyReadsError, match="cannot be started"):
            workers.read(job(), words.rss(words.item(1)))
    workers.close()
    monkeypatch.undo()
    assert len(workers.read(job(), words.rss(words.item(1))).prepared) == 1
    workers.close()


def test_closing_ends_every_process_and_later_work_begins_anew(workers, words):
    body = words.rss(words.item(1))
    workers.read(job(), body)
    pids = [*workers.pids(), workers._nursery._process.pid]
    workers.close()
    assert gone(pids)
    assert len(workers.read(job(), body).prepared) == 1


def test_a_worker_that_has_grown_is_replaced(faulty, words):
    """What a large document took, its process does not give back."""
    workers = faulty()
    read = workers.read(job(), GROWS + words.rss(words.item(1)))
    assert len(read.prepared) == 1
    assert workers.pids() == []


def test_processes_end_when_who_started_them_is_killed():
    """kill -9 leaves nobody behind, not even one in the midst of a document."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("orphans.py"))],
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        started = int(parent.stdout.readline())
        until = time.monotonic() + 20
        while not (workers := _children(started)) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.2)
        parent.kill()
    children = [started, *workers]
    assert len(children) == 2
    assert gone(children)


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(each) for each in text.split()]


def test_there_are_as_many_workers_as_cores_and_no_more_than_four():
    count = Workers(Setup()).count
    assert count == min(os.cpu_count(), MOST)
    assert Workers(Setup(reading=Reading(workers=7))).count == 7


def test_a_telling_changes_with_everything_that_the_source_says(words):
    read = Here(SETUP).read(job(raw=True), words.rss(words.item(1), words.item(1)))
    first, second = read.raws
    assert told(first) == told(second)
    assert told(replace(first, title="khác")) != told(first)

"""The feeds folder in an object store: the S3 API on loopback, on good and bad days."""

from __future__ import annotations

import gzip
import hashlib
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from syndicate.pipeline.mirroring import PATIENCE, TOGETHER, Mirroring, mirror
from syndicate.publish.copies.buckets import bucket
from syndicate.store import Database, written
from tests.objectstore import SECRET, object_store

pytest.importorskip("obstore", reason="the extra s3 is not installed")

TARGET = "s3://tin/feeds"
STORIES = 2_000
KILLS = 12


@pytest.fixture
def store(monkeypatch):
    with object_store() as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        yield served


@pytest.fixture
def work(tmp_path):
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as database:
        (tmp_path / "feeds").mkdir()
        yield Mirroring(
            database=database,
            folder=tmp_path / "feeds",
            target=TARGET,
            bucket=bucket,
        )


def write(work: Mirroring, documents: dict[str, str]) -> None:
    """Put documents into the folder, and note them as publishing does."""
    records = []
    for path, content in documents.items():
        file = work.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
        records.append(
            written.Record(
                path=path,
                sha256=hashlib.sha256(content.encode()).hexdigest(),
                size=len(content),
                changed_at=datetime(2026, 11, 22, tzinfo=UTC),
                unit="feed:0:all",
                mtime=1,
            )
        )
    with work.database.write() as connection:
        written.save(connection, records)


def site(stories: int, text: str = "Cầu mới qua sông") -> dict[str, str]:
    """Return a site of so many stories: pages, a feed, a front page, styles."""
    pages = {f"story/s{n}.html": f"<p>{text} {n}</p>" for n in range(stories)}
    return {
        **pages,
        "all.rss": f"<rss>{text} {stories}</rss>",
        "index.html": f"<h1>{text} {stories}</h1>",
        "style.css": "p {}",
    }


def copy(work: Mirroring, store) -> dict[str, bytes]:
    return {
        key.removeprefix("feeds/"): kept.content for key, kept in store.objects.items()
    }


def folder(work: Mirroring) -> dict[str, bytes]:
    found = (file for file in work.folder.rglob("*") if file.is_file())
    return {
        file.relative_to(work.folder).as_posix(): file.read_bytes()
        for file in found
        if not file.name.startswith(".")
    }


def test_two_thousand_documents_go_once_and_then_only_what_changed(work, store):
    write(work, site(STORIES))
    assert len(mirror(work).uploaded) == STORIES + 3
    assert copy(work, store) == folder(work)
    assert 1 < store.most <= TOGETHER
    store.log.clear()
    assert mirror(work).uploaded == ()
    write(work, {"story/s7.html": "<p>Sửa</p>", "all.rss": "<rss>Sửa</rss>"})
    assert mirror(work).uploaded == ("story/s7.html", "all.rss")
    assert store.keys("PUT") == ["feeds/story/s7.html", "feeds/all.rss"]
    assert copy(work, store) == folder(work)


def test_a_feed_comes_after_its_stories_and_the_front_page_last(work, store):
    write(work, site(40))
    mirror(work)
    order = store.keys("PUT")
    assert order[0] == "feeds/style.css"
    assert order[-2:] == ["feeds/all.rss", "feeds/index.html"]


def test_a_browser_gets_the_headers_that_our_own_server_gives(work, store):
    store.trouble = lambda *_request: ""
    write(work, site(1) | {"category/kinh-tế 1.json": '{"a": 1}'})
    mirror(work)
    kept = store.objects
    assert kept["feeds/all.rss"].headers == {
        "content-type": "application/rss+xml; charset=utf-8",
        "cache-control": "public, max-age=300",
    }
    assert kept["feeds/category/kinh-tế 1.json"].content == b'{"a": 1}'


def test_what_is_withdrawn_is_gone_from_the_store(work, store):
    write(work, site(3))
    mirror(work)
    with work.database.write() as connection:
        written.remove(connection, ["story/s1.html"])
    (work.folder / "story/s1.html").unlink()
    assert mirror(work).removed == ("story/s1.html",)
    assert copy(work, store) == folder(work)


@pytest.mark.parametrize("wrong", ["500", "503", "drop", "torn", "slow"])
def test_a_store_with_a_bad_day_has_everything_in_the_end(work, store, wrong):
    """The first two tries of every document go wrong."""
    tries: Counter[str] = Counter()

    def trouble(_method: str, key: str, _number: int) -> str:
        tries[key] += 1
        return wrong if tries[key] <= 2 else ""

    store.trouble = trouble
    write(work, site(60))
    found = mirror(work)
    assert found.failed == ()
    assert copy(work, store) == folder(work)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        (
            "AWS_SECRET_ACCESS_KEY",
            "wrong",
            "the object store says SignatureDoesNotMatch",
        ),
        ("AWS_ACCESS_KEY_ID", "nobody", "the object store says SignatureDoesNotMatch"),
        ("AWS_REGION", "elsewhere", "the object store says SignatureDoesNotMatch"),
    ],
)
def test_a_key_that_is_refused_is_said_at_once_and_never_told(
    work, store, monkeypatch, variable, value, said
):
    monkeypatch.setenv(variable, value)
    write(work, site(60))
    found = mirror(work)
    assert len(store.log) <= 2 * PATIENCE
    assert found.left > 0
    path, why = found.failed[0]
    assert why == f"{path}: {said}"
    assert SECRET not in str(found)


def test_a_bucket_that_is_not_there_is_said(work, store):
    write(work, site(1))
    found = mirror(
        Mirroring(
            database=work.database,
            folder=work.folder,
            target="s3://nobodys",
            bucket=bucket,
        )
    )
    assert (
        dict(found.failed)["all.rss"] == "all.rss: the object store says NoSuchBucket"
    )


def test_a_store_that_is_down_is_named_soon_and_gets_all_of_it_later(work, store):
    store.trouble = lambda *_request: "503"
    write(work, site(200))
    began = time.monotonic()
    found = mirror(work)
    assert time.monotonic() - began < 30
    assert len(found.failed) + found.left == 203
    store.trouble = lambda *_request: ""
    assert len(mirror(work).uploaded) == 203
    assert copy(work, store) == folder(work)


def test_a_document_of_ten_megabytes_goes_in_one_request(work, store):
    write(work, {"all.json": "x" * 10_000_000})
    assert mirror(work).uploaded == ("all.json",)
    assert store.keys("PUT") == ["feeds/all.json"]


_RUN = """
import sys
from pathlib import Path
from syndicate.pipeline.mirroring import Mirroring, mirror
from syndicate.publish.copies.buckets import bucket
from syndicate.store import Database
base, target = Path(sys.argv[1]), sys.argv[2]
with Database.open(f"sqlite:///{base}/desk.db") as database:
    work = Mirroring(
        database=database, folder=base / "feeds", target=target, bucket=bucket
    )
    print("begun", flush=True)
    mirror(work)
"""


@pytest.mark.parametrize("kind", ["s3", "file"])
def test_runs_that_are_killed_go_on_where_they_were(work, store, tmp_path, kind):
    """Documents change and go between the kills; in the end the copy is the folder."""
    target = TARGET if kind == "s3" else f"file://{tmp_path}/copy"
    store.trouble = lambda *_request: "slow"
    write(work, site(150))
    base = str(tmp_path)
    for turn in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN, base, target], stdout=subprocess.PIPE
        )
        with process:
            process.stdout.readline()
            time.sleep(0.03 * turn)
            process.send_signal(signal.SIGKILL)
        gone = f"story/s{100 + turn}.html"
        with work.database.write() as connection:
            written.remove(connection, [gone])
        (work.folder / gone).unlink()
        write(work, {f"story/s{turn}.html": f"<p>Sửa lần {turn}</p>"})
    store.trouble = lambda *_request: ""
    subprocess.run([sys.executable, "-c", _RUN, base, target], check=True)
    if kind == "s3":
        assert copy(work, store) == folder(work)
        return
    there = tmp_path / "copy"
    found = {
        file.relative_to(there).as_posix(): file.read_bytes()
        for file in there.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }
    plain = {path: each for path, each in found.items() if not path.endswith(".gz")}
    assert plain == folder(work)
    assert {f"{path}.gz" for path in plain} == found.keys() - plain.keys()
    for path, content in plain.items():
        assert gzip.decompress(found[f"{path}.gz"]) == content


def test_a_folder_may_be_the_target_too(work, tmp_path):
    write(work, site(5))
    there = tmp_path / "copy"
    mirror(
        Mirroring(
            database=work.database,
            folder=work.folder,
            target=f"file://{there}",
            bucket=bucket,
        )
    )
    assert (there / "all.rss").read_bytes() == (work.folder / "all.rss").read_bytes()


def test_the_stand_in_checks_signatures(store):
    """Or the tests above would prove nothing."""
    with pytest.raises(HTTPError, match="HTTP Error 40"):
        urlopen(f"{store.url}/tin/feeds/all.rss", timeout=5).close()  # noqa: S310 - loopback

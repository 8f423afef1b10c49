"""Answers that are kept, and read again."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

import pytest

from syndicate.errors import FetchError, ParseError, Unreachable
from syndicate.gather.archive import (
    SUFFIX,
    FolderFetcher,
    KeepingFetcher,
    clear,
    file_of,
    packed,
    unpacked,
)
from syndicate.ports import Request, Response

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
URL = "https://bao.example/tin?id=1"


class Site:
    """Answers every request with the same bytes."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.body, self.status = body, status

    async def fetch(self, request: Request) -> Response:
        headers = {"content-type": "text/html; charset=utf-8"}
        return Response(
            url=f"{request.url}#end",
            status=self.status,
            headers=headers,
            body=self.body,
        )


def keeping(site, folder, cap=10_000, said=None):
    complain = (said if said is not None else []).append
    return KeepingFetcher(site, folder, cap, clock=lambda: NOW, complain=complain)


def fetch(fetcher, url=URL, **more):
    return asyncio.run(fetcher.fetch(Request(url=url, **more)))


def test_a_kept_answer_comes_back_as_it_came(tmp_path):
    there = fetch(keeping(Site("Đảng uỷ\n".encode()), tmp_path))
    again = fetch(FolderFetcher(tmp_path), etag='"1"')
    assert (again.url, again.status, again.headers, again.body) == (
        there.url,
        200,
        there.headers,
        "Đảng uỷ\n".encode(),
    )
    assert again.fetched_at == NOW


def test_only_the_newest_answer_of_an_address_is_kept(tmp_path):
    for body in (b"one", b"two"):
        fetch(keeping(Site(body), tmp_path))
    assert fetch(FolderFetcher(tmp_path)).body == b"two"
    assert len(list(tmp_path.iterdir())) == 1


def test_not_modified_keeps_what_was_kept(tmp_path):
    fetch(keeping(Site(b"one"), tmp_path))
    fetch(keeping(Site(b"", 304), tmp_path))
    assert fetch(FolderFetcher(tmp_path)).body == b"one"


def test_the_folder_stays_under_its_cap_and_loses_the_oldest(tmp_path):
    keeper = keeping(Site(os.urandom(3_000)), tmp_path, cap=10_000)
    for number in range(8):
        url = f"{URL}{number}"
        fetch(keeper, url)
        os.utime(file_of(tmp_path, url), (number, number))
    sizes = [one.stat().st_size for one in tmp_path.iterdir()]
    assert sum(sizes) <= 10_000
    assert fetch(FolderFetcher(tmp_path), f"{URL}7").body
    with pytest.raises(Unreachable, match="no answer of it was kept"):
        fetch(FolderFetcher(tmp_path), f"{URL}0")


def test_an_answer_larger_than_the_cap_is_passed_on_and_not_kept(tmp_path):
    assert fetch(keeping(Site(os.urandom(5_000)), tmp_path, cap=1_000)).body
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_loses_no_answer_and_is_told_once(tmp_path):
    (tmp_path / "taken").write_text("a file")
    said: list[str] = []
    keeper = keeping(Site(b"one"), tmp_path / "taken", said=said)
    assert fetch(keeper).body == b"one"
    assert fetch(keeper).body == b"one"
    assert len(said) == 1
    assert "keep_raw" in said[0]


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"\x1f\x8b\x08", packed(URL, Response(url=URL, status=200), NOW)[:20]],
)
def test_a_broken_file_is_an_answer_that_could_not_be_had(tmp_path, content):
    file_of(tmp_path, URL).write_bytes(content)
    with pytest.raises(FetchError):
        fetch(FolderFetcher(tmp_path))


def test_a_file_that_unpacks_without_end_is_refused():
    bomb = packed(URL, Response(url=URL, status=200, body=b"0" * 60_000_000), NOW)
    with pytest.raises(ParseError, match="too large"):
        unpacked(bomb)


def test_clearing_touches_nothing_that_is_not_an_answer(tmp_path):
    (tmp_path / "README").write_text("mine")
    (tmp_path / f"a{SUFFIX}").write_bytes(b"x" * 100)
    assert clear(tmp_path, 0) == 0
    assert [one.name for one in tmp_path.iterdir()] == ["README"]

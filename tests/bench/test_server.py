from __future__ import annotations

import gzip

import pytest

from bench.feeds import portals
from bench.server import Portals

HOST = "127.1.1.1:80"


@pytest.fixture
def shown() -> Portals:
    return Portals(list(portals(21, [f"http://{HOST}"])))


def ask(shown: Portals, path: str, **headers: str) -> tuple[str, dict[str, str], bytes]:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {HOST}", *lines, "", ""])
    top, _, body = shown.answer(head.encode()).partition(b"\r\n\r\n")
    first, *fields = top.decode().split("\r\n")
    return first[9:12], dict(line.split(": ", 1) for line in fields), body


def test_a_feed_is_answered_with_its_validators(shown):
    status, headers, body = ask(shown, "/tin-0.rss")
    assert status == "200"
    assert {"ETag", "Last-Modified"} < set(headers)
    assert int(headers["Content-Length"]) == len(body)


def test_what_is_asked_for_again_with_its_validators_is_not_modified(shown):
    _, headers, _ = ask(shown, "/tin-0.rss")
    status, _, body = ask(shown, "/tin-0.rss", If_None_Match=headers["ETag"])
    assert (status, body) == ("304", b"")
    modified = ask(shown, "/tin-6.rss")[1]["Last-Modified"]
    assert ask(shown, "/tin-6.rss", If_Modified_Since=modified)[0] == "304"


def test_an_etag_of_before_goes_before_a_date_that_still_fits(shown):
    _, headers, _ = ask(shown, "/tin-0.rss")
    given = {"If_None_Match": '"old"', "If_Modified_Since": headers["Last-Modified"]}
    assert ask(shown, "/tin-0.rss", **given)[0] == "200"


def test_a_packed_answer_is_the_same_document(shown):
    plain = ask(shown, "/tin-0.rss")[2]
    _, headers, packed = ask(shown, "/tin-0.rss", Accept_Encoding="gzip, deflate")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain


def test_a_ticking_feed_differs_at_every_visit(shown):
    first, second = (ask(shown, "/tin-9.rss")[2] for _ in range(2))
    assert first != second
    assert b"@BUILT@" not in first


def test_what_is_not_there_is_not_found(shown):
    assert ask(shown, "/tin-999.rss")[0] == "404"
    assert shown.answer(b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 404")


def test_a_revision_changes_what_is_shown_and_its_etag(shown):
    before = {
        path: ask(shown, path)[1]["ETag"] for path in ("/tin-1.rss", "/tin-0.rss")
    }
    shown.revise(1)
    after = {path: ask(shown, path)[1]["ETag"] for path in before}
    assert after["/tin-1.rss"] != before["/tin-1.rss"]
    assert after["/tin-0.rss"] == before["/tin-0.rss"]
    shown.revise(0)
    assert ask(shown, "/tin-1.rss")[1]["ETag"] == before["/tin-1.rss"]


def test_the_counts_are_those_since_they_were_last_told(shown):
    shown.told()
    _, headers, _ = ask(shown, "/tin-0.rss")
    ask(shown, "/tin-0.rss", If_None_Match=headers["ETag"])
    told = shown.told()
    assert (told["requests"], told["not_modified"]) == (2, 1)
    assert told["bytes"] > 1_000
    assert shown.told()["requests"] == 0

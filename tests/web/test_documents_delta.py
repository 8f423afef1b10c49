"""A reader that asks for deltas gets only what is new, and ends up with all of it."""

from __future__ import annotations

import gzip
import json
from email.utils import formatdate

import brotli
import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate.web.documents import Documents

HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom"
 xmlns:at="http://purl.org/atompub/tombstones/1.0"><id>tag:t,2026:all</id>
<title>Bản tin</title><updated>2026-11-22T00:00:{:02}Z</updated>"""


def entry(name: int, text: int) -> str:
    return (
        f'\n<entry xml:lang="vi"><id>tag:t,2026:{name}</id><title>Tin {name}</title>'
        f"<updated>2026-11-22T00:00:00Z</updated><summary>lần {text}</summary></entry>"
    )


def tombstone(name: int) -> str:
    return f'\n<at:deleted-entry ref="tag:t,2026:{name}" when="2026-11-22T00:00:00Z"/>'


def atom(
    stories: dict[int, int], gone: set[int] = frozenset(), second: int = 0
) -> bytes:
    entries = [entry(name, text) for name, text in stories.items()]
    entries += [tombstone(name) for name in sorted(gone)]
    return (HEAD.format(second) + "".join(entries) + "\n</feed>\n").encode()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "all.atom").write_bytes(atom({1: 0, 2: 0}))
    return tmp_path


@pytest.fixture
def web(caller, folder):
    return caller(Documents(folder, base_url="https://tin.example"))


def renew(folder, content: bytes, path: str = "all.atom") -> None:
    (folder / "new").write_bytes(content)
    (folder / "new").replace(folder / path)


def ids(body: bytes) -> list[str]:
    return [one.id for one in feedparser.parse(body).entries]


def test_only_new_and_changed_entries_and_tombstones_are_sent(web, folder):
    first = web.get("/all.atom", a_im="feed")
    renew(folder, atom({3: 0, 1: 1}, gone={2}))
    answer = web.get("/all.atom", a_im="feed", if_none_match=first.headers["etag"])
    assert (answer.status, answer.headers["im"]) == (226, "feed")
    assert ids(answer.body) == ["tag:t,2026:3", "tag:t,2026:1"]
    assert b'<at:deleted-entry ref="tag:t,2026:2"' in answer.body
    assert answer.headers["etag"] == web.get("/all.atom").headers["etag"]
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert 'rel="self"' in answer.headers["link"]


def test_who_begins_to_ask_for_deltas_need_not_have_asked_before(web, folder):
    first = web.get("/all.atom", accept_encoding="gzip")
    renew(folder, atom({3: 0, 1: 0, 2: 0}))
    etag = first.headers["etag"]
    answer = web.get("/all.atom", a_im="feed", if_none_match=etag)
    assert (answer.status, ids(answer.body)) == (226, ["tag:t,2026:3"])


def test_no_cache_may_give_a_delta_to_somebody_else(web, folder):
    first = web.get("/all.atom", a_im="feed")
    renew(folder, atom({3: 0, 2: 0}))
    headers = web.get(
        "/all.atom", a_im="feed", if_none_match=first.headers["etag"]
    ).headers
    assert headers["cache-control"] == "no-store"
    assert headers["vary"] == "accept-encoding, a-im, if-none-match"


def test_who_holds_the_current_version_gets_304(web, folder):
    first = web.get("/all.atom", a_im="feed")
    renew(folder, atom({3: 0, 2: 0}))
    etag = first.headers["etag"]
    second = web.get("/all.atom", a_im="feed", if_none_match=etag)
    held = second.headers["etag"]
    assert web.get("/all.atom", a_im="feed", if_none_match=held).status == 304
    both = f"{etag}, {held}"
    assert web.get("/all.atom", a_im="feed", if_none_match=both).status == 304


@pytest.mark.parametrize("tag", ['"unknown"', '"' + "0" * 32 + '"', "", "W/"])
def test_an_unknown_tag_gets_the_whole_document(web, folder, tag):
    web.get("/all.atom", a_im="feed")
    renew(folder, atom({3: 0}))
    answer = web.get("/all.atom", a_im="feed", if_none_match=tag)
    assert (answer.status, answer.body) == (200, atom({3: 0}))
    assert "im" not in answer.headers


def test_who_does_not_ask_for_a_delta_gets_the_whole_document(web, folder):
    first = web.get("/all.atom", a_im="feed")
    renew(folder, atom({3: 0}))
    for said in ({}, {"a_im": "vcdiff"}, {"a_im": "feed;q=0"}):
        answer = web.get("/all.atom", if_none_match=first.headers["etag"], **said)
        assert answer.status == 200


def test_a_date_is_not_enough_for_a_delta(web, folder):
    web.get("/all.atom", a_im="feed")
    renew(folder, atom({3: 0}))
    date = formatdate(0, usegmt=True)
    answer = web.get("/all.atom", a_im="feed", if_modified_since=date)
    assert answer.status == 200


def test_the_newest_version_that_a_reader_holds_counts(web, folder):
    first = web.get("/all.atom", a_im="feed").headers["etag"]
    renew(folder, atom({3: 0, 1: 0, 2: 0}))
    second = web.get("/all.atom", a_im="feed").headers["etag"]
    renew(folder, atom({4: 0, 3: 0, 1: 0, 2: 0}))
    answer = web.get(
        "/all.atom", a_im="feed", if_none_match=f'"x", {first}, W/{second}'
    )
    assert ids(answer.body) == ["tag:t,2026:4"]


@pytest.mark.parametrize(
    ("coding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)]
)
def test_a_delta_is_packed_and_a_packed_version_is_known(web, folder, coding, unpack):
    first = web.get("/all.atom", a_im="feed", accept_encoding=coding)
    renew(folder, atom({3: 0, 1: 0, 2: 0}))
    answer = web.get(
        "/all.atom",
        a_im="feed",
        accept_encoding=coding,
        if_none_match=first.headers["etag"],
    )
    assert (answer.status, answer.headers["content-encoding"]) == (226, coding)
    assert ids(unpack(answer.body)) == ["tag:t,2026:3"]


def test_json_feeds_have_deltas_too(web, folder):
    def feed(*items: int) -> bytes:
        return json.dumps(
            {"title": "T", "items": [{"id": str(i)} for i in items]}
        ).encode()

    renew(folder, feed(1, 2), "all.json")
    first = web.get("/all.json", a_im="feed")
    renew(folder, feed(3, 1, 2), "all.json")
    answer = web.get("/all.json", a_im="feed", if_none_match=first.headers["etag"])
    assert answer.status == 226
    assert json.loads(answer.body) == {"title": "T", "items": [{"id": "3"}]}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "IM" in answer.headers["access-control-expose-headers"]


def test_an_archive_page_or_a_broken_feed_is_sent_whole(web, folder):
    (folder / "archive").mkdir()
    for path in ("archive/1.atom", "all.atom"):
        renew(folder, atom({1: 0}) if "archive" in path else b"<feed>", path)
        first = web.get(f"/{path}", a_im="feed")
        renew(folder, atom({2: 0}), path)
        answer = web.get(f"/{path}", a_im="feed", if_none_match=first.headers["etag"])
        assert answer.status == 200


def test_a_head_request_says_what_a_get_would(web, folder):
    first = web.get("/all.atom", a_im="feed").headers["etag"]
    renew(folder, atom({3: 0, 2: 0}))
    get = web.get("/all.atom", a_im="feed", if_none_match=first)
    head = web("HEAD", "/all.atom", a_im="feed", if_none_match=first)
    assert (head.status, head.headers, head.body) == (226, get.headers, b"")


versions = st.lists(
    st.tuples(
        st.dictionaries(st.integers(0, 9), st.integers(0, 2), max_size=8),
        st.sets(st.integers(0, 9), max_size=3),
    ),
    min_size=2,
    max_size=12,
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(versions=versions, polls=st.lists(st.sets(st.integers(0, 2)), max_size=12))
def test_readers_that_apply_deltas_hold_what_the_document_holds(
    caller, tmp_path, versions, polls
):
    """Three readers that poll when they like: each ends with every entry as it is."""
    web = caller(Documents(tmp_path))
    etags: dict[int, str] = {}
    held: dict[int, dict[str, str]] = {0: {}, 1: {}, 2: {}}
    polls = (polls + [set()] * len(versions))[: len(versions) - 1]
    for second, ((stories, gone), readers) in enumerate(
        zip(versions, [*polls, {0, 1, 2}], strict=True)
    ):
        content = atom(stories, gone - set(stories), second)
        renew(tmp_path, content)
        for reader in readers:
            asked = {"if_none_match": etags[reader]} if reader in etags else {}
            answer = web.get("/all.atom", a_im="feed", **asked)
            assert answer.status == (226 if asked else 200)
            etags[reader] = answer.headers["etag"]
            for one in feedparser.parse(answer.body).entries:
                held[reader][one.id] = one.summary
            shown = feedparser.parse(content).entries
            for one in shown:
                assert held[reader][one.id] == one.summary

"""Written documents are served as they are, fast, and nothing else is."""

from __future__ import annotations

import errno
import gzip
import logging
import os
import threading
from email.utils import formatdate, parsedate_to_datetime

import brotli
import pytest
import zstandard

from syndicate.model import Site
from syndicate.publish.html.storypage import gone_page
from syndicate.templating import templates
from syndicate.web.documents import TYPES, Documents

ATOM = b"<feed>" + "bản tin".encode() * 50 + b"</feed>"


@pytest.fixture
def folder(tmp_path):
    feeds = tmp_path / "feeds"
    (feeds / "category").mkdir(parents=True)
    (feeds / "all.atom").write_bytes(ATOM)
    (feeds / "all.atom.gz").write_bytes(gzip.compress(ATOM))
    (feeds / "index.html").write_bytes(b"<h1>Tin</h1>")
    (feeds / "category" / "dan-van.json").write_bytes(b"{}")
    (tmp_path / "outside.html").write_text("secret")
    return feeds


@pytest.fixture
def web(caller, folder):
    return caller(Documents(folder))


def test_a_document_is_served_with_its_type_and_validators(web):
    answer = web.get("/all.atom")
    assert (answer.status, answer.body) == (200, ATOM)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["content-length"] == str(len(ATOM))
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "last-modified" in answer.headers
    assert "max-age" in answer.headers["cache-control"]


def test_the_folder_itself_is_its_front_page(web):
    for path in ("/", "//", "/index.html"):
        assert web.get(path).text == "<h1>Tin</h1>"


def test_pages_carry_the_security_headers_too(web):
    headers = web.get("/index.html").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"


def test_json_may_be_read_by_any_page(web):
    headers = web.get("/category/dan-van.json").headers
    assert headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
def test_who_holds_the_document_gets_304_and_nothing_else(web, form):
    etag = web.get("/all.atom").headers["etag"]
    answer = web.get("/all.atom", if_none_match=form.format(etag))
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["etag"] == etag
    assert "content-length" not in answer.headers


def test_another_tag_gets_the_document_whatever_the_date_says(web, folder):
    date = formatdate((folder / "all.atom").stat().st_mtime + 60, usegmt=True)
    answer = web.get("/all.atom", if_none_match='"other"', if_modified_since=date)
    assert answer.status == 200


@pytest.mark.parametrize(
    ("shift", "status"), [(0, 304), (60, 304), (-60, 200), (None, 200)]
)
def test_dates_are_compared_where_there_is_no_tag(web, folder, shift, status):
    moment = (folder / "all.atom").stat().st_mtime
    date = "no date" if shift is None else formatdate(moment + shift, usegmt=True)
    assert web.get("/all.atom", if_modified_since=date).status == status


def test_a_file_from_the_future_is_not_modified_after_now(web, folder):
    now = (folder / "all.atom").stat().st_mtime
    os.utime(folder / "all.atom", (now + 10**6, now + 10**6))
    said = parsedate_to_datetime(web.get("/all.atom").headers["last-modified"])
    assert said.timestamp() <= now + 60


def test_gzip_is_the_twin_beside_the_document(web, folder):
    answer = web.get("/all.atom", accept_encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding, sec-fetch-dest"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.body == (folder / "all.atom.gz").read_bytes()


UNPACK = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda packed: zstandard.ZstdDecompressor().decompress(packed),
}


@pytest.mark.parametrize("coding", UNPACK)
@pytest.mark.parametrize("path", ["/all.atom", "/index.html", "/category/dan-van.json"])
def test_a_coding_without_a_twin_is_packed_once(web, folder, coding, path):
    first, second = (web.get(path, accept_encoding=coding) for _ in range(2))
    assert first.headers["content-encoding"] == coding
    assert UNPACK[coding](first.body) == (folder / path[1:]).read_bytes()
    assert first.body == second.body
    assert first.headers["content-length"] == str(len(first.body))


@pytest.mark.parametrize(
    ("coding", "ending", "pack"),
    [
        ("br", ".br", lambda content: brotli.compress(content, quality=11)),
        ("zstd", ".zst", lambda content: zstandard.compress(content, 19)),
        ("gzip", ".gz", lambda content: gzip.compress(content, 9)),
    ],
)
def test_a_twin_is_sent_as_it_is(web, folder, coding, ending, pack):
    (folder / f"all.atom{ending}").write_bytes(pack(ATOM))
    answer = web.get("/all.atom", accept_encoding=coding)
    assert answer.body == pack(ATOM)


@pytest.mark.parametrize("asked", ["", "identity", "gzip;q=0", "compress, dcb"])
def test_nothing_is_packed_for_those_who_take_nothing_of_ours(web, asked):
    answer = web.get("/all.atom", accept_encoding=asked)
    assert "content-encoding" not in answer.headers
    assert answer.body == ATOM


def test_who_takes_no_form_of_a_document_is_told_so(web):
    answer = web.get("/all.atom", accept_encoding="identity;q=0, dcb")
    assert answer.status == 406
    assert answer.headers["vary"] == "accept-encoding"


def test_the_packed_form_has_a_tag_of_its_own_and_both_are_known(web):
    plain = web.get("/all.atom").headers["etag"]
    packed = web.get("/all.atom", accept_encoding="gzip").headers["etag"]
    assert plain != packed
    for etag in (plain, packed):
        for accepted in ("", "gzip"):
            answer = web.get("/all.atom", if_none_match=etag, accept_encoding=accepted)
            assert answer.status == 304
            assert answer.headers["etag"] == etag


@pytest.mark.parametrize("form", ["{}-gzip", "{}--gzip", "{};gzip", "{}-zstd"])
def test_a_tag_that_a_proxy_has_made_its_own_is_known(web, form):
    etag = web.get("/all.atom").headers["etag"]
    changed = f'"{form.format(etag[1:-1])}"'
    assert web.get("/all.atom", if_none_match=changed).status == 304
    assert web.get("/all.atom", if_none_match=etag[:-2] + '"').status == 200


WRONG = [
    b"not packed",
    gzip.compress(b"an older one"),
    gzip.compress(ATOM) + b"more",
    gzip.compress(ATOM)[:-9],
    gzip.compress(b"x" * len(ATOM))[:-8] + gzip.compress(ATOM)[-8:],
    brotli.compress(b"an older one"),
    brotli.compress(ATOM)[:-3],
    brotli.compress(b"x" * 50_000_000),
    zstandard.compress(b"an older one"),
    zstandard.compress(ATOM)[:-3],
    zstandard.compress(b"x" * 50_000_000),
    b"",
]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_twin_that_holds_something_else_is_passed_over(web, folder, wrong):
    for ending in (".gz", ".br", ".zst"):
        (folder / f"all.atom{ending}").write_bytes(wrong)
    for coding, unpack in UNPACK.items():
        answer = web.get("/all.atom", accept_encoding=coding)
        assert unpack(answer.body) == ATOM


def test_a_twin_that_cannot_be_read_is_done_without(web, folder):
    (folder / "all.atom.gz").unlink()
    (folder / "all.atom.gz").mkdir()
    (folder / "all.atom.br").symlink_to("/dev/zero")
    for coding, unpack in UNPACK.items():
        assert unpack(web.get("/all.atom", accept_encoding=coding).body) == ATOM


def test_a_head_request_has_the_same_headers_and_no_body(web):
    get, head = web.get("/all.atom"), web("HEAD", "/all.atom")
    assert (head.status, head.headers, head.body) == (200, get.headers, b"")
    assert web("HEAD", "/none.atom").body == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE", "PATCH", "X"])
def test_other_methods_are_refused(web, method):
    answer = web(method, "/all.atom")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_page_elsewhere_may_ask_for_a_feed_with_conditions(web):
    asked = {"origin": "https://cong.example", "access_control_request_method": "GET"}
    answer = web("OPTIONS", "/all.json", **asked)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]
    assert "GET" in answer.headers["access-control-allow-methods"]


@pytest.mark.parametrize("path", ["/all.atom", "/all.rss"])
def test_a_browser_that_opens_a_feed_gets_it_as_xml_so_that_its_style_is_shown(
    web, folder, path
):
    (folder / "all.rss").write_bytes(b"<rss/>")
    opened = web.get(path, sec_fetch_dest="document")
    fetched = web.get(path, sec_fetch_dest="empty")
    assert opened.headers["content-type"] == "application/xml; charset=utf-8"
    assert fetched.headers["content-type"].startswith(f"application/{path[5:]}+xml")
    assert opened.body == fetched.body
    assert opened.headers["vary"] == "accept-encoding, sec-fetch-dest"
    assert web.get("/index.html").headers["vary"] == "accept-encoding"


def test_pages_are_not_for_scripts_of_others(web):
    for method in ("GET", "OPTIONS"):
        answer = web(method, "/index.html")
        assert "access-control-allow-origin" not in answer.headers


def test_a_script_reads_304_too(web):
    feed = web.get("/category/dan-van.json").headers["etag"]
    answer = web.get("/category/dan-van.json", if_none_match=feed)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "path",
    [
        "/none.atom",
        "/../outside.html",
        "/%2e%2e/outside.html",
        "/category/../../outside.html",
        "/category/%2e%2e/%2e%2e/outside.html",
        "/..%2foutside.html",
        "/all.atom%00.html",
        "/all.atom\0",
        "/.hidden.html",
        "/%2ehidden.html",
        "/.git/index.html",
        "/all.atom.gz",
        "/category",
        "/category/",
        "/notes.md",
        "/folder.html",
        "/" + "x" * 5000 + ".html",
        "/%ff%fe.html",
        "/link.html",
        "/loop.html",
        "//etc/passwd",
    ],
)
def test_nothing_but_documents_of_the_folder_is_served(web, folder, tmp_path, path):
    (folder / ".hidden.html").write_text("secret")
    (folder / "notes.md").write_text("secret")
    (folder / "folder.html").mkdir()
    (folder / "link.html").symlink_to(tmp_path / "outside.html")
    (folder / "loop.html").symlink_to(folder / "loop.html")
    (folder / ".git").mkdir()
    (folder / ".git" / "index.html").write_text("secret")
    answer = web.get(path)
    assert answer.status == 404
    assert answer.body == b"not found\n"
    assert web.raised is None


def test_an_absolute_path_in_the_address_stays_in_the_folder(web, tmp_path):
    assert web.get(f"/{tmp_path}/outside.html").status == 404


def test_a_document_that_was_rewritten_is_read_again(web, folder):
    before = web.get("/all.atom").headers["etag"]
    (folder / "all.atom").write_bytes(b"<feed>moi</feed>")
    os.utime(folder / "all.atom", ns=(1, 10**18))
    answer = web.get("/all.atom", accept_encoding="gzip")
    assert gzip.decompress(answer.body) == b"<feed>moi</feed>"
    assert answer.headers["etag"][:33] != before[:33]


def test_a_document_that_is_gone_is_gone(web, folder):
    web.get("/all.atom")
    (folder / "all.atom").unlink()
    assert web.get("/all.atom").status == 404


@pytest.mark.parametrize("suffix", TYPES)
def test_every_text_says_its_encoding(suffix):
    kind = TYPES[suffix]
    assert "charset=utf-8" in kind or kind.startswith("image/")


LINK = (
    '<https://tin.example/hub>; rel="hub", <https://tin.example/feeds/{}>; rel="self"'
)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("all.atom", True),
        ("category/dan-van.json", True),
        ("index.html", False),
        ("archive/all/1.atom", False),
        ("all.headlines.json", False),
    ],
)
def test_a_feed_names_its_hub_and_itself_in_the_header(caller, folder, path, named):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(b"{}")
    made = Documents(
        folder, base_url="https://tin.example/", hubs=["https://tin.example/hub"]
    )
    for method in ("GET", "HEAD"):
        link = caller(made)(method, f"/{path}").headers.get("link")
        assert link == (LINK.format(path) if named else None)


def test_an_address_with_letters_of_its_own_is_ascii_in_the_header(caller, folder):
    made = Documents(folder, base_url="https://tin-tức.example/bản tin")
    link = caller(made).get("/all.atom").headers["link"]
    own = "https://xn--tin-tc-fr8b.example/b%E1%BA%A3n%20tin/feeds/all.atom"
    assert link == f'<{own}>; rel="self"'


@pytest.mark.parametrize(
    ("path", "seconds"),
    [("all.atom", 300), ("archive/all/1.atom", 3600), ("style.css", 3600)],
)
def test_what_lasts_is_kept_longer_and_nothing_for_ever(web, folder, path, seconds):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(b"x")
    control = web.get(f"/{path}").headers["cache-control"]
    assert control == f"public, max-age={seconds}"


GONE = '<!DOCTYPE html>\n<html lang="vi" data-status="{}"><title>Tin</title>'


@pytest.mark.parametrize(("into", "status"), [("", 410), ("b2", 301)])
def test_the_pages_that_we_write_of_stories_that_are_gone_are_understood(
    web, folder, into, status
):
    site = Site(title="Bàn", base_url="https://tin.example")
    made = gone_page(
        "a1",
        into=into,
        site=site,
        templates=templates([], language="vi", zone="Asia/Ho_Chi_Minh"),
    )
    (folder / "story").mkdir()
    (folder / "story" / "a1.html").write_bytes(made.content)
    answer = web.get("/story/a1.html")
    assert (answer.status, answer.body) == (status, made.content)
    assert answer.headers.get("location", "") == (f"{into}.html" if into else "")


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_the_page_of_a_withdrawn_story_says_410(web, folder, coding):
    (folder / "story").mkdir()
    (folder / "story" / "a1.html").write_text(GONE.format("410"))
    answer = web.get("/story/a1.html", accept_encoding=coding)
    body = UNPACK[coding](answer.body) if coding else answer.body
    assert (answer.status, body) == (410, GONE.format("410").encode())
    again = web.get("/story/a1.html", if_none_match=answer.headers["etag"])
    assert again.status == 410


def test_the_page_of_a_merged_story_leads_to_the_other(web, folder):
    (folder / "story").mkdir()
    page = GONE.format('301" data-location="b2.html')
    (folder / "story" / "a1.html").write_text(page)
    answer = web.get("/story/a1.html")
    assert (answer.status, answer.headers["location"]) == (301, "b2.html")


@pytest.mark.parametrize(
    "said",
    [
        "301",
        '301" data-location="//evil.example/',
        '301" data-location="../x.html',
        "200",
        "500",
        '410" x="',
    ],
)
def test_a_page_cannot_ask_for_another_status(web, folder, said):
    (folder / "story").mkdir()
    (folder / "story" / "a1.html").write_text(GONE.format(said))
    answer = web.get("/story/a1.html")
    assert "location" not in answer.headers
    assert answer.status == (410 if said.startswith("410") else 200)


def test_only_pages_of_stories_have_a_status(web, folder):
    (folder / "index.html").write_text(GONE.format("410"))
    assert web.get("/index.html").status == 200


def test_a_document_that_cannot_be_read_is_an_error_that_is_logged(
    web, folder, monkeypatch, caplog
):
    def refuse(path, *_rest, **_more):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr("syndicate.web.serving.versions.os.open", refuse)
    with caplog.at_level(logging.ERROR):
        answer = web.get("/all.atom")
        web.get("/all.atom")
    assert (answer.status, answer.body) == (500, b"cannot be read\n")
    assert answer.headers["cache-control"] == "no-store"
    assert caplog.messages == ["'all.atom' cannot be served: Permission denied"]
    monkeypatch.undo()
    assert web.get("/all.atom").status == 200


def test_a_folder_that_disappears_and_comes_back(web, folder, tmp_path):
    assert web.get("/all.atom").status == 200
    folder.rename(tmp_path / "away")
    assert web.get("/all.atom").status == 404
    (tmp_path / "away").rename(folder)
    assert web.get("/all.atom").body == ATOM


def test_a_folder_that_is_a_link_may_be_turned_to_another(caller, folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "all.atom").write_bytes(b"<feed>khac</feed>")
    link = tmp_path / "now"
    link.symlink_to(folder)
    web = caller(Documents(link))
    assert web.get("/all.atom").body == ATOM
    link.unlink()
    link.symlink_to(other)
    assert web.get("/all.atom").body == b"<feed>khac</feed>"


def test_a_pipe_or_a_device_is_no_document_and_holds_nobody_up(web, folder):
    os.mkfifo(folder / "pipe.html")
    (folder / "null.html").symlink_to("/dev/null")
    assert web.get("/pipe.html").status == 404
    assert web.get("/null.html").status == 404


def test_a_document_that_somebody_writes_into_is_sent_whole_or_not_at_all(
    caller, folder
):
    target = folder / "all.rss"
    target.write_bytes(b"a" * 300_000)
    web, ended = caller(Documents(folder)), threading.Event()

    def write_into() -> None:
        letters = [b"a" * 300_000, b"b" * 200_000]
        while not ended.is_set():
            for letter in letters:
                target.write_bytes(letter)

    writer = threading.Thread(target=write_into)
    writer.start()
    try:
        seen = [web.get("/all.rss") for _ in range(60)]
    finally:
        ended.set()
        writer.join()
    for answer in seen:
        assert answer.headers["content-length"] == str(len(answer.body))
        assert answer.status in (200, 500)
        assert len(set(answer.body)) <= 1 or answer.status == 500
    assert web.get("/all.rss").status == 200


def test_memory_is_bounded_however_many_documents_are_read(caller, folder):
    made = Documents(folder, memory=1_000_000)
    web = caller(made)
    for number in range(300):
        (folder / f"tin-{number}.html").write_bytes(b"%d" % number * 5000)
    for number in range(300):
        asked = "gzip" if number % 2 else ""
        web.get(f"/tin-{number}.html", accept_encoding=asked)
    assert made.memory <= 1_000_000
    assert web.get("/tin-7.html").body == b"7" * 5000


@pytest.mark.parametrize(
    "header", ["if_none_match", "accept_encoding", "a_im", "if_modified_since"]
)
@pytest.mark.parametrize(
    "value",
    ["x" * 60_000, ",;=" * 9000, '"' * 999, ";q=", "W/", "\xff\x00", "gzip;" * 999],
)
def test_a_hostile_header_does_no_harm(web, header, value):
    answer = web.get("/all.atom", **{header: value})
    assert answer.status == 200
    assert web.raised is None


def test_a_name_cannot_put_a_header_of_its_own_in(caller, folder):
    name = "a\r\nset-cookie: x=1.html"
    (folder / name).write_bytes(b"x")
    for path in (f"/{name}", "/a%0d%0aset-cookie:%20x=1.html"):
        answer = caller(Documents(folder, base_url="https://tin.example")).get(path)
        assert answer.status == 404
        assert "set-cookie" not in answer.headers

"""Written documents are served as they are, fast, and nothing else is."""

from __future__ import annotations

import gzip
import os
from email.utils import formatdate

import pytest

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


def test_gzip_is_given_to_those_who_take_it(web):
    answer = web.get("/all.atom", accept_encoding="br, gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert gzip.decompress(answer.body) == ATOM


@pytest.mark.parametrize("asked", ["", "identity", "br", "gzip;q=0", "br, gzip; q=0.0"])
def test_gzip_is_not_given_to_those_who_do_not_take_it(web, asked):
    answer = web.get("/all.atom", accept_encoding=asked)
    assert "content-encoding" not in answer.headers
    assert answer.body == ATOM


def test_the_packed_form_has_a_tag_of_its_own_and_both_are_known(web):
    plain = web.get("/all.atom").headers["etag"]
    packed = web.get("/all.atom", accept_encoding="gzip").headers["etag"]
    assert plain != packed
    for etag in (plain, packed):
        for accepted in ("", "gzip"):
            answer = web.get("/all.atom", if_none_match=etag, accept_encoding=accepted)
            assert answer.status == 304


@pytest.mark.parametrize("wrong", [b"not gzip", gzip.compress(b"an older one"), b""])
def test_a_packed_form_that_holds_something_else_is_passed_over(web, folder, wrong):
    (folder / "all.atom.gz").write_bytes(wrong)
    answer = web.get("/all.atom", accept_encoding="gzip")
    assert answer.body == ATOM


def test_a_head_request_has_the_same_headers_and_no_body(web):
    get, head = web.get("/all.atom"), web("HEAD", "/all.atom")
    assert (head.status, head.headers, head.body) == (200, get.headers, b"")
    assert web("HEAD", "/none.atom").body == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_refused(web, method):
    answer = web(method, "/all.atom")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


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
    assert answer.body == b"<feed>moi</feed>"
    assert answer.headers["etag"] != before


def test_a_document_that_is_gone_is_gone(web, folder):
    web.get("/all.atom")
    (folder / "all.atom").unlink()
    assert web.get("/all.atom").status == 404


@pytest.mark.parametrize("suffix", TYPES)
def test_every_text_says_its_encoding(suffix):
    kind = TYPES[suffix]
    assert "charset=utf-8" in kind or kind == "image/svg+xml"

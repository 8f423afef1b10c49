"""Saved documents in a folder."""

from __future__ import annotations

import os

import pytest

from syndicate.errors import FetchError
from syndicate.gather.folder import read_folder


def test_saved_pages_and_feeds_come_by_name_with_their_time(tmp_path, source):
    (tmp_path / "b.html").write_bytes(b"<p>b")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.xml").write_bytes(b"<rss/>")
    os.utime(tmp_path / "b.html", (1_700_000_000, 1_700_000_000))
    found = read_folder(tmp_path, source=source())
    assert [(each.name, each.body) for each in found] == [
        ("b.html", b"<p>b"),
        ("sub/a.xml", b"<rss/>"),
    ]
    assert found[0].modified.timestamp() == 1_700_000_000
    assert found[0].modified.tzinfo is not None


def test_hidden_files_pictures_and_companions_are_passed_over(tmp_path, source):
    (tmp_path / ".hidden.html").write_bytes(b"x")
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "page_files").mkdir()
    (tmp_path / "page_files" / "frame.html").write_bytes(b"x")
    (tmp_path / "dir.html").mkdir()
    assert read_folder(tmp_path, source=source()) == []


def test_a_link_out_of_the_folder_is_not_followed(tmp_path, source):
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "secret.html").write_bytes(b"secret")
    (inside / "a.html").symlink_to(tmp_path / "secret.html")
    assert read_folder(inside, source=source()) == []


def test_a_folder_that_is_not_there_is_an_error_that_names_the_source(tmp_path, source):
    with pytest.raises(FetchError, match="tin"):
        read_folder(tmp_path / "nowhere", source=source())
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FetchError):
        read_folder(tmp_path / "file", source=source())

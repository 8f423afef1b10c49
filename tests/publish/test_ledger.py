"""Stamps of what pages were made of."""

from __future__ import annotations

import pytest

from syndicate.publish import ledger


def test_stamps_come_back_as_they_were_written(tmp_path):
    stamps = {"document/b": "2", "document/a": "1"}
    (tmp_path / ledger.NAME).write_bytes(ledger.written(stamps))
    assert ledger.read(tmp_path) == stamps
    assert ledger.written(stamps) == ledger.written(dict(reversed(stamps.items())))


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"\xff\xfe", b'{"a": 1}'])
def test_a_damaged_list_is_an_empty_one(tmp_path, damage):
    (tmp_path / ledger.NAME).write_bytes(damage)
    assert ledger.read(tmp_path) == {}


def test_a_missing_list_is_an_empty_one(tmp_path):
    assert ledger.read(tmp_path / "none") == {}


def test_no_two_lists_of_parts_have_one_stamp():
    stamps = [
        ledger.stamp("ab", "c"),
        ledger.stamp("a", "bc"),
        ledger.stamp("abc"),
        ledger.stamp("abc", ""),
        ledger.stamp("\ud800"),
        ledger.stamp(),
    ]
    assert len(set(stamps)) == len(stamps)


def test_a_document_is_whole_with_every_file_and_its_gz(tmp_path):
    (tmp_path / "document").mkdir()
    for name in ("a.rss", "a.rss.gz", "a.html"):
        (tmp_path / "document" / name).touch()
    there = ledger.present(tmp_path, "document")
    assert ledger.whole(["document/a.rss"], there)
    assert not ledger.whole(["document/a.rss", "document/a.html"], there)
    assert ledger.present(tmp_path, "none") == frozenset()

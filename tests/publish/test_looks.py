"""Stamps of what documents were made of."""

from __future__ import annotations

from syndicate.publish.disk.looks import stamp


def test_no_two_lists_of_parts_have_one_stamp():
    stamps = [
        stamp("ab", "c"),
        stamp("a", "bc"),
        stamp("abc"),
        stamp("abc", ""),
        stamp("\ud800"),
        stamp(),
    ]
    assert len(set(stamps)) == len(stamps)


def test_the_same_parts_have_the_same_stamp():
    assert stamp("a", "b") == stamp("a", "b")

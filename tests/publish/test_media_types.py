"""What a document is, by its path."""

from __future__ import annotations

import pytest

from syndicate.publish.media_types import TYPES, cache_control, media_type


@pytest.mark.parametrize("ending", TYPES)
def test_every_kind_of_ours_says_its_encoding_or_is_a_picture(ending):
    said = media_type(f"a/b.c{ending}")
    assert said is not None
    assert said.endswith("; charset=utf-8") or said.startswith("image/")


@pytest.mark.parametrize(
    "path", ["all", "all.rss.gz", "all.RSS", "a.rss/b", ".rss/x", "", "all.", "x.php"]
)
def test_any_other_name_is_not_for_serving(path):
    assert media_type(path) is None


@pytest.mark.parametrize("path", ["all.rss", "archive/all/1.rss", "style.css"])
def test_nothing_may_be_kept_for_ever(path):
    said = cache_control(path)
    assert "immutable" not in said
    assert int(said.rpartition("=")[2]) <= 86_400


def test_archives_are_kept_longer_than_what_is_current():
    def age(path: str) -> int:
        return int(cache_control(path).rpartition("=")[2])

    assert age("archive/all/1.rss") > age("all.rss")

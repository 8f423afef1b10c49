"""On which line a setting stands."""

from __future__ import annotations

from syndicate.config.lines import line_numbers, line_of

TEXT = '''\
# a comment with = and [brackets]
[site]
title = "a [ b # c"
[[source]]
key = "x"
words = [
  "one",  # ] not the end
  """two
  key = 'no' """,
]
after = 1
[source.selectors]
"item" = "li"
[[source]]
key = "y"
selectors.link = "a"
[[digest]]
key = "d"
[[digest.section]]
title = "s1"
[[digest.section]]
title = "s2"
[category.dan-van]
title = "t"
'''


def test_keys_tables_and_array_tables_are_found():
    lines = line_numbers(TEXT)
    expected = {
        ("site", "title"): 3,
        ("source", 0, "key"): 5,
        ("source", 0, "words"): 6,
        ("source", 0, "after"): 11,
        ("source", 0, "selectors", "item"): 13,
        ("source", 1, "key"): 15,
        ("source", 1, "selectors", "link"): 16,
        ("digest", 0, "section", 0, "title"): 20,
        ("digest", 0, "section", 1, "title"): 22,
        ("category", "dan-van", "title"): 24,
    }
    assert {path: lines.get(path) for path in expected} == expected


def test_a_key_inside_a_long_string_is_no_key():
    paths = [path for path in line_numbers(TEXT) if path[-1] == "key"]
    assert paths == [("source", 0, "key"), ("source", 1, "key"), ("digest", 0, "key")]


def test_what_is_not_there_is_put_at_what_holds_it():
    lines = line_numbers(TEXT)
    assert line_of(("source", 1, "title"), lines) == 14
    assert line_of(("nowhere",), lines) == 1

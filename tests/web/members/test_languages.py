"""In which language a person is answered."""

from __future__ import annotations

import pytest

from syndicate.web.members.languages import chosen


@pytest.mark.parametrize(
    ("said", "own", "accepts", "site", "answer"),
    [
        ("", "", "", "vi", ("vi", "")),
        ("", "", "", "fr", ("fr", "")),
        ("en", "vi", "vi", "vi", ("en", "en")),
        ("EN-gb", "", "", "vi", ("en", "en")),
        ("", "en", "vi", "vi", ("en", "")),
        ("", "", "en-US,en;q=0.9", "vi", ("en", "")),
        ("", "", "fr,vi;q=0.4,en;q=0.6", "vi", ("en", "")),
        ("", "", "en;q=0.5,vi;q=0.5", "vi", ("en", "")),
        ("", "", "en;q=0", "vi", ("vi", "")),
        ("", "", "*", "vi", ("vi", "")),
        ("", "", "en;q=nan", "vi", ("vi", "")),
        ("", "", "en;q=٠", "vi", ("vi", "")),
        ("", "", "," * 9_999 + "en", "vi", ("vi", "")),
        ("../../x", "", "", "vi", ("vi", "")),
        ("", "fr", "", "vi", ("vi", "")),
    ],
)
def test_the_best_of_what_is_known_is_taken(said, own, accepts, site, answer):
    assert chosen(said, own, accepts, site) == answer

"""Language tags as feeds may say them."""

from __future__ import annotations

import pytest

from syndicate.publish.forms.languages import language_tag


@pytest.mark.parametrize(
    ("claims", "tag"),
    [
        (("vi",), "vi"),
        (("vi_VN",), "vi-VN"),
        ((" EN-us ",), "EN-us"),
        (("zh-Hant-TW",), "zh-Hant-TW"),
        (("khm",), "khm"),
        (("", "vi"), "vi"),
        (("Tiếng Việt", "vi"), "vi"),
        (("vn", "vi"), "vi"),
        (("xyz", "vi"), "vi"),
        (("new-", "vi"), "vi"),
        (("vi\n", "en"), "vi"),
        (("vi\x00", "en"), "en"),
        (("", ""), "und"),
        ((), "und"),
    ],
)
def test_the_first_claim_that_is_a_language_counts(claims, tag):
    assert language_tag(*claims) == tag

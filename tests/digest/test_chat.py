from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.digest.writing.chat import TELEGRAM, ZALO, chat, split
from syndicate.model import Digest, Issue, IssueItem, IssueSection

VIEW = "https://ban-tin.example/issues/tuan/12"
Item = Callable[..., IssueItem]
MakeIssue = Callable[..., Issue]


def length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_chat_tells_titles_and_addresses_and_nothing_else(
    make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    sections = (
        IssueSection(title="Đảng", items=(make_item(1), make_item(2))),
        IssueSection(title="Dân", items=(make_item(3, url=""),)),
    )
    issue = make_issue(sections=sections)
    first, second, third = (item.title for item in issue.items)
    *told, last = chat(issue, digest, VIEW)
    assert told == [
        "Bản tin tuần Cửu Hà · 12–18/10/2026",
        f"ĐẢNG\n1. {first}\nhttps://khoi.cuuha.example/tin-1",
        f"2. {second}\nhttps://khoi.cuuha.example/tin-2",
        f"DÂN\n3. {third}",
    ]
    assert last.splitlines()[-1] == VIEW
    assert split([*told, last]) == ("\n\n".join([*told, last]),)


def test_a_chat_of_a_digest_with_advertising_says_so(
    make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    paid = replace(digest, advertising=True)
    assert chat(make_issue(make_item()), paid, VIEW)[0].startswith("[QC] ")


@pytest.mark.parametrize("limit", [ZALO, TELEGRAM])
def test_a_long_chat_is_split_between_stories(
    make_issue: MakeIssue, make_item: Item, digest: Digest, limit: int
) -> None:
    issue = make_issue(*(make_item(n) for n in range(1, 61)))
    parts = split(chat(issue, digest, VIEW), limit)
    assert len(parts) > 1
    assert max(map(length, parts)) <= limit
    for at, part in enumerate(parts, 1):
        assert part.startswith(f"({at}/{len(parts)})\n")
    for item in issue.items:
        (holder,) = [part for part in parts if item.url in part.split()]
        assert item.title in holder


@given(
    paragraphs=st.lists(
        st.one_of(
            st.text(max_size=300),
            st.sampled_from(["chữ " * 900, "x" * 5000, "👩‍👩‍👧 " * 700]),
            st.just("1. Tin\nhttps://a.example/" + "a" * 1900),
            st.just("1. Tin\nhttps://a.example/" + "a" * 2500),
        ),
        max_size=12,
    ),
    limit=st.sampled_from([ZALO, TELEGRAM]),
)
def test_no_message_is_longer_than_its_limit(paragraphs: list[str], limit: int) -> None:
    parts = split(paragraphs, limit)
    assert max(map(length, parts)) <= limit
    whole = "\n".join(parts)
    for paragraph in paragraphs:
        for line in paragraph.split("\n"):
            if line.startswith("https://") and len(line) < limit - 20:
                assert line in whole

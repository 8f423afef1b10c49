"""Categories, sources and entries to label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from syndicate.categorise.rules import Rules
from syndicate.model import Category, Entry, Scoring, Source, SourceKind

PARTY = Category(
    slug="xay-dung-dang",
    title="Xây dựng Đảng",
    strong=("kết nạp đảng", "tổ chức cơ sở đảng"),
    normal=("đảng viên", "chi bộ"),
    normal_weight=0.5,
)
ELECTIONS = Category(
    slug="bau-cu",
    title="Bầu cử",
    strong=("bầu cử", "ủy ban bầu cử", "cử tri"),
    negative=("bầu cử tổng thống",),
)
BUSINESS = Category(
    slug="doanh-nghiep",
    title="Doanh nghiệp",
    strong=("khu công nghiệp",),
    normal=("doanh nghiệp",),
    masks=("doanh nghiệp tư vấn",),
)
HARBOUR = Category(
    slug="harbour",
    title="Harbour",
    strong=("container terminal", "port authority"),
    normal=("quay", "vessel"),
)
CATEGORIES = (PARTY, ELECTIONS, BUSINESS, HARBOUR)
SCORING = Scoring(
    masks=("khối cơ quan - doanh nghiệp tỉnh",),
    documents=(("45-CT/TW", "bau-cu"), ("213-QĐ/TW", "xay-dung-dang")),
)


@pytest.fixture
def rules() -> Callable[..., Rules]:
    """Make rules of the four categories; keywords change the scoring."""

    def make(*categories: Category, **changes: object) -> Rules:
        scoring = replace(SCORING, **changes)  # type: ignore[arg-type]  # by name
        return Rules(categories or CATEGORIES, scoring)

    return make


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """Make an entry without anything; keywords fill its fields."""

    def make(**changes: object) -> Entry:
        bare = Entry(source="khoi", url="https://khoi.example/1", title="")
        return replace(bare, **changes)  # type: ignore[arg-type]  # by name

    return make


@pytest.fixture
def source() -> Callable[..., Source]:
    """Make a source that is known for the given categories."""

    def make(*categories: str) -> Source:
        return Source(
            key="khoi",
            title="Khối",
            kind=SourceKind.LISTING,
            url="https://khoi.example/",
            categories=categories,
        )

    return make

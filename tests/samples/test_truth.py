"""The texts of the sample world and what samples/truth.toml says of them agree."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

Table = dict[str, Any]

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
START = datetime.fromisoformat("2026-09-28T06:00:00+07:00")
WEEK = timedelta(days=7)
BY_DAY = {"khoi", "truong"}

CATEGORIES = {
    "xay-dung-dang",
    "kiem-tra-giam-sat",
    "tuyen-giao-hoc-bac",
    "dan-van-mat-tran",
    "doanh-nghiep-lao-dong",
    "dao-tao-boi-duong",
    "bau-cu-dan-cu",
    "nong-thon-moi",
    "kinh-te-du-an",
    "van-ban-chi-dao",
    "su-kien-ky-niem",
    "an-sinh-y-te",
    "cai-cach-bo-may",
    "quoc-phong-an-ninh",
    "dai-hoi-dang",
}

# Ceremonies told with the same formulas, of another place, day and number.
LOOK_ALIKES = [
    ("khai-giang-trung-cap-khoa-41", "khai-giang-trung-cap-khoa-42"),
    ("dai-hoi-dang-bo-cap-nuoc", "dai-hoi-dang-bo-benh-vien"),
    ("trao-huy-hieu-dang-an-hoa", "trao-huy-hieu-dang-long-thanh"),
    ("ngay-hoi-dai-doan-ket-binh-phu", "ngay-hoi-dai-doan-ket-my-thuy"),
    # On the same morning in another commune; on the same day in another house.
    ("trao-huy-hieu-dang-an-hoa", "trao-huy-hieu-dang-phu-khanh"),
    ("dai-hoi-dang-bo-benh-vien", "dai-hoi-dang-bo-cao-dang-nghe"),
    ("be-giang-lop-bi-thu-chi-bo", "be-giang-lop-cap-uy-vien"),
    ("lich-cong-tac-tuan-41", "lich-cong-tac-tuan-42"),
]
# The same title but for a number, and hardly a word in common.
INSTALMENTS = ("chieu-lac-ky-1", "chieu-lac-ky-2")

# ── Reading ──────────────────────────────────────────────────────────────────

ARTICLES: list[Table] = [
    tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((SAMPLES / "articles").glob("*.toml"))
]
TRUTH: list[Table] = tomllib.loads(
    (SAMPLES / "truth.toml").read_text(encoding="utf-8")
)["story"]
TELLINGS: list[tuple[Table, Table]] = [
    (article, telling) for article in ARTICLES for telling in article["telling"]
]
NAMES = [path.stem for path in sorted((SAMPLES / "articles").glob("*.toml"))]
BY_KEY: dict[str, list[Table]] = {}
for one in ARTICLES:
    BY_KEY.setdefault(one["story"], []).append(one)
EVENTS = {key: texts for key, texts in BY_KEY.items() if len(texts) > 1}
BY_TRUTH = {story["key"]: story for story in TRUTH}


def paragraphs(article: Table) -> list[str]:
    return [block.strip() for block in article["body"].split("\n\n") if block.strip()]


def whole(article: Table) -> str:
    captions: list[str] = article.get("captions", [])
    return "\n".join([article["title"], article["lead"], article["body"], *captions])


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def week_of(telling: Table) -> int:
    return int((telling["at"] - START) / WEEK)


# ── Spelling ─────────────────────────────────────────────────────────────────

TONES = "\u0300\u0301\u0309\u0303\u0323"
PLAIN = [
    first + second
    for rhyme in ("oa", "oe", "uy")
    for first in (rhyme[0], rhyme[0].upper())
    for second in (rhyme[1], rhyme[1].upper())
]
NEW_BY_OLD = {
    unicodedata.normalize("NFC", rhyme[0] + tone + rhyme[1]): unicodedata.normalize(
        "NFC", rhyme + tone
    )
    for rhyme in PLAIN
    for tone in TONES
}
OLD_STYLE = re.compile(rf"(?<![qQ])(?:{'|'.join(NEW_BY_OLD)})(?!\w)")
NEW_STYLE = re.compile(rf"(?<![qQ])(?:{'|'.join(NEW_BY_OLD.values())})(?!\w)")


def spelt(text: str, style: str) -> str:
    if style == "new":
        return OLD_STYLE.sub(lambda found: NEW_BY_OLD[found[0]], text)
    return text


# ── Document numbers ─────────────────────────────────────────────────────────

# Wider than any real number on purpose: what looks like one has to be in truth.
NUMBERED = re.compile(
    r"(?<![\w/.-])\d+(?:/\d{4})?[-/]"
    r"(?:[A-ZĐ][\w&]*[-/][A-ZĐ][\w&]*(?:-[A-ZĐ]\w*)*|(?:QH|UBTVQH)\d+)"
)
ANY_DASH = r"[\u2010-\u2015\u2212-]"


def documents(text: str) -> set[str]:
    tight = re.sub(rf"\s*{ANY_DASH}\s*", "-", text.replace("\u00a0", " "))
    return set(NUMBERED.findall(re.sub(r"\s*/\s*", "/", tight)))


# ── What the portals show in the end ─────────────────────────────────────────


def corrected(text: str, correction: Table) -> str:
    for wrong, right in correction.get("replace", []):
        text = text.replace(wrong, right)
    return text


def published(telling: Table) -> str:
    if not telling.get("show_date", True):
        return ""
    shown: datetime = telling.get("shown_at") or telling["at"]
    return shown.strftime(
        "%Y-%m-%d" if telling["portal"] in BY_DAY else "%Y-%m-%dT%H:%M"
    )


Row = tuple[str, str, str, str, str, bool]


def as_told(article: Table, telling: Table) -> Row:
    correction: Table = telling.get("correction", {})
    style: str = telling.get("tones", "")
    retitled = correction.get("title") or telling.get("title") or article["title"]
    author = telling.get("author") or article.get("author", "")
    return (
        article["story"],
        telling["portal"],
        spelt(corrected(retitled, correction), style),
        published(telling),
        corrected(author, correction),  # a name keeps its own spelling
        "withdrawn_at" in telling,
    )


def as_known(story: Table, telling: Table) -> Row:
    return (
        story["key"],
        telling["portal"],
        telling["title"],
        telling["published"],
        telling["author"],
        telling["withdrawn"],
    )


def test_truth_and_the_articles_name_the_same_tellings() -> None:
    told = Counter(as_told(article, telling) for article, telling in TELLINGS)
    known = Counter(
        as_known(story, telling) for story in TRUTH for telling in story["telling"]
    )
    assert told == known
    assert set(told.values()) == {1}


def test_each_story_is_known_once() -> None:
    assert len(BY_TRUTH) == len(TRUTH)
    assert set(BY_KEY) == set(BY_TRUTH)


def test_some_events_are_told_in_texts_of_different_portals() -> None:
    assert len(EVENTS) >= 8
    assert max(map(len, EVENTS.values())) >= 3
    languages = {
        text.get("language", "vi") for texts in EVENTS.values() for text in texts
    }
    assert languages == {"vi", "en"}


@pytest.mark.parametrize("key", sorted(BY_TRUTH))
def test_truth_knows_exactly_the_documents_that_the_text_cites(key: str) -> None:
    cited = set().union(*(documents(whole(text)) for text in BY_KEY[key]))
    assert cited == set(BY_TRUTH[key]["documents"])


def test_numbers_are_written_in_more_than_one_way() -> None:
    ways = Counter(
        spelling
        for article in ARTICLES
        for spelling in re.findall(
            rf"\d(\s*{ANY_DASH}\s*)[A-ZĐ][\w]+/[A-ZĐ]", whole(article)
        )
    )
    assert len(ways) >= 4
    assert all(ways[spelling] > 1 for spelling in ("-", " - ", " – "))


def test_frames_and_corrections_cite_no_document() -> None:
    for _, telling in TELLINGS:
        assert documents("\n".join(strings(telling.get("frame", [])))) == set()
        assert documents("\n".join(strings(telling.get("correction", {})))) == set()


@pytest.mark.parametrize("key", sorted(BY_TRUTH))
def test_categories_are_known_and_said_once(key: str) -> None:
    given = BY_TRUTH[key]["categories"] + BY_TRUTH[key]["acceptable"]
    assert BY_TRUTH[key]["categories"]
    assert len(given) == len(set(given))
    assert set(given) <= CATEGORIES


def test_every_category_is_the_primary_one_of_some_story() -> None:
    assert {story["categories"][0] for story in TRUTH} == CATEGORIES


# ── How much there is ────────────────────────────────────────────────────────


def test_there_are_enough_texts_and_tellings() -> None:
    assert len(ARTICLES) >= 42
    assert len(TELLINGS) >= 60
    assert sum(len(article["telling"]) > 1 for article in ARTICLES) >= 14
    assert Counter(telling["portal"] for _, telling in TELLINGS)["so"] >= 10
    assert 3 <= sum(article.get("language") == "en" for article in ARTICLES) <= 6


def test_the_three_weeks_have_a_newsroom_s_worth_of_tellings_each() -> None:
    weeks = Counter(week_of(telling) for _, telling in TELLINGS)
    assert set(weeks) == {0, 1, 2}
    assert all(17 <= number <= 45 for number in weeks.values())


def test_the_last_week_has_enough_new_stories_of_enough_kinds() -> None:
    told = {
        key: [telling for text in texts for telling in text["telling"]]
        for key, texts in BY_KEY.items()
    }
    new = [
        key
        for key, tellings in told.items()
        if all(week_of(telling) == 2 for telling in tellings)
        and not any("shown_at" in telling for telling in tellings)
    ]
    assert len(new) >= 14
    assert len({BY_TRUTH[key]["categories"][0] for key in new}) >= 7


@pytest.mark.parametrize("article", ARTICLES, ids=NAMES)
def test_a_text_has_the_length_of_a_news_item(article: Table) -> None:
    assert 4 <= len(paragraphs(article)) <= 10
    assert 150 <= len(f"{article['lead']} {article['body']}".split()) <= 650
    assert len(article.get("captions", [])) <= 2


def test_a_portal_tells_a_story_once_and_a_repost_follows_within_three_days() -> None:
    for texts in BY_KEY.values():
        tellings = [telling for text in texts for telling in text["telling"]]
        moments = sorted(telling["at"] for telling in tellings)
        portals = [telling["portal"] for telling in tellings]
        assert len(set(portals)) == len(portals)
        assert moments[-1] - moments[0] <= timedelta(days=3)


# ── Special cases ────────────────────────────────────────────────────────────

Case = Callable[[Table], bool]

CASES: dict[str, tuple[int, Case]] = {
    "reposts that name their source": (6, lambda one: "credit" in one),
    "in the other tone style": (5, lambda one: one.get("tones") == "new"),
    "decomposed": (3, lambda one: one.get("nfd", False)),
    "cut": (5, lambda one: one.get("cut", 1) == 0.6),
    "framed": (3, lambda one: len(one.get("frame", [])) == 2),
    "under another title": (8, lambda one: "title" in one),
    "mixed": (3, lambda one: len({"tones", "nfd", "cut", "frame"} & set(one)) > 1),
    "corrected": (3, lambda one: "correction" in one),
    "with a shortened title in the listing": (2, lambda one: "listing_title" in one),
}


@pytest.mark.parametrize("case", CASES)
def test_there_are_enough_tellings(case: str) -> None:
    least, holds = CASES[case]
    assert sum(holds(telling) for _, telling in TELLINGS) >= least


def test_some_reposts_name_no_source() -> None:
    silent = [
        telling
        for article in ARTICLES
        for telling in article["telling"][1:]
        if "credit" not in telling
    ]
    assert len(silent) >= 4


def test_one_telling_was_withdrawn_two_days_later() -> None:
    gone = [telling for _, telling in TELLINGS if "withdrawn_at" in telling]
    assert [one["at"].date().isoformat() for one in gone] == ["2026-10-07"]
    assert gone[0]["withdrawn_at"].date().isoformat() == "2026-10-09"


def test_one_telling_is_undated_on_a_portal_that_knows_days() -> None:
    undated = [one for _, one in TELLINGS if not one.get("show_date", True)]
    assert len(undated) == 1
    assert undated[0]["portal"] in BY_DAY


def test_one_telling_is_years_old_and_surfaces_in_the_last_week() -> None:
    old = [telling for _, telling in TELLINGS if "shown_at" in telling]
    assert [one["shown_at"].year for one in old] == [2019]
    assert week_of(old[0]) == 2


def test_a_correction_changes_words_that_stand_in_what_is_told() -> None:
    kinds = Counter[str]()
    for article, telling in TELLINGS:
        correction = telling.get("correction", {})
        kinds["title"] += "title" in correction
        for wrong, right in correction.get("replace", []):
            kept = round(len(paragraphs(article)) * telling.get("cut", 1))
            told = [article["lead"], *paragraphs(article)[:kept]]
            assert sum(one.count(wrong) for one in told) == 1
            assert right not in whole(article)
            kinds["number" if re.search(r"\d", wrong) else "name"] += 1
        assert not correction or telling["at"] < correction["at"] < START + 3 * WEEK
    assert all(kinds[kind] >= 1 for kind in ("number", "title", "name"))


# ── Spelling and likeness ────────────────────────────────────────────────────


@pytest.mark.parametrize("article", ARTICLES, ids=NAMES)
def test_a_text_is_composed_and_in_the_old_tone_style(article: Table) -> None:
    for text in strings(article):
        assert unicodedata.is_normalized("NFC", text)
        assert not NEW_STYLE.search(text)


def test_a_retelling_in_the_new_style_differs_from_its_text() -> None:
    for article, telling in TELLINGS:
        if telling.get("tones") == "new":
            assert len(OLD_STYLE.findall(whole(article))) >= 3


def grams(article: Table) -> set[tuple[str, ...]]:
    text = f"{article['title']}\n{article['lead']}\n{article['body']}"
    words = re.findall(r"\w+", text.casefold())
    return set(zip(words, words[1:], words[2:], strict=False))


GRAMS = {name: grams(article) for name, article in zip(NAMES, ARTICLES, strict=True)}
OF = {name: article["story"] for name, article in zip(NAMES, ARTICLES, strict=True)}


def shared(one: str, other: str) -> float:
    """The part of the smaller text's word 3-grams that the other has too."""
    smaller = min(len(GRAMS[one]), len(GRAMS[other]))
    return len(GRAMS[one] & GRAMS[other]) / smaller


def name_of(story: str) -> str:
    """The first text of ``story``."""
    return next(name for name, key in OF.items() if key == story)


def test_different_texts_share_little_of_their_wording() -> None:
    worst = max(combinations(GRAMS, 2), key=lambda pair: shared(*pair))
    assert shared(*worst) <= 0.45


@pytest.mark.parametrize("story", sorted(EVENTS))
def test_texts_of_one_event_are_no_copies_but_have_names_and_numbers_in_common(
    story: str,
) -> None:
    for one, other in combinations(EVENTS[story], 2):
        names = [name for name in NAMES if OF[name] == story]
        assert max(shared(*pair) for pair in combinations(names, 2)) <= 0.2
        facts = re.compile(r"\d[\d.,:/]*|(?<=[^\W\d_A-Z] )[A-ZĐ]\w+(?: [A-ZĐ]\w+)+")
        both = set(facts.findall(whole(one))) & set(facts.findall(whole(other)))
        assert len(both) >= 3


def test_instalments_have_one_title_but_for_their_number() -> None:
    first, second = (BY_KEY[key][0]["title"].partition(":")[0] for key in INSTALMENTS)
    assert first.replace("1", "2") == second


@pytest.mark.parametrize("pair", LOOK_ALIKES, ids=lambda pair: pair[0])
def test_look_alikes_share_their_formulas(pair: tuple[str, str]) -> None:
    assert shared(*map(name_of, pair)) >= 0.10

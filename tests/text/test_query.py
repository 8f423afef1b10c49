"""What people type into a search field, understood."""

from __future__ import annotations

import pytest

from syndicate.text.query import (
    MOST_LETTERS,
    MOST_TERMS,
    Field,
    Filter,
    Query,
    Zone,
    parse,
)


def plain(query: Query) -> list[str]:
    """The terms, in their first spelling, without marks."""
    return [" ".join(word.plain for word in one.spellings[0]) for one in query.terms]


def test_words_are_terms_and_quoted_words_are_one() -> None:
    query = parse('nông thôn “xã điểm” "cán bộ"')
    assert plain(query) == ["nong", "thon", "xa diem", "can bo"]
    assert [one.quoted for one in query.terms] == [False, False, True, True]


def test_words_with_a_sign_between_them_stand_in_a_row() -> None:
    assert plain(parse("05-CT/TW Covid-19 1.452")) == ["5 ct tw", "covid 19", "1452"]


@pytest.mark.parametrize("quotes", ['"{}"', "“{}”", "„{}“", "«{}»", "＂{}＂"])
def test_every_kind_of_quotes_quotes(quotes: str) -> None:
    (term,) = parse(quotes.format("bến tre")).terms
    assert term.quoted


def test_a_quote_that_is_never_closed_quotes_nothing() -> None:
    assert plain(parse('"bến tre" "xã')) == ["ben tre", "xa"]
    assert plain(parse('bến "tre')) == ["ben", "tre"]


def test_a_minus_excludes_only_at_the_beginning_of_a_word() -> None:
    query = parse("họp -xã Hà-Nội - khối -“bến tre” --")
    assert plain(query) == ["hop", "ha noi", "khoi"]
    assert plain(Query(terms=query.excluded)) == ["xa", "ben tre"]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("category:dan-van", Filter(field=Field.CATEGORY, value="dan-van")),
        ("chuyên-mục:“dân vận”", Filter(field=Field.CATEGORY, value="dân vận")),
        ("CHUYEN-MUC:x", Filter(field=Field.CATEGORY, value="x")),
        ("nguồn:a", Filter(field=Field.SOURCE, value="a")),
        ("-source:a", Filter(field=Field.SOURCE, value="a", excluded=True)),
        ("văn-bản:05-CT/TW", Filter(field=Field.DOCUMENT, value="05-CT/TW")),
        ('document:"05 ct tw"', Filter(field=Field.DOCUMENT, value="05 ct tw")),
        ("từ-ngày:1/10/2026", Filter(field=Field.SINCE, value="1/10/2026")),
        ("đến:2026", Filter(field=Field.UNTIL, value="2026")),
        ("language:vi", Filter(field=Field.LANGUAGE, value="vi")),
    ],
)
def test_fields_filter_in_both_languages(said: str, wanted: Filter) -> None:
    query = parse(f"mưa {said} lớn")
    assert query.filters == (wanted,)
    assert plain(query) == ["mua", "lon"]


def test_title_and_author_say_where() -> None:
    query = parse("title:mưa tác-giả:“Huyền Thu” tít:bão")
    assert [one.zone for one in query.terms] == [Zone.TITLE, Zone.AUTHOR, Zone.TITLE]


def test_a_colon_that_names_no_field_is_a_sign_like_others() -> None:
    assert plain(parse("http://a.example Bến:Tre 15:30 category: x")) == [
        "http a example",
        "ben tre",
        "15 30",
        "category",
        "x",
    ]


def test_a_star_needs_two_letters_before_it() -> None:
    long, short = parse("ngh* n* *").terms
    assert (long.prefix, long.stem) == (True, "ngh")
    assert not short.prefix


@pytest.mark.parametrize(
    ("said", "ways"),
    [
        ("14/10/2023", ["14 10 2023", "14 thang 10 nam 2023"]),
        ("08/3/2024", ["8 3 2024", "8 thang 3 nam 2024"]),
        ("2023-10-14", ["2023 10 14", "14 10 2023", "14 thang 10 nam 2023"]),
        ("14/10", ["14 10", "14 thang 10"]),
        ("10/2023", ["10 2023", "10 nam 2023"]),
        ("31/2/2023", ["31 2 2023"]),
        ("24/7/365", ["24 7 365"]),
        ("13/2023", ["13 2023"]),
    ],
)
def test_a_date_is_meant_however_it_is_written(said: str, ways: list[str]) -> None:
    (term,) = parse(said).terms
    assert [" ".join(word.plain for word in one) for one in term.spellings] == ways


def test_a_query_knows_whether_it_was_typed_with_marks() -> None:
    assert parse("dân van").marked
    assert parse("van -dân").marked
    assert not parse("dan van 05 THE").marked


def test_only_so_much_of_a_query_is_read() -> None:
    many = parse(" ".join(f"w{number}" for number in range(MOST_TERMS + 1)))
    assert many.cut
    assert len(many.terms) == MOST_TERMS
    assert parse("a " * MOST_LETTERS).cut
    assert not parse("a " * 100).cut
    assert len(parse("a " * 100).terms) == 1


def test_a_word_that_is_said_twice_counts_once() -> None:
    assert plain(parse("mưa Mưa MƯA")) == ["mua"]

"""The place in a text that a query asks for."""

from __future__ import annotations

from syndicate.text.excerpts import (
    AROUND,
    Piece,
    emphasised,
    excerpt,
    says,
    stands,
)
from syndicate.text.query import parse
from syndicate.text.tiers import Marks

FILLER = "Trời trong xanh và gió thổi nhẹ trên cánh đồng lúa chín vàng. " * 8


def marked(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{one.text}]" if one.found else one.text for one in pieces)


def test_what_was_found_is_marked_as_it_is_written() -> None:
    said = emphasised("Đảng uỷ – ĐẢNG ỦY khối", parse("dang uy"), Marks.TYPED)
    assert marked(said) == "[Đảng] [uỷ] – [ĐẢNG] [ỦY] khối"


def test_the_pieces_of_a_title_are_the_title() -> None:
    title = "  Họp (xã)\tmưa… "
    pieces = emphasised(title, parse("xa"), Marks.ANY)
    assert " ".join("".join(one.text for one in pieces).split()) == "Họp (xã) mưa…"


def test_with_marks_other_words_are_left_alone() -> None:
    said = emphasised("Năm nay miền Nam", parse("nam"), Marks.EXACT)
    assert marked(said) == "Năm nay miền [Nam]"


def test_an_excerpt_is_the_place_with_most_of_the_terms() -> None:
    text = f"Cầu cũ. {FILLER}Khánh thành cầu mới hôm qua. {FILLER}"
    said = excerpt(text, parse("khánh thành cầu"), Marks.EXACT)
    assert "[Khánh] [thành] [cầu] mới" in marked(said)
    assert marked(said).startswith("…")
    assert marked(said).endswith("…")
    words = "".join(one.text for one in said).strip("…").split()
    assert len(words) == AROUND


def test_an_excerpt_of_a_short_text_is_all_of_it() -> None:
    said = excerpt("Cầu\n\nmới.", parse("mới"), Marks.EXACT)
    assert marked(said) == "Cầu [mới]."


def test_a_row_is_marked_as_one() -> None:
    said = excerpt("Số 5 và Chỉ thị 05-CT/TW.", parse("05-CT/TW"), Marks.EXACT)
    assert marked(said) == "Số 5 và Chỉ thị [05-CT/TW]."


def test_where_nothing_stands_there_is_no_excerpt() -> None:
    assert excerpt("Trời nắng", parse("mưa"), Marks.ANY) == ()
    assert excerpt("", parse("mưa"), Marks.ANY) == ()


def test_a_word_that_goes_on_is_marked_to_its_end() -> None:
    said = emphasised("Nghị quyết nghiêm", parse("ngh*"), Marks.EXACT)
    assert marked(said) == "[Nghị] quyết [nghiêm]"


def test_overlapping_places_are_marked_once() -> None:
    said = emphasised("Bến Tre xanh", parse('"bến tre" tre'), Marks.EXACT)
    assert marked(said) == "[Bến Tre] xanh"


def test_a_quoted_phrase_must_stand_as_it_was_typed() -> None:
    query = parse("“năm nay”")
    assert stands(query, ["Một năm nay."])
    assert not stands(query, ["Miền Nam này có năm, có nay."])
    assert stands(parse("“nam nay”"), ["Miền Nam này."])


def test_three_words_in_a_row_must_be_three_in_a_row() -> None:
    query = parse('"a b c"')
    assert not stands(query, ["a b x b c"])
    assert stands(query, ["x", "a b c"])


def test_every_term_must_be_said_somewhere() -> None:
    query = parse("mưa “lớn ở” xã author:an")
    assert says(query, ["Mưa lớn ở", "một xã"], Marks.EXACT)
    assert not says(query, ["Mưa lớn ở"], Marks.EXACT)
    assert not says(query, ["Mùa lớn ở", "xã"], Marks.EXACT)

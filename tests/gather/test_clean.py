"""Raw entries become entries."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from syndicate.errors import ParseError
from syndicate.gather.clean import to_entry
from syndicate.model import DateClaim, DateOrigin, Precision, RawEntry

RAW = RawEntry(
    source="tin",
    url="http://tin.example/chi-tiet/?/bai/17?utm_source=x",
    guid=" news_1 ",
    title="Hội nghị  tổng kết",
    html="<p>Sáng 5/10, huyện họp bàn Nghị quyết số 03-NQ/TU. Có 40 người dự.</p>"
    "<p>Hết.</p>",
    authors=("Thu Hà - Quốc Minh",),
    credit="Nguồn: so.example",
)


def claim(raw, origin):
    return DateClaim(raw=raw, origin=origin)


def entry(source, now, raw=RAW, **values):
    return to_entry(raw, source=source(province="Cửu Hà", **values), fetched_at=now)


def test_everything_is_cleaned_and_named(source, now):
    made = entry(source, now)
    assert made.title == "Hội nghị tổng kết"
    assert made.guid == "news_1"
    assert made.url.startswith("http://tin.example/chi-tiet/?/bai/17")
    assert (
        made.text
        == "Sáng 5/10, huyện họp bàn Nghị quyết số 03-NQ/TU. Có 40 người dự.\n\nHết."
    )
    assert made.lead.startswith("Sáng 5/10")
    assert made.authors == ("Thu Hà", "Quốc Minh")
    assert made.credit == "so.example"
    assert made.language == "vi"
    assert made.published is None
    [citation] = made.citations
    assert (citation.key, citation.mentions, citation.scope) == (
        "03-NQ/TU",
        1,
        "Cửu Hà",
    )


def test_scripts_do_not_survive(source, now):
    made = entry(
        source, now, replace(RAW, html="<p onclick='x'>Chữ</p><script>x</script>")
    )
    assert "script" not in made.html
    assert "onclick" not in made.html


def test_the_own_lead_comes_first_and_loses_its_read_more(source, now):
    made = entry(source, now, replace(RAW, lead="<b>Lời dẫn</b> của bài. Xem thêm >>>"))
    assert made.lead == "Lời dẫn của bài."


def test_a_lead_that_opens_the_text_is_not_cited_twice(source, now):
    made = entry(
        source,
        now,
        replace(RAW, lead="Sáng 5/10, huyện họp bàn Nghị quyết số 03-NQ/TU."),
    )
    assert made.citations[0].mentions == 1


def test_without_a_title_the_first_sentence_stands_in(source, now):
    made = entry(source, now, replace(RAW, title=""))
    assert made.title == "Sáng 5/10, huyện họp bàn Nghị quyết số 03-NQ/TU."


def test_neither_title_nor_text_is_an_error(source, now):
    with pytest.raises(ParseError):
        entry(source, now, replace(RAW, title=" ", html="<script>x</script>"))


def test_tone_style_and_normal_form_do_not_change_the_fingerprint(source, now):
    old = replace(RAW, title="Đảng ủy hòa giải", html="<p>Thúy và Hòa.</p>")
    new = replace(RAW, title="Đảng uỷ hoà giải", html="<p>Thuý và  Hoà.</p>")
    apart = replace(old, html=unicodedata.normalize("NFD", old.html))
    prints = {entry(source, now, raw).fingerprint for raw in (old, new, apart)}
    assert len(prints) == 1
    assert entry(source, now, replace(old, title="Khác")).fingerprint not in prints


def test_nukeviet_minutes_are_not_believed(source, now):
    raw = replace(
        RAW, dates=(claim("Mon, 05 Oct 2026 08:10:00 +0700", DateOrigin.FEED),)
    )
    made = entry(source, now, raw, hour_only=True)
    assert made.published is not None
    assert made.published.precision is Precision.HOUR
    assert (made.published.value.hour, made.published.value.minute) == (8, 0)
    whole = entry(source, now, raw)
    assert whole.published is not None
    assert whole.published.value.minute == 10


@pytest.mark.parametrize("origin", [DateOrigin.META, DateOrigin.ARTICLE])
def test_the_date_of_the_page_beats_a_feed_known_to_be_wrong(source, now, origin):
    raw = replace(
        RAW,
        dates=(
            claim("Mon, 05 Oct 2026 08:10:00 +0700", DateOrigin.FEED),
            claim("2026-10-05T08:42:00+07:00", origin),
        ),
    )
    made = entry(source, now, raw, hour_only=True)
    assert made.published is not None
    assert made.published.value.minute == 42


def test_the_clock_of_the_visit_is_no_date(source, now):
    clock = claim(f"{now:%d/%m/%Y - %H:%M}", DateOrigin.PAGE)
    made = entry(source, now, replace(RAW, dates=(clock,)))
    assert made.published is None
    assert len(made.dates) == 1


def test_a_change_in_the_future_is_not_believed(source, now):
    later = (now + timedelta(days=3)).isoformat()
    raw = replace(RAW, updated=claim(later, DateOrigin.FEED))
    assert entry(source, now, raw).updated is None
    before = datetime(2026, 10, 5, 8, tzinfo=now.tzinfo)
    raw = replace(RAW, updated=claim(before.isoformat(), DateOrigin.FEED))
    assert entry(source, now, raw).updated == before


ENGLISH = (
    "<p>The council met on Monday and agreed to build a new clinic for the workers in"
    " the industrial park. The work is to begin in the spring of next year, and the"
    " clinic is to open with twenty nurses and a doctor on duty in the evening.</p>"
)


@pytest.mark.parametrize(
    ("html", "said", "language"),
    [
        (RAW.html, "", "vi"),
        (RAW.html, "en", "vi"),
        (ENGLISH, "en-US", "en"),
        (ENGLISH, "vi", "en"),
        ("<p>ok</p>", "", "vi"),
        ("<p>ok</p>", "fr_FR", "fr"),
    ],
)
def test_letters_decide_where_they_are_clear(source, now, html, said, language):
    made = entry(source, now, replace(RAW, title="ok", html=html, language=said))
    assert made.language == language


def test_the_first_picture_of_the_text_is_the_image(source, now):
    made = entry(
        source,
        now,
        replace(RAW, html='<p><img src="/a.jpg" alt="Lễ ra quân"></p>' + RAW.html),
    )
    assert made.image is not None
    assert made.image.url == "http://tin.example/a.jpg"


def test_captions_are_unique_and_counted_for_citations(source, now):
    made = entry(source, now, replace(RAW, captions=("Ảnh 05-CT/TW", "Ảnh  05-CT/TW")))
    assert made.captions == ("Ảnh 05-CT/TW",)
    assert "05-CT/TW" in {citation.key for citation in made.citations}

"""What entries cite is resolved when they are filed, and counts while they stand."""

from __future__ import annotations

import random
from datetime import timedelta
from html import escape

import pytest

from syndicate.model import SourceKind
from syndicate.pipeline.citations import (
    Wanted,
    by_province,
    list_documents,
    named,
    stories_of,
)
from syndicate.pipeline.citing import cite_older
from syndicate.pipeline.keeping import reindex
from syndicate.pipeline.shelving import cited_stories
from syndicate.store import documents, entries, purging

PROVINCES = {"tin": "Bến Tre", "bao": "Trà Vinh"}
OWN = ("cầu", "đường", "trường", "trạm", "chợ", "bến", "đò", "lúa", "dừa", "tôm", "cá")


def own_words(number):
    """A text that no other is like."""
    return " ".join(random.Random(number).choices(OWN, k=60))  # noqa: S311 -- a text


@pytest.fixture
def file(desk, web, words):
    """Gather one entry of a source, with these words; the clock moves an hour on."""
    count = [0]

    def make(text, source="tin", at=None, n=0):
        count[0] += 1
        number = n or count[0]
        if source not in desk.sources:
            desk.add(source, province=PROVINCES.get(source, ""))
        told = words.item(
            number,
            at=at or words.start - timedelta(hours=2),
            host=f"{source}.example",
            text=escape(f"<p>{own_words(number)}. {text}</p>"),
        )
        web.pages[desk.sources[source].url] = words.rss(told)
        assert desk.visit(source).error == ""
        desk.clock.advance(hours=1)
        return number

    return make


def cited(desk):
    """(slug, titles of its stories)."""
    found = desk.ask(cited_stories)
    return {one.document.slug: len(one.stories) for one in found}


def test_one_document_however_it_is_written(desk, file):
    file("Theo Chỉ thị số 05-CT/TW ngày 15/5/2016 của Bộ Chính trị.")
    file("Theo Chỉ thị 05 – CT/TW.")
    assert cited(desk) == {"05-ct-tw": 2}
    (document,) = desk.ask(documents.everything)
    assert (document.type_word, document.issuer, document.issued) == (
        "Chỉ thị",
        "Bộ Chính trị",
        "2016-05-15",
    )


def test_two_provinces_have_two_documents_of_one_number(desk, file):
    file("Thực hiện Đề án số 02-ĐA/TU.", "tin")
    file("Thực hiện Đề án số 02-ĐA/TU.", "bao")
    assert cited(desk) == {"02-da-tu-ben-tre": 1, "02-da-tu-tra-vinh": 1}


def test_a_province_named_in_the_text_wins(desk, file):
    file("Thực hiện Đề án số 02-ĐA/TU của Tỉnh ủy Trà Vinh.", "tin")
    file("Thực hiện Đề án số 02-ĐA/TU.", "bao")
    assert cited(desk) == {"02-da-tu-tra-vinh": 2}


def test_sources_of_unknown_place_do_not_share_their_provinces_documents(desk, file):
    file("Thực hiện Đề án số 02-ĐA/TU.", "mot")
    file("Thực hiện Đề án số 02-ĐA/TU.", "hai")
    assert cited(desk) == {"02-da-tu-nguon-mot": 1, "02-da-tu-nguon-hai": 1}


def test_the_next_terms_number_is_another_document_with_its_year(desk, file):
    file("Nghị quyết số 18-NQ/TW ngày 25/10/2017.")
    file("Nghị quyết số 18-NQ/TW ngày 16/6/2022.")
    file("Nghị quyết số 18-NQ/TW ngày 25/10/2017 nêu rõ.")
    file("Nghị quyết số 18-NQ/TW.")
    assert cited(desk) == {"18-nq-tw": 3, "18-nq-tw-2022": 1}


def test_words_alone_make_no_page_until_somebody_writes_the_number(desk, file):
    file("Theo Chỉ thị số 05 của Bộ Chính trị.")
    assert cited(desk) == {}
    file("Theo Chỉ thị số 05-CT/TW.")
    assert cited(desk) == {"05-ct-tw": 2}


def test_short_forms_alone_stay_unresolved(desk, file):
    file("Nghị quyết số 03, Đề án 06 và Chỉ thị 05 đã rõ.")
    assert desk.ask(documents.everything) == []


def test_a_changed_article_cites_what_it_says_now(desk, file):
    number = file("Theo Chỉ thị số 05-CT/TW.")
    file("Theo Kết luận số 21-KL/TW.", n=number)
    assert cited(desk) == {"21-kl-tw": 1}
    file("Không theo văn bản nào.", n=number)
    assert cited(desk) == {}


def test_withdrawn_and_purged_articles_cite_nothing(desk, file):
    file("Theo Chỉ thị số 05-CT/TW.")
    file("Theo Chỉ thị số 05-CT/TW.")
    first, second = desk.entries()
    with desk.database.write() as connection:
        entries.withdraw(connection, first.id, desk.clock.now)
    assert cited(desk) == {"05-ct-tw": 1}
    with desk.database.write() as connection:
        purging.remove(connection, [second.id])
    assert cited(desk) == {}


# ── What a site prints everywhere ──


def test_a_footer_is_cited_by_nobody(desk, file):
    footer = "Trang tin hoạt động theo Nghị định số 72/2013/NĐ-CP của Chính phủ."
    for _ in range(10):
        file(f"</p><p>{footer}")
    file(f"Bàn về Nghị định số 72/2013/NĐ-CP.</p><p>{footer}")
    file("Theo Nghị định số 72/2013/NĐ-CP.", "bao")
    assert cited(desk) == {"72-2013-nd-cp": 2}


def test_nine_articles_are_too_few_to_tell_a_footer(desk, file):
    for _ in range(9):
        file("</p><p>Theo Nghị định số 72/2013/NĐ-CP của Chính phủ.")
    assert cited(desk) == {"72-2013-nd-cp": 9}


def test_a_site_about_one_document_cites_it_in_every_article(desk, file):
    for n in range(12):
        file(f"Chuyện thứ {n}: làm theo Chỉ thị số 05-CT/TW.")
    assert cited(desk) == {"05-ct-tw": 12}


# ── Older stores ──


def test_what_an_older_version_kept_is_cited_too(desk, file):
    file("Theo Chỉ thị số 05-CT/TW.")
    file("Đề án 02-ĐA/TU và Chỉ thị số 05-CT/TW.")
    with desk.database.write() as connection:
        documents.forget(connection, [one.id for one in desk.entries()])
    assert cited(desk) == {}
    reindex(desk.database, desk=desk.work().desk)
    assert cited(desk) == {"05-ct-tw": 2, "02-da-tu-ben-tre": 1}
    assert cite_older(desk.database, desk.sources, 100) == 0


# ── What commands ask ──


def test_documents_are_listed_by_how_many_stories_cite_them(desk, file):
    file("Chỉ thị số 05-CT/TW và Đề án 02-ĐA/TU.")
    since = desk.clock.now
    file("Chỉ thị số 05-CT/TW.")

    def numbers(**wanted):
        listed = list_documents(desk.database, Wanted(**wanted))
        return [one.document.number for one in listed.documents]

    assert numbers() == ["05-CT/TW", "02-ĐA/TU"]
    assert numbers(place="tỉnh Bến Tre") == ["02-ĐA/TU"]
    assert numbers(place="Trà Vinh") == []
    assert numbers(kind="chỉ thị") == numbers(kind="ct") == ["05-CT/TW"]
    assert numbers(since=since) == ["05-CT/TW"]
    assert list_documents(desk.database, Wanted(limit=1)).count == 2


@pytest.mark.parametrize(
    ("asked", "slugs"),
    [
        ("05-CT/TW", ["05-ct-tw"]),
        ("5 – ct/tw", ["05-ct-tw"]),
        ("05-ct-tw", ["05-ct-tw"]),
        ("02-ĐA/TU", ["02-da-tu-ben-tre", "02-da-tu-tra-vinh"]),
        ("02-ĐA/TU Trà Vinh", ["02-da-tu-tra-vinh"]),
        ("02-da-tu-ben-tre", ["02-da-tu-ben-tre"]),
        ("1473/BTP-CNTT", ["1473-btp-cntt"]),
        ("99-CT/TW", []),
        ("", []),
        ("\x00 ' --", []),
    ],
)
def test_a_document_is_found_as_people_name_it(desk, file, asked, slugs):
    file("Chỉ thị số 05-CT/TW, Đề án 02-ĐA/TU, công văn số 1473/BTP-CNTT.", "tin")
    file("Đề án 02-ĐA/TU.", "bao")
    assert [one.slug for one in named(desk.database, asked)] == slugs


def test_of_two_terms_the_year_says_which(desk, file):
    file("Nghị quyết số 18-NQ/TW ngày 25/10/2017.")
    file("Nghị quyết số 18-NQ/TW ngày 16/6/2022.")
    assert len(named(desk.database, "18-NQ/TW")) == 2
    assert [one.issued for one in named(desk.database, "18-NQ/TW 2022")] == [
        "2022-06-16"
    ]
    assert [one.issued for one in named(desk.database, "18-nq-tw")] == ["2017-10-25"]


def test_all_stories_of_a_document_by_province(desk, file):
    file("Chỉ thị số 05-CT/TW.", "tin")
    file("Chỉ thị số 05-CT/TW.", "bao")
    file("Chỉ thị số 05-CT/TW.", "bao")
    desk.add("trung-uong", kind=SourceKind.FEED)
    (document,) = named(desk.database, "05-CT/TW")
    told = stories_of(desk.database, document)
    provinces = by_province(told, desk.sources)
    assert {name: len(some) for name, some in provinces.items()} == {
        "Trà Vinh": 2,
        "Bến Tre": 1,
    }
    assert list(provinces) == ["Trà Vinh", "Bến Tre"]

"""Pages and feeds of cited documents: those that changed are made, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest

from syndicate.pipeline.publishing import leftovers, look_over, prune, publish
from syndicate.store import entries
from syndicate.templating import templates

ENDINGS = ("rss", "atom", "json", "html")


@pytest.fixture
def file(desk, web, words):
    """Gather one more entry that says this; the clock moves an hour on."""
    told = []

    def make(*texts, source="tin", **more):
        if source not in desk.sources:
            desk.add(source, province="Bến Tre", **more)
        for text in texts:
            number = len(told) + 1
            told.append(number)
            item = words.item(
                number,
                host=f"{source}.example",
                text=f"{words.article(number)[1]} {text}",
            )
            web.pages[desk.sources[source].url] = words.rss(item)
            assert desk.visit(source).error == ""
            desk.clock.advance(hours=1)

    return make


def release(desk, **given):
    return publish(desk.publishing(**given), desk.clock.now)


def folder(desk):
    return desk.folder / "feeds"


def read(desk, path):
    return (folder(desk) / path).read_text(encoding="utf-8")


def titles(desk, slug):
    found = feedparser.parse(read(desk, f"document/{slug}.atom"))
    return [entry.title for entry in found.entries]


def files(desk, beside=None):
    base = (beside or desk.folder) / "feeds"
    return {
        path.relative_to(base).as_posix(): path.read_bytes()
        for path in base.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def test_each_document_has_a_page_and_feeds_with_the_stories_that_cite_it(desk, file):
    file("Chỉ thị số 05-CT/TW.", "Đề án 02-ĐA/TU.", "Không có gì.")
    done = release(desk)
    assert done.failed == ()
    for slug in ("05-ct-tw", "02-da-tu-ben-tre"):
        for ending in ENDINGS:
            assert f"document/{slug}.{ending}" in done.changed
            assert (folder(desk) / f"document/{slug}.{ending}.gz").is_file()
    (first,) = (one for one in desk.entries() if "05-CT/TW" in one.entry.text)
    assert titles(desk, "05-ct-tw") == [first.entry.title]
    page = read(desk, "document/05-ct-tw.html")
    assert "05-CT/TW" in page
    assert "../documents.html" in page


def test_a_second_publish_makes_nothing(desk, file):
    file("Chỉ thị số 05-CT/TW.", "Đề án 02-ĐA/TU.")
    first = release(desk)
    before = files(desk)
    again = release(desk)
    assert first.changed
    assert (again.changed, again.failed, again.units) == ((), (), 0)
    assert files(desk) == before


def test_a_new_story_touches_only_the_documents_that_it_cites(desk, file):
    file("Chỉ thị số 05-CT/TW.", "Đề án 02-ĐA/TU.")
    release(desk)
    file("Chỉ thị số 05-CT/TW lần nữa.")
    changed = {path for path in release(desk).changed if path.startswith("document/")}
    assert changed == {f"document/05-ct-tw.{ending}" for ending in ENDINGS}
    assert len(titles(desk, "05-ct-tw")) == 2


def test_a_story_that_cites_nothing_touches_no_document(desk, file):
    file("Chỉ thị số 05-CT/TW.")
    release(desk)
    file("Không có gì.")
    assert not [path for path in release(desk).changed if "document" in path]


def test_a_rebuild_gives_the_same_bytes(desk, file):
    file("Chỉ thị số 05-CT/TW.", "Đề án 02-ĐA/TU.")
    release(desk)
    file("Chỉ thị số 05-CT/TW và Đề án 02-ĐA/TU.")
    release(desk)
    grown = files(desk)
    release(desk, folder=desk.folder / "anew" / "feeds")
    assert files(desk, desk.folder / "anew") == grown


def test_a_page_that_was_deleted_is_made_again_once_the_folder_is_looked_over(
    desk, file
):
    file("Chỉ thị số 05-CT/TW.")
    release(desk)
    (folder(desk) / "document/05-ct-tw.json").unlink()
    assert look_over(desk.publishing()) == 1
    assert release(desk).changed == ("document/05-ct-tw.json",)
    assert look_over(desk.publishing()) == 0


def test_other_settings_and_templates_make_every_page_anew(desk, file, tmp_path):
    file("Chỉ thị số 05-CT/TW.")
    release(desk)
    desk.site = replace(desk.site, title="Tên khác")
    assert "document/05-ct-tw.html" in release(desk).changed
    own = tmp_path / "own"
    (own / "web").mkdir(parents=True)
    (own / "web/story.html").write_text("<p>{{ item.title }}!</p>", encoding="utf-8")
    changed = release(desk, templates=templates([own], language="vi")).changed
    assert "document/05-ct-tw.html" in changed
    assert "document/05-ct-tw.rss" not in changed


def test_a_story_says_which_document_pages_there_are(desk, file):
    file("Chỉ thị số 05-CT/TW và Chỉ thị số 06-CT/TW.", "Chỉ thị số 05-CT/TW.")
    release(desk, documents_from=2)
    page = read(desk, "all.html")
    assert '<a href="document/05-ct-tw.html">05-CT/TW</a>' in page
    assert "06-CT/TW" in page
    assert "06-ct-tw.html" not in page
    below = read(desk, "source/tin.html")
    assert '<a href="../document/05-ct-tw.html">' in below


def test_a_page_needs_as_many_stories_as_the_settings_say(desk, file):
    file("Chỉ thị số 05-CT/TW và Chỉ thị số 06-CT/TW.", "Chỉ thị số 05-CT/TW.")
    release(desk, documents_from=2)
    assert not (folder(desk) / "document/06-ct-tw.html").exists()
    assert "06-CT/TW" not in read(desk, "documents.html")
    release(desk, documents_from=1)
    assert (folder(desk) / "document/06-ct-tw.html").exists()


def test_without_the_feature_there_are_no_pages_and_no_lists(desk, file):
    file("Chỉ thị số 05-CT/TW.")
    release(desk, documents_from=0)
    assert not [path for path in files(desk) if "document" in path and path[0] != "."]
    assert "documents.html" not in read(desk, "index.html")


def test_the_lists_name_every_document_by_count_and_by_date(desk, file):
    file(
        "Chỉ thị số 05-CT/TW ngày 15/5/2016.",
        "Chỉ thị số 05-CT/TW.",
        "Kết luận số 21-KL/TW ngày 25/10/2021.",
    )
    release(desk)
    most, newest = read(desk, "documents.html"), read(desk, "documents-newest.html")
    assert most.index("05-CT/TW") < most.index("21-KL/TW")
    assert newest.index("21-KL/TW") < newest.index("05-CT/TW")
    assert "15/5/2016" in most or "15/05/2016" in most
    assert "documents.html" in read(desk, "index.html")
    assert "document/21-kl-tw.rss" in read(desk, "documents.opml")
    assert "document/" not in read(desk, "feeds.opml")


def test_a_withdrawn_story_leaves_its_documents_at_once(desk, file):
    file("Chỉ thị số 05-CT/TW.", "Chỉ thị số 05-CT/TW và 06-CT/TW.")
    release(desk)
    gone = desk.entries()[1]
    with desk.database.write() as connection:
        entries.withdraw(connection, gone.id, desk.clock.now)
    release(desk)
    for path, content in files(desk).items():
        if not path.endswith(".gz"):
            assert gone.entry.url not in content.decode(), path
    assert len(titles(desk, "05-ct-tw")) == 1
    assert titles(desk, "06-ct-tw") == []
    assert "06-CT/TW" not in read(desk, "documents.html")
    assert release(desk).changed == ()


def test_files_of_others_among_the_documents_stay(desk, file):
    file("Chỉ thị số 06-CT/TW.")
    release(desk)
    (only,) = desk.entries()
    with desk.database.write() as connection:
        entries.withdraw(connection, only.id, desk.clock.now)
    (folder(desk) / "document" / "notes.html").write_text("của tôi", encoding="utf-8")
    release(desk)
    assert titles(desk, "06-ct-tw") == []
    assert read(desk, "document/notes.html") == "của tôi"


def test_what_lost_its_stories_is_pruned_and_comes_back_with_a_new_one(desk, file):
    file("Chỉ thị số 06-CT/TW.")
    release(desk)
    (only,) = desk.entries()
    with desk.database.write() as connection:
        entries.withdraw(connection, only.id, desk.clock.now)
    release(desk)
    left = leftovers(desk.publishing(), desk.clock.now)
    assert {path for path in left if not path.endswith(".gz")} == {
        f"document/06-ct-tw.{ending}" for ending in ENDINGS
    }
    prune(desk.publishing(), left)
    assert release(desk).changed == ()
    assert not (folder(desk) / "document").exists()
    file("Chỉ thị số 06-CT/TW.")
    release(desk)
    assert len(titles(desk, "06-ct-tw")) == 1


def test_pages_of_documents_are_no_leftovers(desk, file):
    file("Chỉ thị số 05-CT/TW.")
    release(desk)
    assert leftovers(desk.publishing(), desk.clock.now) == ()


def test_an_embargo_holds_back_the_documents_page_too(desk, file):
    file("Chỉ thị số 05-CT/TW.", embargo=timedelta(hours=9))
    release(desk)
    assert not (folder(desk) / "document/05-ct-tw.html").exists()
    desk.clock.advance(hours=9)
    release(desk)
    assert len(titles(desk, "05-ct-tw")) == 1


@pytest.fixture
def told_too(desk, web, words, file):
    """Have another source tell the first story, too, under an embargo."""

    def tell(more=""):
        file("Chỉ thị số 05-CT/TW.")
        desk.add("cam", embargo=timedelta(hours=9))
        said = f"{words.article(1)[1]} Chỉ thị số 05-CT/TW. {more}"
        item = words.item(1, host="cam.example", text=said)
        web.pages[desk.sources["cam"].url] = words.rss(item)
        assert desk.visit("cam").error == ""
        (story,) = desk.stories()
        assert [one.entry.source for one in story.entries] == ["tin", "cam"]

    return tell


def test_a_teller_comes_to_the_documents_page_when_its_embargo_ends(
    desk, file, told_too
):
    """Though nobody writes anything then."""
    told_too()
    file("Chỉ thị số 06-CT/TW.")
    release(desk)
    for ending in ENDINGS:
        assert "cam.example" not in read(desk, f"document/05-ct-tw.{ending}")
    assert len(titles(desk, "05-ct-tw")) == 1
    assert release(desk).changed == ()
    desk.clock.advance(hours=9)
    release(desk)
    for ending in ("json", "html"):
        assert "cam.example" in read(desk, f"document/05-ct-tw.{ending}")
    assert release(desk).changed == ()


def test_a_document_that_only_a_teller_under_embargo_cites_has_no_page(desk, told_too):
    told_too("Quyết định số 77-QĐ/TW.")
    release(desk)
    assert not (folder(desk) / "document/77-qd-tw.html").exists()
    assert "77-QĐ/TW" not in read(desk, "documents.html")
    desk.clock.advance(hours=9)
    release(desk)
    assert len(titles(desk, "77-qd-tw")) == 1


def test_a_faulty_template_keeps_no_feed_back_and_is_tried_again(desk, file, tmp_path):
    file("Chỉ thị số 05-CT/TW.")
    own = tmp_path / "own"
    (own / "web").mkdir(parents=True)
    broken = own / "web/document.html"
    broken.write_text("{{ nothing.at.all }}", encoding="utf-8")
    faulty = templates([own], language="vi")
    done = release(desk, templates=faulty)
    failed = dict(done.failed)
    assert set(failed) == {"document/05-ct-tw.html"}
    assert "document.html, line 1" in failed["document/05-ct-tw.html"]
    assert len(titles(desk, "05-ct-tw")) == 1
    assert dict(release(desk, templates=faulty).failed) == failed
    assert release(desk).failed == ()
    assert (folder(desk) / "document/05-ct-tw.html").exists()


def test_two_documents_of_one_number_are_told_apart(desk, file):
    file("Nghị quyết 18-NQ/TW ngày 25/10/2017.", "Nghị quyết 18-NQ/TW ngày 16/6/2022.")
    file("Đề án 02-ĐA/TU.")
    release(desk)
    page = read(desk, "documents.opml")
    assert "18-NQ/TW (2017)" in page
    assert "18-NQ/TW (2022)" in page
    assert "02-ĐA/TU (Bến Tre)" in page

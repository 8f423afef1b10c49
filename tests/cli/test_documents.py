"""``syndicate documents``: lists, one document, and what to do when there are two."""

from __future__ import annotations

import json

import pytest

ITEM = """<item><title>{title}</title><link>https://tin.example/{n}.html</link>
<guid>{n}</guid><description>{text}</description></item>"""
SAID = (
    "Chỉ thị số 05-CT/TW ngày 15/5/2016 của Bộ Chính trị được chi bộ ấp học kỹ.",
    "Chỉ thị 05-CT/TW và Đề án 02-ĐA/TU của Tỉnh ủy Bến Tre [bản đầy đủ] về đò ngang.",
    "Đề án 02-ĐA/TU của Tỉnh ủy Trà Vinh về vườn dừa bên sông đã làm xong ba phần.",
)


@pytest.fixture
def citing(desk):
    """The desk after a visit to three articles that cite documents."""
    items = "".join(
        ITEM.format(n=n, title=f"Bài {word}", text=text)
        for n, (word, text) in enumerate(zip(("một", "hai", "ba"), SAID, strict=True))
    )
    (desk.folder / "saved" / "tin.rss").write_text(
        f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>',
        encoding="utf-8",
    )
    desk.run("gather", "--all")
    return desk


def test_documents_are_listed_the_most_cited_first(citing):
    found = citing.json("documents", "list")
    assert found["count"] == 3
    assert [(one["number"], one["count"]) for one in found["documents"]] == [
        ("05-CT/TW", 2),
        ("02-ĐA/TU", 1),
        ("02-ĐA/TU", 1),
    ]
    assert found["documents"][0] == {
        "slug": "05-ct-tw",
        "number": "05-CT/TW",
        "type": "Chỉ thị",
        "issuer": "Bộ Chính trị",
        "scope": "",
        "issued": "2016-05-15",
        "page": "https://ban.example/feeds/document/05-ct-tw.html",
        "count": 2,
    }


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["--province", "Bến Tre"], ["02-ĐA/TU"]),
        (["--type", "chỉ thị"], ["05-CT/TW"]),
        (["--limit", "1"], ["05-CT/TW"]),
        (["--since", "2000-01-01"], ["05-CT/TW", "02-ĐA/TU", "02-ĐA/TU"]),
        (["--since", "2999-01-01"], []),
    ],
)
def test_a_list_can_be_narrowed(citing, words, numbers):
    found = citing.json("documents", "list", *words)
    assert [one["number"] for one in found["documents"]] == numbers


def test_a_list_in_words_says_what_it_leaves_out(citing):
    said = citing.run("documents", "list", "--limit", "1").output
    assert "05-CT/TW" in said
    assert "02-ĐA/TU" not in said
    assert "--limit 0" in said


def test_an_empty_desk_lists_nothing_and_fails_nothing(desk):
    assert desk.json("documents", "list") == {"count": 0, "documents": []}
    assert desk.run("documents", "list").output.strip()


def test_one_document_is_shown_with_its_stories(citing):
    found = citing.json("documents", "show", "5 – ct/tw")
    assert found["slug"] == "05-ct-tw"
    assert {story["title"] for story in found["stories"]} == {"Bài một", "Bài hai"}
    assert {story["source"] for story in found["stories"]} == {"luu"}
    said = citing.run("documents", "show", "02-da-tu-ben-tre").output
    assert "Bến Tre" in said
    assert "https://tin.example/1.html" in said


def test_a_number_of_two_documents_lists_both_and_fails(citing):
    done = citing.run("documents", "show", "02-ĐA/TU", code=4)
    assert "02-da-tu-ben-tre" in done.output
    assert "02-da-tu-tra-vinh" in done.output
    found = citing.json("documents", "show", "02-ĐA/TU", "Trà", "Vinh")
    assert found["scope"] == "Trà Vinh"


def test_an_unknown_number_is_said_plainly(citing):
    done = citing.run("documents", "show", "99-CT/TW", "--json", code=4)
    assert "99-CT/TW" in done.output


def test_a_limit_below_zero_is_wrong_usage(desk):
    desk.run("documents", "list", "--limit", "-1", code=2)


def test_without_pages_no_address_is_given(citing):
    text = citing.config.read_text("utf-8")
    citing.config.write_text(f"{text}\n[publish]\ndocuments_from = 0\n", "utf-8")
    found = json.loads(citing.run("documents", "list", "--json").stdout)
    assert {one["page"] for one in found["documents"]} == {""}


def test_pages_are_published_and_named_feeds_are_refused(citing):
    done = citing.json("publish")
    assert "document/05-ct-tw.html" in done["changed"]
    assert citing.json("publish")["changed"] == []
    text = citing.config.read_text("utf-8")
    for taken in ("document", "documents", "documents-newest"):
        feed = f'\n[[feed]]\nkey = "{taken}"\ntitle = "Của tôi"\n'
        citing.config.write_text(text + feed, "utf-8")
        assert taken in citing.run("config", "check", code=3).output

"""Our validator: each broken document breaks its rule and no other, right ones none.

A case is a file; its name begins with the rule that it breaks.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import perf_counter

import pytest

from syndicate.publish.lint import Level, lint, said
from syndicate.publish.lint.errors_said import ERRORS
from syndicate.publish.lint.warnings_said import WARNINGS

CASES = Path(__file__).resolve().parents[1] / "data" / "publish" / "lint"
BROKEN = sorted((CASES / "broken").iterdir())
RIGHT = sorted((CASES / "right").iterdir())
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
def test_a_broken_document_breaks_exactly_its_rule(path: Path) -> None:
    findings = lint(path.read_bytes(), now=NOW)
    assert {found.rule for found in findings} == {path.name.partition(".")[0]}


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.name)
def test_a_right_document_breaks_none(path: Path) -> None:
    assert lint(path.read_bytes(), now=NOW) == ()


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
def test_a_finding_says_where_and_what_to_do(path: Path) -> None:
    for found in lint(path.read_bytes(), now=NOW):
        assert not re.search(r"[{}]", found.message.replace(found.value, ""))
        assert found.message[-1] in ".…/", found
        assert found.line <= path.read_bytes().count(b"\n") + 1


def test_no_rule_is_an_error_and_a_warning() -> None:
    assert not set(ERRORS) & set(WARNINGS)
    assert all(said(rule) for rule in (*ERRORS, *WARNINGS))


def test_the_line_is_that_of_the_element() -> None:
    (found,) = lint((CASES / "broken" / "InvalidRFC2822Date.rss").read_bytes(), now=NOW)
    assert (found.line, found.element, found.value) == (
        17,
        "pubDate",
        "22/11/2026 07:30",
    )
    assert found.level is Level.ERROR


def right(name: str) -> bytes:
    return (CASES / "right" / name).read_bytes()


def rules(document: bytes, url: str = "", content_type: str = "") -> set[str]:
    found = lint(document, url=url, content_type=content_type, now=NOW)
    return {each.rule for each in found}


@pytest.mark.parametrize(
    ("name", "content_type", "wanted"),
    [
        ("rss.rss", "application/rss+xml; charset=utf-8", set()),
        ("rss.rss", "text/xml", set()),
        ("rss.rss", "text/html", {"UnexpectedContentType"}),
        ("rss.rss", "application/atom+xml", {"UnexpectedContentType"}),
        ("rss.rss", "application/rss+xml; charset=windows-1258", {"EncodingMismatch"}),
        ("atom.atom", "application/atom+xml", set()),
        ("atom.atom", "application/rss+xml", {"UnexpectedContentType"}),
        ("json.json", "application/feed+json", set()),
        ("json.json", "application/json", set()),
        ("json.json", "text/html", {"UnexpectedContentType"}),
        ("opml.opml", "text/x-opml", set()),
    ],
)
def test_the_media_type_must_fit(
    name: str, content_type: str, wanted: set[str]
) -> None:
    assert rules(right(name), content_type=content_type) == wanted


def test_a_feed_must_be_where_it_says() -> None:
    for name in ("rss.rss", "atom.atom", "json.json"):
        own = f"https://cuuha.example/all{Path(name).suffix}"
        assert rules(right(name), url=own) == set()
        assert rules(right(name), url="https://khac.example/a") == {
            "SelfDoesntMatchLocation"
        }


def test_foreign_attributes_on_what_is_of_rss_are_seen() -> None:
    """They need a namespace that nobody knows, so two rules are broken at once."""
    document = right("rss.rss").replace(
        b"<language>", b'<language xmlns:la="https://la.example/ns" la:a="1">'
    )
    assert rules(document) == {"UseOfExtensionAttr", "UnknownNamespace"}


def test_a_general_media_type_needs_a_document_that_begins_with_its_name() -> None:
    far = b"<!-- " + b"x" * 600 + b" --><rss "
    document = right("rss.rss").replace(b"<rss ", far, 1)
    assert rules(document, content_type="application/xml") == {"NonSpecificMediaType"}


def test_without_a_clock_no_date_is_too_late() -> None:
    late = (CASES / "broken" / "ImplausibleDate.future.rss").read_bytes()
    assert lint(late) == ()


def test_entities_of_its_own_cannot_fill_the_memory() -> None:
    laughs = (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">'
        + "".join(
            f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
        )
        + ']><rss version="2.0"><channel><title>&j;</title></channel></rss>'
    )
    findings = lint(laughs.encode(), now=NOW)
    assert len(findings) < 10
    assert all(len(found.message) < 400 for found in findings)


def test_a_file_outside_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("bí mật")
    document = right("rss.rss").replace(
        b"<rss ",
        f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{tmp_path}/secret">]><rss '.encode(),
        1,
    )
    document = document.replace("Tin của tỉnh".encode(), b"&x;")
    assert "bí mật" not in str(lint(document, now=NOW))


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b" ",
        b"\x00",
        b"{",
        b"[" * 100_000,
        b"{}",
        b'{"items": [1, null, {"id": {}}], "version": 7, "authors": [3]}',
        b"<a" * 5000,
        b"<rss>" * 300,
        b"<rss version='2.0'><channel><item>" + b"<b>" * 250,
        b'<?xml version="1.0" encoding="utf-7"?><rss/>',
        b'<?xml version="1.0" encoding="base64"?><rss/>',
        "<?xml version='1.0' encoding='utf-16'?><rss/>".encode("utf-16-le"),
        b'<feed xmlns="http://www.w3.org/2005/Atom"><updated>9999-99-99T99:99:99Z'
        b"</updated></feed>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><updated>0001-01-01T00:00:00+23:59'
        b"</updated></feed>",
        b"<rss version='2.0'><channel><pubDate>Mon, 99 Jan 0000 99:99:99 +9990"
        b"</pubDate></channel></rss>",
        b"<rss version='2.0'><channel><link>http://[::1</link></channel></rss>",
        b"<rss version='2.0'><channel><image><url>\xff</url></image></channel></rss>",
    ],
)
def test_whatever_it_is_given_it_finds_something_and_does_not_fail(
    document: bytes,
) -> None:
    assert lint(document, now=NOW, content_type="text/xml")


def test_many_findings_of_one_rule_are_cut() -> None:
    document = right("rss.rss").replace(b"<language>", b"<x/>" * 5000 + b"<language>")
    assert len(lint(document, now=NOW)) <= 200


BITS = (
    *(b"<", b">", b"&", b'"', b"\x00", b"\xff", b"<!--", b"]]>", b"<![CDATA[", b"</"),
    *(b'xmlns:a="b"', b"&lt;a href=", b"9" * 30, b"%", b"http://[", b"+99:99", b"{"),
    *(b"}", b"null", b"[]", b"tag:", b"urn:uuid:", b"\xc3\xa1"),
)


def test_no_mutation_of_a_document_makes_it_fail() -> None:
    chance = Random(5)  # noqa: S311 -- no secret
    documents = [path.read_bytes() for path in (*BROKEN, *RIGHT)]
    for _ in range(4000):
        made = bytearray(chance.choice(documents))
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(made) + 1)
            other = chance.choice(documents)
            start = chance.randrange(len(other))
            piece = chance.choice([chance.choice(BITS), other[start : start + 80]])
            made[at : at + chance.choice([0, 0, 9])] = piece
        lint(bytes(made), url="https://a.example/x", now=NOW)


@pytest.mark.parametrize(
    "piece",
    ["&lt;", "&lt;a ", "&lt;!--", "&amp;#", "&lt;b style='a:  ", "&lt;p&gt;", "("],
)
@pytest.mark.parametrize("place", ["description", "pubDate", "author", "title"])
def test_long_hostile_text_costs_no_more_than_its_length(
    place: str, piece: str
) -> None:
    long = (piece * (200_000 // len(piece))).encode()
    document = (
        b"<rss version='2.0'><channel><item><%(place)s>%(long)s</%(place)s></item>"
        b"</channel></rss>"
    ) % {b"place": place.encode(), b"long": long}
    begun = perf_counter()
    assert lint(document, now=NOW)
    assert perf_counter() - begun < 5

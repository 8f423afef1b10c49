from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from syndicate.digest.drawing.parts import Links, Parts
from syndicate.digest.drawing.render import LARGEST
from syndicate.digest.drawing.variants import Variant, variant
from syndicate.digest.drawing.wishes import Wish, everything
from syndicate.digest.linting.lint import errors, lint
from syndicate.digest.mime import encoded
from syndicate.digest.writing.message import Copy, Mould, Post
from syndicate.errors import MailError, TemplateError
from syndicate.model import (
    Digest,
    Image,
    Issue,
    IssueItem,
    IssueSection,
    Message,
    Site,
)
from syndicate.templating import Templates, templates

ROOT = Path(__file__).resolve().parents[2]
ZONE = "Asia/Ho_Chi_Minh"
NOWHERE = Site(title="Tin", base_url="")
VIEW = "https://ban-tin.example/issues/tuan/12"
Item = Callable[..., IssueItem]
MakeIssue = Callable[..., Issue]
Render = Callable[..., Variant]
Mail = Callable[..., Message]


@pytest.fixture
def rendered(make_variant: Render, vi: Templates) -> Render:
    def run(issue: Issue, made: Templates = vi, **given: Any) -> Variant:
        return make_variant(issue, templates=lambda _language: made, **given)

    return run


@pytest.fixture
def sent(make_mail: Mail) -> Mail:
    return make_mail


def words(page: str) -> str:
    return " ".join(str(html.document_fromstring(page).xpath("string(//body)")).split())


def test_both_parts_tell_every_story_with_its_link(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    items = [make_item(n) for n in range(1, 6)]
    made = rendered(make_issue(*items))
    shown = words(made.html)
    hrefs = {a.get("href") for a in html.document_fromstring(made.html).iter("a")}
    flat = " ".join(made.text.split())
    for item in items:
        assert item.title in shown
        assert item.title in flat
        assert item.url in hrefs
        assert item.url in made.text.split()


def test_a_story_shows_source_date_documents_and_other_tellers(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    also = (("Báo Cửu Hà", "https://bao.cuuha.example/1"), ("Đài Cửu Hà", ""))
    made = rendered(make_issue(make_item(1, also=also, authors=("Lê Thị Bé",))))
    for shown in (words(made.html), " ".join(made.text.split())):
        assert "Đảng ủy Khối Cửu Hà · 14/10/2026, 10:00 · Lê Thị Bé" in shown
        assert "Văn bản: 02-NQ/TU" in shown
        assert "Cùng đưa tin: Báo Cửu Hà, Đài Cửu Hà" in shown
    assert "https://bao.cuuha.example/1" in made.html
    assert "https://bao.cuuha.example/1" in made.text


def test_a_story_without_a_date_says_so(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    made = rendered(make_issue(make_item(1, published=None)))
    assert "không rõ ngày đăng" in words(made.html)
    assert "không rõ ngày đăng" in made.text


def test_an_issue_is_in_the_language_of_its_digest(
    rendered: Render, make_issue: MakeIssue, make_item: Item, digest: Digest
) -> None:
    made = rendered(
        make_issue(make_item(1, language="vi")),
        templates(language="en", zone=digest.timezone),
        digest=replace(digest, language="en", title="Weekly"),
    )
    assert '<html lang="en"' in made.html
    assert re.search(r'<td[^>]* lang="vi"', made.html)
    assert "Unsubscribe" in made.html
    assert "Hủy" not in made.html + made.text
    assert made.subject.startswith("[Weekly] 12–18 October 2026 · Bình Khê")


def test_the_same_issue_renders_to_the_same_bytes(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    issue = make_issue(*(make_item(n) for n in range(1, 9)))
    assert rendered(issue) == rendered(issue)


def test_styles_are_inlined_and_the_dark_scheme_is_kept(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    made = rendered(make_issue(make_item()))
    assert made.html.count("prefers-color-scheme: dark") == 1
    root = html.document_fromstring(made.html)
    for element in root.iter("h1", "h2", "h3", "p", "td"):
        if element.text_content().strip() and element.get("class"):
            assert element.get("style"), html.tostring(element)[:200]


def test_the_first_picture_is_shown_and_only_over_https(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    safe = Image(url="https://khoi.cuuha.example/cau.jpg", caption='Cầu "mới"')
    plain = Image(url="http://khoi.cuuha.example/cau.jpg")
    two = rendered(make_issue(make_item(1, image=safe), make_item(2, image=safe)))
    (picture,) = html.document_fromstring(two.html).iter("img")
    assert (picture.get("alt"), picture.get("width"), picture.get("height")) == (
        'Cầu "mới"',
        "536",
        "302",
    )
    assert "<img" not in rendered(make_issue(make_item(1, image=plain))).html


def test_stories_left_out_are_on_the_web(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    made = rendered(make_issue(make_item(), left_out=7))
    assert "Còn 7 tin trên trang web" in words(made.html)
    assert f"Còn 7 tin trên trang web:\n{VIEW}" in made.text
    assert "tin trên trang web" not in rendered(make_issue(make_item())).text
    nowhere = rendered(make_issue(make_item(), left_out=7), links=Links(), site=NOWHERE)
    assert "Còn 7 tin trên trang web\n" in nowhere.text


def test_an_issue_too_large_loses_its_last_stories_and_says_so(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    long = "Đường bê tông rộng 3,5 m do nhân dân góp công. " * 12
    first = tuple(make_item(n, summary=long) for n in range(1, 91))
    second = tuple(make_item(n, summary=long) for n in range(101, 106))
    issue = make_issue(
        sections=(
            IssueSection(title="Xây dựng Đảng", items=first),
            IssueSection(title="Dân vận", items=second),
        ),
        left_out=3,
    )
    made = rendered(issue)
    size = len(encoded(made.html).body)
    assert 0.95 * LARGEST < size <= LARGEST
    told = [item for item in issue.items if item.url in made.text.split()]
    gone = len(issue.items) - len(told)
    assert f"Còn {gone + 3} tin trên trang web" in words(made.html)
    assert told == [*first[: len(told) - 5], *second]


PIECES = '{% include "mail/pieces.html" %}'


def test_an_issue_of_one_story_that_cannot_fit_is_refused(
    make_issue: MakeIssue,
    make_item: Item,
    rendered: Render,
    own_templates: Callable[[str, str], Templates],
) -> None:
    huge = own_templates("mail/issue.html", "<p>" + "chữ " * 40_000 + "</p>" + PIECES)
    with pytest.raises(MailError, match=r"^tuan 12: even one story"):
        rendered(make_issue(make_item(1), make_item(2)), made=huge)


def test_a_line_never_begins_or_ends_with_a_dot_between_nothing(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    bare = make_item(1, source="", url="", published=None, documents=("213-QĐ/TW",))
    made = rendered(make_issue(bare, documents=()))
    root = html.document_fromstring(made.html)
    metas = [
        p.text_content().strip() for p in root.iter("p") if p.get("class") == "meta"
    ]
    assert metas == [
        "không\u00a0rõ\u00a0ngày\u00a0đăng",
        "Văn\u00a0bản: 213-QĐ/TW",
    ]
    assert "\n  không rõ ngày đăng\n" in made.text


def test_a_word_without_end_breaks_and_does_not_widen_the_mail(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    root = html.document_fromstring(
        rendered(make_issue(make_item(1, title="x" * 300))).html
    )
    cells = [cell for cell in root.iter("td") if "in" in cell.get("class", "").split()]
    assert cells
    for cell in cells:
        assert "word-break: break-word" in cell.get("style", "").replace(":b", ": b")


def test_corrections_say_that_their_sources_changed_them(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    made = rendered(make_issue(make_item(1, corrected=True)))
    for part in (words(made.html), " ".join(made.text.split())):
        assert "đã được nơi đăng sửa lại" in part
    plain = rendered(make_issue(make_item(1)))
    assert "sửa lại" not in plain.html + plain.text


def test_the_hidden_preheader_is_not_set_as_spammers_set_it(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    """SpamAssassin's FONT_INVIS_MSGID gives a point for text of one pixel or none."""
    page = rendered(make_issue(make_item(1))).html
    assert not re.search(r"font-size:\s*[01]px[^>]*>\w", page)


@pytest.mark.parametrize("title", ["\u0338x", "\u0301 \u0338 Cầu", "05-CT/TW\u0338"])
def test_a_mark_without_a_letter_does_not_stop_the_mail(
    sent: Callable[[Issue], Message],
    make_issue: MakeIssue,
    make_item: Item,
    title: str,
) -> None:
    """ ">" and U+0338 are one character in NFC; a title must not begin with one."""
    assert errors(lint(sent(make_issue(make_item(1, title=title))).content)) == ()


def test_a_site_s_broken_template_is_named(
    make_issue: MakeIssue,
    make_item: Item,
    rendered: Render,
    own_templates: Callable[[str, str], Templates],
) -> None:
    broken = own_templates("mail/issue.txt", "\n{{ isue.number }}")
    with pytest.raises(TemplateError, match=r"^mail/issue\.txt, line 2: 'isue' is"):
        rendered(make_issue(make_item()), made=broken)


def test_an_empty_issue_still_renders(rendered: Render, make_issue: MakeIssue) -> None:
    made = rendered(make_issue(sections=(), documents=()))
    assert "Kỳ này không có tin mới." in words(made.html)
    assert made.subject == "[Bản tin tuần Cửu Hà] 12–18/10/2026"
    assert made.text.count("Kỳ này không có tin mới.") == 1


# What the acceptance of a preview rests on: no process writes it otherwise.
ALONE = """
import hashlib, locale, sys
from datetime import datetime
from syndicate.digest.drawing.coding import LEAVE
from syndicate.digest.drawing.parts import Links, parts
from syndicate.digest.drawing.variants import variant
from syndicate.digest.drawing.wishes import Wish
from syndicate.digest.writing.message import Copy, Mould, Post
from syndicate.model import *
from syndicate.templating import templates
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
when = datetime.fromisoformat("2026-10-14T23:30:00+07:00")
items = tuple(
    IssueItem(story=n, uid=str(n), title=f"Đường {n}", url=f"https://a.example/{n}",
              summary="Theo 02-NQ/TU.", source=f"Nguồn {n % 3}", language="vi",
              published=Dated(value=when, precision=Precision.MINUTE,
                              origin=DateOrigin.META, raw=""))
    for n in range(9))
issue = Issue(digest="tuan", number=1, start=when, end=when,
              documents=(("02-NQ/TU", 9),),
              sections=(IssueSection(title="Đảng", items=items),))
digest = Digest(key="tuan", title="Bản tin")
site = Site(title="B", base_url="https://b.example")
links = Links(unsubscribe="https://b.example/huy/" + LEAVE)
drawn = parts(issue, digest=digest, site=site, links=links,
              templates=lambda one: templates(language=one, zone=digest.timezone))
post = Post(digest=digest, site=site, number=1, links=links, sender="b@b.example",
            date=when)
copy = Copy(member=Member(address="an@vd.example"), mark="m" * 32, leave="l" * 32,
            choose="c" * 32)
made = Mould(variant(drawn, Wish(language="vi")), post).message(copy)
sys.stdout.write(drawn.sha256)
sys.stdout.write(hashlib.sha256(made.content).hexdigest())
"""


def test_a_message_is_the_same_in_every_process_zone_and_locale() -> None:
    places = (
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "Pacific/Chatham", "LC_ALL": "C.UTF-8"},
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", ALONE],
            env={"PYTHONPATH": str(ROOT), **place},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for place in places
    }
    assert len(made) == 1
    assert made != {""}


# ── Contrast ─────────────────────────────────────────────────────────────────


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_colour_of_text_is_readable_in_light_and_dark(
    rendered: Render, make_issue: MakeIssue, make_item: Item
) -> None:
    page = rendered(make_issue(make_item(note="Hay"), make_item(2), left_out=2)).html
    light, dark = page.split("@media (prefers-color-scheme: dark)")
    grounds = {"light": ("#fffdf9", "#ece5d9"), "dark": ("#1e1c18", "#2a2721")}
    text = r"(?<!-)color:\s*(#[0-9a-f]{6})"
    for name, part in (("light", page.partition("<body")[2]), ("dark", dark)):
        colours = set(re.findall(text, part.partition("</style>")[0]))
        assert len(colours) >= 4
        for colour in colours:
            assert contrast(colour, grounds[name][0]) >= 4.5, (name, colour)
    assert "#fffdf9" in light + dark
    assert "#1e1c18" in dark
    assert contrast("#655f55", grounds["light"][1]) >= 4.5
    assert contrast("#b3ab9c", grounds["dark"][1]) >= 4.5


# ── Whatever the sources write, no message has an error ──────────────────────

HOSTILE = [
    "",
    " ",
    "None",
    "{{ config }}",
    "{% raw %}}}",
    "{{{{{",
    "<script>alert(1)</script>",
    "</td></tr></table><h1>x</h1>",
    "<!--[if mso]>",
    "-->",
    "]]>",
    "&amp;&lt;&#0;&nbsp",
    "a\r\nBcc: x@y.example",
    "dòng\nmới\ttab",
    "\x00\x01\x1f\x7f\x85\x9f",
    "\ud800\udfff",
    "\ufffe\uffff\ufeff",
    "\u202eđảo\u2066ngược",
    "e\u0323\u0302" * 50,
    "e" + "\u0301" * 500,
    "ĐẢNG " * 200,
    "x" * 5000,
    "👩‍👩‍👧‍👦" * 40,
    "=?utf-8?Q?=41?=",
    "05-CT/TW 213-QĐ/TW, 98/2014/NĐ-CP và 22 – NQ/TW",
    "1-QĐ/TW-1-QĐ/TW/1-QĐ/TW (45-CT/TW)213-QĐ/TW–01-KL/TW",
    "here",
    "đây",
    ".",
    "..\n.",
    "From me",
    "a\"b'c`d",
    "https://unsubscribe.invalid/this-copy",
    "שלום עולם مرحبا",
    "\u1e9e\u0130ǆ\ufb01",
    "%s %(x)s {0} ${x}",
    "–" * 100,
    "\u0338 onmouseover=alert(1)",
    "05-CT/TW\u0338 213-QĐ/TW\u0301",
]
ADDRESSES = [
    "https://khoi.cuuha.example/tin?a=1&b=%20#x",
    "https://khoi.cuuha.example/" + "dài-" * 300,
    "https://khoi.cuuha.example/" + "a" * 3000,
    "javascript:alert(1)",
    "data:text/html,x",
    "https://x.example/\"onmouseover='alert(1)",
    "https://x.example/a b",
    "//x.example/a",
    "",
    "https://",
    "http://[::1",
    "https://x.example/\r\nBcc:",
    "https://đảng.example/tin-tức",
    "https://x.example/?/slug/17751487",
]


def hostile_issue(seed: int, make_issue: MakeIssue, make_item: Item) -> Issue:
    """Put together an issue of the worst, always the same for one seed."""
    rng = random.Random(seed)  # noqa: S311 - a fixed sequence is the point

    def text() -> str:
        return " ".join(rng.choices(HOSTILE, k=rng.randint(1, 3)))

    def item(number: int) -> IssueItem:
        address = rng.choice(ADDRESSES)
        return make_item(
            number,
            title=text(),
            url=address,
            summary=text(),
            source=text(),
            language=rng.choice(["vi", "en", "", 'x" onclick="y']),
            authors=tuple(text() for _ in range(rng.randint(0, 5))),
            also=tuple(
                (rng.choice(["", f"Báo {text()}"]), rng.choice(ADDRESSES))
                for _ in range(rng.randint(0, 9))
            ),
            documents=tuple(text() for _ in range(rng.randint(0, 4))),
            categories=(rng.choice("ab"),),
            note=rng.choice(["", text()]),
            credit=rng.choice(["", text()]),
            brief=rng.random() < 0.3,
            image=rng.choice([None, Image(url=address, caption=text())]),
        )

    sections = tuple(
        IssueSection(
            title=text(),
            items=tuple(item(10 * place + n) for n in range(rng.randint(0, 4))),
        )
        for place in range(rng.randint(0, 4))
    )
    documents = tuple((text(), rng.randint(1, 9)) for _ in range(rng.randint(0, 20)))
    return make_issue(
        sections=sections,
        documents=documents,
        left_out=rng.choice([0, 1, 40]),
        note=rng.choice(["", text()]),
        subject=rng.choice(["", "", text()]),
    )


@pytest.mark.parametrize("block", range(8))
def test_no_issue_of_hostile_words_makes_a_message_with_an_error(
    make_parts: Callable[..., Parts],
    post: Post,
    copy: Copy,
    make_issue: MakeIssue,
    make_item: Item,
    block: int,
) -> None:
    spoken = {one: templates(language=one, zone=ZONE) for one in ("vi", "en")}
    for seed in range(block * 40, block * 40 + 40):
        issue = hostile_issue(seed, make_issue, make_item)
        drawn = make_parts(issue, templates=spoken.__getitem__, languages=("en",))
        for wish in (
            everything(drawn.issue, "vi"),
            Wish(language="en", categories=("a",)),
            Wish(language="vi", text_only=True),
        ):
            made = variant(drawn, wish)
            if made is None:
                continue
            links = {item.url for item in made.issue.items if item.url}
            content = Mould(made, post).message(copy).content
            assert errors(lint(content, links=links)) == (), (seed, wish)
            # In the head; a line of the text may begin so and be nothing but text.
            assert b"\r\nBcc:" not in content.partition(b"\r\n\r\n")[0]

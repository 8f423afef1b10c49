"""Five real pages, rebuilt in their portals' layouts, read back against their truth.

The dumps hold lines, not markup: each test builds the page around them at run time,
with every line of furniture in a plausible place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from syndicate.gather.article import parse_article
from syndicate.gather.clean import to_entry
from syndicate.model import Entry, Selectors, Source, SourceKind

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SEEDS = ("000", "001", "002", "003", "004")
# The moment of the dump of seed 002: its header's clock is fresh then.
FETCHED = datetime(2024, 4, 21, 16, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))

pytestmark = pytest.mark.skipif(
    not (DATA / "seeds_truth.json").exists(), reason="the shared seeds are not here"
)

Truth = dict[str, Any]


class Dump:
    """The lines of a seed, and what its truth says they are."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        text = (DATA / "seeds" / truth["file"]).read_text(encoding="utf-8")
        self.lines = text.lstrip("\ufeff").split("\n")
        [(self.start, self.end)] = truth["body"]["line_ranges"]
        self.captions = set(truth["body"]["caption_lines_inside"])

    def meta(self, name: str) -> str:
        return escape(self.lines[self.truth["meta_lines"][name] - 1])

    def furniture(self) -> tuple[list[str], list[str]]:
        """Lines of the site, before the title and after it."""
        used = set(range(self.start, self.end + 1))
        for value in self.truth["meta_lines"].values():
            used |= set(value if isinstance(value, list) else [value])
        rest = [
            (number, escape(line))
            for number, line in enumerate(self.lines, 1)
            if line.strip() and number not in used
        ]
        title = self.truth["meta_lines"]["title"]
        before = [line for number, line in rest if number < title]
        return before, [line for number, line in rest if number > title]

    def paragraphs(self, caption: Callable[[str, bool], str]) -> str:
        pieces: list[str] = []
        again = False
        for number in range(self.start, self.end + 1):
            line = self.lines[number - 1]
            if not line.strip():
                continue
            if number in self.captions:
                pieces.append(caption(escape(line), again))
            else:
                pieces.append(f'<p style="text-align: justify;">{escape(line)}</p>')
            again = number in self.captions
        return "\n".join(pieces)


def centred(caption: str, again: bool) -> str:
    picture = '<p style="text-align:center"><img src="/i.jpg" alt=""></p>'
    return f'{picture}<p style="text-align:center"><em>{caption}</em></p>'


def liferay(dump: Dump) -> str:
    before, after = dump.furniture()
    author = f'<p style="text-align:right"><strong>{dump.meta("author")}</strong></p>'
    opens = dump.truth["meta_lines"]["author"] < dump.start
    source = ""
    if "source" in dump.truth["meta_lines"]:
        source = f'<p style="text-align:right"><em>{dump.meta("source")}</em></p>'
    left = "".join(
        f'<section class="portlet"><p>{line}</p></section>' for line in before[2:-1]
    )
    right = "".join(
        f'<section class="portlet"><ul><li><a href="/x{at}">{line}</a></li></ul>'
        "</section>"
        for at, line in enumerate(after[2:])
    )
    return f"""<html><head><title>{dump.meta("title")} - Trang tin</title></head><body>
<a id="skip-to-content" href="#main">{before[0]}</a><div id="banner">{before[1]}</div>
<div class="cot-trai">{left}</div><div class="cot-giua"><section class="portlet">
<h2 class="portlet-title">{before[-1]}</h2><div class="contentDetail">
<h3 class="title-detail">{dump.meta("title")}</h3>
<span class="date-detail">{dump.meta("date")}</span>
<div class="journal-content-article">
{author if opens else ""}{dump.paragraphs(centred)}{"" if opens else author}
{source}</div>
<div><span>{after[0]}</span> <span>{after[1]}</span></div></div></section></div>
<div class="cot-phai">{right}</div></body></html>"""


def asp(dump: Dump) -> str:
    _, after = dump.furniture()
    rest = "</div><div>".join(after[1:])
    return f"""<html><body><form id="aspnetForm" action="x.aspx"><table><tr><td>
<div class="chi-tiet"><div class="ten-bai">{dump.meta("title")}</div>
<div class="ngay-gio">{dump.meta("date")}</div><div class="noi-dung">
{dump.paragraphs(centred)}<p align="right"><b>{dump.meta("author")}</b></p></div>
<div class="khac"><b>{after[0]}</b><ul><li><a href="/tin.aspx?ItemID=7">Một tin khác
trong danh sách đã đăng từ trước</a></li></ul></div><div>{rest}</div></div>
</td></tr></table></form></body></html>"""


def drupal(dump: Dump) -> str:
    before, after = dump.furniture()
    name, post = (escape(dump.lines[n - 1]) for n in dump.truth["meta_lines"]["author"])
    return f"""<html><head><title>{dump.meta("title")} | Trường</title></head><body>
<div id="header"><p>{before[0]}</p><span class="date-today">{before[1]}</span></div>
<div id="content"><h1 class="title">{dump.meta("title")}</h1><div class="node">
<div class="field-name-body"><div class="field-item">{dump.paragraphs(centred)}
<p class="rteright"><strong>{name}</strong></p>
<p class="rteright"><strong>{post}</strong></p></div></div>
<div class="field-x"><div>{after[0]}</div><a href="/t/8">Tin tức</a></div></div>
<div class="block"><h2>{after[1]}</h2><ul><li><a href="/n/1">Một bài viết khác của nhà
trường trong năm</a></li></ul></div></div></body></html>"""


def newspaper(dump: Dump) -> str:
    def twice(caption: str, again: bool) -> str:
        if again:
            return f"<figcaption>{caption}</figcaption></figure>"
        return f'<figure><img src="/i.jpg" alt=""><p class="alt">{caption}</p>'

    _, after = dump.furniture()
    lead, _, rest = dump.paragraphs(twice).partition("</p>")
    return f"""<html><body><div class="main">
<h1 class="detail-title">{dump.meta("title")}</h1>
<div class="detail-date">{dump.meta("date")}</div>
<div class="detail-desc">{lead}</p></div><div id="newscontents">
<div class="content-fck">{rest}<p style="text-align:right"><strong>{dump.meta("author")}
</strong></p></div></div><div>{after[0]}</div><div><h3>{after[1]}</h3></div></div>
</body></html>"""


LIFERAY = Selectors(
    article=".contentDetail",
    title=".title-detail",
    date=".date-detail",
    body=".contentDetail .journal-content-article",
)
LAYOUTS: dict[str, tuple[Callable[[Dump], str], Selectors]] = {
    "000": (liferay, LIFERAY),
    "001": (
        asp,
        Selectors(
            article=".chi-tiet", title=".ten-bai", date=".ngay-gio", body=".noi-dung"
        ),
    ),
    "002": (
        drupal,
        Selectors(
            article="#content", title="h1.title", body=".field-name-body .field-item"
        ),
    ),
    "003": (
        newspaper,
        Selectors(
            article=".main",
            title=".detail-title",
            date=".detail-date",
            lead=".detail-desc",
            body="#newscontents .content-fck",
            caption="figcaption",
            signature="^BDK - ",
        ),
    ),
    "004": (liferay, LIFERAY),
}


def load(seed: str) -> Dump:
    truths = json.loads((DATA / "seeds_truth.json").read_text(encoding="utf-8"))
    return Dump(next(each for each in truths["seeds"] if each["id"].startswith(seed)))


def read(dump: Dump, seed: str, *, chosen: bool) -> Entry:
    layout, selectors = LAYOUTS[seed]
    if not chosen:
        selectors = Selectors(signature=selectors.signature)
    source = Source(
        key="seed",
        title="Seed",
        kind=SourceKind.LISTING,
        url="http://cong.example/tin-tuc",
        province="Bến Tre",
        selectors=selectors,
    )
    url = "http://cong.example/chi-tiet-tin/?/bai/17751487"
    raw = parse_article(layout(dump).encode(), url=url, source=source, listed=None)
    return to_entry(raw, source=source, fetched_at=FETCHED)


def one_line(text: str) -> str:
    return " ".join(text.split())


def mistakes(entry: Entry, truth: Truth) -> list[str]:
    """What an entry gets wrong, a word for each."""
    body, words = truth["body"], entry.text.split()
    iso = truth["published"]["iso"]
    published = entry.published.value.isoformat() if entry.published else None
    captions = {one_line(each["text"]) for each in truth["captions"]}
    cited = {each["key"]: each["mentions_in_body"] for each in truth["documents_cited"]}
    ours = {each.key: each.mentions for each in entry.citations}
    author = truth["author"]
    credit = (truth["source_line"] or {}).get("host", "")
    checks = {
        "title": entry.title == one_line(truth["title"]),
        "date": published == iso,
        "precision": not entry.published
        or entry.published.precision == truth["published"]["precision"],
        "author": list(entry.authors) == author.get("list", [author["raw"]]),
        "credit": entry.credit == credit,
        "first words": " ".join(words[:8]) == body["first_8_words"],
        "last words": " ".join(words[-8:]) == body["last_8_words"],
        "word count": abs(len(words) - body["words"]) <= 0.02 * body["words"],
        "paragraphs": len(entry.text.split("\n\n")) == body["paragraphs"],
        "captions": set(entry.captions) == captions,
        "captions once": len(entry.captions) == len(captions),
        "captions apart": not any(each in entry.text for each in captions),
        "citations": set(ours) == set(cited)
        and all(ours[key] >= count for key, count in cited.items()),
        "language": entry.language == "vi",
    }
    long_lines = [each["text"] for each in truth["boilerplate"] if each["chars"] > 12]
    checks["boilerplate"] = not any(line in entry.text for line in long_lines)
    return [name for name, is_right in checks.items() if not is_right]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_is_read_exactly_with_its_selectors(seed):
    dump = load(seed)
    assert mistakes(read(dump, seed, chosen=True), dump.truth) == []


def test_seed_002_never_takes_the_clock_of_the_visit_for_its_date():
    dump = load("002")
    for chosen in (True, False):
        entry = read(dump, "002", chosen=chosen)
        assert entry.published is None
        assert any(each.value.year == 2024 for each in entry.dates)


def test_seeds_are_read_without_selectors_too(table):
    """Reported: five of five when this was written; four keep the gate open."""
    found = [
        mistakes(read(load(seed), seed, chosen=False), load(seed).truth)
        for seed in SEEDS
    ]
    table("seeds read exactly without selectors", sum(not each for each in found), 4)

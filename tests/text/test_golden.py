"""What text, entries and labels came to before they were made fast, they come to now.

Every line of ``tests/data/text/golden.tsv`` is one group of cases: digests of what
each function gave, so that no publisher's text is kept here. Where a group's own
input has changed or is missing, it is skipped. ``python tests/text/test_golden.py``
writes the file anew, which is right only after a change that was meant.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from pathlib import Path
from random import Random

import pytest

from syndicate.categorise.decide import label
from syndicate.categorise.rules import Rules
from syndicate.errors import ParseError
from syndicate.gather.clean import to_entry
from syndicate.model import (
    Category,
    DateClaim,
    DateOrigin,
    RawEntry,
    Scoring,
    Source,
    SourceKind,
)
from syndicate.text import dates, urls
from syndicate.text.citations import cited
from syndicate.text.clean import key_text, words
from syndicate.text.html import sanitise, to_text
from syndicate.text.sentences import extract

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "data" / "text" / "golden.tsv"
SHARED = ROOT.parent / "shared" / "data"
BASE = "https://tin.example/muc/bai-1.html"
NOW = datetime(2026, 10, 19, 6, tzinfo=UTC)
SOURCE = Source(
    key="tin",
    title="Tin",
    kind=SourceKind.FEED,
    url="https://tin.example/rss",
    province="Cửu Hà",
)
RULES = Rules(
    (
        Category(
            slug="dang",
            title="Đảng",
            strong=("kết nạp đảng", "đảng bộ", "nghị quyết"),
            normal=("chi bộ", "hội nghị", "the new", "software"),
            masks=("đảng ủy khối", "văn phòng đảng bộ"),
        ),
        Category(
            slug="kinh-te",
            title="Kinh tế",
            strong=("doanh nghiệp", "ủy ban", "market"),
            normal=("kỷ niệm", "đầu tư", "hòa bình", "google", "people"),
            negative=("doanh nghiệp ma",),
        ),
    ),
    Scoring(masks=("khối cơ quan - doanh nghiệp",), documents=(("05-CT/TW", "dang"),)),
)

# ── The cases ────────────────────────────────────────────────────────────────

WORDS = """
    hòa hoà ủy uỷ thúy thuý khỏe khoẻ quý quí quỹ quĩ kỷ kỉ niệm kĩ thuật lý lí luận
    mỹ mĩ hy hi vọng tỷ tỉ lệ ly li hôn sĩ sỹ quan qủa hòan tòan gía đảng bộ chi ủy
    hội nghị nhân dân tỉnh huyện xã phường năm tháng ngày thực hiện nghị quyết chỉ thị
    của Bộ Chính trị Ban Thường vụ Tỉnh uỷ Chính phủ doanh nghiệp đầu tư hòa bình Đảng
    Đảng uỷ Khối – Cơ quan - Doanh nghiệp Thành phố TP. PGS.TS Nguyễn Văn A. tại về và
    the of new software people market Ðảng trung ương ХШ Đại hội lần thứ XIII Москва
    "nói “rằng” ‘thế’ … (ghi) [sic] 1.551.018,5 24/7 2015-2020 12/5/2021 COVID-19
    05-CT/TW 213-QĐ/TW 98/2014/NĐ-CP 101/QĐ-TTg 202/2025/QH15 1473/BTP-CNTT 31-QĐ/TW
    số 03-NQ/TU 84 QĐ/TWĐTN công văn số 12/SNV-CCVC ./. nguyên tắc chủ tọa tọạ
    """.split()  # noqa: SIM905 - a table of words
PHRASES = (
    "Chỉ thị số 05-CT/TW ngày 15/5/2016 của Bộ Chính trị về học tập",
    "Nghị quyết số 03 của Ban Thường vụ Tỉnh uỷ",
    "Kế hoạch 12, năm 2021 của Thủ tướng Chính phủ",
    "Quyết định số 101/QĐ-TTg ngày 04 tháng 6 năm 2020",
    "Bộ Chính trị ban hành Quy định số 213-QĐ/TW",
    "Nghị định 98/2014/NĐ–CP; Luật số 59/2020/QH14",
    "kỉ niệm 90 năm ngày thành lập, kĩ thuật và lí luận",
    "xem thêm tại https://tin.example/van-ban/05-CT/TW.html",
    "Công văn số 1473/BTP-CNTT, CHỈ THỊ SỐ 05-CT/TW CỦA BỘ CHÍNH TRỊ",
)
TAGS = (
    ("<p>", "</p>\n"),
    ("<p style='text-align: justify'>", "</p>"),
    ('<div class="x">', "</div>"),
    ("<p><strong>", "</strong></p>\n"),
    ("<h2>", "</h2>"),
    ("<ul><li>", "</li><li>x</li></ul>"),
    ("<blockquote><p>", "</p></blockquote>"),
    ("<p><em>Theo</em> <b><i>", "</i></b></p>"),
    ("<p><span lang=vi>", "</span><br/>dòng hai<br>\n</p>"),
    ('<p><a href="/a?b=1&amp;c=2" target=_blank>', "</a></p>"),
    ('<p><a href="javascript:x">', "</a></p>"),
    (
        '<figure><img src="/anh/1.jpg" alt="Ảnh &quot;đẹp&quot;"><figcaption>',
        "</figcaption></figure>",
    ),
    (
        '<p><img alt="" src="https://anh.example/x y.jpg" width="640" height=auto>',
        "</p>",
    ),
    ("<table><tr><td>", "</td><td colspan=2>b</td></tr></table>"),
    ("<table><tbody><tr><th>", "</th></tr></tbody></table>"),
    ("<section><h3>", "</h3><p>&nbsp;</p></section>"),
    ("<p><font color=red>", "</p></font>"),
    ("<b><p>", "</b></p>"),
    ("<pre>\n", "\n  x</pre>"),
    ("<dl><dt>", "</dt><dd>y</dd></dl>"),
    ("", "<br><br>\n"),
    ("<!-- ghi chú -->", ""),
    ("<script>var a = '<p>';</script><p>", "<p>"),
    ('<p><img src="/pixel.gif" width=1 height=1><abbr title="Ủy ban">', "</abbr></p>"),
    ("<center><time datetime=2021-05-12>", "</time></center>"),
    ("<p>A & B &amp; C &lt;d&gt; &copy; &#273;&#x1EE7; &hellip; ", " a > b</p>"),
)  # fmt: skip
JUNK = (
    "<", ">", "</p>", "<p>", "<b>", "</b>", "<a href=x>", "</a>", "<td>", "<li>",
    "</ul>", "&", "&amp;", "&nbsp", "&#0;", "&#x80;", "&notit;", "<!--", "-->",
    "<![CDATA[", "]]>", "\x00", "\x0b", "\x85", "\xa0", "\xad", "\u200b", "\u200d",
    "\u0309", "\u0338", "\r\n", "\x1c", "\u2028", "<br/>", "<p/>", "<svg>", "<math>",
    "<style>", "<title>", "<select>", "<h1>", "</h2>", "<table>", "</table>", '"',
    "'", "=", "<img src=/a.jpg>", "\t", "  ", "<IMG SRC='/b.jpg' ALT=x>", "<P>",
    "<SPAN>", "</SPAN>", "<img src='data:x'>", "<hr>", "<nobr>", "<a>", "<form>",
    "<html>", "</body>", "<a href='/x' href='/y'>", "\U0001f600", "<p title='>'>",
    "<figure>", "<o:p>", "</o:p>", "<time>", "ﬁ", "Ⅻ", "ẞ", "İ", "２", "²",
)  # fmt: skip


def made(number: int) -> str:
    """An article of our own, with everything that Vietnamese portals do to one."""
    rng = Random(f"golden:{number}")  # noqa: S311 - the same every time
    parts = []
    for _ in range(rng.randint(1, 9)):
        opening, closing = rng.choice(TAGS)
        said = rng.choices(WORDS, k=rng.randint(1, 90))
        for _ in range(rng.randint(0, 2)):
            said.insert(rng.randrange(len(said)), rng.choice(PHRASES))
        parts.append(f"{opening}{' '.join(said)}.{closing}")
    html = "".join(parts)
    return unicodedata.normalize("NFD", html) if number % 11 == 3 else html


def mutant(text: str, name: str) -> str:
    """``text`` with a few things cut, doubled or put into it."""
    rng = Random(f"mutant:{name}")  # noqa: S311 - the same every time
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(text) + 1)
        to = min(len(text), at + rng.choice((0, 1, 3, 20)))
        put = rng.choice((rng.choice(JUNK), text[at:to] * 2, ""))
        text = text[:at] + put + text[to:]
    return text


def contents(document: str) -> Iterator[str]:
    """The texts of a feed, whatever its kind; nothing is read but its tags."""
    form = r"<(description|content:encoded|content|summary|title)\b[^>]*>(.*?)</\1>"
    for found in re.finditer(form, document, re.DOTALL):
        text = found[2]
        plain = re.fullmatch(r"\s*<!\[CDATA\[(.*?)\]\]>\s*", text, re.DOTALL)
        yield plain[1] if plain else unescape(text)


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def groups() -> Iterator[tuple[str, Callable[[], list[str]]]]:
    """Each group's name and a function that makes its cases."""
    for block in range(12):
        numbers = range(block * 15, block * 15 + 15)
        yield f"made {block}", lambda numbers=numbers: [made(each) for each in numbers]
    for path in sorted((SHARED / "feeds").rglob("*")):
        if path.is_file():
            name = f"feed {path.relative_to(SHARED / 'feeds').as_posix()}"
            yield name, lambda path=path: list(contents(_read(path)))[:25]
    for path in sorted((SHARED / "seeds").glob("*.txt")):
        yield f"seed {path.stem}", lambda path=path: [_read(path)[:30_000]]


def cases(texts: list[str], name: str) -> list[str]:
    """The texts and two mutants of each."""
    spoilt = [
        mutant(text, f"{name}:{at}:{turn}")
        for at, text in enumerate(texts)
        for turn in (1, 2)
    ]
    return texts + spoilt


# ── What is compared ─────────────────────────────────────────────────────────

ENTRY_FIELDS = (
    *("url", "guid", "title", "lead", "html", "text", "authors", "credit", "captions"),
    *("image", "enclosures", "terms", "language", "citations", "fingerprint"),
    *("published", "dates", "updated"),
)


def _entry(html: str) -> object:
    plain = to_text(html)
    raw = RawEntry(
        source="tin",
        url="https://tin.example/bai?id=1&utm_source=x",
        guid=" a ",
        title=(plain.split("\n")[0][:90] if len(html) % 3 else ""),
        html=html,
        lead=(html[:300] if len(html) % 2 else ""),
        authors=("Thu Hà - Quốc Minh",),
        dates=(
            DateClaim(raw="Mon, 05 Oct 2026 08:10:00 +0700", origin=DateOrigin.FEED),
        ),
        captions=(plain[:60],) if len(html) % 5 == 0 else (),
        terms=("Tin &amp; bài", "<b>Đảng</b>"),
    )  # fmt: skip
    try:
        made = to_entry(raw, source=SOURCE, fetched_at=NOW)
    except ParseError as error:
        return str(error)
    fields = asdict(made)
    labels = label(made, RULES, SOURCE)
    return [{name: fields[name] for name in ENTRY_FIELDS}, *map(asdict, labels)]


def _dates(html: str) -> object:
    found = [to_text(html)[at : at + 60] for at in range(0, 600, 60)]
    return [
        dates.read(each, origin=DateOrigin.FEED, zone="Asia/Ho_Chi_Minh")
        for each in found
    ]


def _addresses(html: str) -> object:
    found = re.findall(r"""(?:href|src)=["']?([^"'\s>]*)""", html)[:20]
    return [(urls.absolute(BASE, each), urls.canonical(each)) for each in found]


COLUMNS: dict[str, Callable[[str], object]] = {
    "sanitise": lambda html: sanitise(html, BASE),
    "to_text": to_text,
    "key_text": key_text,
    "words": words,
    "cited": lambda html: [asdict(each) for each in cited(html, province="Cửu Hà")],
    "extract": lambda html: extract(to_text(html)),
    "dates": _dates,
    "addresses": _addresses,
    "entry and labels": _entry,
}


def digest(value: object) -> str:
    """A short name of any value that JSON or ``str`` can write."""
    written = json.dumps(value, default=str, ensure_ascii=False)
    return sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def figures(name: str, texts: list[str]) -> list[str]:
    """The digest of a group's input, then one for each column."""
    told = cases(texts, name)
    return [
        digest(texts),
        *(digest([each(case) for case in told]) for each in COLUMNS.values()),
    ]


def golden() -> dict[str, list[str]]:
    """The figures that the file keeps, by group."""
    lines = GOLDEN.read_text("utf-8").splitlines()[1:]
    return {name: rest for name, *rest in (line.split("\t") for line in lines)}


# ── The tests ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "texts"), [*groups()], ids=[n for n, _ in groups()])
def test_every_group_of_cases_comes_out_as_before(
    name: str, texts: Callable[[], list[str]]
) -> None:
    known = golden()
    told = texts()
    if name not in known or known[name][0] != digest(told):
        pytest.skip("another corpus than the one that was written down")
    found = dict(zip(COLUMNS, figures(name, told)[1:], strict=True))
    assert found == dict(zip(COLUMNS, known[name][1:], strict=True))


def test_the_golden_file_knows_our_own_articles() -> None:
    known = golden()
    assert sum(name.startswith("made ") for name in known) == 12
    assert known["made 0"][0] == digest([made(each) for each in range(15)])


def main() -> None:
    """Write the golden file from the code as it is."""
    lines = ["\t".join(("group", "input", *COLUMNS))]
    for name, texts in groups():
        lines.append("\t".join((name, *figures(name, texts()))))
    GOLDEN.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()

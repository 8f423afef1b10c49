"""Issues of every strange kind, each always the same for its number.

From stories as a gathering desk may hold them, through composing, editing, drawing,
stitching and signing, to what the lint says of the bytes that would leave.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from syndicate.digest.choosing.compose import compose
from syndicate.digest.choosing.editing import edited
from syndicate.digest.choosing.news import Edition
from syndicate.digest.drawing.coding import CHOOSE, LEAVE
from syndicate.digest.drawing.parts import Links, parts
from syndicate.digest.drawing.variants import variant
from syndicate.digest.drawing.wishes import Wish, everything
from syndicate.digest.linting.lint import Finding, errors, lint
from syndicate.digest.post.dkim import Signer
from syndicate.digest.post.keys import new_ed25519
from syndicate.digest.writing.message import Copy, Mould, Post
from syndicate.model import (
    Bond,
    Carried,
    Category,
    Citation,
    Dated,
    DateOrigin,
    Digest,
    Edits,
    Entry,
    Image,
    Issue,
    Label,
    Member,
    Message,
    Precision,
    Relation,
    Rights,
    Section,
    Site,
    Source,
    SourceKind,
    StoredEntry,
    Story,
)
from syndicate.pipeline.mailing.linting import expected
from syndicate.templating import Templates, templates

END = datetime(2026, 10, 18, 23, tzinfo=UTC)
START = END - timedelta(days=7)
ZONE = "Asia/Ho_Chi_Minh"
SENDER = "Bàn tin Cửu Hà <ban-tin@ban-tin.example>"
BOUNCES = "bounces.ban-tin.example"

_SAID = """
Bình Khê khánh thành cầu dân sinh thứ mười hai bằng tiền dân góp công sức chi bộ đảng ủy
khối nghị quyết họp giao ban kiểm tra giám sát xã phường
Village bridge opened after two years of work by local households
"""
WORDS = tuple(_SAID.split())
TITLES = (
    "{{ x }}",
    "None",
    "null",
    "nan",
    "{% raw %}{% endraw %}",
    "{# lời dặn #}",
    "%(name)s và {0} và $x và ${y}",
    "<script>alert(1)</script>",
    "</title></td></tr></table><h1>đây",
    "<!-- syndicate:piece --><!--[if mso]><table>",
    "<!--syndicate:piece-->",
    "&lt;b&gt; &amp;amp; &#8212; &nbsp; &zwnj;",
    "đây",
    "tại đây",
    "here",
    "…",
    ".. .",
    "-",
    "🎉🎉🎉 👩\u200d👩\u200d👧\u200d👦 🇻🇳 🏳️\u200d🌈",
    "שלום עולם \u202eabc\u202c خبر عاجل",
    "\u2067مرحبا\u2069 \u200fxin chào",
    "Ca\u0302\u0300u mo\u031b\u0301i o\u031b\u0309 Bi\u0300nh Khe\u0302",
    "\u0301dấu không có chữ",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324algo",
    "a\x00b\x07c\x1bd\x7fe\x85f\x9fg",
    "dòng một\r\nBcc: ai@vd.example\r\n\r\n<html>",
    "tab\tở\tgiữa",
    "\u2028dòng\u2029đoạn",
    "\ufeffBOM \u200bkhông \u00adrộng \u2060nối",
    "=?utf-8?B?4buA4bs=?= không phải chữ mã hoá",
    "ngôi sao" * 40,
    "Đ" * 400,
    "một hai ba " * 60,
    "Kết luận 213-QĐ/TW, 02-NQ/TU, 22 – NQ/TW và 1208-QĐ/UBND",
    "213-QĐ/TW" * 8,
    '"Trích dẫn" — ‘lồng’ «nhau» \\ / ` ~',
    "[QC] mua ngay",
    "0leave00000000000000000000000000",
    "Re: Fwd: [SPAM?] $$$ FREE !!!",
    "https://vd.example/một-địa-chỉ-làm-tiêu-đề?x=" + "y" * 90,
    "--=_6a14805ec0b3aae6b415b699--",
    ".",
    ". đầu dòng",
    "From người gửi",
    "𝕏𝕐𝕫 𠀋𠂢 ﷽ ﬁ ǅ",
    "x\u0308" * 80,
)
URLS = (
    "https://khoi.cuuha.example/tin-{n}",
    "https://khoi.cuuha.example/tin-{n}?a=1&b=2#muc",
    "http://bao.cuuha.example:8080/tin/{n}",
    "javascript:alert({n})",
    "data:text/html,<b>{n}</b>",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://khoi.cuuha.example/{n}",
    "https://khoi.cuuha.example/" + "rất-dài-" * 40 + "{n}",
    "https://khoi.cuuha.example/" + "x" * 5000 + "{n}",
    "https://khoi.cuuha.example/a b/{n}",
    "https://khoi.cuuha.example/\"onclick='x'/{n}",
    "https://khoi.cuuha.example/<b>{n}</b>",
    "https://khoi.cuuha.example/'{n}'",
    "https://đảng.example/tin-tức/{n}",
    "https://xn--ng-tia2b.example/{n}",
    "https://ai:mat-khau@khoi.cuuha.example/{n}",
    "https://khoi.cuuha.example@vd.example/{n}",
    "https://[::1]/{n}",
    "https://[::1/{n}",
    "https://127.0.0.1/{n}",
    "https:///{n}",
    "//khoi.cuuha.example/{n}",
    "/tin/{n}",
    "",
    "https://khoi.cuuha.example/%{n}%zz",
    "https://khoi.cuuha.example/{n}\r\nBcc: x",
    "https://khoi.cuuha.example/\u202e{n}",
    "https://khoi.cuuha.example/{{{{ {n} }}}}",
    "https://khoi.cuuha.example/0leave00000000000000000000000000/{n}",
    "https://chuyen.example/?u=https%3A%2F%2Fkhoi.cuuha.example%2F{n}",
    "HTTPS://KHOI.CUUHA.EXAMPLE/{n}",
    "https://khoi.cuuha.example:99999/{n}",
    "https://khoi.cuuha.example/.../=3D/{n}",
    "https://khoi.cuuha.example/213-QĐ/TW/{n}",
)
LANGUAGES = ("vi", "vi", "vi", "en", "", "ar", "zh-Hant", 'x" onclick="y')
TOPICS = {"xay-dung": "Xây dựng Đảng", "dan-van": "Dân vận – Mặt trận", "en": "World"}


@dataclass(frozen=True, slots=True)
class Made:
    """A message that would leave, and what is wrong with it."""

    message: Message
    wish: Wish
    wrong: tuple[Finding, ...]


class Strange:
    """One issue: a random walk through what sources send and editors write."""

    def __init__(self, number: int) -> None:
        self.dice = random.Random(number)  # noqa: S311 -- a fixed sequence is the point
        self.number = number

    def plain(self, least: int = 1, most: int = 14) -> str:
        """Some ordinary words."""
        dice = self.dice
        return " ".join(dice.choices(WORDS, k=dice.randint(least, most)))

    def text(self) -> str:
        """Words, mostly strange ones."""
        dice = self.dice
        if dice.random() < 0.4:
            return self.plain()
        strange = " ".join(dice.choices(TITLES, k=dice.randint(1, 2)))
        return strange if dice.random() < 0.6 else f"{self.plain(1, 5)} {strange}"

    def maybe(self, share: float) -> str:
        """Words, or none."""
        return self.text() if self.dice.random() < share else ""

    def url(self, number: int) -> str:
        """An address, every third one as it should be."""
        dice = self.dice
        form = URLS[0] if dice.random() < 0.35 else dice.choice(URLS)
        return form.format(n=number)

    def entry(self, number: int, source: str) -> StoredEntry:
        """An article of one source."""
        dice = self.dice
        seen = START + timedelta(hours=dice.uniform(0.1, 167))
        dated = Dated(
            value=seen - timedelta(hours=dice.uniform(0, 40)),
            precision=dice.choice(list(Precision)),
            origin=DateOrigin.META,
            raw="x",
        )
        picture = Image(url=self.url(number), caption=self.maybe(0.5))
        cited = dice.choice(["02-NQ/TU", "213-QĐ/TW", self.text()[:50] or "x"])
        many = dice.randint(0, 12) if dice.random() < 0.2 else dice.randint(0, 1)
        return StoredEntry(
            id=number,
            story=number,
            entry=Entry(
                source=source,
                url=self.url(number),
                title=self.text(),
                lead=self.maybe(0.6),
                text=self.maybe(0.5),
                credit=self.maybe(0.2),
                authors=tuple(self.text() for _ in range(dice.randint(0, 3))),
                published=dated if dice.random() < 0.9 else None,
                image=picture if dice.random() < 0.4 else None,
                language=dice.choice(LANGUAGES),
                citations=tuple(
                    Citation(key=cited if at == 0 else f"{at}-QĐ/TW")
                    for at in range(many)
                ),
            ),
            bond=Bond(relation=Relation.FIRST),
            seen_at=seen,
            changed_at=seen,
        )

    def story(self, number: int) -> Story:
        """A story that one source tells, or several."""
        dice = self.dice
        tellers = dice.sample(list(self.sources()), k=dice.choice([1, 1, 1, 2, 4]))
        entries = tuple(
            self.entry(10 * number + at, source) for at, source in enumerate(tellers)
        )
        topic = dice.choice(["", *TOPICS])
        label = Label(category=topic, reason="vì", confidence=0.8, primary=True)
        return Story(
            id=number,
            uid=f"u{number:04}",
            entries=entries,
            labels=(label,) if topic else (),
            seen_at=min(one.seen_at for one in entries),
            changed_at=max(one.changed_at for one in entries),
        )

    @cache  # noqa: B019 -- a walk lives as long as its issue
    def sources(self) -> dict[str, Source]:
        """Who tells the stories."""
        return {
            f"s{at}": Source(
                key=f"s{at}",
                title=f"Nguồn {self.text()}",
                kind=SourceKind.LISTING,
                url=f"https://s{at}.cuuha.example/",
                rights=self.dice.choice(list(Rights)),
            )
            for at in range(5)
        }

    def size(self) -> int:
        """Mostly a few stories, sometimes one, sometimes as many as fit nowhere."""
        kind = self.dice.random()
        if kind < 0.15:
            return 1
        if kind < 0.985:
            return self.dice.randint(2, 9)
        return self.dice.choice([30, 80, 120])

    def digest(self) -> Digest:
        """The newsletter that the issue is of."""
        dice = self.dice
        return Digest(
            key=dice.choice(["tuan", "bản-tin", "a" * 40, "x.y"]),
            title=dice.choice(["Bản tin tuần Cửu Hà", "Weekly", self.plain(3, 20)]),
            language=dice.choice(["vi", "vi", "en"]),
            advertising=dice.random() < 0.2,
            max_stories=80,
            max_per_section=80,
            max_per_source=80,
            brief=dice.choice([0, 3, 10]),
            sections=(
                Section(title="Xây dựng Đảng", categories=("xay-dung",)),
                Section(title="World & <others>", categories=("en", "dan-van")),
            ),
        )

    def issue(self, digest: Digest) -> Issue:
        """The issue, composed of stories, and edited by somebody."""
        dice = self.dice
        stories = [self.story(at) for at in range(1, self.size() + 1)]
        composed = compose(
            digest,
            stories,
            edition=Edition(number=dice.randint(1, 900), start=START, end=END, now=END),
            sources=self.sources(),
            categories={s: Category(slug=s, title=t) for s, t in TOPICS.items()},
            carried=dict(self.carried(stories, digest)),
        )
        return edited(composed, self.edits(composed))

    def carried(
        self, stories: list[Story], digest: Digest
    ) -> Iterator[tuple[str, Carried]]:
        """Say which stories were told before, and have changed."""
        for story in stories:
            if self.dice.random() < 0.08:
                at = START - timedelta(days=1)
                yield story.uid, Carried(at=at, by=((digest.key, 3, at),))

    def edits(self, issue: Issue) -> Edits:
        """What an editor does to one issue in four."""
        dice = self.dice
        uids = [item.uid for item in issue.items]
        if dice.random() < 0.75 or not uids:
            return Edits()
        some = dice.sample(uids, k=min(len(uids), 2))
        return Edits(
            pinned=tuple(some[:1]),
            summaries=tuple((uid, self.text()[:300]) for uid in some),
            notes=tuple((uid, self.text()[:300] or "x") for uid in some),
            subject=self.maybe(0.5)[:120],
            note="\n".join(self.text()[:300] for _ in range(dice.randint(0, 3))),
        )


@cache
def spoken(language: str) -> Templates:
    """Templates of a language."""
    return templates(language=language, zone=ZONE)


@cache
def signer() -> Signer:
    """Signs with a key that is quick."""
    return Signer("ban-tin.example", ed25519=("e1", new_ed25519()))


def links(key: str) -> Links:
    """Where mails lead."""
    base = "https://ban-tin.example"
    return Links(
        view=f"{base}/issues/{key}/12",
        archive=f"{base}/issues/{key}",
        preferences=f"{base}/preferences/{CHOOSE}",
        unsubscribe=f"{base}/unsubscribe/{LEAVE}",
    )


def made(number: int) -> Iterator[Made]:
    """Yield what some members would get of an issue, and what is wrong with it."""
    walk = Strange(number)
    digest = walk.digest()
    issue = walk.issue(digest)
    site = Site(title="Bàn tin Cửu Hà", base_url="https://ban-tin.example")
    ours = replace(links("tuan"), view=f"{site.base_url}/issues/tuan/{issue.number}")
    drawn = parts(
        issue,
        digest=digest,
        site=replace(site, contact=walk.dice.choice(["", "bien-tap@ban-tin.example"])),
        templates=spoken,
        links=ours,
        languages=(),
        postal=walk.dice.choice(["", "Số 1, phố Khê, Cửu Hà"]),
    )
    post = Post(
        digest=digest,
        site=drawn.site,
        number=issue.number,
        links=ours,
        sender=SENDER,
        date=END,
        bounce_domain=BOUNCES,
    )
    copy = Copy(
        member=Member(
            address="an@vd.example", name=walk.dice.choice(["", "Nguyễn Ân"])
        ),
        mark="m" * 32,
        leave="l" * 32,
        choose="c" * 32,
        bounce="b" * 32,
    )
    whole = everything(drawn.issue, digest.language)
    is_text = walk.dice.random() < 0.1
    some = replace(whole, text_only=is_text, categories=("dan-van",))
    for wish in (whole, some) if walk.dice.random() < 0.2 else (whole,):
        if built := variant(drawn, wish):
            message = Mould(built, post, signer().stamp).message(copy)
            wanted = expected(
                drawn,
                built,
                message,
                sender=SENDER,
                bounce_domain=BOUNCES,
                signer=signer(),
            )
            wrong = errors(lint(message.content, expected=wanted))
            yield Made(message, wish, wrong)


def told(first: int, last: int) -> Mapping[str, Any]:
    """Make issues of those numbers; gives counts and what was wrong."""
    count, wrong = 0, []
    for number in range(first, last):
        for one in made(number):
            count += 1
            wrong += [f"{number} {one.wish.key} {o.rule}: {o.text}" for o in one.wrong]
    return {"issues": last - first, "messages": count, "wrong": wrong[:50]}


if __name__ == "__main__":
    json.dump(told(int(sys.argv[1]), int(sys.argv[2])), sys.stdout, ensure_ascii=False)

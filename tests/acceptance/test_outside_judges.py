"""The sample desk's mails and pages, before judges that are not ours.

html-validate (its "standard" rules, none of them off) reads the HTML of the mails and
of every page that a member meets; SpamAssassin, with its local rules, reads the mails.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from syndicate.digest.drawing.parts import parts
from syndicate.digest.drawing.variants import variant
from syndicate.digest.drawing.wishes import Wish
from syndicate.digest.linting.lint import lint
from syndicate.digest.post.dkim import Signer
from syndicate.digest.post.keys import new_rsa
from syndicate.digest.writing.message import Copy, Mould, Post
from syndicate.model import Digest, Issue, IssueItem, IssueSection, Member, Site
from tests import strangeissues

ROOT = Path(__file__).resolve().parents[2]
NETWORK = f"127.3.{os.getpid() % 250}."
SECRET = "the sample desk signs links to itself only"
VALIDATOR = ROOT / ".venv" / "html-validate" / "node_modules" / ".bin" / "html-validate"
MOST_POINTS = 1.0
PAGES = {
    "issues": "/issues",
    "series": "/issues/tuan",
    "issue": "/issues/tuan/1",
    "no-issue": "/issues/tuan/99",
    "subscribe": "/subscribe",
    "confirm": "/confirm/nothing",
    "leave": "/{leave}",
    "choose": "/{choose}",
    "erase": "/{choose}/erase",
}


def _programs(*names: str | Path) -> str:
    """Name the programs that are not there."""
    return ", ".join(str(name) for name in names if shutil.which(str(name)) is None)


needs_validator = pytest.mark.skipif(
    bool(_programs(VALIDATOR, "node")),
    reason="html-validate is not there: .ci/run installs it by npm",
)
needs_filter = pytest.mark.skipif(
    bool(_programs("spamassassin")), reason="SpamAssassin is not there: apt-get has it"
)


@dataclass(frozen=True, slots=True)
class Desk:
    """The sample desk after its three weeks."""

    folder: Path
    port: int

    @property
    def mails(self) -> list[bytes]:
        """What it sent, in the order of the names."""
        return [
            one.read_bytes() for one in sorted(self.folder.glob("var/outbox/*.eml"))
        ]

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Run a command of it."""
        return subprocess.Popen(
            [sys.executable, "-m", "syndicate", *words],
            cwd=self.folder,
            env={
                "PYTHONPATH": str(ROOT),
                "PATH": "/usr/bin:/bin",
                "LANG": "C.UTF-8",
                "SYNDICATE_SECRET": SECRET,
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def get(self, path: str, body: bytes | None = None) -> str:
        """Ask for a page, or send a form to it."""
        request = Request(f"http://127.0.0.1:{self.port}{path}", data=body)
        try:
            with urlopen(request, timeout=20) as answer:  # noqa: S310 -- our own door
                return answer.read().decode("utf-8")
        except HTTPError as error:
            return error.read().decode("utf-8")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("judged")
    made = Desk(folder, 20_000 + os.getpid() % 12_000)
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    text = text.replace("127.0.1.", NETWORK).replace(
        "http://127.0.0.1:8000", f"http://127.0.0.1:{made.port}"
    )
    text = text.replace("\nport = 8000", f"\nport = {made.port}")
    (folder / "config.toml").write_text(text, encoding="utf-8")
    (folder / "samples").symlink_to(ROOT / "samples")
    assert made.start("demo", "--once").wait(timeout=300) == 0
    assert made.mails
    return made


@pytest.fixture
def served(desk: Desk) -> Iterator[Desk]:
    """The desk with its web door open."""
    running = desk.start("serve", "--no-schedule")
    try:
        for _try in range(100):
            try:
                desk.get("/issues")
                break
            except URLError:
                time.sleep(0.2)
        yield desk
    finally:
        running.terminate()
        running.wait(timeout=30)


def page_of(mail: bytes) -> str:
    """Return the HTML part of a mail."""
    body = message_from_bytes(mail, policy=policy.default).get_body(("html",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def english() -> bytes:
    """Make a mail of ordinary English stories, not signed."""
    end = datetime(2026, 10, 18, 23, tzinfo=UTC)
    items = tuple(
        IssueItem(
            story=at,
            uid=f"u{at}",
            title=f"Households of village {at} open their new road after two years",
            url=f"https://district.cuuha.example/news/{at}",
            summary="The road is 1.2 km long. 112 households worked on it on Sundays.",
            source="Cuu Ha District",
            language="en",
            published=None,
            rank=at,
        )
        for at in range(1, 13)
    )
    issue = Issue(
        digest="weekly",
        number=3,
        start=end - timedelta(days=7),
        end=end,
        sections=(IssueSection(title="Villages", items=items),),
    )
    digest = Digest(key="weekly", title="Cuu Ha Weekly", language="en")
    site = Site(title="Cuu Ha News Desk", base_url="https://ban-tin.example")
    ours = strangeissues.links("weekly")
    drawn = parts(
        issue,
        digest=digest,
        site=site,
        templates=strangeissues.spoken,
        links=ours,
        languages=(),
    )
    made = variant(drawn, Wish(language="en"))
    assert made is not None
    post = Post(
        digest=digest,
        site=site,
        number=3,
        links=ours,
        sender="Cuu Ha Weekly <weekly@ban-tin.example>",
        date=end,
    )
    words = Copy(
        member=Member(address="an@vd.example", name="An Nguyen"),
        mark="m" * 32,
        leave="l" * 32,
        choose="c" * 32,
    )
    return Mould(made, post).message(words).content


# ── html-validate ────────────────────────────────────────────────────────────


def judged(folder: Path) -> list[str]:
    """Return what html-validate finds in the pages of a folder."""
    (folder / ".htmlvalidate.json").write_text(
        '{"root": true, "extends": ["html-validate:standard"]}', encoding="utf-8"
    )
    done = subprocess.run(
        [str(VALIDATOR), "-f", "json", *map(str, sorted(folder.glob("*.html")))],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return [
        f"{Path(one['filePath']).name}: {said['ruleId']}: {said['message']}"
        for one in json.loads(done.stdout)
        for said in one["messages"]
    ]


@needs_validator
def test_the_html_of_the_mails_is_valid(desk: Desk, tmp_path: Path) -> None:
    for number, mail in enumerate([*desk.mails, english()]):
        page = page_of(mail)
        (tmp_path / f"mail-{number}.html").write_text(page, encoding="utf-8")
    assert judged(tmp_path) == []


@needs_validator
def test_every_page_that_a_member_meets_is_valid(served: Desk, tmp_path: Path) -> None:
    page = page_of(served.mails[0])
    own = {
        "leave": re.search(r"unsubscribe/[a-z2-7]{32}", page),
        "choose": re.search(r"preferences/[a-z2-7]{32}", page),
    }
    words = {name: found[0] for name, found in own.items() if found}
    pages = {name: served.get(path.format(**words)) for name, path in PAGES.items()}
    pages["signed-up"] = served.get("/subscribe", b"address=ai@vd.example&digest=tuan")
    pages["left"] = served.get(f"/{words['leave']}", b"form=page")
    for name, content in pages.items():
        assert content.lstrip().lower().startswith("<!doctype html>"), name
        (tmp_path / f"{name}.html").write_text(content, encoding="utf-8")
    assert judged(tmp_path) == []


@needs_validator
def test_the_judge_of_html_does_judge(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<p><b></p>", encoding="utf-8")
    assert judged(tmp_path)


# ── SpamAssassin ─────────────────────────────────────────────────────────────


def points(mail: bytes) -> float:
    """Return how many points SpamAssassin gives, without asking anybody."""
    done = subprocess.run(
        ["spamassassin", "-L", "-t"],  # noqa: S607 -- wherever it is installed
        input=mail,
        capture_output=True,
        timeout=120,
        check=True,
    )
    found = re.search(
        rb"^X-Spam-Status: \w+, score=(-?[\d.]+)", done.stdout, re.MULTILINE
    )
    assert found, done.stdout[:2000]
    return float(found[1])


@needs_filter
@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("which", ["sample", "english"])
def test_a_spam_filter_gives_an_issue_less_than_a_point(
    desk: Desk, which: str, is_signed: bool
) -> None:
    mail = desk.mails[0] if which == "sample" else english()
    if is_signed:
        mail = Signer("ban-tin.example", rsa=("s1", new_rsa())).sign(mail)
    assert points(mail) < MOST_POINTS


@needs_filter
def test_the_spam_filter_does_filter() -> None:
    # The test text that every spam filter knows (GTUBE).
    words = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    assert points(english().partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + words) > 100


# ── Our own lint ─────────────────────────────────────────────────────────────


def test_what_the_sample_desk_sends_has_no_error_for_our_own_lint(desk: Desk) -> None:
    rules = {one.rule for mail in desk.mails for one in lint(mail)}
    # It has no key, and its address is on loopback: nobody else ever gets such a mail.
    assert rules == {"dkim-off", "unsubscribe-local"}

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from syndicate.digest.drawing.render import PLACEHOLDER, Rendered
from syndicate.digest.writing.message import Copy, message
from syndicate.errors import MailError
from syndicate.model import Digest, Issue, Member, Message, Site

URL = "https://ban-tin.example/huy/8d1f0c2e"
Build = Callable[..., Message]


@pytest.fixture
def copy() -> Copy:
    return Copy(
        member=Member(address="an@vd.example", name="Nguyễn Văn Ân"),
        sender="Bàn tin Cửu Hà <ban-tin@ban-tin.example>",
        unsubscribe_url=URL,
        date=datetime.fromisoformat("2026-10-19T06:00:00+07:00"),
    )


@pytest.fixture
def build(
    copy: Copy, make_issue: Callable[..., Issue], digest: Digest, site: Site
) -> Build:
    def run(subject: str = "Bản tin", number: int = 12, **changes: object) -> Message:
        rendered = Rendered(
            subject,
            f'<p>Tiếng Việt</p><a href="{PLACEHOLDER}">x</a>',
            f"Tin\n{PLACEHOLDER}\n",
        )
        own = replace(copy, **changes)  # type: ignore[arg-type]
        issue = make_issue(number=number)
        return message(rendered, own, issue=issue, digest=digest, site=site)

    return run


def parsed(made: Message) -> EmailMessage:
    read = message_from_bytes(made.content, policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


def test_a_message_has_the_headers_of_bulk_mail(build: Build) -> None:
    read = parsed(build())
    told = {name: str(value) for name, value in read.items()}
    boundary = read.get_boundary()
    assert told == {
        "From": "Bàn tin Cửu Hà <ban-tin@ban-tin.example>",
        "To": "Nguyễn Văn Ân <an@vd.example>",
        "Subject": "Bản tin",
        "Date": "Mon, 19 Oct 2026 06:00:00 +0700",
        "Message-ID": build().message_id,
        "Reply-To": "bien-tap@ban-tin.example",
        "List-Id": "Bản tin tuần Cửu Hà <tuan.ban-tin.example>",
        "List-Unsubscribe": f"<{URL}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": "<https://ban-tin.example/>",
        "List-Post": "NO",
        "Precedence": "list",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Feedback-ID": "12:tuan:mail:ban-tin.example",
        "MIME-Version": "1.0",
        "Content-Language": "vi",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }


def test_text_comes_first_and_each_part_has_the_members_link(build: Build) -> None:
    text, page = parsed(build()).iter_parts()
    assert (text.get_content_type(), page.get_content_type()) == (
        "text/plain",
        "text/html",
    )
    assert text.get_content() == f"Tin\r\n{URL}\r\n"
    assert page.get_content() == f'<p>Tiếng Việt</p><a href="{URL}">x</a>'


def test_an_address_is_escaped_in_html_and_not_in_text(build: Build) -> None:
    url = "https://ban-tin.example/huy?a=1&b=2"
    text, page = parsed(build(unsubscribe_url=url)).iter_parts()
    assert url in text.get_content()
    assert 'href="https://ban-tin.example/huy?a=1&amp;b=2"' in page.get_content()


def test_the_same_copy_is_the_same_bytes(build: Build) -> None:
    assert build() == build()


def test_each_copy_has_an_identity_of_its_own(build: Build) -> None:
    other = Member(address="ba@vd.example")
    ids = {
        build().message_id,
        build(member=other).message_id,
        build(number=13).message_id,
    }
    assert len(ids) == 3


def test_the_identity_does_not_depend_on_how_the_address_is_spelt(build: Build) -> None:
    shouted = Member(address="AN@VD.example")
    assert build(member=shouted).message_id == build().message_id


def test_no_identity_shows_the_address(build: Build) -> None:
    made = build(bounce_domain="thu-doi.ban-tin.example")
    head = made.content.replace(b"<an@vd.example>", b"")
    assert b"an@vd" not in head
    assert "vd" not in made.sender


def test_the_envelope_names_the_copy_when_bounces_have_a_domain(build: Build) -> None:
    assert build().sender == "ban-tin@ban-tin.example"
    one = build(bounce_domain="thu-doi.ban-tin.example").sender
    two = build(
        bounce_domain="thu-doi.ban-tin.example", member=Member(address="ba@vd.example")
    ).sender
    assert one.endswith("@thu-doi.ban-tin.example")
    assert one != two
    assert build().recipient == "an@vd.example"


@pytest.mark.parametrize(
    "changes",
    [
        {"member": Member(address="an@vd.example\r\nBcc: x@y.example")},
        {"member": Member(address="an@vd.example", name="An\r\nBcc: x@y.example")},
        {"unsubscribe_url": "https://a.example/\r\nBcc: x"},
        {"unsubscribe_url": "http://ban-tin.example/huy"},
        {"date": datetime(2026, 10, 19, 6)},  # noqa: DTZ001 - naive is the point
    ],
)
def test_what_cannot_stand_in_a_header_is_refused_by_member(
    build: Build, changes: dict[str, object]
) -> None:
    with pytest.raises(MailError, match=r"an@vd\.example"):
        build(**changes)


@pytest.mark.parametrize("contact", ["", "ban-tin@ban-tin.example", "a@b\r\nBcc: x@y"])
def test_answers_go_to_the_sender_when_there_is_no_other_contact(
    copy: Copy, make_issue: Callable[..., Issue], digest: Digest, contact: str
) -> None:
    site = Site(title="Tin", base_url="https://tin.example/đ", contact=contact)
    rendered = Rendered("Tin", "<p></p>", "Tin")
    made = message(rendered, copy, issue=make_issue(), digest=digest, site=site)
    names = parsed(made).keys()
    assert "Reply-To" not in names
    assert "Bcc" not in names
    assert "List-Archive" not in names


def test_a_subject_never_adds_a_header(build: Build) -> None:
    read = parsed(build(subject="Tin\r\nBcc: x@y.example"))
    assert "Bcc" not in read


def test_a_digest_key_of_any_letters_makes_a_sound_identity(
    copy: Copy, make_issue: Callable[..., Issue], digest: Digest, site: Site
) -> None:
    odd = replace(digest, key="bản tin/tuần")
    rendered = Rendered("Tin", "<p></p>", "Tin")
    made = message(rendered, copy, issue=make_issue(), digest=odd, site=site)
    assert made.message_id.isascii()
    assert " " not in made.message_id

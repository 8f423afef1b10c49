from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256

import dkim  # type: ignore[import-untyped]  # it ships no types
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from syndicate.digest.drawing.coding import Coding, Piece, Slot, row
from syndicate.digest.drawing.parts import Links, Parts
from syndicate.digest.drawing.variants import Variant, variant
from syndicate.digest.drawing.wishes import Wish
from syndicate.digest.post.dkim import Signer, canonical, split
from syndicate.digest.post.envelope import dotted
from syndicate.digest.writing.message import Copy, Mould, Post, _on_the_line
from syndicate.errors import MailError
from syndicate.model import Digest, Issue, IssueItem, Member, Message, Site

BASE = "https://ban-tin.example"
LEAVE = f"{BASE}/unsubscribe/{'l' * 32}"
CHOOSE = f"{BASE}/preferences/{'c' * 32}"


@pytest.fixture
def issue(
    make_issue: Callable[..., Issue], make_item: Callable[..., IssueItem]
) -> Issue:
    return make_issue(*(make_item(n) for n in range(1, 6)))


@pytest.fixture
def plain(make_variant: Callable[..., Variant], issue: Issue) -> Variant:
    return make_variant(issue)


@pytest.fixture
def build(plain: Variant, post: Post, copy: Copy) -> Callable[..., Message]:
    """Build a copy; what is named differs from that of conftest."""

    def run(made: Variant = plain, **changes: object) -> Message:
        of_copy = {key for key in changes if key in Copy.__slots__}
        own = replace(copy, **{key: changes.pop(key) for key in of_copy})  # type: ignore[arg-type]  # the test names them
        return Mould(made, replace(post, **changes)).message(own)  # type: ignore[arg-type]  # likewise

    return run


Build = Callable[..., Message]


def parsed(made: Message) -> EmailMessage:
    read = message_from_bytes(made.content, policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


def test_a_message_has_the_headers_of_bulk_mail(build: Build, plain: Variant) -> None:
    read = parsed(build())
    told = {name: str(value).strip() for name, value in read.items()}
    assert told == {
        "From": "Bàn tin Cửu Hà <ban-tin@ban-tin.example>",
        "To": "Nguyễn Văn Ân <an@vd.example>",
        "Subject": plain.subject,
        "Date": "Mon, 19 Oct 2026 06:00:00 +0700",
        "Message-ID": f"<tuan.12.{'m' * 32}@ban-tin.example>",
        "Reply-To": "bien-tap@ban-tin.example",
        "List-Id": "Bản tin tuần Cửu Hà <tuan.ban-tin.example>",
        "List-Unsubscribe": f"<{LEAVE}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": f"<{BASE}/issues/tuan>",
        "List-Help": f"<{BASE}/issues/tuan#help>",
        "List-Post": "NO",
        "Precedence": "list",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Feedback-ID": "12:tuan:mail:ban-tin.example",
        "MIME-Version": "1.0",
        "Content-Language": "vi",
        "Content-Type": f'multipart/alternative; boundary="{read.get_boundary()}"',
    }


def test_header_lines_are_folded(build: Build) -> None:
    head = build().content.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78


def test_every_cadence_of_a_digest_is_one_list(build: Build, digest: Digest) -> None:
    daily = replace(digest, key="tuan-daily", parent="tuan")
    read = parsed(build(digest=daily))
    assert str(read["List-Id"]).endswith("<tuan.ban-tin.example>")
    assert str(read["Message-ID"]).startswith("<tuan-daily.12.")


def test_text_comes_first_and_each_part_has_the_members_own_links(build: Build) -> None:
    text, page = parsed(build()).iter_parts()
    assert (text.get_content_type(), page.get_content_type()) == (
        "text/plain",
        "text/html",
    )
    assert text.get_content().rstrip().endswith(LEAVE)
    assert CHOOSE in text.get_content()
    assert f'href="{LEAVE}"' in page.get_content()
    assert f'href="{CHOOSE}"' in page.get_content()


def test_both_parts_tell_every_story_with_its_address(
    build: Build, issue: Issue
) -> None:
    text, page = (part.get_content() for part in parsed(build()).iter_parts())
    for item in issue.items:
        assert item.url in text.split()
        assert f'href="{item.url}"' in page
        assert item.title in " ".join(text.split())


def test_no_line_of_a_body_is_longer_than_an_encoding_allows(build: Build) -> None:
    body = build().content.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76


def test_who_chose_text_gets_nothing_else(
    build: Build, make_parts: Callable[..., Parts], issue: Issue
) -> None:
    made = variant(make_parts(issue), Wish(language="vi", text_only=True))
    assert made is not None
    read = parsed(build(made))
    assert read.get_content_type() == "text/plain"
    assert read.get_content_charset() == "utf-8"
    assert read.get_content().rstrip().endswith(LEAVE)


def test_the_same_copy_is_the_same_bytes(build: Build) -> None:
    assert build() == build()


def test_copies_of_one_variant_are_of_one_length(build: Build) -> None:
    """Nothing around a member's own words moves: they are stitched, not written."""
    first, second = build(), build(leave="a" * 32, choose="z2" * 16)
    assert len(first.content) == len(second.content)
    assert first.content != second.content


def test_each_copy_has_an_identity_of_its_own(build: Build) -> None:
    ids = {build().message_id, build(mark="n" * 32).message_id}
    assert ids | {build(number=13).message_id} != ids
    assert len(ids) == 2


def test_no_identity_shows_the_address(build: Build) -> None:
    made = build(bounce_domain="thu-doi.ban-tin.example")
    head = made.content.replace(b"<an@vd.example>", b"")
    assert b"an@vd" not in head
    assert "vd" not in made.sender


def test_the_envelope_names_the_copy_when_bounces_have_a_domain(build: Build) -> None:
    assert build().sender == "ban-tin@ban-tin.example"
    one = build(bounce_domain="thu-doi.ban-tin.example")
    assert one.sender == f"b-{'b' * 32}@thu-doi.ban-tin.example"
    assert one.recipient == "an@vd.example"


@pytest.mark.parametrize(
    "member",
    [
        Member(address="an@vd.example\r\nBcc: x@y.example"),
        Member(address="an@vd.example", name="An\r\nBcc: x@y.example"),
        Member(address="an@vd.example, ba@vd.example"),
        Member(address="an@vd.example@"),
    ],
)
def test_what_cannot_stand_in_a_header_is_refused_by_member(
    build: Build, member: Member
) -> None:
    with pytest.raises(MailError, match=r"an@vd\.example"):
        build(member=member)


@pytest.mark.parametrize(
    "changes",
    [
        {"date": datetime(2026, 10, 19, 6)},  # noqa: DTZ001 - naive is the point
        {"links": Links(unsubscribe="http://ban-tin.example/huy/x")},
        {"links": Links(unsubscribe="https://a.example/\r\nBcc: x")},
        {"sender": "Tin <ban-tin@ban-tin.example>\r\nBcc: x@y.example"},
        {"sender": "Tin"},
    ],
)
def test_what_is_wrong_with_every_copy_is_said_before_the_first(
    plain: Variant, post: Post, changes: dict[str, object]
) -> None:
    with pytest.raises(MailError):
        Mould(plain, replace(post, **changes))  # type: ignore[arg-type]  # likewise


@pytest.mark.parametrize("contact", ["", "ban-tin@ban-tin.example", "a@b\r\nBcc: x@y"])
def test_answers_go_to_the_sender_when_there_is_no_other_contact(
    build: Build, contact: str
) -> None:
    site = Site(title="Tin", base_url="https://tin.example", contact=contact)
    names = parsed(build(site=site)).keys()
    assert "Reply-To" not in names
    assert "Bcc" not in names


def test_an_address_that_cannot_stand_in_a_header_is_left_out(
    build: Build, post: Post
) -> None:
    links = replace(post.links, archive="https://tin.example/đ")
    names = parsed(build(links=links)).keys()
    assert "List-Archive" not in names
    assert "List-Help" not in names


def test_a_subject_never_adds_a_header(
    build: Build, make_variant: Callable[..., Variant], issue: Issue
) -> None:
    made = make_variant(replace(issue, subject="Tin\r\nBcc: x@y.example"))
    assert "Bcc" not in parsed(build(made))


def test_a_digest_key_of_any_letters_makes_a_sound_identity(
    build: Build, digest: Digest
) -> None:
    made = build(digest=replace(digest, key="bản tin/tuần"))
    assert made.message_id.isascii()
    assert " " not in made.message_id


# ── Signed ───────────────────────────────────────────────────────────────────


def test_a_stamped_copy_is_signed_as_the_whole_message_would_be(
    plain: Variant, post: Post, copy: Copy, make_parts: Callable[..., Parts]
) -> None:
    """The body is hashed in pieces, most of it once for all members."""
    texts = variant(make_parts(plain.issue), Wish(language="vi", text_only=True))
    assert texts is not None
    hashes: list[bytes] = []

    def stamp(_headers: bytes, body_hash: bytes) -> bytes:
        hashes.append(body_hash)
        return b""

    for made in (plain, texts):
        mould = Mould(made, post, stamp)
        for word in ("l" * 32, "a2" * 16):
            content = mould.message(replace(copy, leave=word)).content
            body = split(content)[1]
            assert hashes.pop() == sha256(canonical(body)).digest()


def test_dkimpy_finds_the_signature_of_a_copy_valid(
    plain: Variant, post: Post, copy: Copy
) -> None:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    der = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + b"".join(der.splitlines()[1:-1])
    signer = Signer("ban-tin.example", rsa=("tin", pem.decode()))
    content = Mould(plain, post, signer.stamp).message(copy).content
    assert dkim.verify(content, dnsfunc=lambda *_args, **_more: record)
    signed = re.search(rb"\sh=([^;]+);", content)
    assert signed is not None
    names = signed.group(1).replace(b"\r\n", b"").replace(b" ", b"").split(b":")
    assert b"list-unsubscribe-post" in names
    assert names.count(b"from") == 2


def test_what_goes_over_the_line_is_the_content_with_its_dots_doubled(
    build: Build,
    make_parts: Callable[..., Parts],
    make_issue: Callable[..., Issue],
    make_item: Callable[..., IssueItem],
) -> None:
    dots = make_issue(
        make_item(1, title="... và rồi", summary="." * 300),
        make_item(2, title=".", summary=". . .\n.\n. a"),
    )
    for text_only in (False, True):
        made = variant(make_parts(dots), Wish(language="vi", text_only=text_only))
        message = build(made)
        assert message.wire == dotted(message.content)


def test_a_line_that_begins_with_a_dot_is_doubled_in_any_place() -> None:
    body = row([b".a\r\n.", b"b\r", b"\n.c\r\n", *_slotted(), b"\r\n.d\r\n"])
    words = [b"l" * 32, b"c" * 32]
    line = _on_the_line(body)
    assert line is not None
    head = b"Subject: x\r\n\r\n"
    assert head + line.filled(words) == dotted(head + body.filled(words))


@pytest.mark.parametrize("piece", [b"a\nb\r\n", b"a\r", b"no end"])
def test_a_body_with_half_line_ends_is_left_to_the_transport(piece: bytes) -> None:
    assert _on_the_line(row([piece])) is None


def _slotted() -> list[Piece]:
    return [Slot((0,), (), Coding.QUOTED)]

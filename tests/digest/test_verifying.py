"""DKIM signatures checked, ours and those of another program."""

from __future__ import annotations

import re
from collections.abc import Callable

import dkim
import pytest

from syndicate.digest.linting.expected import Expected, record_in
from syndicate.digest.linting.lint import lint
from syndicate.digest.post.dkim import Signer
from syndicate.digest.post.keys import new_ed25519, new_rsa
from syndicate.digest.post.publickeys import record_of_file
from syndicate.digest.post.verifying import Verdict, signatures, verified
from syndicate.errors import MailError
from syndicate.model import Issue, IssueItem, Message

RSA = new_rsa()
SIGNER = Signer("ban-tin.example", rsa=("s1", RSA), ed25519=("e1", new_ed25519()))
RECORDS = record_in(dict(SIGNER.records))
FIELD = rb"\A(DKIM-Signature: (?:[^\r]|\r\n )*\r\n)"


@pytest.fixture
def signed(
    make_issue: Callable[..., Issue],
    make_item: Callable[..., IssueItem],
    make_mail: Callable[..., Message],
) -> bytes:
    """A message of ours with both signatures."""
    return SIGNER.sign(make_mail(make_issue(make_item(1))).content)


def verdicts(content: bytes) -> list[Verdict]:
    found = signatures(content)
    return [verified(content, one, RECORDS).verdict for one in found]


def rules(content: bytes) -> set[str]:
    expected = Expected(is_signed=True, record_of=RECORDS)
    return {one.rule for one in lint(content, expected=expected)}


def test_a_signed_message_of_ours_has_no_findings_at_all(signed: bytes) -> None:
    assert verdicts(signed) == [Verdict.VALID, Verdict.VALID]
    assert rules(signed) == set()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rb"\r\nSubject: ", b"\r\nSubject: x"),
        (rb"\r\nList-Unsubscribe-Post: List", b"\r\nList-Unsubscribe-Post: Lost"),
        (rb"(\r\nFrom: )", rb"\r\nFrom: <ai@vd.example>\1"),
        (rb"\Z", b"one line more\r\n"),
        (rb"bh=..", b"bh=AA"),
        (rb"(h=.{10})", rb"\1x"),
        (rb"s=e1", b"s=s1"),
    ],
)
def test_whatever_is_changed_breaks_the_signature(
    signed: bytes, before: bytes, after: bytes
) -> None:
    broken = re.sub(before, after, signed, count=1)
    assert broken != signed
    assert Verdict.INVALID in verdicts(broken)
    assert rules(broken) & {"dkim-invalid", "dkim-aligned"}


def test_white_space_that_relays_change_breaks_nothing(signed: bytes) -> None:
    loose = signed.replace(b"\r\nPrecedence: list", b"\r\nprecedence:  list ")
    loose = loose.replace(b"\r\nSubject: ", b"\r\nSUBJECT:   ") + b"\r\n\r\n"
    assert verdicts(loose) == [Verdict.VALID, Verdict.VALID]


@pytest.mark.parametrize("ways", [(b"simple", b"simple"), (b"relaxed", b"simple")])
def test_signatures_of_another_program_are_checked(
    signed: bytes, ways: tuple[bytes, bytes]
) -> None:
    plain = re.sub(FIELD, b"", re.sub(FIELD, b"", signed))
    field = dkim.sign(plain, b"s1", b"ban-tin.example", RSA.encode(), canonicalize=ways)
    assert verdicts(field + plain) == [Verdict.VALID]
    # What that program leaves out by itself is found, too.
    assert {"dkim-canonical", "dkim-covers"} <= rules(field + plain)


def test_a_signature_of_part_of_the_body_is_an_error(signed: bytes) -> None:
    plain = re.sub(FIELD, b"", re.sub(FIELD, b"", signed))
    keys = {"canonicalize": (b"relaxed", b"relaxed"), "length": True}
    field = dkim.sign(plain, b"s1", b"ban-tin.example", RSA.encode(), **keys)
    longer = field + plain + b"more\r\n"
    assert verdicts(longer) == [Verdict.VALID]
    assert "dkim-length" in rules(longer)


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (FIELD, b"", "dkim-missing"),
        (rb" d=ban-tin", b" d=ngoai", "dkim-aligned"),
        (rb" bh=[^;]+;", b"", "dkim-syntax"),
        (rb"v=1;", b"v=2;", "dkim-syntax"),
        (rb"c=relaxed/relaxed", b"c=relaxed/simple", "dkim-canonical"),
        (rb"a=\S+-sha256", b"a=rsa-sha1", "dkim-algorithm"),
        (rb":list-unsubscribe-post", b"", "dkim-covers"),
        (rb"h=from:", b"h=", "dkim-oversign"),
    ],
)
def test_what_is_wrong_with_a_signature_has_a_name(
    signed: bytes, before: bytes, after: bytes, rule: str
) -> None:
    one = re.sub(FIELD, b"", signed)
    broken = re.sub(before, after, one, count=1, flags=re.DOTALL)
    assert broken != one
    assert rule in rules(broken)


def test_a_key_that_is_not_at_hand_is_a_warning_only(signed: bytes) -> None:
    found = lint(signed, expected=Expected(is_signed=True))
    assert [(one.level, one.rule) for one in found] == [("W", "dkim-unchecked")] * 2


@pytest.mark.parametrize(
    "record", ["", "v=DKIM1; p=", "v=DKIM1; p=!!", "v=DKIM2; p=AA", "k=dsa; p=AAAA"]
)
def test_a_record_without_a_key_makes_a_signature_void(
    signed: bytes, record: str
) -> None:
    result = verified(signed, signatures(signed)[0], lambda _name, _kind: record)
    assert result.verdict is Verdict.INVALID
    assert result.reason


def test_a_record_is_read_as_it_stands_in_a_zone_file() -> None:
    record = dict(SIGNER.records)["s1._domainkey.ban-tin.example"]
    quoted = f'( "{record[:100]}"\n "{record[100:]}" )'
    assert record_of_file(quoted) == record


def test_a_private_key_is_refused_as_a_public_one() -> None:
    with pytest.raises(MailError, match="private"):
        record_of_file(RSA)

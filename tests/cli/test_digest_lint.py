"""``syndicate digest lint``: any file at all."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from syndicate.cli import main
from syndicate.digest.post.dkim import Signer
from syndicate.digest.post.keys import new_rsa
from tests import strangeissues

NEWSLETTER = b"""\
Return-Path: <b-1@esp.example>
Received: from a.example by b.example; Mon, 19 Oct 2026 06:00:01 +0000
Received: from c.example by a.example; Mon, 19 Oct 2026 06:00:00 +0000
From: "Some Shop" <news@shop.example>
To: an@vd.example
Subject: =?utf-8?Q?Sale=20?= =?utf-8?B?4buA?=
Date: Mon, 19 Oct 2026 06:00:00 GMT
Message-ID: <1@esp.example>
MIME-Version: 1.0
List-Unsubscribe: <https://esp.example/u?e=an@vd.example>
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

<html><body><table width=800><tr><td><font size=1>
<a href="https://t.esp.example/c?u=https%3A%2F%2Fshop.example">Click here</a>
<p style="color:#999;font-size:10px">caf\xe9</p></font></table>
<img src="http://t.esp.example/o.gif" width=1 height=1>
--x--
"""


def run(*words: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["digest", "lint", *words], input=given)


def ours() -> tuple[bytes, Signer]:
    """A message of ours, signed, and who signed it."""
    signer = Signer("ban-tin.example", rsa=("s1", new_rsa()))
    strange = next(strangeissues.made(1)).message.content
    while strange.startswith((b"DKIM-Signature", b" ")):
        strange = strange.partition(b"\r\n")[2]
    return signer.sign(strange), signer


def test_a_sound_mail_gives_zero_and_says_so(tmp_path: Path) -> None:
    content, signer = ours()
    key = tmp_path / "key.txt"
    key.write_text(signer.records[0][1], "utf-8")
    file = tmp_path / "issue.eml"
    file.write_bytes(content)
    done = run(str(file), "--key", str(key))
    assert done.exit_code == 0, done.output
    # As a mail program on this system saves it.
    file.write_bytes(content.replace(b"\r\n", b"\n"))
    assert run(str(file), "--key", str(key)).exit_code == 0


def test_another_key_is_an_error(tmp_path: Path) -> None:
    content, _signer = ours()
    key = tmp_path / "key.txt"
    key.write_text(ours()[1].records[0][1], "utf-8")
    done = run("-", "--json", "--key", str(key), given=content)
    assert done.exit_code == 1
    (one,) = json.loads(done.stdout)
    assert "dkim-invalid" in {found["rule"] for found in one["findings"]}


def test_a_newsletter_of_somebody_else_is_told_what_is_wrong() -> None:
    done = run("-", "--json", given=NEWSLETTER)
    assert done.exit_code == 1
    (one,) = json.loads(done.stdout)
    assert {found["rule"] for found in one["findings"]} >= {
        *("date", "unsubscribe-clear", "unsubscribe-post", "mime-alternative"),
        *("charset", "html-width", "html-size", "html-contrast", "html-pixel"),
        *("html-image-https", "html-link-text", "html-redirect", "dkim-missing"),
        *("message-id", "html-table", "foot-unsubscribe", "html-preheader"),
    }
    assert "header-twice" not in {found["rule"] for found in one["findings"]}


def hostile() -> list[bytes]:
    dice = random.Random(7)  # noqa: S311 -- a fixed sequence is the point
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (at, at)
        for at in range(2000)
    )
    broken = []
    for _ in range(60):
        content = bytearray(ours_once())
        for _change in range(dice.randint(1, 40)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        broken.append(bytes(content))
    return [
        b"",
        b"\x00" * 1000,
        b"\r\n\r\n",
        bytes(range(256)) * 20,
        nested,
        b"Subject: =?utf-8?B?" + b"A" * 100_000 + b"?=\r\n\r\n",
        b"Subject: =?" * 20_000 + b"\r\n\r\n",
        b"From: " + b"(" * 50_000 + b"\r\n\r\n",
        b"To: " + b"a@b, " * 50_000 + b"\r\n\r\n",
        b"Date: Mon, 99 Oct 99999999999 99:99:99 +9999\r\n\r\n",
        b"DKIM-Signature: " + b"a=;" * 30_000 + b"\r\n\r\n",
        b"Content-Type: text/html; charset=punycode\r\n\r\n" + b"<div>" * 100_000,
        b"Content-Type: text/html\r\n\r\n<style>" + b"@media{" * 50_000,
        b"Content-Type: text/html\r\n\r\n<p style='" + b"color:rgb(9," * 30_000,
        b"List-Unsubscribe: <https://[::1/x>\r\n\r\nx",
        b"Content-Type: text/html\r\n\r\n<a href='https://[::1'>x</a>" * 100,
        b"A: b\r\n" * 100_000 + b"\r\nx",
        b"x" * 2_000_000,
        *broken,
    ]


_ONCE: list[bytes] = []


def ours_once() -> bytes:
    if not _ONCE:
        _ONCE.append(ours()[0])
    return _ONCE[0]


def test_no_file_makes_it_fall_over(tmp_path: Path) -> None:
    for number, content in enumerate(hostile()):
        file = tmp_path / f"{number}.eml"
        file.write_bytes(content)
        done = run(str(file))
        assert done.exit_code in (0, 1), (number, done.exception)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    done = run(str(tmp_path / "none.eml"))
    assert done.exit_code == 4
    assert "none.eml" in done.stderr
    good = tmp_path / "x.eml"
    good.write_bytes(b"A: b\n\nc")
    assert run(str(good), str(tmp_path)).exit_code == 1


@pytest.mark.parametrize("said", ["nothing", "-----BEGIN PUBLIC KEY-----\nAAAA\n"])
def test_a_key_that_is_none_is_refused(tmp_path: Path, said: str) -> None:
    key = tmp_path / "key.pem"
    key.write_text(said, "utf-8")
    done = run("-", "--key", str(key), given=NEWSLETTER)
    assert done.exit_code == 1
    assert "key.pem" in done.output

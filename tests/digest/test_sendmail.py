from __future__ import annotations

import time
from pathlib import Path

import pytest

from syndicate.digest.post.sendmail import SendmailTransport
from syndicate.model import Blame, DeliveryState, Message


def mail(to: str = "an@vd.example", body: bytes = b"Tin\r\n") -> Message:
    return Message(
        sender="b-1@ban-tin.example",
        recipient=to,
        message_id="<tuan.12.8d1f@ban-tin.example>",
        content=b"Subject: x\r\n\r\n" + body,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def program(folder: Path, script: str) -> Path:
    file = folder / "sendmail"
    file.write_text(f"#!/bin/sh\ncd '{folder}'\n{script}\n")
    file.chmod(0o700)
    return file


def test_a_message_is_given_as_it_is_with_its_envelope(folder: Path) -> None:
    way = SendmailTransport(program(folder, 'printf "%s\\n" "$@" > said; cat > mail'))
    body = b".\r\n.leading dot\r\nTin\r\n"
    assert way.send(mail(body=body)).state is DeliveryState.ACCEPTED
    said = (folder / "said").read_text().splitlines()
    assert said == ["-i", "-f", "b-1@ban-tin.example", "--", "an@vd.example"]
    assert (folder / "mail").read_bytes() == mail(body=body).content.replace(
        b"\r\n", b"\n"
    )


@pytest.mark.parametrize(
    ("code", "state", "blame"),
    [
        (0, DeliveryState.ACCEPTED, Blame.NONE),
        (64, DeliveryState.DEFERRED, Blame.LINE),
        (65, DeliveryState.REFUSED, Blame.CONTENT),
        (67, DeliveryState.REFUSED, Blame.ADDRESS),
        (68, DeliveryState.REFUSED, Blame.ADDRESS),
        (69, DeliveryState.DEFERRED, Blame.LINE),
        (73, DeliveryState.DEFERRED, Blame.LINE),
        (75, DeliveryState.DEFERRED, Blame.NONE),
        (78, DeliveryState.DEFERRED, Blame.LINE),
        (1, DeliveryState.DEFERRED, Blame.LINE),
    ],
)
def test_an_exit_code_is_understood(
    folder: Path, code: int, state: DeliveryState, blame: Blame
) -> None:
    way = SendmailTransport(
        program(folder, f"cat >/dev/null; echo oje >&2; exit {code}")
    )
    reply = way.send(mail())
    assert (reply.state, reply.blame) == (state, blame)
    assert f"exit code {code} oje" in reply.detail


def test_a_program_that_reads_nothing_is_asked_for_its_exit_code(folder: Path) -> None:
    way = SendmailTransport(program(folder, "exit 67"))
    assert way.send(mail(body=b"x" * 300_000)).blame is Blame.ADDRESS


def test_a_program_that_hangs_is_ended_with_its_children_and_nobody_knows(
    folder: Path,
) -> None:
    way = SendmailTransport(
        program(folder, "cat >/dev/null; (sleep 0.8; touch late) & sleep 60"),
        timeout=0.3,
    )
    begun = time.monotonic()
    reply = way.send(mail())
    assert reply.state is DeliveryState.UNCERTAIN
    assert "did not end" in reply.detail
    assert time.monotonic() - begun < 5
    time.sleep(0.9)
    assert not (folder / "late").exists()


def test_a_program_that_is_killed_leaves_doubt(folder: Path) -> None:
    reply = SendmailTransport(program(folder, "kill -9 $$")).send(mail())
    assert reply.state is DeliveryState.UNCERTAIN
    assert "signal 9" in reply.detail


def test_a_program_that_is_not_there_defers(folder: Path) -> None:
    reply = SendmailTransport(folder / "nowhere").send(mail())
    assert (reply.state, reply.blame) == (DeliveryState.DEFERRED, Blame.LINE)


@pytest.mark.parametrize(
    "address", ["-oQ/tmp@vd.example", "a b@vd.example", "$(id)\n@vd.example", ""]
)
def test_a_hostile_address_is_given_to_no_program(folder: Path, address: str) -> None:
    way = SendmailTransport(program(folder, "touch called"))
    reply = way.send(mail(to=address))
    assert (reply.state, reply.blame) == (DeliveryState.REFUSED, Blame.ADDRESS)
    assert not (folder / "called").exists()


def test_an_address_is_never_read_by_a_shell(folder: Path) -> None:
    way = SendmailTransport(program(folder, 'printf "%s" "$5" > said; cat >/dev/null'))
    hostile = "`touch${IFS}evil`|$HOME@vd.example"
    assert way.send(mail(to=hostile)).state is DeliveryState.ACCEPTED
    assert (folder / "said").read_text() == hostile
    assert not (folder / "evil").exists()

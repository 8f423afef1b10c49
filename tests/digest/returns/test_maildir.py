"""A Maildir is read, and nothing in it is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from syndicate.digest.returns.boxes import box
from syndicate.digest.returns.maildir import Maildir
from syndicate.errors import MailError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


def lay(folder: Path, name: str, content: bytes = b"Subject: x\n\n") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def names(folder: Path, place: str) -> list[str]:
    return sorted(path.name for path in (folder / place).iterdir())


def test_the_oldest_come_first_and_no_more_than_asked_for(folder: Path) -> None:
    for number in (3, 1, 2):
        lay(folder, f"new/{number}.host", str(number).encode())
    held = Maildir(folder).waiting(2)
    assert [one.content for one in held] == [b"1", b"2"]


def test_what_was_read_moves_to_cur_with_its_flag(folder: Path) -> None:
    lay(folder, "new/1.host")
    reading = Maildir(folder)
    (held,) = reading.waiting(10)
    assert names(folder, "new") == ["1.host"]
    reading.done([held.name])
    assert (names(folder, "new"), names(folder, "cur")) == ([], ["1.host:2,S"])
    assert Maildir(folder).waiting(10) == []


def test_what_was_read_and_not_marked_comes_again(folder: Path) -> None:
    """As it is when we die in between."""
    lay(folder, "new/1.host", b"a")
    assert Maildir(folder).waiting(10) == Maildir(folder).waiting(10)


def test_what_a_mail_program_saw_lying_there_is_read_too(folder: Path) -> None:
    lay(folder, "cur/1.host:2,", b"unread")
    lay(folder, "cur/2.host:2,FS", b"read")
    lay(folder, "cur/3.host:2,F", b"flagged")
    reading = Maildir(folder)
    held = reading.waiting(10)
    assert [one.content for one in held] == [b"unread", b"flagged"]
    reading.done([one.name for one in held])
    assert names(folder, "cur") == ["1.host:2,S", "2.host:2,FS", "3.host:2,FS"]


def test_what_is_no_message_is_passed_over(folder: Path, tmp_path: Path) -> None:
    """A pipe would keep us waiting for ever, a link lead anywhere."""
    os.mkfifo(folder / "new" / "1.pipe")
    (folder / "new" / "2.folder").mkdir()
    (folder / "new" / "3.link").symlink_to(lay(tmp_path, "secret", b"secret"))
    lay(folder, "new/.hidden")
    lay(folder, "new/4.host", b"a message")
    reading = Maildir(folder)
    assert [one.content for one in reading.waiting(10)] == [b"a message"]
    assert len(names(folder, "new")) == 5


def test_of_a_huge_message_the_beginning_is_read(folder: Path) -> None:
    lay(folder, "new/1.host", b"x" * 3_000_000)
    assert len(Maildir(folder).waiting(1)[0].content) == 1_000_000


def test_two_who_read_at_once_do_no_harm(folder: Path) -> None:
    lay(folder, "new/1.host")
    one, other = Maildir(folder), Maildir(folder)
    (held,), (same,) = one.waiting(1), other.waiting(1)
    one.done([held.name])
    other.done([same.name])
    assert names(folder, "cur") == ["1.host:2,S"]


def test_a_folder_that_is_none_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(MailError, match=r"maildir .*nowhere"):
        Maildir(tmp_path / "nowhere").waiting(1)


def test_a_setting_names_a_maildir(folder: Path) -> None:
    lay(folder, "new/1.host", b"a")
    assert len(box(f"maildir:{folder}").waiting(1)) == 1

from __future__ import annotations

from pathlib import Path

from syndicate.digest.post.outbox import FolderTransport, file_name
from syndicate.model import DeliveryState, Message


def mail(number: int = 12, content: bytes = b"Subject: x\r\n\r\nTin\r\n") -> Message:
    return Message(
        sender="ban-tin@ban-tin.example",
        recipient="an@vd.example",
        message_id=f"<tuan.{number}.8d1f0c2e@ban-tin.example>",
        content=content,
    )


def test_a_message_is_a_file_with_a_name_for_people(tmp_path: Path) -> None:
    transport = FolderTransport(tmp_path / "a" / "b")
    reply = transport.send(mail())
    transport.close()
    assert reply.state is DeliveryState.ACCEPTED
    file = tmp_path / "a" / "b" / "tuan-12-8d1f0c2e.eml"
    assert file.read_bytes() == mail().content
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_message_handed_over_twice_is_one_file(tmp_path: Path) -> None:
    transport = FolderTransport(tmp_path)
    transport.send(mail())
    before = (tmp_path / "tuan-12-8d1f0c2e.eml").stat()
    assert transport.send(mail()).state is DeliveryState.ACCEPTED
    after = (tmp_path / "tuan-12-8d1f0c2e.eml").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_written_defers(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    reply = FolderTransport(tmp_path / "file" / "outbox").send(mail())
    assert reply.state is DeliveryState.DEFERRED
    assert "tuan-12" in reply.detail


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "tuan-12-8d1f0c2e.eml").mkdir()
    reply = FolderTransport(tmp_path).send(mail())
    assert reply.state is DeliveryState.DEFERRED
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_name_never_leaves_its_folder() -> None:
    made = mail()
    for message_id in ("<../../etc/passwd@x>", "</etc@x>", "<>", "<\x00@x>"):
        odd = Message(
            sender=made.sender,
            recipient=made.recipient,
            message_id=message_id,
            content=b"",
        )
        name = file_name(odd)
        assert Path(name).name == name
        assert name.endswith(".eml")
        assert not name.startswith(".")

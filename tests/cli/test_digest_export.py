"""``syndicate digest export`` and what a preview writes: files for use elsewhere."""

from __future__ import annotations

from email import message_from_bytes, policy

FILES = {"issue.eml", "issue.html", "issue.txt", "chat.txt"}


def test_an_issue_is_written_in_every_form(gathered, due, tmp_path):
    gathered.run("digest", "send", "--as-of", due)
    out = tmp_path / "there"
    shown = gathered.run("digest", "export", "--out", str(out)).output
    assert {path.name for path in out.iterdir()} == FILES
    assert all(name in shown for name in FILES)
    mail = message_from_bytes((out / "issue.eml").read_bytes(), policy=policy.default)
    assert "cầu mới số 1" in mail.get_body(("plain",)).get_content()
    chat = (out / "chat.txt").read_text("utf-8")
    assert "cầu mới số 1" in chat
    assert "<" not in chat


def test_an_issue_is_named_by_its_number(gathered, due, tmp_path):
    gathered.run("digest", "send", "--as-of", due)
    out = tmp_path / "there"
    said = gathered.json("digest", "export", "tuan", "1", "--out", str(out))
    assert said["number"] == 1
    assert {path.rpartition("/")[2] for path in said["files"]} == FILES
    gathered.run("digest", "export", "tuan", "7", "--out", str(out), code=4)

"""What became of each copy: status, who, retry, and a store that was restored."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

MAILER = """#!/bin/sh
# as sendmail: the last word is the recipient
for to; do :; done
cat > /dev/null
code=0
while read -r who what; do
  if [ "$who" = "$to" ]; then code=$what; fi
done < "$(dirname "$0")/codes"
if [ "$code" = 0 ]; then echo "$to" >> "$(dirname "$0")/sent"; fi
exit $code
"""


STATED = ("--digest", "tuan", "--consent", "told us by telephone")


class Post:
    """A mailer that says what it is told to, by address."""

    def __init__(self, desk, due) -> None:
        self.desk, self.due, self.folder = desk, due, desk.folder
        program = desk.folder / "mailer"
        program.write_text(MAILER, encoding="utf-8")
        program.chmod(0o755)
        text = desk.config.read_text(encoding="utf-8")
        desk.config.write_text(
            f'{text}\n[mail]\nurl = "sendmail:mailer"\nsender = "ban@ban.example"\n',
            encoding="utf-8",
        )
        self.say()

    def say(self, **codes: int) -> None:
        lines = "".join(f"{who}@vd.example {code}\n" for who, code in codes.items())
        (self.folder / "codes").write_text(lines, encoding="utf-8")

    def send(self, *words: str, code: int | None = 0):
        return self.desk.run("digest", "send", "--as-of", self.due, *words, code=code)

    @property
    def sent(self) -> list[str]:
        file = self.folder / "sent"
        return file.read_text("utf-8").split() if file.exists() else []


@pytest.fixture
def mailer(gathered, due) -> Post:
    return Post(gathered, due)


def test_status_shows_the_equation_of_an_issue_that_is_closed(mailer):
    mailer.say(ba=67)
    mailer.send(code=1)
    said = mailer.desk.json("digest", "status")
    assert (said["state"], said["planned"], said["open"]) == ("sent", 2, 0)
    assert said["balances"]
    assert said["closed_at"]
    assert said["deliveries"]["accepted"] == 1
    assert said["deliveries"]["refused"] == 1
    assert said["relays"] == {"main": 1}
    shown = mailer.desk.run("digest", "status", "tuan", "1").output
    equation = "planned 2 = accepted 1 + refused 1 + cancelled 0 + uncertain 0"
    assert equation in shown


def test_status_shows_what_waits_and_when_it_is_tried_again(mailer):
    mailer.say(ba=75)
    mailer.send()
    said = mailer.desk.json("digest", "status")
    assert (said["state"], said["open"]) == ("approved", 1)
    [waiting] = said["waiting"]
    assert (waiting["domain"], waiting["copies"]) == ("vd.example", 1)
    assert said["next_due"] == waiting["next_due"]
    shown = mailer.desk.run("digest", "status").output
    assert "vd.example: 1 wait, next try " in shown
    assert "+ open 1" in shown


def test_status_of_an_issue_that_waits_for_its_editor(mailer):
    text = mailer.desk.config.read_text(encoding="utf-8")
    editor = text.replace('key = "tuan"', 'key = "tuan"\napproval = "editor"')
    mailer.desk.config.write_text(editor, encoding="utf-8")
    mailer.send()
    assert mailer.desk.json("digest", "status")["planned"] is None
    assert "not planned yet" in mailer.desk.run("digest", "status").output


def test_who_names_those_that_did_not_get_it_and_why(mailer):
    mailer.say(ba=67)
    mailer.send(code=1)
    [one] = mailer.desk.json("digest", "who")
    assert (one["address"], one["state"]) == ("ba@vd.example", "refused")
    assert one["why"]
    assert one["attempts"] == 1
    assert "ba@vd.example: refused" in mailer.desk.run("digest", "who").output
    assert mailer.desk.json("digest", "who", "--state", "uncertain") == []
    [accepted] = mailer.desk.json("digest", "who", "--state", "accepted")
    assert accepted["address"] == "an@vd.example"


def test_who_names_subscribers_that_have_no_copy_and_why(mailer):
    desk = mailer.desk
    desk.run("members", "add", "cham@vd.example", *STATED)
    until = (datetime.now(UTC) + timedelta(days=90)).strftime("%Y-%m-%d")
    desk.run("members", "pause", "cham@vd.example", "--until", until)
    mailer.send()
    desk.run("members", "add", "muon@vd.example", *STATED)
    found = {
        one["address"]: one["why"]
        for one in desk.json("digest", "who", "--state", "absent")
    }
    assert found == {"cham@vd.example": "paused", "muon@vd.example": "joined later"}


def test_nobody_is_missing_when_all_have_it(mailer):
    mailer.send()
    assert mailer.desk.json("digest", "who") == []
    assert mailer.desk.run("digest", "who").output.strip() == "Nobody is missing."


def test_retry_makes_what_waits_due_at_once(mailer):
    mailer.say(ba=75)
    mailer.send()
    mailer.say()
    mailer.send()
    assert mailer.sent == ["an@vd.example"]
    dry = mailer.desk.json("digest", "retry", "--dry-run")
    assert dry == {"copies": 1, "dry_run": True}
    mailer.send()
    assert mailer.sent == ["an@vd.example"]
    assert "1 copy is due now." in mailer.desk.run("digest", "retry").output
    mailer.send()
    assert mailer.sent == ["an@vd.example", "ba@vd.example"]
    assert mailer.desk.json("digest", "status")["state"] == "sent"


def test_retry_takes_those_that_went_wrong_only_if_told_so(mailer):
    mailer.say(ba=65)  # a refusal of what we send: it waits
    mailer.send()
    assert mailer.desk.json("digest", "retry", "--domain", "khac.example") == {
        "copies": 0,
        "dry_run": False,
    }
    mailer.say(an=1, ba=67)
    mailer.desk.run("digest", "retry")
    mailer.send(code=1)
    assert mailer.desk.json("digest", "retry")["copies"] == 0
    assert mailer.desk.json("digest", "retry", "--refused")["copies"] == 1
    assert mailer.desk.json("digest", "status")["state"] == "approved"
    mailer.send(code=None)
    [one] = mailer.desk.json("digest", "who")
    assert (one["state"], one["attempts"]) == ("refused", 3)


def test_before_anything_was_sent_there_is_nobody_to_ask_for(mailer):
    for words in (("who",), ("retry",), ("status",)):
        done = mailer.desk.run("digest", *words, code=4)
        assert "tuan" in done.stderr


def test_a_dry_run_of_an_issue_that_is_under_way_tells_the_rest(mailer):
    mailer.say(ba=75)
    mailer.send()
    before = mailer.desk.json("digest", "status")
    done = mailer.send("--dry-run", "--json")
    said = json.loads(done.stdout)
    assert said["count"] == 1
    assert [one["recipient"] for one in said["planned"]] == ["ba@vd.example"]
    assert said["deliveries"] == {"accepted": 1, "deferred": 1}
    assert "ba@vd.example" in mailer.send("--dry-run").output
    assert mailer.desk.json("digest", "status") == before
    assert mailer.sent == ["an@vd.example"]


def test_a_dry_run_tells_groups_domains_and_moments(mailer):
    said = json.loads(mailer.send("--dry-run", "--json").stdout)
    assert (said["count"], said["stories"]) == (2, 3)
    assert said["domains"] == [{"domain": "vd.example", "members": 2}]
    [group] = said["groups"]
    assert (group["members"], group["language"]) == (2, "vi")
    [due] = said["due"]
    assert due["members"] == 2
    shown = mailer.send("--dry-run").output
    assert "3 stories for 2 members; nothing was sent." in shown
    assert mailer.desk.json("status")["issues"] == []
    assert mailer.desk.json("members", "list") == []


def test_a_dry_run_lists_the_first_of_many_and_counts_the_rest(mailer):
    many = ", ".join(f'"{number:03}@vd.example"' for number in range(300))
    text = mailer.desk.config.read_text(encoding="utf-8")
    text = text.replace('"An <an@vd.example>", "ba@vd.example"', many)
    mailer.desk.config.write_text(text, encoding="utf-8")
    shown = mailer.send("--dry-run").output
    assert len(shown.splitlines()) < 40
    assert "and 280 more" in shown
    said = json.loads(mailer.send("--dry-run", "--json").stdout)
    assert said["count"] == 300
    assert len(said["planned"]) == 20


def test_a_restored_store_is_held_back_until_somebody_says_so(mailer):
    store = mailer.folder / "var" / "syndicate.db"
    mailer.say(an=75, ba=75)
    mailer.send(code=1)
    backup = Path(f"{store}.backup")
    shutil.copy(store, backup)
    mailer.say()
    mailer.desk.run("digest", "retry")
    mailer.send()
    assert len(mailer.sent) == 2
    shutil.copy(backup, store)
    done = mailer.send(code=4)
    assert "--restored" in done.stderr
    assert len(mailer.sent) == 2
    done = mailer.send("--restored", code=None)
    assert "2 copies may have left" in done.stderr
    assert mailer.desk.json("digest", "status")["deliveries"]["uncertain"] == 2
    again = mailer.send("--restored", code=None)
    assert "nothing to confirm" in again.stderr
    assert len(mailer.sent) == 2


def test_an_issue_that_renders_differently_can_be_approved_as_it_is_now(mailer):
    mailer.say(ba=75)
    mailer.send()
    text = mailer.desk.config.read_text(encoding="utf-8")
    other = text.replace("Bản tin tuần", "Bản tin mỗi tuần")
    mailer.desk.config.write_text(other, encoding="utf-8")
    mailer.say()
    mailer.desk.run("digest", "retry")
    done = mailer.send(code=4)
    assert "--approve" in done.stderr
    mailer.send("--approve")
    assert mailer.sent == ["an@vd.example", "ba@vd.example"]


def test_the_books_of_a_digest_that_was_renamed_can_still_be_read(mailer) -> None:
    mailer.say(ba=75)
    mailer.send()
    config = mailer.desk.config
    text = config.read_text(encoding="utf-8").replace('key = "tuan"', 'key = "moi"')
    config.write_text(text, encoding="utf-8")
    assert mailer.desk.json("digest", "status", "tuan")["planned"] == 2
    assert "ba@vd.example" in mailer.desk.run("digest", "who", "tuan").output
    said = mailer.desk.run("digest", "retry", "tuan", code=3).output
    assert "moi" in said

"""``syndicate stories``: what editors see of stories, and what they rule."""

from __future__ import annotations

import pytest

OTHER = '[[source]]\nkey = "khac"\ntitle = "Khác"\nkind = "folder"\nurl = "other"\n'
LONG = (
    "Cầu dài bốn mươi hai mét, rộng ba mét rưỡi, bắc qua rạch Cái Sơn, do bà con trong "
    "ấp góp công góp của suốt sáu tháng qua. Cầu thay cho cây cầu ván đã mục, mỗi mùa "
    "nước nổi học sinh phải đi vòng ba cây số mới tới trường."
)


def article(n: int, host: str, text: str) -> str:
    return (
        f"<item><title>Tin {host} số {n} về cây cầu</title>"
        f"<link>https://{host}.example/{n}.html</link><guid>{n}</guid>"
        f"<description>{text}</description></item>"
    )


class Newsroom:
    """Two folders of saved news that grow week by week."""

    def __init__(self, desk) -> None:
        self.desk = desk
        (desk.folder / "other").mkdir()
        desk.write(more=OTHER)

    def save(self, ours: dict[int, str], theirs: dict[int, str]) -> None:
        for folder, host, told in (("saved", "luu", ours), ("other", "khac", theirs)):
            items = "".join(article(n, host, text) for n, text in told.items())
            (self.desk.folder / folder / "f.rss").write_text(
                '<rss version="2.0"><channel><title>T</title>'
                f"<link>https://{host}.example/</link>{items}</channel></rss>",
                encoding="utf-8",
            )

    def gather(self) -> None:
        for key in ("luu", "khac"):
            self.desk.run("gather", key)

    def stories(self) -> list[list[int]]:
        found = self.desk.json("stories", "list")
        return sorted(sorted(one["id"] for one in each["tellers"]) for each in found)


@pytest.fixture
def room(desk) -> Newsroom:
    room = Newsroom(desk)
    room.save({1: LONG}, {1: f"(Theo Tin đã lưu) {LONG}"})
    room.gather()
    assert room.stories() == [[1, 2]]
    return room


def test_stories_are_listed_and_shown_by_what_they_are(room):
    desk = room.desk
    (story,) = desk.json("stories", "list", "--several", "--relation", "repeat")
    assert [one["source"] for one in story["tellers"]] == ["luu", "khac"]
    assert desk.json("stories", "list", "--relation", "event") == []
    assert "Nothing found" in desk.run("stories", "list", "--relation", "event").output
    assert desk.json("stories", "list", "--since", "2999-01-01") == []
    assert len(desk.json("stories", "list", "--since", "2001-01-01")) == 1
    in_feeds = f"tag:ban-tin.example,2026:story/{story['uid']}"
    for asked in ("1", "2", story["uid"], in_feeds, "https://khac.example/1.html"):
        assert desk.json("explain", asked)["story"] == story["uid"]
        assert desk.json("stories", "show", asked)["uid"] == story["uid"]
    shown = desk.run("stories", "show", "1").output
    assert "https://luu.example/1.html" in shown
    assert "Tin luu số 1" in desk.run("stories", "list").output


def test_a_list_that_is_cut_says_so(room):
    room.save({2: "Một tin khác hẳn về giá lúa."}, {})
    room.gather()
    assert "more" in room.desk.run("stories", "list", "--limit", "1").output
    assert "more" not in room.desk.run("stories", "list", "--limit", "2").output


def test_what_is_ruled_stands_for_weeks(room):
    """Split, a lead and a merge, while both sources go on telling."""
    desk = room.desk
    desk.run("stories", "split", "2", "--by", "An", "--note", "cầu khác")
    for week in range(3):
        room.save(
            {1: LONG, 10 + week: f"{LONG} Tin thêm số {week}."},
            {1: f"(Theo Tin đã lưu) {LONG}", 20 + week: f"Tin lại: {LONG}"},
        )
        room.gather()
        one, two = (desk.json("stories", "show", n)["uid"] for n in ("1", "2"))
        assert one != two
    desk.run("stories", "merge", "1", "2")
    desk.run("stories", "lead", "2")
    room.save({30: f"{LONG} Lại nữa."}, {31: f"{LONG} Và nữa."})
    room.gather()
    story = desk.json("stories", "show", "1")
    assert story["tellers"][0]["id"] == 2
    assert desk.json("stories", "show", "2")["uid"] == story["uid"]


def test_a_dry_run_keeps_nothing(room):
    desk = room.desk
    for words in (
        ("split", "1"),
        ("apart", "1", "2"),
        ("lead", "2"),
    ):
        told = desk.json("stories", *words, "--dry-run")
        assert not told["kept"]
        assert told["rulings"]
        desk.run("stories", *words, "--dry-run")
    assert room.stories() == [[1, 2]]
    assert desk.json("stories", "rulings") == []


def test_rulings_are_listed_and_taken_back(room):
    desk = room.desk
    assert desk.run("stories", "rulings").output.strip()
    desk.run("stories", "lead", "2", "--by", "An", "--note", "bài gốc")
    (held,) = desk.json("stories", "rulings")
    assert (held["kind"], held["entry"], held["by"]) == ("lead", 2, "An")
    assert "bài gốc" in desk.run("stories", "rulings").output
    desk.run("stories", "forget", str(held["id"]))
    assert desk.json("stories", "rulings") == []
    assert desk.json("stories", "show", "1")["tellers"][0]["id"] == 1


def test_a_split_and_a_merge_say_what_they_did(room):
    desk = room.desk
    split = desk.json("stories", "split", "https://khac.example/1.html")
    assert split["moved"] == [2]
    assert [len(story["tellers"]) for story in split["stories"]] == [1, 1]
    gone = split["stories"][0]["uid"]
    merged = desk.json("stories", "merge", "1", gone)
    assert merged["gone"] == [gone]
    assert merged["overruled"] == [split["rulings"][0]["id"]]


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--source", "none"),
        ("list", "--category", "none"),
        ("show", "99"),
        ("show", "https://khac.example/x"),
        ("split", "99"),
        ("split", "3"),
        ("merge", "1"),
        ("merge", "1", "99"),
        ("apart", "1", "1"),
        ("apart", "1", "x"),
        ("lead", "99"),
        ("forget", "99"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(room, words):
    done = room.desk.run("stories", *words, code=4)
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [("split",), ("merge",), ("apart", "1"), ("forget", "x"), ("show",)]
)
def test_wrong_usage_is_2(room, words):
    room.desk.run("stories", *words, code=2)


def test_what_is_so_already_is_said_to_be_so(room):
    desk = room.desk
    desk.run("stories", "lead", "1")
    again = desk.json("stories", "lead", "1")
    assert again["rulings"] == []
    assert len(desk.run("stories", "lead", "1").output.splitlines()) >= 3

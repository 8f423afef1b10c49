"""Every command says what it did, in words or JSON, and by its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import CliRunner

from syndicate.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]
HELP = """
import json, sys
import click
from click.testing import CliRunner
from syndicate.cli import COMMANDS, main
def walk(command, words):
    yield words
    for name in command.list_commands(None) if isinstance(command, click.Group) else ():
        yield from walk(command.get_command(None, name), [*words, name])
said = {}
for name in COMMANDS:
    for words in walk(main.get_command(None, name), [name]):
        done = CliRunner().invoke(main, [*words, "--help"])
        said[" ".join(words)] = [done.exit_code, done.output]
said[""] = [0, CliRunner().invoke(main, ["--help"]).output]
print(json.dumps(said))
"""


def python(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def helps() -> dict[str, dict[str, tuple[int, str]]]:
    """What --help of every command says, in both languages."""
    found = {}
    for language in ("en", "vi"):
        done = python(HELP, SYNDICATE_LANG=language)
        assert done.returncode == 0, done.stderr
        found[language] = json.loads(done.stdout)
    return found


# ── Help ──


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_command_has_its_help(helps, language):
    said = helps[language]
    assert set(COMMANDS) < set(said)
    assert {"config check", "sources test", "digest send"} < set(said)
    for words, (code, text) in said.items():
        assert code == 0, words
        assert len(text.splitlines()) > 3, words


def test_help_is_in_the_language_of_the_user(helps):
    for words, (_code, english) in helps["en"].items():
        vietnamese = helps["vi"][words][1]
        first = english.split("\n\n")[1].strip() if words else english
        assert first not in vietnamese, words
    assert "Các lệnh" in helps["vi"][""][1]
    assert "soạn" in helps["vi"]["digest"][1]


def test_the_help_in_the_list_is_that_of_the_command():
    for name, (_module, said) in COMMANDS.items():
        command = main.get_command(None, name)
        assert command.help == said, name


def test_help_imports_no_library_of_the_engine():
    script = (
        "import sys\nfrom click.testing import CliRunner\n"
        "from syndicate.cli import main\n"
        "done = CliRunner().invoke(main, ['--help'])\n"
        "assert done.exit_code == 0 and 'digest' in done.output\n"
        "print(sorted(set(sys.modules) & {'sqlalchemy', 'aiohttp', 'feedparser', "
        "'starlette', 'jinja2', 'apscheduler', 'lxml', 'pydantic'}))\n"
    )
    done = python(script)
    assert done.stdout == "[]\n", done.stderr


def test_checking_the_settings_imports_no_store_and_no_client(desk):
    script = (
        "import sys\nfrom click.testing import CliRunner\n"
        "from syndicate.cli import main\n"
        f"done = CliRunner().invoke(main, ['-c', {str(desk.config)!r}, 'config', "
        "'check'])\nassert done.exit_code == 0, done.output\n"
        "print(sorted(set(sys.modules) & {'sqlalchemy', 'aiohttp', 'feedparser'}))\n"
    )
    done = python(script)
    assert done.stdout == "[]\n", done.stderr


def test_the_version_is_said():
    assert CliRunner().invoke(main, ["--version"]).output.startswith("syndicate")


# ── Exit codes ──


@pytest.mark.parametrize(
    "words",
    [
        ("nothing",),
        ("gather", "--nothing"),
        ("digest", "send", "--as-of", "yesterday"),
        ("explain",),
        ("completion", "csh"),
    ],
)
def test_wrong_usage_is_2(desk, words):
    desk.run(*words, code=2)


@pytest.mark.parametrize(
    "words",
    [
        ("config", "check"),
        ("sources", "list"),
        ("gather",),
        ("publish",),
        ("digest", "preview"),
        ("digest", "send"),
        ("serve",),
        ("status",),
        ("explain", "1"),
        ("stories", "list"),
    ],
)
def test_wrong_settings_are_3_and_every_mistake_is_a_line(desk, words):
    desk.write(more='rank = "x"\nnothing = 1')
    lines = desk.run(*words, code=3).stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("config.toml:") for line in lines)


@pytest.mark.parametrize(
    "words", [("gather", "none"), ("sources", "test", "none"), ("digest", "send", "x")]
)
def test_a_key_that_is_not_there_is_said_with_those_that_are(desk, words):
    said = desk.run(*words, code=3).stderr
    assert "luu" in said or "tuan" in said


def test_several_digests_have_to_be_named(desk):
    text = desk.config.read_text(encoding="utf-8")
    desk.write(text=text + '[[digest]]\nkey = "thang"\ntitle = "Tháng"\n')
    assert "tuan, thang" in desk.run("digest", "preview", code=3).stderr


def test_a_missing_file_of_settings_names_init(tmp_path):
    done = CliRunner().invoke(main, ["-c", str(tmp_path / "none.toml"), "status"])
    assert done.exit_code == 3
    assert "syndicate init" in done.stderr


def test_a_store_that_cannot_be_opened_is_4_in_one_line(desk):
    (desk.folder / "var").write_text("a file where the folder should be")
    said = desk.run("status", code=4).stderr
    assert said.startswith(("error: ", "lỗi: "))
    assert len(said.splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_4_in_one_line(gathered, due):
    (gathered.folder / "out").write_text("a file where the folder should be")
    words = ("digest", "preview", "--as-of", due, "--out")
    said = gathered.run(*words, str(gathered.folder / "out" / "in"), code=4).stderr
    assert len(said.splitlines()) == 1


# ── Init and config ──


INIT = ("init", "--title", "Bàn", "--base-url", "https://b.example", "--contact")


def test_init_writes_a_file_that_check_accepts_and_never_overwrites(tmp_path):
    path = tmp_path / "new" / "config.toml"
    done = CliRunner().invoke(main, ["-c", str(path), *INIT, "b@b.example"])
    assert done.exit_code == 0, done.output
    assert CliRunner().invoke(main, ["-c", str(path), "config", "check"]).exit_code == 0
    path.write_text("# mine", encoding="utf-8")
    done = CliRunner().invoke(main, ["-c", str(path), *INIT, "b@b.example"])
    assert done.exit_code == 4
    assert path.read_text(encoding="utf-8") == "# mine"


def test_init_asks_for_what_it_was_not_told(tmp_path):
    path = tmp_path / "config.toml"
    answers = "Bàn tin\nhttps://b.example\nb@b.example\n"
    done = CliRunner().invoke(main, ["-c", str(path), "init"], input=answers)
    assert done.exit_code == 0, done.output
    assert 'title = "Bàn tin"' in path.read_text(encoding="utf-8")


def test_init_refuses_an_answer_of_no_use(tmp_path):
    path = tmp_path / "config.toml"
    done = CliRunner().invoke(main, ["-c", str(path), *INIT, "no address"])
    assert done.exit_code == 3
    assert not path.exists()


def test_init_where_nothing_can_be_written_is_4(tmp_path):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "config.toml"
    done = CliRunner().invoke(main, ["-c", str(path), *INIT, "b@b.example"])
    assert done.exit_code == 4
    assert "already" not in done.output
    assert "Traceback" not in done.output


def test_check_counts_what_is_there(desk):
    assert desk.json("config", "check") == {
        "ok": True,
        "mistakes": [],
        "sources": 1,
        "categories": 1,
        "feeds": 0,
        "digests": 1,
    }
    assert str(desk.config) in desk.run("config", "check").output


def test_check_gives_the_mistakes_as_json_too(desk):
    desk.write(more='rank = "x"')
    said = desk.json("config", "check", code=3)
    assert not said["ok"]
    assert len(said["mistakes"]) == 1


def test_the_schema_is_json(desk):
    assert json.loads(desk.run("config", "schema").stdout)["title"]


# ── Gather, sources, status, explain, publish ──


def test_gathering_counts_and_a_second_time_nothing_is_due(desk):
    desk.news(1, 2)
    (visit,) = desk.json("gather")
    assert (visit["source"], visit["outcomes"]) == ("luu", {"new": 2})
    assert desk.json("gather") == []
    assert desk.run("gather").output.strip()
    assert desk.json("gather", "luu")[0]["outcomes"] == {"unchanged": 2}


def test_a_file_that_cannot_be_read_is_1_and_the_rest_is_done(desk):
    desk.news(1)
    (desk.folder / "saved" / "trong.html").write_text("")
    done = desk.run("gather", "--all", code=1)
    assert "trong.html" in done.stderr
    assert desk.json("status")["entries"] == 1


def test_a_source_that_keeps_failing_makes_status_1(desk):
    """An address that is never asked: the guard refuses loopback without a socket."""
    source = '[[source]]\nkey = "xau"\ntitle = "Xấu"\nkind = "feed"\n'
    desk.write(more=source + 'url = "http://127.0.0.1:1/rss"')
    for _ in range(2):
        desk.run("gather", "xau", code=1)
        desk.run("status")
    desk.run("gather", "xau", code=1)
    said = desk.run("status", code=1)
    assert "127.0.0.1" in said.output
    assert desk.json("status", code=1)["failing"] == ["xau"]


def test_the_sources_are_listed(gathered):
    (source,) = gathered.json("sources", "list")
    assert (source["key"], source["failures"]) == ("luu", 0)
    assert "Tin đã lưu" in gathered.run("sources", "list").output


def test_trying_a_source_keeps_nothing(desk):
    desk.news(1, 2, 3)
    shown = desk.json("sources", "test", "luu", "--limit", "2")
    assert len(shown["entries"]) == 2
    assert shown["entries"][0]["url"].startswith("https://tin.example/")
    assert desk.json("status")["entries"] == 0
    assert "tin.example" in desk.run("sources", "test", "luu").output


def test_a_source_with_nothing_to_show_is_1(desk):
    (desk.folder / "saved" / "trong.html").write_text("")
    assert "trong.html" in desk.run("sources", "test", "luu", code=1).stderr


def test_status_says_how_all_stands(gathered, due):
    gathered.run("digest", "send", "--as-of", due)
    said = gathered.json("status")
    assert said["ok"]
    assert said["entries"] == 3
    assert said["issues"][0]["deliveries"]["accepted"] == 2
    assert "tuan 1" in gathered.run("status").output


def test_an_article_is_explained_by_its_number_and_by_its_address(gathered):
    by_number = gathered.json("explain", "1")
    assert by_number == gathered.json("explain", by_number["url"])
    assert by_number["labels"][0]["category"] == "cau-duong"
    assert "all" in by_number["feeds"]
    text = gathered.run("explain", "1").output
    assert by_number["url"] in text
    assert "cau-duong" in text


@pytest.mark.parametrize(
    "asked", ["99", "0", "9" * 5000, "https://khac.example/x", "không", "", "http://["]
)
def test_what_we_do_not_have_is_said_to_be_unknown(gathered, asked):
    gathered.run("explain", asked, code=4)


def test_publishing_says_what_was_written(gathered):
    first = gathered.json("publish")
    assert "all.atom" in first["changed"]
    assert gathered.json("publish")["changed"] == []
    assert gathered.run("publish").output.strip()


def test_a_document_that_cannot_be_written_is_1(gathered):
    (gathered.folder / "feeds" / "all.atom").mkdir(parents=True)
    assert "all.atom" in gathered.run("publish", code=1).stderr


def test_leftovers_are_named_then_removed(gathered):
    text = gathered.config.read_text(encoding="utf-8")
    gathered.write(text=text + '[[feed]]\nkey = "rieng"\ntitle = "Riêng"\n')
    gathered.run("publish")
    gathered.write(text=text)
    assert "rieng.atom" in gathered.json("publish", "--dry-run")["leftovers"]
    assert "rieng.atom" in gathered.run("publish", "--prune", "--dry-run").output
    assert (gathered.folder / "feeds" / "rieng.atom").exists()
    assert "rieng.atom" in gathered.json("publish", "--prune")["removed"]
    assert not (gathered.folder / "feeds" / "rieng.atom").exists()
    gathered.run("publish", "--prune")


# ── Digest ──


def test_a_preview_shows_and_keeps_nothing(gathered, due, tmp_path):
    shown = gathered.json("digest", "preview", "--as-of", due)
    assert sum(len(section["items"]) for section in shown["sections"]) == 3
    assert shown["subject"]
    assert "cầu mới số 1" in gathered.run("digest", "preview", "--as-of", due).output
    out = tmp_path / "look" / "here"
    gathered.run("digest", "preview", "--as-of", due, "--out", str(out))
    mail = message_from_bytes((out / "issue.eml").read_bytes(), policy=policy.default)
    assert mail["Subject"] == shown["subject"]
    assert {path.name for path in out.iterdir()} == {
        "chat.txt",
        "issue.eml",
        "issue.html",
        "issue.txt",
    }
    assert gathered.json("status")["issues"] == []


def test_a_preview_of_an_empty_week_is_no_error(desk):
    desk.run("digest", "preview")


def test_a_dry_run_names_who_would_get_it_and_sends_nothing(gathered, due):
    words = ("digest", "send", "--as-of", due, "--dry-run")
    planned = gathered.json(*words)["planned"]
    assert [one["recipient"] for one in planned] == ["an@vd.example", "ba@vd.example"]
    assert "an@vd.example" in gathered.run(*words).output
    assert not (gathered.folder / "var" / "outbox").exists()
    assert gathered.json("status")["issues"] == []


def test_an_issue_is_sent_once(gathered, due):
    for _ in range(2):
        sent = gathered.json("digest", "send", "--as-of", due)
        assert (sent["state"], sent["deliveries"]) == ("sent", {"accepted": 2})
    assert len(list((gathered.folder / "var" / "outbox").glob("*.eml"))) == 2
    gathered.run("digest", "send", "--as-of", due)


def test_a_draft_waits_for_its_approval(gathered, due):
    text = gathered.config.read_text(encoding="utf-8")
    gathered.write(text=text + 'approval = "editor"\n')
    words = ("digest", "send", "--as-of", due)
    assert gathered.json(*words)["state"] == "draft"
    assert "--approve" in gathered.run(*words).output
    assert gathered.json(*words, "--approve")["deliveries"] == {"accepted": 2}


def test_an_empty_week_is_skipped(desk):
    assert desk.json("digest", "send")["state"] == "skipped"
    assert desk.run("digest", "send").output.strip()


def test_a_digest_without_members_is_sent_to_nobody(gathered, due):
    text = gathered.config.read_text(encoding="utf-8")
    gathered.write(text=text[: text.index("audience")])
    assert gathered.json("digest", "send", "--as-of", due)["deliveries"] == {}
    assert gathered.run("digest", "send", "--as-of", due).output.strip()


def test_without_a_secret_nothing_is_mailed_and_the_variable_is_named(gathered, due):
    done = gathered.run("digest", "send", "--as-of", due, code=4, secret="")
    assert "SYNDICATE_SECRET" in done.stderr
    assert gathered.json("status")["issues"] == []


def test_a_preview_needs_no_secret(gathered, due):
    gathered.run("digest", "preview", "--as-of", due, secret="")


# ── The rest ──


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_printed(desk, shell):
    assert "_SYNDICATE_COMPLETE" in desk.run("completion", shell).output


def test_demo_without_a_sample_world_says_so(desk):
    assert "config.toml" in desk.run("demo", "--once", code=4).stderr


def test_square_brackets_of_titles_are_no_markup(gathered):
    assert "[bắc qua rạch]" in gathered.run("sources", "test", "luu").output


def test_a_pipe_that_is_closed_is_no_error_of_ours(desk):
    words = [sys.executable, "-m", "syndicate", "-c", str(desk.config)]
    with subprocess.Popen(
        [*words, "config", "schema"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        assert b"Traceback" not in running.stderr.read()


def test_a_week_that_is_not_over_is_not_sent(gathered):
    """Frozen too early, it would lose what comes before its end."""
    ahead = (datetime.now(UTC) + timedelta(days=8)).strftime("%Y-%m-%dT%H:%M")
    done = gathered.run("digest", "send", "--as-of", ahead, code=4)
    assert "lies ahead" in done.stderr
    assert gathered.json("status")["issues"] == []


def test_an_outbox_that_cannot_be_written_is_said_with_the_next_try(gathered, due):
    """Exit code 0 would tell a cron job that the digest is out."""
    outbox = gathered.folder / "var" / "outbox"
    outbox.write_text("a file where the folder should be")
    done = gathered.run("digest", "send", "--as-of", due, code=1)
    assert "deferred" in done.output
    assert "an@vd.example: deferred, next try " in done.stderr
    outbox.unlink()

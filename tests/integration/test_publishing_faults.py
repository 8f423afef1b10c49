"""Folders that cannot be written: what is said, and how the next run mends it.

What can be written is; what cannot is named; once there is room again, or the
permission, the next run makes up for it, without anything having to be told twice.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.crash import torn
from bench.publish import Size, settings
from bench.stock import fill_store
from syndicate.cli.wire import opened

SIZE = Size(stories=24, categories=3, limit=10, rounds=1)


@pytest.fixture
def config(tmp_path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(settings(SIZE), "utf-8")
    with opened(file) as desk:
        fill_store(desk, range(SIZE.stories))
    return file


def publish(config: Path) -> tuple[int, dict, str]:
    """Run the command; its exit code, what it told machines, and people."""
    command = [
        sys.executable,
        "-m",
        "syndicate",
        "-c",
        str(config),
        "publish",
        "--json",
    ]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"SYNDICATE_LANG": "en"},
        timeout=120,
    )
    assert "Traceback" not in ran.stderr
    return ran.returncode, json.loads(ran.stdout) if ran.stdout else {}, ran.stderr


def mended(config: Path) -> None:
    """The next run makes up for all that was missing, and the one after rests."""
    code, told, _said = publish(config)
    assert (code, told["failed"]) == (0, {})
    assert told["changed"]
    folder = config.parent / "feeds"
    assert not any(torn(folder).values())
    for file in folder.rglob("*.rss"):
        assert file.with_name(f"{file.name}.gz").is_file()
    fresh = whole(config)
    here = {path: file.read_bytes() for path, file in files(folder)}
    assert here == fresh
    assert publish(config)[1]["changed"] == []


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in folder.rglob("*"):
        if file.is_file() and not file.name.startswith("."):
            yield file.relative_to(folder).as_posix(), file


def whole(config: Path) -> dict[str, bytes]:
    """What a folder holds to which nothing ever happened."""
    other = config.parent / "undisturbed"
    other.mkdir()
    (other / "config.toml").write_text(config.read_text("utf-8"), "utf-8")
    with opened(other / "config.toml") as desk:
        fill_store(desk, range(SIZE.stories))
    assert publish(other / "config.toml")[0] == 0
    return {path: file.read_bytes() for path, file in files(other / "feeds")}


@pytest.fixture
def tiny(config) -> Iterator[Path]:
    """A feeds folder on a file system of 300 kB."""
    folder = config.parent / "feeds"
    folder.mkdir()
    if os.geteuid() or not mount("-t", "tmpfs", "-o", "size=300k", "tmpfs", folder):
        pytest.skip("only root can mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607


def mount(*arguments: str | Path) -> bool:
    return subprocess.run(["mount", *arguments], check=False).returncode == 0  # noqa: S607


def test_a_full_disk_is_said_and_keeps_the_old_documents(config, tiny):
    code, told, said = publish(config)
    assert code == 1
    assert "No space left on device" in said or any(
        "No space left on device" in why for why in told["failed"].values()
    )
    assert not any(torn(tiny).values())
    hidden = [file.name for file in tiny.rglob(".syndicate-*")]
    assert hidden == []
    assert mount("-o", "remount,size=64m", tiny)
    mended(config)


def test_a_folder_that_may_not_be_written_is_named(config, tiny):
    assert mount("-o", "remount,ro,size=64m", tiny)
    code, told, said = publish(config)
    assert code != 0
    assert "Read-only file system" in said + json.dumps(told)
    assert "feeds" in said + json.dumps(told)
    assert mount("-o", "remount,rw,size=64m", tiny)
    mended(config)


def test_a_file_where_the_folder_should_be_is_named(config):
    folder = config.parent / "feeds"
    folder.write_text("here I am", "utf-8")
    code, told, said = publish(config)
    assert code != 0
    assert "feeds" in said + json.dumps(told)
    assert folder.read_text("utf-8") == "here I am"
    folder.unlink()
    mended(config)


@pytest.mark.parametrize("path", ["all.rss", "index.html", "category/c1.atom"])
def test_a_folder_where_a_document_should_be_costs_that_document_alone(config, path):
    there = config.parent / "feeds" / path
    (there / "within").mkdir(parents=True)
    code, told, _said = publish(config)
    assert code == 1
    assert [name for name in told["failed"] if not name.endswith(".gz")] == [path]
    assert (config.parent / "feeds" / "all.json").is_file()
    (there / "within").rmdir()
    there.rmdir()
    mended(config)


def test_a_folder_that_was_removed_is_made_again(config):
    publish(config)
    folder = config.parent / "feeds"
    for file in [*folder.rglob("*")]:
        if file.is_file():
            file.unlink()
    mended(config)


def test_a_document_that_was_edited_by_hand_is_put_right(config):
    publish(config)
    folder = config.parent / "feeds"
    (folder / "all.rss").write_text("<rss/>", "utf-8")
    (folder / "category/c2.json.gz").unlink()
    (folder / "index.html").unlink()
    code, told, _said = publish(config)
    assert code == 0
    assert {"all.rss", "index.html"} <= set(told["changed"])
    mended_again = publish(config)[1]["changed"]
    assert mended_again == []
    assert not any(torn(folder).values())

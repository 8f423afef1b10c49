"""Writing that leaves whole files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from syndicate.files import alone, beside, fill, settle


def test_a_file_that_is_there_is_never_filled_again(tmp_path: Path) -> None:
    file = tmp_path / "all.rss"
    fill(file, b"one")
    with pytest.raises(FileExistsError):
        fill(file, b"two")
    assert file.read_bytes() == b"one"


def test_what_replaces_a_file_stands_beside_it_under_a_name_of_its_own(
    tmp_path: Path,
) -> None:
    file = tmp_path / "all.rss"
    names = {beside(file) for _ in range(50)}
    assert len(names) == 50
    assert {name.parent for name in names} == {tmp_path}
    assert all(name.name.startswith(".all.rss.") for name in names)


def test_a_folder_is_settled_and_no_handle_stays_open(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    settle(tmp_path)
    with alone(tmp_path):
        pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_one_writer_waits_for_the_other(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def write(one: int) -> None:
        with alone(tmp_path):
            inside.append(one)
            most.append(len(inside))
            inside.remove(one)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert most == [1] * 40

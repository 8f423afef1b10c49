"""Writing to the disk: whole, only what differs, and nothing outside the folder."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from syndicate.errors import PublishError
from syndicate.publish.disk.folder import remove, stale
from tests.writing import write

ROOT = Path(__file__).resolve().parents[2]

# A disk that is full, for real: the process may not make a file longer than 4 KiB.
FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tests.writing import write
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
found = write(Path(sys.argv[1]), {"a.rss": b"a", "b.rss": bytes(range(256)) * 99,
                                  "c.rss": b"c"})
print(found)
assert found.changed == ("a.rss", "c.rss"), found
[(path, why)] = found.failed
assert path == "b.rss" and "b.rss" in why and "large" in why, found
"""

# A writer that is killed at its n-th touch of the disk, for every n there is.
KILLED = """
import gzip, os, signal, sys
from pathlib import Path
from syndicate.publish.disk.folder import remove
from tests.writing import write

base = Path(sys.argv[1])
old, new = ({name: (name + word).encode() * 9 for name in ("a.rss", "b/c.json")}
            for word in ("old", "new"))
names = [name + ending for name in old for ending in ("", ".gz")]

def run(job, at):
    touched = [0]
    def hook(event, found):
        if event in ("open", "os.rename", "os.remove") and str(base) in str(found[0]):
            touched[0] += 1
            if touched[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)
    child = os.fork()
    if child == 0:
        sys.addaudithook(hook)
        job()
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0

def whole():
    for name in old:
        file, packed = base / name, base / (name + ".gz")
        assert not file.exists() or file.read_bytes() in (old[name], new[name])
        if packed.exists():
            assert gzip.decompress(packed.read_bytes()) == file.read_bytes(), name

kills = 0
for job in (lambda: write(base, new), lambda: remove(base, names)):
    at, done = 0, False
    while not done:
        write(base, old)
        assert not list(base.rglob(".syndicate-*")), "swept by the next writer"
        at += 1
        done = run(job, at)
        whole()
        kills += not done
print(kills)
"""


def names(folder: Path) -> list[str]:
    return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*"))


def test_each_document_stands_beside_its_gz(tmp_path):
    found = write(tmp_path / "feeds", {"all.rss": b"x", "category/a.json": b"{}"})
    assert found.changed == ("all.rss", "category/a.json")
    packed = tmp_path / "feeds/category/a.json.gz"
    assert gzip.decompress(packed.read_bytes()) == b"{}"


def test_what_did_not_change_is_not_written(tmp_path):
    write(tmp_path, {"a.rss": b"1", "b.rss": b"2"})
    before = {each: each.stat().st_mtime_ns for each in tmp_path.iterdir()}
    inodes = {each: each.stat().st_ino for each in tmp_path.iterdir()}
    found = write(tmp_path, {"a.rss": b"1", "b.rss": b"3"})
    assert (found.changed, found.unchanged) == (("b.rss",), 1)
    for name in ("a.rss", "a.rss.gz"):
        assert (tmp_path / name).stat().st_mtime_ns == before[tmp_path / name]
        assert (tmp_path / name).stat().st_ino == inodes[tmp_path / name]


def test_a_gz_of_another_document_is_mended(tmp_path):
    write(tmp_path, {"a.rss": b"12"})
    for wrong in (gzip.compress(b"21"), b"", b"x"):
        (tmp_path / "a.rss.gz").write_bytes(wrong)
        assert write(tmp_path, {"a.rss": b"12"}).changed == ("a.rss",)
        assert gzip.decompress((tmp_path / "a.rss.gz").read_bytes()) == b"12"


def test_the_same_bytes_are_packed_the_same(tmp_path):
    for folder in ("a", "b"):
        write(tmp_path / folder, {"x.rss": b"tin" * 100})
    first, other = ((tmp_path / f / "x.rss.gz").read_bytes() for f in ("a", "b"))
    assert first == other


def test_documents_can_be_read_by_any_web_server(tmp_path):
    before = os.umask(0o022)
    try:
        write(tmp_path, {"a.rss": b"x"})
    finally:
        os.umask(before)
    assert (tmp_path / "a.rss").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "path",
    [
        "../a.rss",
        "/etc/a.rss",
        "a/../../b.rss",
        "",
        "a//b.rss",
        "./a.rss",
        "a\0.rss",
        "a\\b.rss",
        "out/a.rss",
        "loop/a.rss",
        ".syndicate-1-1",
    ],
)
def test_nothing_is_written_outside_the_folder(tmp_path, path):
    outside = tmp_path / "outside"
    outside.mkdir()
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    (feeds / "out").symlink_to(outside)
    (feeds / "loop").symlink_to(feeds / "loop")
    found = write(feeds, {path: b"x", "good.rss": b"y"})
    assert [failed for failed, _ in found.failed] == [path]
    assert found.changed == ("good.rss",)
    assert names(outside) == []
    assert names(tmp_path) == [
        "feeds",
        "feeds/good.rss",
        "feeds/good.rss.gz",
        "feeds/loop",
        "feeds/out",
        "outside",
    ]


def test_one_that_cannot_be_written_does_not_lose_the_others(tmp_path):
    (tmp_path / "b.rss").mkdir()
    (tmp_path / "c").write_text("a file where a folder should be")
    long = "x" * 300 + ".rss"
    given = {"a.rss": b"1", "b.rss": b"2", "c/d.rss": b"3", long: b"4", "e.rss": b"5"}
    found = write(tmp_path, given)
    assert found.changed == ("a.rss", "e.rss")
    assert [path for path, _ in found.failed] == ["b.rss", "c/d.rss", long]
    assert all(path in why for path, why in found.failed)
    assert not list(tmp_path.glob(".syndicate-*"))


def test_a_full_disk_leaves_the_old_document_and_no_rubbish(tmp_path):
    write(tmp_path, {"b.rss": b"old"})
    subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], cwd=ROOT, check=True
    )
    assert (tmp_path / "b.rss").read_bytes() == b"old"
    assert gzip.decompress((tmp_path / "b.rss.gz").read_bytes()) == b"old"
    assert not list(tmp_path.glob(".syndicate-*"))


def test_a_tmpfs_that_is_full_is_survived_too(tmp_path):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)],  # noqa: S607 - wherever it is
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("may not mount a file system here")
    try:
        write(tmp_path, {"a.rss": b"old"})
        given = {"a.rss": os.urandom(200_000), "b.rss": b"new"}
        found = write(tmp_path, given)
        assert found.changed == ("b.rss",)
        assert "a.rss: No space left" in found.failed[0][1]
        assert (tmp_path / "a.rss").read_bytes() == b"old"
        assert not list(tmp_path.glob(".syndicate-*"))
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)  # noqa: S607 - as above


def test_what_a_killed_writer_left_is_swept_and_a_living_ones_is_not(tmp_path):
    child = subprocess.run([sys.executable, "-c", ""], check=True)
    assert child.returncode == 0
    finished = subprocess.Popen([sys.executable, "-c", ""])
    finished.wait()
    (tmp_path / "category").mkdir()
    left = tmp_path / "category" / f".syndicate-{finished.pid}-7"
    alive = tmp_path / f".syndicate-{os.getppid()}-7"
    left.write_bytes(b"half")
    alive.write_bytes(b"half")
    write(tmp_path, {"a.rss": b"x"})
    assert not left.exists()
    assert alive.exists()


def test_a_writer_that_is_killed_leaves_whole_files_and_no_gz_of_another(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 15


def test_two_writers_at_once_leave_no_gz_of_the_other(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from tests.writing import write\n"
        "for n in range(40): write(Path(sys.argv[1]), {f'{k}.rss':"
        " (sys.argv[2] * 3000 + str(n)).encode() for k in range(4)})"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name], cwd=ROOT)
        for name in "ab"
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    for file in tmp_path.glob("*.rss"):
        packed = file.with_name(f"{file.name}.gz")
        assert gzip.decompress(packed.read_bytes()) == file.read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match="file/feeds"):
        write(tmp_path / "file/feeds", {"a.rss": b"x"})


def test_documents_of_feeds_that_are_gone_are_listed_and_removed(tmp_path):
    write(tmp_path, {"a.rss": b"1", "category/b.rss": b"2", "c.html": b"3"})
    (tmp_path / "README.md").write_text("stays")
    (tmp_path / ".htaccess").write_text("stays")
    found = stale(tmp_path, {"a.rss"})
    assert found == ("c.html", "c.html.gz", "category/b.rss", "category/b.rss.gz")
    assert remove(tmp_path, found).changed == found
    assert names(tmp_path) == [".htaccess", "README.md", "a.rss", "a.rss.gz"]
    assert stale(tmp_path, {"a.rss"}) == ()


def test_nothing_outside_the_folder_is_removed(tmp_path):
    (tmp_path / "feeds").mkdir()
    (tmp_path / "a.rss").write_text("stays")
    found = remove(tmp_path / "feeds", ["../a.rss"])
    assert [path for path, _ in found.failed] == ["../a.rss"]
    assert (tmp_path / "a.rss").exists()

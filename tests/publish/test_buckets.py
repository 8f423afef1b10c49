"""Another folder that takes a copy, and targets that cannot be opened."""

from __future__ import annotations

import asyncio
import builtins
import gzip

import pytest

from syndicate.errors import PublishError
from syndicate.publish.copies.buckets import FolderBucket, bucket


@pytest.fixture
def there(tmp_path):
    return tmp_path / "copy"


def put(there, path: str, content: bytes) -> None:
    asyncio.run(bucket(f"file://{there}").put(path, content, {"Content-Type": "x/y"}))


def files(folder) -> list[str]:
    found = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return sorted(file.as_posix() for file in found)


def test_a_folder_gets_the_document_and_its_packed_twin(there):
    put(there, "category/kinh-te.rss", b"<rss/>")
    put(there, "category/kinh-te.rss", b"<rss>2</rss>")
    assert files(there) == ["category/kinh-te.rss", "category/kinh-te.rss.gz"]
    twin = (there / "category/kinh-te.rss.gz").read_bytes()
    assert gzip.decompress(twin) == b"<rss>2</rss>"
    assert (there / "category/kinh-te.rss").read_bytes() == b"<rss>2</rss>"


def test_what_is_removed_takes_its_twin_and_empty_folders_along(there):
    put(there, "archive/all/1.rss", b"1")
    put(there, "archive/tin/1.rss", b"1")
    target = FolderBucket(there)
    asyncio.run(target.remove("archive/all/1.rss"))
    asyncio.run(target.remove("archive/all/1.rss"))
    assert files(there) == ["archive/tin/1.rss", "archive/tin/1.rss.gz"]
    assert not (there / "archive/all").exists()
    asyncio.run(target.remove("archive/tin/1.rss"))
    assert list(there.iterdir()) == []


@pytest.mark.parametrize("path", ["../out.rss", "a/../../out.rss"])
def test_nothing_is_written_outside_the_folder(there, tmp_path, path):
    with pytest.raises(PublishError, match="leads out of"):
        put(there, path, b"x")
    assert not (tmp_path / "out.rss").exists()


def test_a_link_that_leads_out_is_not_followed(there, tmp_path):
    there.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (there / "category").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError, match="leads out of"):
        put(there, "category/a.rss", b"x")


def test_what_cannot_be_written_is_named(there):
    (there / "all.rss").mkdir(parents=True)
    with pytest.raises(PublishError, match=r"^all\.rss: "):
        put(there, "all.rss", b"x")
    assert [name for name in files(there) if "tmp" in name] == []


def test_without_the_extra_it_is_said_what_to_install(monkeypatch):
    known = builtins.__import__

    def importing(name, *given, **more):
        if name.startswith("syndicate.publish.copies.objects"):
            raise ImportError(name)
        return known(name, *given, **more)

    monkeypatch.setattr(builtins, "__import__", importing)
    with pytest.raises(PublishError, match=r'extra "s3": install syndicate\[s3\]'):
        bucket("s3://tin/feeds")


def test_an_address_that_says_too_little_is_refused_by_name():
    pytest.importorskip("obstore", reason="the extra s3 is not installed")
    with pytest.raises(
        PublishError, match=r"^\[publish\] target az://tin: .*[Aa]ccount"
    ):
        bucket("az://tin")

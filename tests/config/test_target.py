"""Where a copy of the feeds folder may go."""

from __future__ import annotations

import pytest

from syndicate.config import checks
from syndicate.config.environment import Environment
from syndicate.config.load import load
from syndicate.errors import ConfigError


def mistakes_of(path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(path, Environment())
    return list(caught.value.mistakes)


@pytest.mark.parametrize("target", ["s3://tin", "s3://tin/feeds/", "gs://tin/a/b"])
def test_an_object_store_is_named_by_its_address(write, right, target):
    found = load(write(f'{right}[publish]\ntarget = "{target}"\n'), Environment())
    assert found.publish.target == target.rstrip("/")


def test_without_the_extra_the_settings_say_what_to_install(write, right, monkeypatch):
    monkeypatch.setattr(checks, "find_spec", lambda _name: None)
    (said,) = mistakes_of(write(f'{right}[publish]\ntarget = "s3://tin"\n'))
    assert "publish.target" in said
    assert said.endswith('needs the extra "s3": install syndicate[s3]')


def test_another_folder_needs_no_extra(write, right, monkeypatch, tmp_path):
    monkeypatch.setattr(checks, "find_spec", lambda _name: None)
    path = write(f'{right}[publish]\ntarget = "file://copy"\n')
    assert load(path, Environment()).publish.target == f"file://{path.parent}/copy"


@pytest.mark.parametrize("target", ["feeds", "feeds/copy", "./", "../", "x/../feeds"])
def test_a_folder_is_no_copy_of_itself(write, right, target):
    (said,) = mistakes_of(write(f'{right}[publish]\ntarget = "file://{target}"\n'))
    assert said.endswith("must be another folder than publish.folder")


@pytest.mark.parametrize(
    "target",
    [
        "s3://key:secret@tin/feeds",
        "s3://tin?endpoint=x",
        "s3:tin",
        "http://tin",
        "s3://",
    ],
)
def test_what_is_no_address_of_a_store_is_refused(write, right, target):
    (said,) = mistakes_of(write(f'{right}[publish]\ntarget = "{target}"\n'))
    assert "publish.target" in said

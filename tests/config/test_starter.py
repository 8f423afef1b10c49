"""The config.toml for a new desk."""

from __future__ import annotations

import pytest

from syndicate.config.environment import Environment
from syndicate.config.load import load
from syndicate.config.schema import json_schema
from syndicate.config.starter import starter
from syndicate.errors import ConfigError

VALUES = {
    "title": 'Bàn tin "Mới"',
    "base_url": "https://tin.example",
    "contact": "ban@tin.example",
    "language": "vi",
}


def test_what_init_writes_is_right(write):
    found = load(write(starter(**VALUES)), Environment())
    assert found.site.title == 'Bàn tin "Mới"'


def test_its_examples_are_right_too(write):
    text = starter(**VALUES)
    shown = text.replace("# members.csv", "")
    lines = []
    for line in shown.splitlines():
        body = line.removeprefix("# ")
        is_example = (
            line.startswith("# ")
            and (body.startswith("[") or " = " in body)
            and "`" not in body
        )
        lines.append(body if is_example else line)
    text = "\n".join(lines).replace('audience_file = "members.csv"', "")
    found = load(write(text), Environment())
    assert [source.key for source in found.sources] == ["bao", "cong"]
    assert found.digests[0].key == "tuan"


def test_a_wrong_answer_is_explained():
    with pytest.raises(ConfigError, match=r"base_url: .* is not a web address"):
        starter(**VALUES | {"base_url": "tin.example"})


def test_the_schema_names_every_table():
    schema = json_schema()
    for table in ("site", "source", "category", "digest", "mail", "web"):
        assert f'"{table}"' in schema

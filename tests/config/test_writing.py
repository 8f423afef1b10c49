"""Sources are written into config.toml, and nothing else of it changes."""

from __future__ import annotations

import stat
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor

import pytest

from syndicate.config.environment import Environment
from syndicate.config.load import load
from syndicate.config.starter import starter
from syndicate.config.writing import add_sources, as_toml, mistakes_of, with_sources
from syndicate.errors import ConfigError

SITE = '[site]\ntitle = "Bàn"\nbase_url = "https://ban.example"\n'
NEW = {
    "key": "bao",
    "title": 'Báo "Cửu Hà" \\ Online',
    "kind": "feed",
    "url": "https://bao.example/rss",
}
BUSY = """\
# Bàn tin của tỉnh.  Đừng xoá!
[site]
title    = "Bàn"           # tên
base_url = 'https://ban.example'

# ── Nguồn ──

[[source]]
key = "mot"
title = "Một"
kind = "feed"
url = "https://mot.example/rss"
[source.selectors]
drop = [
  "#quang-cao",   # not text
]
# No author selector: it signs in the last line.

# ── Chủ đề ──

# The first topic.
[category.cau]
title = "Cầu"
strong = ['''
# not a comment
''']

[web]
port = 8001
"""


def of(number: int) -> dict[str, str]:
    return {**NEW, "key": f"b{number}", "url": f"https://b{number}.example/"}


def removed(after: str, before: str) -> str:
    """What stands in ``after`` beyond ``before``; fails unless that is one piece."""
    start = next(
        (
            n
            for n, pair in enumerate(zip(after, before, strict=False))
            if len({*pair}) > 1
        ),
        len(before),
    )
    length = len(after) - len(before)
    assert after[:start] + after[start + length :] == before
    return after[start : start + length]


def test_comments_order_and_spaces_stay_and_the_source_goes_below_the_last():
    after = with_sources(BUSY, [NEW])
    added = removed(after, BUSY)
    assert tomllib.loads(added.strip("\n[] ") and after)["source"][1] == NEW
    above, below = after.split('key = "bao"')
    assert above.rstrip().endswith("last line.\n\n[[source]]")
    assert below.index("# ── Chủ đề ──") < below.index("[category.cau]")


def test_a_desk_without_sources_gets_the_first_below_the_example():
    text = starter(
        title="Bàn",
        base_url="https://ban.example",
        contact="a@b.example",
        language="vi",
    )
    after = with_sources(text, [NEW])
    removed(after, text)
    place = after.index('\nkey = "bao"')
    assert after.index("# body") < place < after.index("# Topics")


def test_a_desk_of_one_table_gets_the_source_at_its_end():
    assert with_sources(SITE, [NEW]) == f"{SITE}\n{as_toml([NEW])}"
    assert with_sources(SITE.rstrip("\n"), [NEW]) == f"{SITE}\n{as_toml([NEW])}"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_of_windows_and_a_byte_order_mark_stay(mark):
    text = mark + BUSY.replace("\n", "\r\n")
    after = with_sources(text, [NEW])
    removed(after, text)
    assert "\n" not in after.replace("\r\n", "")
    assert after.startswith(mark + "# Bàn")


def test_sources_between_other_tables_and_after_a_long_string_are_found():
    text = SITE + (
        '[[source]]\nkey = "a"\ntitle = """\n# [web]\n[[source]]\n"""\nkind = "feed"\n'
        'url = "https://a.example/"\n[web]\nport = 1\n[[source]]\nkey = "b"\n'
        "title = '''b\n# c'''\nkind = \"feed\"\nurl = \"https://b.example/\"\n"
        '[publish]\nfolder = "x"\n'
    )
    after = with_sources(text, [NEW])
    removed(after, text)
    assert [one["key"] for one in tomllib.loads(after)["source"]] == ["a", "b", "bao"]


def test_a_long_string_that_ends_in_what_looks_like_a_comment_is_not_cut():
    text = SITE + (
        '[[source]]\nkey = "a"\nkind = "feed"\nurl = "https://a.example/"\n'
        'title = """\nfirst\n\n# last"""\n'
    )
    after = with_sources(text, [NEW])
    assert tomllib.loads(after)["source"][0]["title"] == "first\n\n# last"
    assert len(tomllib.loads(after)["source"]) == 2


def test_sources_in_an_inline_array_are_added_to_it():
    text = (
        'source = [ # all\n  { key = "a", title = "A", kind = "feed", '
        'url = "https://a.example/" }, # one\n]\n' + SITE
    )
    after = with_sources(text, [{**NEW, "selectors": {"signature": "^A"}}])
    found = tomllib.loads(after)["source"]
    assert [one["key"] for one in found] == ["a", "bao"]
    assert found[1]["selectors"] == {"signature": "^A"}
    assert "# all" in after
    assert "# one" in after


def test_selectors_lists_and_switches_are_written_as_toml_knows_them():
    table = {
        **NEW,
        "categories": ["cau"],
        "read_pages": True,
        "selectors": {"signature": r"^BCH\s*\-\s*"},
    }
    assert tomllib.loads(as_toml([table, NEW])) == {"source": [table, NEW]}


def test_the_file_is_replaced_with_its_rights_and_its_name_kept(tmp_path):
    real, path = tmp_path / "real.toml", tmp_path / "config.toml"
    real.write_text(SITE, encoding="utf-8")
    real.chmod(0o640)
    path.symlink_to(real)
    settings = add_sources(path, Environment(), [NEW])
    assert [one.key for one in settings.sources] == ["bao"]
    assert path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert load(path, Environment()).sources == settings.sources
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "config.toml",
        "real.toml",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": "Bao Moi"}, "source[1].key"),
        ({"kind": "rss"}, "source[1].kind"),
        ({"url": "https://ban.example/feeds/all.rss"}, "address of this desk"),
        ({"colour": "red"}, "is not a setting"),
        ({"categories": ["khong-co"]}, "khong-co"),
    ],
)
def test_what_would_not_pass_the_check_is_not_written(tmp_path, change, said):
    path = tmp_path / "config.toml"
    path.write_text(SITE, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        add_sources(path, Environment(), [{**NEW, **change}])
    assert said in str(raised.value)
    assert f"{path.name}:" in str(raised.value)
    assert ".config.toml." not in str(raised.value), "the real name is said"
    assert path.read_text(encoding="utf-8") == SITE
    assert [one.name for one in tmp_path.iterdir()] == ["config.toml"]


def test_a_source_alone_can_be_checked_before_it_is_written():
    assert mistakes_of(NEW) == ()
    (said,) = mistakes_of({**NEW, "key": "Không"})
    assert said.startswith("key: ")


def test_a_config_that_is_missing_or_broken_is_told(tmp_path):
    with pytest.raises(ConfigError, match="no such file"):
        add_sources(tmp_path / "none.toml", Environment(), [NEW])
    path = tmp_path / "config.toml"
    path.write_text("[site", encoding="utf-8")
    with pytest.raises(ConfigError, match="TOML"):
        add_sources(path, Environment(), [NEW])
    path.write_bytes(b'[site]\ntitle = "\xff"\n')
    with pytest.raises(ConfigError, match="UTF-8"):
        add_sources(path, Environment(), [NEW])


def test_two_writers_at_once_lose_nothing(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(SITE, encoding="utf-8")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add_sources(path, Environment(), [of(n)]), range(16)))
    found = load(path, Environment()).sources
    assert sorted(one.key for one in found) == sorted(f"b{n}" for n in range(16))


def test_a_thousand_sources_are_written_at_once_in_seconds(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(BUSY, encoding="utf-8")
    begun = time.process_time()
    settings = add_sources(path, Environment(), [of(n) for n in range(1_000)])
    assert len(settings.sources) == 1_001
    assert time.process_time() - begun < 5

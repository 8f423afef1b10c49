"""Each kind of value says what would be right."""

from __future__ import annotations

import pytest

from syndicate.config.environment import Environment
from syndicate.config.load import load
from syndicate.errors import ConfigError


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ('[gather]\nmax_wire = "10 MiB"', 'write a number and kB, MB or GB: "10MB"'),
        ("[gather]\nmax_wire = 10", "write a number and kB, MB or GB"),
        ('[gather]\nrecheck = "a week"', "write a number and s, m, h, d or w"),
        ('[[source]]\nkey = "x"\ntimezone = "Hanoi"', "is not a time zone"),
        ('[[source]]\nkey = "x"\nlanguage = "Tiếng Việt"', "is not a language code"),
        ('[[source]]\nkey = "x"\nurl = "http://x:99999999/"', "is not a web address"),
        ('[[source]]\nkey = "x"\nurl = "http:///x"', "is not a web address"),
        ('[[source]]\nkey = "x"\nselectors.signature = "("', "not a regular expr"),
        ('[[source]]\nkey = "x"\nkind = "folder"\nurl = "none"', "there is no folder"),
        ('[categorise.documents]\n"05-CT/TW" = "nothing"', 'no category "nothing"'),
        ('[categorise]\nmin_score = "high"', "min_score"),
    ],
)
def test_a_value_of_the_wrong_kind_is_explained(write, right, table, expected):
    whole = table
    if table.startswith("[[source]]"):
        for name, value in {
            "title": "X",
            "kind": "feed",
            "url": "https://x.vd",
        }.items():
            whole += "" if f"\n{name} = " in table else f'\n{name} = "{value}"'
    with pytest.raises(ConfigError) as caught:
        load(write(f"{right}{whole}\n"), Environment())
    assert any(expected in line for line in caught.value.mistakes), caught.value


def test_sizes_and_durations_are_read(write, right):
    text = f'{right}[gather]\nmax_wire = "3 MB"\nrecheck = "2w"\ngap = "1m"\n'
    gather = load(write(text), Environment()).gather
    assert (gather.limits.wire, gather.recheck.days, gather.limits.gap) == (
        3_000_000,
        14,
        60.0,
    )


@pytest.mark.parametrize("url", ["postgresql://h/n", "sqlite:////srv/desk.db"])
def test_an_address_of_a_database_stays_as_it_is(write, right, url):
    found = load(write(f'{right}[store]\nurl = "{url}"\n'), Environment())
    assert found.store_url == url

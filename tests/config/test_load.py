"""config.toml becomes settings, or one clear line for each mistake."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.config.environment import Environment, read_environment
from syndicate.config.load import load
from syndicate.errors import ConfigError
from syndicate.model import Member, Rights, SourceKind


def mistakes_of(path, environment=None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(path, environment or Environment())
    return list(caught.value.mistakes)


def test_a_right_config_becomes_settings(write, right):
    found = load(write(right), Environment())
    assert found.site.base_url == "https://tin.example"
    assert found.site.id_authority == "tin.example,2026"
    assert found.sources[0].kind is SourceKind.FEED
    assert found.sources[0].rights is Rights.EXTRACT
    assert found.sources[0].timezone == "Asia/Ho_Chi_Minh"
    digest = found.digests[0]
    assert (digest.weekday, digest.hour, digest.minute) == (4, 17, 30)
    assert digest.sections[0].categories == ("dan-van",)
    assert found.mail.sender == "ban@tin.example"


def test_the_licence_of_a_source_is_what_its_feeds_say(write, right):
    given = right.replace("[[source]]", '[[source]]\nlicence = "CC BY 4.0"', 1)
    assert load(write(given), Environment()).sources[0].licence == "CC BY 4.0"
    assert load(write(right), Environment()).sources[0].licence == ""


def test_one_address_in_two_cases_is_one_member(write, right):
    audience = load(write(right), Environment()).digests[0].audience
    assert audience == (
        Member(address="an@vd.example", name="An"),
        Member(address="b@vd.example"),
    )


def test_relative_paths_start_at_the_folder_of_the_config(write, right, tmp_path):
    found = load(write(right), Environment())
    assert found.store_url == f"sqlite:///{tmp_path}/var/syndicate.db"
    assert found.publish.folder == tmp_path / "feeds"
    assert found.mail.relays[0].url == f"folder:{tmp_path}/var/outbox"


def test_secrets_come_from_the_environment(write, right):
    variables = {
        "SYNDICATE_SECRET": "s" * 32,
        "SYNDICATE_MAIL_USER": "u",
        "SYNDICATE_MAIL_PASSWORD": "p",
        "SYNDICATE_DATABASE_URL": "postgresql://h/n",
    }
    found = load(write(right), read_environment(variables))
    assert (found.secret, found.mail.relays[0].user, found.mail.relays[0].password) == (
        "s" * 32,
        "u",
        "p",
    )
    assert found.store_url == "postgresql://h/n"


def test_a_short_secret_is_refused(write, right):
    said = mistakes_of(write(right), Environment(secret="short"))
    assert said == ["SYNDICATE_SECRET: is shorter than 32 characters"]


def test_durations_and_sizes_are_read(write, right):
    text = right + '\n[gather]\ngap = "500s"\nmax_wire = "3 MB"\nrecheck = "2w"\n'
    gather = load(write(text), Environment()).gather
    assert gather.limits.gap == 500
    assert gather.limits.wire == 3_000_000
    assert gather.recheck == timedelta(days=14)


def test_every_mistake_is_reported_at_once_with_its_line(write):
    path = write(
        "[site]\n"
        'titel = "x"\n'
        'base_url = "tin.example"\n'
        "\n"
        "[[source]]\n"
        'key = "Bao Chi"\n'
        'title = "Báo"\n'
        'kind = "fed"\n'
        'url = "https://bao.example"\n'
        "[source.selectors]\n"
        'item = "a["\n'
    )
    said = mistakes_of(path)
    assert said == [
        "config.toml:1: site.title: is missing; it must be set",
        'config.toml:2: site.titel: is not a setting; did you mean "title"?',
        'config.toml:3: site.base_url: "tin.example" is not a web address; it begins '
        "with http:// or https://",
        'config.toml:6: source[1].key: "Bao Chi" may hold only a–z, 0–9 and single '
        'hyphens, like "dan-van"',
        'config.toml:8: source[1].kind: "fed" is not allowed; did you mean "feed"? '
        '(use "feed", "listing", "sitemap" or "folder")',
        'config.toml:11: source[1].selectors.item: "a[" is not a CSS selector',
    ]


def test_tables_that_disagree_are_reported_with_a_suggestion(write, right):
    text = (
        right.replace('categories = ["dan-van"]', 'categories = ["dan-vn"]')
        + '[[feed]]\nkey = "all"\ntitle = "x"\nsources = ["boa"]\n'
    )
    said = mistakes_of(write(text))
    assert any(
        line.startswith("config.toml:19: feed[1].categories: there is no category")
        and 'did you mean "dan-van"?' in line
        for line in said
    )
    assert any("standing feed" in line for line in said)
    assert any('no source "boa"; did you mean "bao"?' in line for line in said)


def test_two_sources_of_one_key_or_address_are_reported(write, right):
    again = (
        '[[source]]\nkey = "bao"\ntitle = "x"\nkind = "feed"\n'
        'url = "https://bao.example/rss"\n'
    )
    said = mistakes_of(write(right + again))
    assert any('"bao" is the key of another [[source]]' in line for line in said)
    assert any('is the address of source "bao" too' in line for line in said)


def test_our_own_feeds_are_no_source(write, right):
    text = right.replace("https://bao.example/rss", "https://tin.example/feeds/all.rss")
    assert any(
        "its own feeds are no source" in line for line in mistakes_of(write(text))
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"fri 17:30"', '"freitag"', 'write a weekday and a time: "mon 06:00"'),
        ("b@vd.example", "b at vd", "is not a mail address"),
        ('"https://bao.example/rss"', '"bao/rss"', "is not a web address"),
        ('kind = "feed"', 'kind = "folder"', "there is no folder"),
        ('contact = "ban@tin.example"', "", "needs an address to come from"),
    ],
)
def test_a_wrong_value_is_explained(write, right, old, new, expected):
    said = mistakes_of(write(right.replace(old, new)))
    assert any(expected in line for line in said), said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[mail]\nurl = "smtp://me:secret@host"\n', "SYNDICATE_MAIL_PASSWORD"),
        ('[mail]\nurl = "gopher://x"\n', "is no way to send mail"),
        ('[store]\nurl = "mysql://x"\n', "is not a database address"),
        ("[gather]\ngap = 2\n", "write a number and s, m, h, d or w"),
        ('[gather]\nallow = ["10.0.0.0/99"]\n', "is not a network"),
        ("[web]\nport = 99999\n", "less than or equal to 65535"),
    ],
)
def test_a_wrong_table_is_explained(write, right, text, expected):
    said = mistakes_of(write(right + text))
    assert any(expected in line for line in said), said


def test_a_password_is_never_repeated(write, right):
    said = mistakes_of(write(right + '[mail]\nurl = "smtp://me:hunter2@host"\n'))
    assert "hunter2" not in "\n".join(said)


def test_what_is_not_toml_is_said_with_its_line(write):
    assert mistakes_of(write("[site]\ntitle = \n"))[0].startswith(
        "config.toml:2: is not TOML: "
    )


def test_what_is_not_utf8_is_said_with_its_line(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b'[site]\ntitle = "B\xe0n"\n')
    assert mistakes_of(path) == [
        "config.toml:2: is not UTF-8; save it in that encoding"
    ]


def test_a_missing_file_names_the_command_that_writes_one(tmp_path):
    assert "syndicate init" in mistakes_of(tmp_path / "config.toml")[0]


def test_a_byte_order_mark_is_no_mistake(tmp_path, right):
    path = tmp_path / "config.toml"
    path.write_text(right, encoding="utf-8-sig")
    assert load(path, Environment()).site.title == "Bàn tin"


def test_an_audience_file_is_read(write, right, tmp_path):
    (tmp_path / "m.csv").write_text("name,address\nCúc,c@vd.example\n", "utf-8")
    text = right + 'audience_file = "m.csv"\n'
    assert Member(address="c@vd.example", name="Cúc") in (
        load(write(text), Environment()).digests[0].audience
    )


def test_each_bad_row_of_an_audience_file_is_reported(write, right, tmp_path):
    (tmp_path / "m.csv").write_text("name,address\nx,\ny,y@\nz,z@vd.example\n", "utf-8")
    said = mistakes_of(write(right + 'audience_file = "m.csv"\n'))
    assert [line.split(":")[3].strip() for line in said] == ["m.csv", "m.csv"]


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "SYNDICATE_LANG": "vi"}, "vi"),
    ],
)
def test_the_language_of_messages_follows_the_environment(variables, language):
    assert read_environment(variables).language == language


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ('[source]\nkey = "a"\n', 28, "source: is one table; write [[source]]"),
        ("[[sources]]\n", 27, 'sources: is not a setting; did you mean "source"?'),
        (
            '[category.dang]\ntitle = "Đảng"\nstrong = "chi bộ"\n',
            29,
            'category.dang.strong: must be a list: ["one", "two"], not "chi bộ"',
        ),
        ("[web]\nport = true\n", 28, "web.port: must be a whole number, not true"),
        (
            '[mail]\nurl = "smtp://h.example:99999"\n',
            28,
            "has no usable port; it is 1 to 65535",
        ),
        ('[publish]\nfolder = "."\n', 28, "documents need a folder of their own"),
        ('[publish]\ntemplates = "nowhere"\n', 28, "there is no folder"),
    ],
)
def test_a_slip_of_form_is_said_in_plain_words_at_its_line(
    write, right, text, line, expected
):
    base = right.replace(
        '[[source]]\nkey = "bao"\ntitle = "Báo"\nkind = "feed"\n'
        'url = "https://bao.example/rss"\n',
        "",
    )
    head = base if text.startswith("[source]") else right
    said = mistakes_of(write(head + "\n" + text))
    assert any(expected in one for one in said), said
    found = next(one for one in said if expected in one)
    if head is right:
        assert found.startswith(f"config.toml:{line}:"), said


def test_a_slip_in_one_table_hides_no_disagreement_between_others(write, right):
    """One round for the user, not two."""
    text = (
        right.replace('kind = "feed"', 'kind = "fed"').replace(
            'categories = ["dan-van"]', 'categories = ["dan-vn"]'
        )
        + '[[feed]]\nkey = "all"\ntitle = "x"\nlimit = 0\n'
        + '[[source]]\nkey = "B c"\ntitle = ""\nkind = "feed"\nurl = "b.example"\n'
        + "[gather]\ngap = 2\n"
    )
    said = "\n".join(mistakes_of(write(text), Environment(secret="short")))
    for expected in (
        'source[1].kind: "fed" is not allowed',
        'feed[1].categories: there is no category "dan-vn"; did you mean "dan-van"?',
        'feed[2].key: "all" is the name of a standing feed',
        "feed[2].limit: ",
        'source[2].key: "B c" may hold only',
        "source[2].title: must not be empty",
        'source[2].url: "b.example" is not a web address',
        "gather.gap: is not a duration",
        "SYNDICATE_SECRET: is shorter",
    ):
        assert expected in said, said


def test_what_is_missing_is_told_once_and_nothing_is_said_of_the_patch(write):
    said = mistakes_of(write('[[source]]\nkey = "a"\n[[digest]]\ntitle = "T"\n'))
    assert sorted(line.split(": ")[1] for line in said) == [
        "digest[1].key",
        "site",
        "source[1].kind",
        "source[1].title",
        "source[1].url",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[gather]\nfloor = "2d"', "gather.floor: is longer than ceiling"),
        ('[gather]\nstart = "5m"', "gather.start: must lie between floor and ceiling"),
    ],
)
def test_the_pause_between_visits_fits_its_limits(write, right, more, said):
    assert any(said in one for one in mistakes_of(write(f"{right}\n{more}\n")))


@pytest.mark.parametrize(
    ("successor", "said"), [("no-such", "no-such"), ("KEY", "cannot succeed itself")]
)
def test_a_successor_is_another_source_of_the_desk(write, right, successor, said):
    key = right.split('key = "')[1].split('"')[0]
    named = successor.replace("KEY", key)
    text = right.replace(f'key = "{key}"', f'key = "{key}"\nsuccessor = "{named}"', 1)
    assert any(said in one for one in mistakes_of(write(text)))


def test_a_report_needs_an_address_to_come_from(write, right):
    text = right.replace('contact = "ban@tin.example"\n', "").partition("[[digest]]")[0]
    told = mistakes_of(write(f'{text}\n[desk]\nreport_to = ["a@tin.example"]\n'))
    assert any("desk.report_to: needs a sender" in one for one in told)


@pytest.mark.parametrize(
    ("said", "right_so"), [("59d", False), ("60d", True), ("0s", True)]
)
def test_articles_are_kept_as_long_as_repeats_are_looked_for(
    write, right, said, right_so
):
    path = write(f'{right}\n[store]\nretention = "{said}"\n')
    if right_so:
        assert load(path, Environment())
    else:
        assert any("store.retention" in one for one in mistakes_of(path))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('paths = ["https://bao.example/dan-van/"]', "no part of an address"),
        ('paths = ["/"]', "no part of an address"),
        ('paths = ["/dan-van/", " // "]', "no part of an address"),
        ('terms = [" – "]', "holds no word"),
    ],
)
def test_terms_and_paths_that_could_never_be_met_are_mistakes(write, right, line, said):
    text = right.replace('title = "Dân vận"\n', f'title = "Dân vận"\n{line}\n')
    (mistake,) = mistakes_of(write(text))
    assert said in mistake


def test_terms_and_paths_reach_the_categories(write, right):
    lines = 'terms = ["DV/Đoàn thể"]\npaths = ["dan-van", "/d%C3%A2n/"]\n'
    text = right.replace('title = "Dân vận"\n', f'title = "Dân vận"\n{lines}')
    (category,) = load(write(text), Environment()).categories
    assert category.terms == ("DV/Đoàn thể",)
    assert category.paths == ("dan-van", "/d%C3%A2n/")

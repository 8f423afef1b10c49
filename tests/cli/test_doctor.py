from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from syndicate.cli import doctor, doctorwords
from syndicate.digest.post.names import DnsNames
from syndicate.pipeline.mailing import examining
from syndicate.pipeline.mailing.examining import Finding, Level


def test_every_finding_has_its_words() -> None:
    source = Path(examining.__file__).read_text(encoding="utf-8")
    heads = "|".join({code.partition("-")[0] for code in doctorwords.SAID})
    codes = set(re.findall(rf'"((?:{heads})-[a-z0-9-]+|offline|unasked)"', source))
    assert codes == set(doctorwords.SAID)
    assert set(doctorwords.LEVELS) == {level.value for level in Level}


def test_the_settings_are_checked_without_a_network(desk) -> None:
    told = desk.json("doctor", "--no-network")
    levels = {one["check"]: one["level"] for one in told}
    assert levels == {
        "secret": "ok",
        "report": "warn",
        "base_url": "ok",
        "dkim": "warn",
        "spf": "skipped",
        "dmarc": "skipped",
        "mx": "skipped",
        "relay": "skipped",
        "bounces": "warn",
    }
    assert all(one["todo"] for one in told if one["level"] == "warn")


def test_a_failed_check_is_shown_with_what_to_do_and_exits_with_1(desk) -> None:
    done = desk.run("doctor", "--no-network", secret="", code=1)
    assert "SYNDICATE_SECRET is not set" in done.stdout
    assert "at least 32 random characters" in done.stdout
    assert "fail 1" in done.stdout


def test_a_half_set_key_is_a_finding_and_no_end(desk) -> None:
    desk.write('[mail]\ndkim_selector = "r1"\n')
    told = desk.json("doctor", "--no-network", code=1)
    (dkim,) = (one for one in told if one["check"] == "dkim")
    assert (dkim["level"], dkim["code"]) == ("fail", "dkim-broken")
    assert "SYNDICATE_DKIM_RSA is not" in dkim["found"]


def test_a_machine_without_network_gets_warnings_and_no_traceback(
    desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sockets are shut in these tests: that is such a machine, asked with less time."""
    impatient = partial(DnsNames, ["127.0.0.1"], 1, seconds=0.1)
    monkeypatch.setattr(doctor, "DnsNames", impatient)
    done = desk.json("doctor")
    levels = {one["level"] for one in done if one["code"] == "unasked"}
    assert levels == {"warn"}
    assert {one["check"] for one in done if one["code"] == "unasked"} == {
        *("spf", "dmarc", "mx")
    }


def test_the_desk_writes_nothing_while_it_is_examined(desk) -> None:
    before = sorted(desk.folder.rglob("*"))
    desk.run("doctor", "--no-network")
    assert sorted(desk.folder.rglob("*")) == before


def test_words_of_a_stranger_are_no_places_to_fill(desk) -> None:
    finding = Finding("spf", Level.WARN, "spf-everybody", "a.example", "{0} {secret}")
    found, _todo = doctor._words(finding)
    assert "{0} {secret}" in found

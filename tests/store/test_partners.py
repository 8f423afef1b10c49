"""Partners and their counts, on every engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.errors import StoreError
from syndicate.model import FeedFormat, Partner, Rights
from syndicate.store import partners
from syndicate.store.partners import Pulls


@pytest.fixture
def keep(database, now):
    def kept(name="bao", token="hash", **more):  # noqa: S107 -- no secret
        new = Partner(id=0, name=name, created_at=now, **more)
        with database.write() as connection:
            return partners.add(connection, new, token)

    return kept


def named(database, name="bao"):
    with database.read() as connection:
        return partners.named(connection, name)


def holding(database, token):
    with database.read() as connection:
        return partners.holding(connection, token)


def count(database, *taken):
    with database.write() as connection:
        partners.count(connection, taken)


def test_a_partner_is_read_as_it_was_kept(database, keep, now):
    kept = keep(
        title="Báo Tỉnh",
        hint="Ab12",
        feeds=("all", "category/dan-van"),
        rights=Rights.EXTRACT,
        format=FeedFormat.JSON,
        items=20,
    )
    assert kept.id > 0
    assert named(database) == kept
    assert holding(database, "hash") == kept
    assert (kept.feeds, kept.rights) == (("all", "category/dan-van"), Rights.EXTRACT)
    assert (kept.pulls, kept.pulled_at, kept.revoked_at) == (0, None, None)
    assert named(database, "nobody") is None
    assert holding(database, "other") is None


def test_a_name_and_a_token_belong_to_one_partner(database, keep):
    keep()
    with pytest.raises(StoreError):
        keep(token="another")
    with pytest.raises(StoreError):
        keep(name="dai")
    with database.read() as connection:
        assert [one.name for one in partners.every(connection)] == ["bao"]


def test_a_change_leaves_token_and_counts_alone(database, keep, now):
    kept = keep()
    count(database, pull(kept, now))
    wanted = replace(
        kept, title="Mới", feeds=("all", "source/x"), rights=Rights.LINK, items=7
    )
    with database.write() as connection:
        partners.change(connection, wanted)
    found = holding(database, "hash")
    assert (found.title, found.feeds, found.items) == ("Mới", ("all", "source/x"), 7)
    assert (found.rights, found.pulls) == (Rights.LINK, 1)


def test_a_new_token_ends_the_old_one_and_a_revocation(database, keep, now):
    kept = keep()
    with database.write() as connection:
        partners.revoke(connection, kept.id, now)
        partners.revoke(connection, kept.id, now + timedelta(days=1))
    assert holding(database, "hash").revoked_at == now
    with database.write() as connection:
        partners.renew(connection, kept.id, "newer", "9999")
    assert holding(database, "hash") is None
    found = holding(database, "newer")
    assert (found.hint, found.revoked_at) == ("9999", None)


def test_counts_add_up_and_the_last_pull_is_the_latest(database, keep, now):
    one, other = keep(), keep(name="dai", token="h2")
    earlier = now - timedelta(minutes=5)
    count(database, pull(one, now, agent="new"), pull(other, now, pulls=3))
    count(database, pull(one, earlier, pulls=2, unchanged=2, bytes=0, agent="old"))
    found = named(database)
    assert (found.pulls, found.unchanged, found.bytes) == (3, 2, 100)
    assert (found.pulled_at, found.agent) == (now, "new")
    assert named(database, "dai").pulls == 3


def test_counts_of_a_partner_that_was_removed_are_let_go(database, keep, now):
    one, other = keep(), keep(name="dai", token="h2")
    with database.write() as connection:
        partners.remove(connection, one.id)
    count(database, pull(one, now), pull(other, now))
    assert named(database) is None
    assert named(database, "dai").pulls == 1


def test_more_than_four_gigabytes_can_be_sent(database, keep, now):
    count(database, pull(keep(), now, bytes=2**40))
    assert named(database).bytes == 2**40


def pull(partner, at, **more):
    given = {"pulls": 1, "unchanged": 0, "bytes": 100, "agent": "x"} | more
    return Pulls(partner=partner.id, last=at, **given)

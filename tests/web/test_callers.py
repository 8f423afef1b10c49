"""Who asks: our own proxies are believed, and nobody else."""

from __future__ import annotations

import pytest

from syndicate.web.callers import address_of, caller, network_of, networks, told

OURS = networks(["127.0.0.0/8", "10.0.0.0/8", "fd00::/8"])


def said(*lists: str) -> list[tuple[bytes, bytes]]:
    return [(b"x-forwarded-for", one.encode()) for one in lists]


@pytest.mark.parametrize(
    ("peer", "lists", "who"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        # nobody outside is believed
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        # whoever asks may begin the list with anything
        ("127.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["1.1.1.1", "198.51.100.1, 10.0.0.7"], "198.51.100.1"),
        ("127.0.0.1", ["10.0.0.8, 10.0.0.7"], "10.0.0.8"),
        ("127.0.0.1", ["1.1.1.1, unknown, 10.0.0.7"], "10.0.0.7"),
        ("127.0.0.1", ["1.1.1.1, <script>"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", [", ,198.51.100.1, "], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("127.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("127.0.0.1", ['"[2001:db8::7]"'], "2001:db8::7"),
        ("127.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("::ffff:127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        ("", ["198.51.100.1"], ""),
        ("127.0.0.1", ["1.1.1.1," * 5_000 + "198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["10.0.0.1," * 5_000], "10.0.0.1"),
    ],
)
def test_the_list_is_read_from_the_right_as_far_as_we_wrote_it(peer, lists, who):
    assert caller(peer, said(*lists), OURS) == who


def test_without_a_proxy_of_ours_nobody_is_believed_not_even_this_machine():
    assert caller("127.0.0.1", said("198.51.100.1"), ()) == "127.0.0.1"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("::ffff:198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::1", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_whole_networks_are_counted(address, network):
    assert network_of(address) == network


def test_a_request_through_our_proxy_has_its_client_and_its_scheme():
    scope = {
        "client": ("127.0.0.1", 4711),
        "scheme": "http",
        "headers": [*said("198.51.100.1"), (b"x-forwarded-proto", b"ws, https")],
    }
    seen = told(scope, OURS)
    assert (seen["client"], seen["scheme"]) == (("198.51.100.1", 0), "https")
    assert scope["client"] == ("127.0.0.1", 4711)
    assert told(scope, ()) is scope
    assert told({**scope, "client": None}, OURS)["client"] is None


def test_what_is_no_address_is_none():
    for text in ("", "x", "1.2.3", "1.2.3.4.5", "999.1.1.1", "[", "[::1", "a:b:c"):
        assert address_of(text) is None or text == "[::1"


def test_a_proxy_that_the_settings_do_not_name_is_told_of_once(caplog):
    scope = {"client": ("127.0.0.1", 1), "headers": said("198.51.100.1")}
    for _ in range(3):
        told(scope, ())
    outside = {**scope, "client": ("203.0.113.9", 1)}
    told(outside, ())
    assert caplog.text.count("[web] proxies") <= 1
    assert "198.51" not in caplog.text

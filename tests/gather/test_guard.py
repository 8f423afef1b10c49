"""Which addresses may be asked."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from syndicate.gather.guard import AddressGuard

REFUSED = [
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "127.0.0.1",
    "127.255.255.254",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "203.0.113.5",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "4000::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_public_is_refused_with_a_reason(address):
    assert AddressGuard().refuses(address)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "172.15.255.255",
        "172.32.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "2606:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
        "2002:101:101::1",
    ],
)
def test_what_is_public_is_not_refused(address):
    assert AddressGuard().refuses(address) == ""


def test_the_allow_list_opens_a_network_and_no_other():
    guard = AddressGuard((ip_network("127.0.1.0/24"),))
    assert guard.refuses("127.0.1.5") == ""
    assert guard.refuses("::ffff:127.0.1.5") == ""
    assert guard.refuses("127.0.2.5")
    assert guard.refuses("10.0.0.1")


def test_an_allowed_v6_network_does_not_trip_over_v4():
    guard = AddressGuard((ip_network("fd00::/8"),))
    assert guard.refuses("fd12::1") == ""
    assert guard.refuses("127.0.0.1")

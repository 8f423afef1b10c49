"""Addresses as documents need them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.publish.forms.addresses import (
    address,
    canonical,
    front,
    public,
    web_host,
)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://a.example/x?/tin/17751487", "https://a.example/x?/tin/17751487"),
        ("http://127.0.1.1:8081/tin", "http://127.0.1.1:8081/tin"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("https://báo.example/tin mới", "https://xn--bo-mia.example/tin%20m%E1%BB%9Bi"),
        ("https://a.example/x?a=1&amp;b=2", "https://a.example/x?a=1&amp%3Bb=2"),
        ("https://a.example/x;v=1?a;b", "https://a.example/x;v=1?a;b"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%C4%90", "https://a.example/%C4%90"),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
        ("https://u:p@a.example/", "https://a.example/"),
        ("javascript:alert(1)", ""),
        ("/tin/1", ""),
        ("https://", ""),
        ("http://[x/", ""),
        ("http://a.example:99999/", ""),
        ("http://a b.example/", ""),
        ("", ""),
    ],
)
def test_an_address_is_an_ascii_uri_or_nothing(url, said):
    assert address(url) == said


@given(st.text(), st.sampled_from(["", "http://", "https://a.example/", "http://a."]))
def test_whatever_comes_the_answer_is_a_uri_and_stays_so(text, start):
    found = address(start + text)
    assert found.isascii()
    assert not set(found) & set(' "<>\\^`{|}\n\t')
    assert address(found) == found
    assert found == "" or urlsplit(found).hostname


def test_a_source_without_a_home_has_its_hosts_root(sources):
    assert front(sources["bao"]) == "https://bao.cuuha.example/"


def test_documents_are_read_under_feeds(site):
    assert public(site, "category/a.rss") == (
        "https://ban-tin.example/feeds/category/a.rss"
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/", True),
        ("https://a.example/tin?id=1&x=%C4%91#y", True),
        ("https://a.example:8080/x", True),
        ("https://a.example:443/x", False),
        ("https://a.example/./x", False),
        ("https://a.example/x/..", False),
        ("https://a.example/%7Ex", False),
        ("https://a.example/%2F", False),
        ("https://a.example/%e1%bb%a9", False),
        ("https://a.example/?q=%E1%BB", False),
    ],
)
def test_an_address_that_can_be_written_otherwise_is_no_id(url, expected):
    assert canonical(url) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x.mp3", True),
        ("https://a.example", True),
        ("https://a.example:8080/x", True),
        ("http://noi-bo/x.mp3", False),
        ("http://[::1]/x.mp3", False),
        ("https://a_b.example/x.mp3", False),
    ],
)
def test_a_host_on_the_web_has_a_dot(url, expected):
    assert web_host(url) is expected

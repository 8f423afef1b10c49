"""What a robots.txt asks of us."""

from __future__ import annotations

import time

import pytest

from syndicate.gather.robots import allowed, delay, product, rule_against, text_of

AGENT = "syndicate/0.2 (+https://bot.example/; desk@bot.example)"
URL = "http://tin.example"


@pytest.mark.parametrize(
    ("rules", "path", "may"),
    [
        ("", "/", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow: /tim", "/tim-kiem?q=1", False),
        ("User-agent: *\nDisallow: /tim\nAllow: /tim-moi", "/tim-moi/1", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/a.pdf?x", True),
        ("User-agent: *\nDisallow: /*?", "/a?b", False),
        ("User-agent: bot\nDisallow: /", "/a", True),
        ("User-agent: Syndicate\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: syndicate\nAllow: /", "/a", True),
        ("User-agent: a\nUser-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nCrawl-delay: 1\nDisallow: /", "/a", False),
        ("Disallow: /", "/a", True),
        ("user-AGENT : *\r\ndisallow : /a # no", "/a/b", False),
        ("User-agent: *\nDisallow: /tin-t%E1%BB%A9c", "/tin-tức/1", False),
        ("User-agent: *\nDisallow: /tin-tức", "/tin-t%E1%BB%A9c/1", False),
        ("<!DOCTYPE html><p>Disallow: /</p>", "/a", True),
        ("User-agent: *\nSitemap: /s.xml\nDisallow: /a", "/a", False),
    ],
)
def test_robots_rules_are_read_as_rfc_9309_says(rules, path, may):
    assert allowed(rules, URL + path, AGENT) is may


def test_we_are_known_by_our_product_token_alone():
    assert product(AGENT) == "syndicate"
    assert product("Mozilla/5.0") == "mozilla"
    assert product("") == "*"


def test_a_crawl_delay_is_capped_and_nonsense_is_none():
    def asked(value):
        return delay(f"User-agent: *\nCrawl-delay: {value}", AGENT)

    assert [asked("7"), asked("0.5"), asked("86400")] == [7.0, 0.5, 60.0]
    assert [asked("-1"), asked("nan"), asked("soon"), asked("")] == [None] * 4


def test_a_byte_order_mark_and_old_line_ends_are_no_obstacle():
    text = text_of(b"\xef\xbb\xbfUser-agent: *\rDisallow: /a\r")
    assert not allowed(text, URL + "/a", AGENT)


def test_only_the_first_500_kib_are_read():
    body = b"User-agent: *\nDisallow: /a\n" + b"#" * 600_000 + b"\nDisallow: /b\n"
    text = text_of(body)
    assert len(text) <= 512_000
    assert not allowed(text, URL + "/a", AGENT)
    assert allowed(text, URL + "/b", AGENT)


def test_bytes_that_are_no_text_forbid_nothing():
    assert allowed(text_of(b"\x89PNG\r\n\0\xff\xfe" * 1_000), URL, AGENT)


def test_rules_that_cost_much_are_left_out():
    body = b"User-agent: *\n" + b"Disallow: /" + b"*a" * 400 + b"$\n"
    body += b"Disallow: /%s\nDisallow: /b\n" % (b"x" * 5_000)
    began = time.perf_counter()
    assert allowed(text_of(body), URL + "/" + "a" * 4_000, AGENT)
    assert not allowed(text_of(body), URL + "/b", AGENT)
    assert time.perf_counter() - began < 0.5


def test_a_refusal_names_the_line_that_it_goes_back_to():
    rules = text_of(
        b"# ours\n\nUser-agent: other\nDisallow: /\n\n"
        b"User-agent: *\nDisallow: /t\nDisallow: /tim-kiem  # no\nAllow: /x\n"
    )
    assert rule_against(rules, URL + "/tim-kiem/1", AGENT) == (
        "line 8: Disallow: /tim-kiem"
    )
    own = rules + "\nUser-agent: Syndicate\nDisallow: /\n"
    assert rule_against(own, URL + "/a", AGENT) == "line 12: Disallow: /"
    assert rule_against(rules, URL + "/free", AGENT) == ""

"""What may be asked of our hub, and what is refused."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.model import Intent
from syndicate.publish.websub.hub import topic_path
from syndicate.publish.websub.wishes import LEASE, Refusal, Tidings, Wish, read_wish

BASE = "https://tin.vn"
TOPIC = "https://tin.vn/feeds/all.atom"
CALLBACK = "https://a.vn/cb"


def read(**more: str) -> Wish | Tidings | Refusal:
    said = {"mode": "subscribe", "topic": TOPIC, "callback": CALLBACK} | more
    return read_wish({f"hub.{name}": [value] for name, value in said.items()}, BASE)


def refused(**more: str) -> str:
    answer = read(**more)
    assert isinstance(answer, Refusal)
    assert 400 <= answer.status < 500
    return answer.reason


def callback(given: str) -> str:
    wish = read(callback=given)
    assert isinstance(wish, Wish), wish
    return wish.callback


def test_mode_topic_and_callback_are_enough():
    assert read() == Wish(
        mode=Intent.SUBSCRIBE, topic=TOPIC, callback=CALLBACK, host="a.vn", lease=LEASE
    )


def test_parameters_that_we_do_not_know_are_ignored():
    assert read(foo="bar", verify="sync", verify_token="x") == read()


@pytest.mark.parametrize("mode", ["", "list", "denied", "retrieve"])
def test_another_mode_is_refused(mode):
    assert "hub.mode" in refused(mode=mode)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "https://other.vn/feeds/all.atom",
        "http://tin.vn/feeds/all.atom",
        "https://tin.vn.evil.vn/feeds/all.atom",
        "https://tin.vn/feeds/",
        "https://tin.vn/feeds/all.html",
        "https://tin.vn/feeds/archive/all/1.atom",
        "https://tin.vn/feeds/all.headlines.json",
        "https://tin.vn/feeds/../config.json",
        "https://tin.vn/feeds/..%2Fsecret.json",
        "https://tin.vn/feeds/%2e%2e/secret.json",
        "https://tin.vn/feeds/.hidden.json",
        "https://tin.vn/feeds//all.atom",
        "https://tin.vn/feeds/a%5Cb.json",
        "https://tin.vn/feeds/a%00.json",
        "https://tin.vn/feeds/all%2Eatom",
        "https://tin.vn/feeds/all.atom?x=1",
        "https://tin.vn/feeds/all.atom#x",
        "https://tin.vn/feeds/" + "a" * 1_000 + ".atom",
    ],
)
def test_what_is_no_feed_of_ours_cannot_be_followed(topic):
    assert "hub.topic" in refused(topic=topic)


@pytest.mark.parametrize(
    "path",
    ["all.rss", "all.atom", "all.json", "document/01-ct-ttg.atom", "t%C3%AD.rss"],
)
def test_every_current_feed_can_be_followed(path):
    assert isinstance(read(topic=f"{BASE}/feeds/{path}"), Wish)


@pytest.mark.parametrize(
    ("given", "called"),
    [
        ("https://a.vn", "https://a.vn/"),
        ("HTTPS://A.vn:8443/Cb?x=%2F&y=1#part", "https://a.vn:8443/Cb?x=%2F&y=1"),
        ("http://báo.vn/lối?q=ệ", "http://xn--bo-mia.vn/l%E1%BB%91i?q=%E1%BB%87"),
        ("http://[2001:db8::1]:8080/cb", "http://[2001:db8::1]:8080/cb"),
        ("https://a.vn/cb?a=1&amp;b=2", "https://a.vn/cb?a=1&amp;b=2"),
        (" https://a.vn/cb ", "https://a.vn/cb"),
    ],
)
def test_a_callback_is_called_as_it_was_given_without_its_fragment(given, called):
    assert callback(given) == called


@pytest.mark.parametrize(
    "given",
    [
        "",
        "a.vn/cb",
        "ftp://a.vn/cb",
        "javascript:alert(1)",
        "https:///cb",
        "https://user:pass@a.vn/cb",
        "https://user@a.vn/cb",
        "https://a.vn:99999/cb",
        "https://a.vn:0/cb",
        "https://¸.vn/cb",
        "https://a.vn:25/cb",
        "https://a.vn:22/cb",
        "https://a.vn\\@b.vn/cb",
        "https://a.vn/c b",
        "https://a.vn/cb\r\nX: y",
        "https://[::1/cb",
        "https://" + "a" * 70 + ".vn/cb",
        "https://a.vn/" + "x" * 2_000,
    ],
)
def test_what_cannot_or_must_not_be_called_is_refused(given):
    assert "hub.callback" in refused(callback=given)


@pytest.mark.parametrize(
    ("given", "lease"),
    [
        ("", LEASE),
        ("0", LEASE),
        ("1", 3_600),
        ("86400", 86_400),
        ("9" * 30, 30 * 86_400),
    ],
)
def test_leases_are_kept_within_bounds(given, lease):
    assert read(lease_seconds=given).lease == lease


@pytest.mark.parametrize("given", ["-1", "ten", "1.5", "٣", "1e9"])
def test_a_lease_that_is_no_number_is_refused(given):
    assert "lease_seconds" in refused(lease_seconds=given)


def test_a_secret_is_shorter_than_two_hundred_bytes():
    assert read(secret="x" * 199).secret == "x" * 199
    assert "hub.secret" in refused(secret="x" * 200)
    assert "hub.secret" in refused(secret="ệ" * 67)
    assert "NUL" in refused(secret="a\0b")


def test_that_our_topics_changed_may_be_said_by_url_or_by_topic():
    form = parse_qs(f"hub.mode=publish&hub.url={TOPIC}&hub.url={BASE}/feeds/b.rss")
    assert read_wish(form, BASE) == Tidings(topics=(TOPIC, f"{BASE}/feeds/b.rss"))
    assert read(mode="publish") == Tidings(topics=(TOPIC,))


def test_that_others_changed_is_none_of_our_business():
    form = {"hub.mode": ["publish"], "hub.url": [TOPIC, "https://other.vn/rss"]}
    assert read_wish(form, BASE).status == 404
    assert read_wish({"hub.mode": ["publish"]}, BASE).status == 400


anything = st.text(max_size=60)
addresses = st.builds(
    "{}://{}{}/{}".format,
    st.sampled_from(["http", "https", "HTTP", "ftp", ""]),
    st.one_of(anything, st.sampled_from(["a.vn", "[::1]", "127.0.0.1", "u:p@a.vn"])),
    st.one_of(st.just(""), st.integers(-1, 70_000).map(":{}".format)),
    anything,
)


@given(
    st.dictionaries(
        st.sampled_from(["mode", "topic", "callback", "lease_seconds", "secret"]),
        st.one_of(
            anything,
            addresses,
            st.sampled_from(["subscribe", "unsubscribe", "publish", TOPIC]),
        ),
    )
)
def test_whatever_is_asked_is_read_or_refused(said):
    form = {f"hub.{name}": [value] for name, value in said.items()}
    wish = read_wish(form, BASE)
    if isinstance(wish, Refusal):
        assert 400 <= wish.status < 500
        assert wish.reason.isprintable()
    elif isinstance(wish, Wish):
        _can_be_called(wish)


@given(addresses)
def test_whatever_is_to_be_called_is_one_line_of_ascii(given_address):
    wish = read(callback=given_address)
    if isinstance(wish, Wish):
        _can_be_called(wish)


def _can_be_called(wish):
    parts = urlsplit(wish.callback)
    assert wish.callback.isascii()
    assert wish.callback.isprintable()
    assert " " not in wish.callback
    assert parts.scheme in {"http", "https"}
    assert parts.hostname == wish.host != ""
    assert parts.username is parts.password is None
    assert parts.fragment == ""
    assert topic_path(BASE, wish.topic)

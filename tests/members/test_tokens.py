"""Links to leave cannot be guessed, and say nothing."""

from __future__ import annotations

import re

from syndicate.members.tokens import holder, unsubscribe_token
from syndicate.model import Member

SECRET = "a secret of at least thirty-two letters"
AN, BA = Member(address="an@vd.example"), Member(address="ba@vd.example")


def test_a_token_is_opaque_and_short():
    token = unsubscribe_token(SECRET, "tuan", AN.address)
    assert re.fullmatch(r"[a-z2-7]{32}", token)
    assert "an" not in {token[:2], token[-2:]} or "vd" not in token


def test_a_token_is_the_same_for_ever_and_whatever_the_case():
    first = unsubscribe_token(SECRET, "tuan", "An@VD.example")
    assert first == unsubscribe_token(SECRET, "tuan", "an@vd.example")


def test_secret_digest_and_address_each_make_another_token():
    tokens = {
        unsubscribe_token(SECRET, "tuan", AN.address),
        unsubscribe_token(SECRET + "x", "tuan", AN.address),
        unsubscribe_token(SECRET, "thang", AN.address),
        unsubscribe_token(SECRET, "tuan", BA.address),
    }
    assert len(tokens) == 4


def test_the_holder_of_a_token_is_found():
    token = unsubscribe_token(SECRET, "tuan", BA.address)
    assert holder(token, SECRET, "tuan", [AN, BA]) == BA


def test_a_token_of_another_digest_or_nobody_finds_nobody():
    token = unsubscribe_token(SECRET, "thang", BA.address)
    assert holder(token, SECRET, "tuan", [AN, BA]) is None
    assert holder("é" * 32, SECRET, "tuan", [AN, BA]) is None

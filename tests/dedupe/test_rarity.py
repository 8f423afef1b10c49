"""How much it tells that two texts have a word."""

from __future__ import annotations

import pytest

from syndicate.dedupe.rarity import Rarity


def test_a_rare_word_tells_more_than_a_common_one():
    rarity = Rarity(1_000, {"sạt": 4, "huyện": 600})
    assert rarity.weight("sạt") > 2 * rarity.weight("huyện")


def test_a_word_that_was_never_met_tells_the_most():
    rarity = Rarity(1_000, {"sạt": 1})
    assert rarity.weight("karsan") > rarity.weight("sạt")


def test_a_young_store_takes_no_word_for_common():
    assert Rarity(10, {"karsan": 9}).weight("karsan") > 2
    assert Rarity(2_000, {"karsan": 1_900}).weight("karsan") < 0.2


def test_a_pair_is_as_rare_as_its_rarer_word():
    rarity = Rarity(1_000, {"sạt": 4, "lở": 40})
    assert rarity.weight("sạt_lở") == rarity.weight("sạt")


@pytest.mark.parametrize("texts", [0, 1, 10**6])
def test_no_word_weighs_less_than_nothing(texts):
    rarity = Rarity(texts, {"và": 10**9})
    assert rarity.weights(["và", "chưa"])["và"] >= 0

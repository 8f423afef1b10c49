"""Topics learnt from decisions."""

from __future__ import annotations

import random

import pytest

from syndicate.categorise.features import example_of
from syndicate.categorise.learned import LEAST, LEAST_EACH, Learner, study
from syndicate.categorise.phrases import Phrases
from syndicate.model import Entry

NOBODY = Phrases(())
TOPICS = {
    "bong-da": "trận đấu, ghi bàn, thủ môn, tiền đạo, huấn luyện viên, khán đài",
    "nong-nghiep": "vụ lúa, phân bón, thu hoạch, chăn nuôi, nông dân, tưới tiêu",
    "y-te": "bệnh viện, bác sĩ, vắc xin, điều trị, dịch bệnh, phòng khám",
}
COMMON = "ngày, tại, huyện, ông, cho biết, năm nay, tổ chức, địa phương, nhiều, người"


def text(topic, n):
    """A few words of a topic among words of everybody."""
    rng = random.Random(f"{topic}{n}")  # noqa: S311 - a fixed seed, no secret
    own = rng.sample(TOPICS[topic].split(", "), 3)
    words = own + rng.choices(COMMON.split(", "), k=8)
    rng.shuffle(words)
    return " ".join(words)


def example(words, title=""):
    entry = Entry(source="a", url="https://a.example/1", title=title, text=words)
    return example_of(entry, NOBODY)


def decided(count, topics=tuple(TOPICS), start=0):
    """Decisions on ``count`` texts of each topic, taking turns."""
    return [
        (key, example(text(topic, number)), (topic,))
        for number in range(start, start + count)
        for key, topic in enumerate(topics, 100 * number)
    ]


def taught(*decisions):
    learner = Learner()
    study(learner, decisions)
    return learner


@pytest.fixture(scope="module")
def learner():
    """One that has seen twenty texts of each topic."""
    return taught(*decided(20))


def best(learner, words, among=tuple(TOPICS)):
    return learner.guess(example(words), among)[0]


def test_a_text_is_guessed_by_what_was_decided_on_others_like_it(learner):
    for topic in TOPICS:
        right = [
            best(learner, text(topic, number)).category == topic
            for number in range(500, 530)
        ]
        assert sum(right) >= 29


def test_a_guess_says_by_which_words(learner):
    words = best(learner, "bác sĩ của bệnh viện huyện cho biết").words
    assert {"bác sĩ", "bệnh viện"} <= set(words)
    assert not {"cho biết", "cho", "biết"} & set(words)


def test_words_that_share_a_part_are_told_once(learner):
    words = best(learner, "bác sĩ của bệnh viện huyện cho biết").words
    parts = [part for one in words for part in one.split()]
    assert len(parts) == len(set(parts))


def test_a_text_of_other_words_is_never_sure(learner):
    assert best(learner, "Completely other words in another language").confidence < 0.3
    assert best(learner, "ngày tại huyện ông cho biết năm nay").confidence < 0.6


def test_a_text_without_words_is_not_guessed(learner):
    assert learner.guess(example(""), tuple(TOPICS)) == ()


def test_nothing_is_guessed_before_enough_was_decided():
    few = decided(10, ("y-te", "bong-da"))[: LEAST - 1]
    assert taught(*few).guess(example(text("y-te", 1)), TOPICS) == ()


def test_a_category_of_few_decisions_is_guessed_and_never_sure():
    rare = [(9_000 + n, example(text("y-te", n)), ("y-te",)) for n in range(4)]
    assert len(rare) < LEAST_EACH
    learner = taught(*decided(20, ("bong-da", "nong-nghiep")), *rare)
    guess = best(learner, "bệnh viện bác sĩ vắc xin điều trị dịch bệnh")
    assert guess.category == "y-te"
    assert guess.confidence <= 0.5


def test_a_category_that_is_no_longer_configured_is_not_guessed(learner):
    found = learner.guess(example(text("y-te", 700)), ("bong-da", "nong-nghiep"))
    assert {one.category for one in found} <= {"bong-da", "nong-nghiep"}


def test_a_category_that_nobody_decided_on_is_not_guessed(learner):
    found = learner.guess(example(text("y-te", 700)), (*TOPICS, "the-thao"))
    assert "the-thao" not in {one.category for one in found}


def test_a_text_may_carry_two_categories():
    both = [
        (
            9_000 + n,
            example(f"{text('y-te', n)} {text('nong-nghiep', n)}"),
            ("y-te", "nong-nghiep"),
        )
        for n in range(20)
    ]
    learner = taught(*decided(20), *both)
    words = f"{text('y-te', 800)} {text('nong-nghiep', 800)}"
    found = learner.guess(example(words), TOPICS)
    assert {one.category for one in found[:2]} == {"y-te", "nong-nghiep"}
    assert found[1].confidence > 0.4 > found[2].confidence


def test_what_fits_nowhere_teaches_too():
    odd = "quảng cáo khuyến mãi giảm giá mua ngay hôm nay"
    none = [(9_000 + n, example(f"{odd} {n}"), ()) for n in range(20)]
    learner = taught(*decided(20), *none)
    assert best(learner, f"{odd} 77").confidence < 0.3
    assert best(learner, text("y-te", 800)).category == "y-te"


def test_a_decision_that_is_taken_back_leaves_no_trace():
    learner = taught(*decided(20))
    probe = example("lạ hoắc chưa từng có trong trận đấu")
    before = learner.guess(probe, TOPICS)
    lines = {one: line.tolist() for one, line in learner.lines.weights.items()}
    learner.learn(9_999, probe, ("y-te",))
    assert learner.guess(probe, TOPICS) != before
    learner.forget(9_999)
    for category, line in learner.lines.weights.items():
        assert line.tolist() == pytest.approx(lines[category], abs=1e-6)
    assert learner.decisions == 60
    assert learner.counts == {"bong-da": 20, "nong-nghiep": 20, "y-te": 20}


def test_what_all_was_taken_back_of_is_not_known_any_more():
    learner = taught(*decided(20))
    for key, _, _ in decided(20):
        learner.forget(key)
    assert learner.decisions == 0
    assert learner.guess(example(text("y-te", 1)), TOPICS) == ()
    assert not any(learner.lines.spread)


def test_a_decision_that_is_changed_counts_as_it_is_now():
    learner = taught(*decided(20))
    key, shown, _ = decided(20)[0]
    learner.learn(key, shown, ("y-te",))
    assert learner.counts == {"bong-da": 19, "nong-nghiep": 20, "y-te": 21}
    assert learner.decisions == 60


def test_what_was_decided_first_does_not_matter_in_the_end():
    decisions = decided(20)
    other = random.Random(4).sample(decisions, len(decisions))  # noqa: S311 - fixed
    learners = taught(*decisions), taught(*other)
    for learner in learners:
        for _ in range(10):
            learner.settle(list(learner.kept))
    for number in range(600, 620):
        words = example(text("y-te", number))
        one, two = (learner.guess(words, TOPICS)[0] for learner in learners)
        assert one.category == two.category
        # Not the same to the last digit: outcomes were noted on the way.
        assert one.confidence == pytest.approx(two.confidence, abs=0.1)


def test_a_guess_can_leave_a_decision_out_of_account():
    learner = taught(*decided(20))
    odd = example("lạ hoắc chưa từng có bao giờ")
    learner.learn(9_999, odd, ("y-te",))
    learner.settle([9_999] * 5)
    with_it = learner.guess(odd, TOPICS)[0]
    without = learner.guess(odd, TOPICS, learner.kept[9_999])[0]
    assert with_it.category == "y-te"
    assert without.confidence < with_it.confidence


def test_a_category_named_twice_counts_once():
    learner = taught(*decided(20))
    learner.learn(9_999, example("một"), ("y-te", "y-te"))
    assert learner.counts["y-te"] == 21


def test_what_is_kept_of_a_decision_has_no_words():
    learner = taught(*decided(7))
    assert not any(kept.example.names for kept in learner.kept.values())

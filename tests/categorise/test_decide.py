"""Which categories an entry and a story carry."""

from __future__ import annotations

from datetime import UTC, datetime

from syndicate.categorise.decide import decided, label, label_story, sure
from syndicate.categorise.reasons import Ground, read_reason
from syndicate.model import Decision, Label, LabelOrigin, Scoring


def slugs(labels):
    return [one.category for one in labels]


def test_the_best_category_is_the_primary_one(rules, entry, source):
    told = entry(
        title="Kết nạp đảng tại khu công nghiệp", lead="Chi bộ có hai đảng viên mới."
    )
    labels = label(told, rules(), source())
    assert slugs(labels) == ["xay-dung-dang", "doanh-nghiep"]
    assert [one.primary for one in labels] == [True, False]


def test_a_category_far_behind_the_best_is_left_out(rules, entry, source):
    told = entry(title="Cử tri và bầu cử", lead="Cử tri đi bầu cử.", text="x\n\nchi bộ")
    assert slugs(label(told, rules(), source())) == ["bau-cu"]


def test_no_more_labels_than_allowed(rules, entry, source):
    told = entry(title="Kết nạp đảng, bầu cử, khu công nghiệp, container terminal")
    assert len(label(told, rules(), source())) == 4
    assert len(label(told, rules(max_labels=2), source())) == 2


def test_weak_signs_alone_are_no_label(rules, entry, source):
    told = entry(title="Tin ngắn", text="Mở đầu.\n\nMột chi bộ.")
    assert label(told, rules(), source("xay-dung-dang")) == ()


def test_the_source_breaks_a_tie(rules, entry, source):
    told = entry(title="Cử tri ở khu công nghiệp")
    assert slugs(label(told, rules(), source()))[0] == "bau-cu"
    assert slugs(label(told, rules(), source("doanh-nghiep")))[0] == "doanh-nghiep"


def test_the_source_never_votes(rules, entry, source):
    told = entry(title="Cử tri ở khu công nghiệp", lead="Cử tri kiến nghị.")
    assert slugs(label(told, rules(), source("doanh-nghiep")))[0] == "bau-cu"
    assert label(entry(title="Thời tiết"), rules(), source("bau-cu")) == ()


def test_the_reason_names_the_phrases_and_where_they_stand(rules, entry, source):
    told = entry(title="Kết nạp đảng", lead="Tin.", text="Chi bộ họp. Chi bộ bàn.")
    reason = read_reason(label(told, rules(), source())[0].reason)
    assert reason == {
        Ground.TITLE: (("kết nạp đảng", 1),),
        Ground.BODY: (("chi bộ", 2),),
    }


def test_confidence_grows_with_the_margin(rules, entry, source):
    close = label(
        entry(title="Cử tri, bầu cử", lead="khu công nghiệp, khu công nghiệp"),
        rules(),
        source(),
    )
    clear = label(entry(title="Cử tri, bầu cử", lead="khu vực"), rules(), source())
    assert 0 < close[1].confidence < close[0].confidence < clear[0].confidence <= 1


def test_a_story_has_the_labels_of_its_lead():
    lead = (Label(category="a", reason="", confidence=0.2, primary=True),)
    other = (Label(category="b", reason="", confidence=0.9, primary=True),)
    assert label_story([lead, other]) == lead


def test_a_lead_without_labels_takes_those_of_the_surest_teller():
    weak = (Label(category="a", reason="", confidence=0.2, primary=True),)
    sure = (Label(category="b", reason="", confidence=0.9, primary=True),)
    assert label_story([(), weak, sure]) == sure


def test_a_story_that_nobody_labels_has_no_labels():
    assert label_story([]) == ()
    assert label_story([(), ()]) == ()


def test_a_word_that_only_supports_makes_no_secondary_label(rules, entry, source):
    told = entry(title="Cử tri gặp doanh nghiệp", lead="Cử tri và doanh nghiệp.")
    assert slugs(label(told, rules(), source())) == ["bau-cu"]
    more = entry(title="Cử tri gặp doanh nghiệp", lead="Cử tri ở khu công nghiệp.")
    assert slugs(label(more, rules(), source())) == ["bau-cu", "doanh-nghiep"]


def test_one_word_that_only_supports_may_make_the_primary_label(rules, entry, source):
    told = entry(title="Doanh nghiệp", lead="Doanh nghiệp.")
    assert slugs(label(told, rules(), source())) == ["doanh-nghiep"]


def test_a_decision_gives_the_labels_of_an_editor():
    when = datetime(2026, 11, 1, tzinfo=UTC)
    made = Decision(entry=1, categories=("b", "a"), at=when, by="Lan", note="vì")
    labels = decided(made)
    assert slugs(labels) == ["b", "a"]
    assert [one.primary for one in labels] == [True, False]
    assert {one.origin for one in labels} == {LabelOrigin.EDITOR}
    assert Ground.EDITOR in read_reason(labels[0].reason)


def test_only_sure_guesses_are_given_and_no_more_than_allowed():
    def guess(category, confidence):
        return Label(
            category=category,
            reason="",
            confidence=confidence,
            origin=LabelOrigin.LEARNED,
        )

    guesses = [guess("a", 0.97), guess("b", 0.93), guess("c", 0.4)]
    assert slugs(sure(guesses, Scoring(sure=0.9))) == ["a", "b"]
    assert [one.primary for one in sure(guesses, Scoring())] == [True, False]
    assert slugs(sure(guesses, Scoring(max_labels=1))) == ["a"]
    assert sure(guesses, Scoring(sure=0.99)) == ()

"""Which categories an entry and a story carry."""

from __future__ import annotations

from syndicate.categorise.decide import label, label_story
from syndicate.model import Label


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
    reason = label(told, rules(), source())[0].reason
    assert reason == "tiêu đề: kết nạp đảng; thân bài: chi bộ ×2"


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

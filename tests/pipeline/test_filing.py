"""An entry finds its place in the store."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.dedupe.decide import new_uid
from syndicate.model import (
    Dated,
    DateOrigin,
    Entry,
    Outcome,
    Precision,
    Relation,
)
from syndicate.pipeline.filing import (
    file_entries,
    known_tellings,
    refile_story,
)
from syndicate.pipeline.placing import LIKENESS_WINDOW
from syndicate.pipeline.preparing import prepare
from syndicate.store import entries, keys, stories


@pytest.fixture
def entry(words):
    def make(n=1, source="tin", **given) -> Entry:
        title, text = words.article(n)
        published = Dated(
            value=words.start - timedelta(hours=2),
            precision=Precision.MINUTE,
            origin=DateOrigin.FEED,
            raw="",
        )
        values = {
            "source": source,
            "url": f"https://{source}.example/{n}",
            "guid": f"{source}-{n}",
            "title": title,
            "text": text,
            "published": published,
            "fingerprint": f"{title}{text}",
        }
        return Entry(**values | given)

    return make


@pytest.fixture
def file(desk):
    desk.add()
    desk.add("bao", rank=10)

    def file_at(entry, *, first_import=False):
        with desk.database.write() as connection:
            source = desk.sources[entry.source]
            (filed,) = file_entries(
                connection,
                [prepare(entry, source, desk.rules)],
                desk.work().desk,
                now=desk.clock.now,
                first_import=first_import,
            )
        return filed

    return file_at


def test_a_new_entry_begins_a_story_with_labels(desk, entry, file):
    assert file(entry(0)).outcome is Outcome.NEW
    (story,) = desk.stories()
    assert story.lead.bond.relation is Relation.FIRST
    assert [label.category for label in story.labels] == ["cau-duong"]


def test_a_repeat_joins_with_evidence_and_the_better_rank_leads(desk, entry, file):
    first = file(entry(1))
    repeat = file(entry(1, source="bao"))
    assert repeat.outcome is Outcome.REPEAT
    (story,) = desk.stories()
    assert [one.id for one in story.entries] == [repeat.entry_id, first.entry_id]
    joined = story.entries[0].bond
    assert joined.relation is Relation.REPEAT
    assert joined.evidence


def test_the_same_entry_again_is_unchanged(entry, file):
    first = file(entry(1))
    again = file(entry(1))
    assert (again.outcome, again.entry_id) == (Outcome.UNCHANGED, first.entry_id)


def test_an_entry_that_moved_is_known_by_its_new_guid_the_next_time(desk, entry, file):
    first = file(entry(1))
    moved = entry(1, guid="moi", url="https://tin.example/moi/1")
    assert file(moved).entry_id == first.entry_id
    text = "Bài viết lại từ đầu, không còn câu nào của bản cũ nữa cả."
    rewritten = replace(moved, text=text, fingerprint=text)
    filed = file(rewritten)
    assert (filed.outcome, filed.entry_id) == (Outcome.CHANGED, first.entry_id)


def test_a_changed_entry_gets_the_labels_of_its_new_text(desk, entry, file):
    file(entry(4))
    assert desk.stories()[0].labels == ()
    title, text = entry(4).title, "Xã mở lớp dạy nghề và trao học bổng cho các em."
    file(entry(4, text=text, lead=text, fingerprint=title + text))
    assert [one.category for one in desk.stories()[0].labels] == ["giao-duc"]


@pytest.mark.parametrize("changed", [False, True])
def test_a_withdrawn_entry_that_comes_again_is_restored(desk, entry, file, changed):
    first = file(entry(1))
    with desk.database.write() as connection:
        entries.withdraw(connection, first.entry_id, desk.clock.now)
    assert desk.stories() == []
    text = entry(1).text + " Bổ sung một câu."
    file(entry(1, text=text, fingerprint=text) if changed else entry(1))
    assert [story.lead.id for story in desk.stories()] == [first.entry_id]


@pytest.mark.parametrize(
    ("later", "outcome"),
    [(timedelta(days=3), Outcome.REPEAT), (timedelta(days=61), Outcome.NEW)],
)
def test_a_copy_that_was_framed_joins_within_the_window_and_not_after_it(
    desk, entry, file, later, outcome
):
    text = " ".join(entry(n).text for n in range(6))
    file(entry(2, text=text, fingerprint=text))
    desk.clock.now += later
    framed = f"Ghi nhanh của cộng tác viên. {text}"
    published = replace(entry(2).published, value=desk.clock.now)
    title = "Ghi chép ở một xã ven sông những ngày đầu mùa nước nổi"
    again = entry(9, source="bao", title=title, text=framed, published=published)
    assert file(again).outcome is outcome
    assert timedelta(days=3) < LIKENESS_WINDOW < timedelta(days=61)


def test_a_uid_that_is_taken_gets_a_number(desk, entry, file):
    """A story whose entries were purged keeps its uid: ids in feeds are for ever."""
    uid = new_uid(entry(1))
    with desk.database.write() as connection:
        stories.create(connection, uid, desk.clock.now)
        stories.create(connection, f"{uid}-2", desk.clock.now)
    file(entry(1))
    assert [story.uid for story in desk.stories()] == [f"{uid}-3"]


def test_an_entry_of_a_source_that_is_no_more_does_not_stop_the_others(
    desk, entry, file
):
    file(entry(1))
    del desk.sources["tin"]
    assert file(entry(1, source="bao")).outcome is Outcome.REPEAT
    (story,) = desk.stories()
    assert len(story.entries) == 2


# ── A whole document ─────────────────────────────────────────────────────────

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def file_all(desk, file):
    def file_at(*some, told=(), **more):
        tellings = [*told, *[""] * (len(some) - len(told))]
        prepared = [
            prepare(one, desk.sources[one.source], desk.rules, telling)
            for one, telling in zip(some, tellings, strict=True)
        ]
        with desk.database.write() as connection:
            return file_entries(
                connection, prepared, desk.work().desk, now=desk.clock.now, **more
            )

    return file_at


def outcomes(filed):
    return [one.outcome for one in filed]


def kept(desk, filed):
    return desk.ask(lambda connection: entries.get(connection, filed.entry_id))


def moved(entry, **given):
    """The same article with another guid and address."""
    n = given.pop("n", 99)
    values = {"guid": f"moi-{n}", "url": f"https://tin.example/moi/{n}"}
    return replace(entry, **values | given)


def dated(entry, when, raw):
    return replace(entry, published=replace(entry.published, value=when, raw=raw))


def test_a_document_is_filed_from_its_last_entry_to_its_first(desk, entry, file_all):
    filed = file_all(entry(3), entry(2), entry(1))
    assert outcomes(filed) == [Outcome.NEW] * 3
    assert [one.entry_id for one in filed] == [3, 2, 1]
    assert not filed.redated


def test_a_first_import_is_filed_by_date_and_the_undated_come_last(
    desk, entry, words, file_all
):
    old = dated(entry(1), words.start - 20 * DAY, "old")
    newer = dated(entry(2), words.start - 2 * DAY, "newer")
    undated = entry(3, published=None)
    filed = file_all(undated, old, newer, first_import=True)
    assert [one.entry_id for one in filed] == [3, 1, 2]
    assert [kept(desk, one).backlog for one in filed] == [True, True, False]


def test_after_the_first_import_an_undated_entry_is_news(desk, entry, file_all):
    (filed,) = file_all(entry(1, published=None))
    assert not kept(desk, filed).backlog


def test_nothing_is_filed_as_nothing(file_all):
    assert file_all() == []


def test_entries_of_one_document_may_repeat_each_other(desk, entry, file_all):
    text = " ".join(entry(n).text for n in range(6))
    one = entry(1, title="Ghi chép đầu mùa nước nổi", text=text, fingerprint="1")
    two = entry(2, title="Điểm tin", text=f"Ghi nhanh. {text}", fingerprint="2")
    filed = file_all(two, one)
    assert outcomes(filed) == [Outcome.REPEAT, Outcome.NEW]
    (story,) = desk.stories()
    assert len(story.entries) == 2


def test_an_entry_that_a_document_lists_twice_is_kept_once(desk, entry, file_all):
    filed = file_all(entry(1), entry(2), entry(1))
    assert outcomes(filed) == [Outcome.NEW, Outcome.NEW, Outcome.UNCHANGED]
    assert filed[0].entry_id == filed[2].entry_id
    assert len(desk.stories()) == 2


def test_a_known_entry_that_is_listed_in_two_versions_does_not_flip(
    desk, entry, file_all
):
    """The first place counts, or each visit would change it to and fro."""
    one = entry(1)
    other = replace(one, text=f"{one.text} Và thêm một câu.", fingerprint="2")
    file_all(one)
    assert outcomes(file_all(other, one)) == [Outcome.CHANGED, Outcome.UNCHANGED]
    assert outcomes(file_all(other, one)) == [Outcome.UNCHANGED, Outcome.UNCHANGED]


def test_what_it_was_known_by_is_told(entry, file_all):
    one = entry(1)
    (new,) = file_all(one)
    (same,) = file_all(one)
    (at_address,) = file_all(replace(one, guid="khác"))
    assert (new.key, same.key, at_address.key) == ("", "guid", "address")


def test_a_guid_of_one_source_is_not_that_of_another(desk, entry, file_all):
    ours = entry(1, guid="news_12")
    (first,) = file_all(ours)
    theirs = entry(2, source="bao", guid="news_12")
    (second,) = file_all(theirs)
    assert outcomes([first, second]) == [Outcome.NEW, Outcome.NEW]
    assert kept(desk, first).entry == ours
    assert kept(desk, second).entry == theirs


def test_two_items_with_one_guid_are_two_entries_for_ever(desk, entry, file_all):
    one, two = entry(1, guid="0"), entry(2, guid="0")
    first = file_all(one, two)
    again = file_all(one, two)
    assert outcomes(again) == [Outcome.UNCHANGED] * 2
    assert [each.entry_id for each in again] == [each.entry_id for each in first]


def test_a_new_guid_and_address_are_repaired_by_title_and_day(desk, entry, file_all):
    (first,) = file_all(entry(1))
    (again,) = file_all(moved(entry(1)))
    assert (again.outcome, again.key) == (Outcome.UNCHANGED, "title-date")
    assert again.entry_id == first.entry_id
    (known,) = file_all(moved(entry(1)))
    assert known.key == "guid"


def test_a_site_that_was_rebuilt_keeps_its_entries_where_title_and_day_agree(
    desk, entry, file_all
):
    old = [entry(n) for n in range(6)]
    before = file_all(*old)
    after = file_all(*(moved(one, n=n) for n, one in enumerate(old)))
    assert outcomes(after) == [Outcome.UNCHANGED] * 6
    assert {one.entry_id for one in after} == {one.entry_id for one in before}


LONG = (
    "Bà con trong xóm kể lại chuyện con kênh cũ, nơi mỗi mùa nước lên lại có thêm vài "
    "chiếc xuồng ghé bến, chở theo trái cây, cá khô và cả những câu hò xưa. "
)


def long(entry, n):
    title, _ = entry(n).title, entry(n).text
    text = f"{LONG}{title}. " + " ".join(f"số {n}{k} chuyện{n}x{k}" for k in range(40))
    return entry(n, text=text, fingerprint=f"{n}")


def retitled(one):
    """The same text under nearly the same title: found by its text alone."""
    return replace(one, title=f"{one.title} mới", fingerprint=f"{one.fingerprint}b")


def test_few_guids_are_repaired_by_likeness(desk, entry, file_all):
    old = [long(entry, n) for n in range(1, 5)]
    before = file_all(*old)
    after = file_all(*(retitled(moved(one, n=n)) for n, one in enumerate(old)))
    assert [one.key for one in after] == ["text"] * 4
    assert [one.entry_id for one in after] == [one.entry_id for one in before]


def test_beyond_the_budget_of_a_fetch_likeness_repairs_nothing(desk, entry, file_all):
    """A whole site that changed all guids, addresses and titles is not guessed at."""
    old = [long(entry, n) for n in range(1, 9)]
    before = file_all(*old)
    after = file_all(*(retitled(moved(one, n=n)) for n, one in enumerate(old)))
    assert Outcome.UNCHANGED not in outcomes(after)
    assert not {one.entry_id for one in after} & {one.entry_id for one in before}
    assert len(desk.stories()) == 8  # they join the stories that they repeat


def test_the_same_repairs_are_few_in_a_long_document(desk, entry, file_all):
    old = [long(entry, n) for n in range(1, 9)]
    before = file_all(*old)
    after = file_all(
        *(retitled(moved(one, n=n)) for n, one in enumerate(old)), unlooked=40
    )
    assert [one.entry_id for one in after] == [one.entry_id for one in before]


def test_a_guid_that_is_new_at_each_visit_leaves_no_endless_keys(desk, entry, file_all):
    one = entry(1)
    for visit in range(60):
        (filed,) = file_all(replace(one, guid=f"phiên-{visit}"))
    known = desk.ask(lambda connection: keys.of_entry(connection, filed.entry_id))
    assert len(known) <= 41


def test_a_feed_that_gives_all_its_items_one_guid_is_read_in_time(
    desk, entry, file_all
):
    def items(first):
        return [
            entry(
                n % 6,
                guid="tin.example",
                url=f"https://tin.example/{n}",
                title=f"Tin số {n} của xã, ghi nhanh trong ngày {n}",
                text=" ".join(f"chữ{n}x{at}" for at in range(400)),
                fingerprint=f"{n}",
            )
            for n in range(first, first + 150)
        ]

    began = time.process_time()
    assert outcomes(file_all(*items(0))) == [Outcome.NEW] * 150
    assert (
        outcomes(file_all(*items(100)))
        == [Outcome.UNCHANGED] * 50 + [Outcome.NEW] * 100
    )
    assert time.process_time() - began < 4


# ── Tellings ─────────────────────────────────────────────────────────────────


def tellings(desk, source="tin"):
    return desk.ask(lambda connection: known_tellings(connection, source))


def test_what_was_told_of_an_entry_is_known_until_it_is_told_otherwise(
    desk, entry, file_all
):
    one = entry(1)
    file_all(one, told=["a"])
    assert tellings(desk) == {"a"}
    assert tellings(desk, "bao") == frozenset()
    file_all(one, told=["b"])
    assert tellings(desk) == {"b"}
    file_all(replace(one, text="Đổi hẳn.", fingerprint="x"), told=["c"])
    assert tellings(desk) == {"c"}


def test_what_was_told_of_a_withdrawn_entry_is_looked_at_again(desk, entry, file_all):
    (filed,) = file_all(entry(1), told=["a"])
    with desk.database.write() as connection:
        entries.withdraw(connection, filed.entry_id, desk.clock.now)
    assert tellings(desk) == frozenset()
    file_all(entry(1), told=["a"])
    assert tellings(desk) == {"a"}
    assert len(desk.stories()) == 1


# ── Dates ────────────────────────────────────────────────────────────────────


def test_an_undated_entry_gets_no_date_later(desk, entry, file_all):
    (filed,) = file_all(entry(1, published=None))
    file_all(entry(1))
    assert kept(desk, filed).entry.published is None
    changed = entry(1, text="Bản khác hẳn của bài này.", fingerprint="x")
    assert outcomes(file_all(changed)) == [Outcome.CHANGED]
    assert kept(desk, filed).entry.published is None


def test_nothing_is_published_before_now(desk, entry, file_all):
    ahead = dated(entry(1), desk.clock.now + 20 * HOUR, "tomorrow")
    ahead = replace(ahead, dates=(ahead.published,))
    (filed,) = file_all(ahead)
    found = kept(desk, filed).entry
    assert found.published.value == desk.clock.now
    assert found.dates[0].value == desk.clock.now + 20 * HOUR
    desk.clock.advance(hours=5)
    file_all(ahead)
    assert kept(desk, filed).entry.published == found.published


def test_a_date_that_is_corrected_is_taken_and_changes_no_content(
    desk, entry, words, file_all
):
    (filed,) = file_all(entry(1))
    before = kept(desk, filed)
    desk.clock.advance(hours=1)
    earlier = words.start - 30 * HOUR
    (again,) = file_all(dated(entry(1), earlier, "corrected"))
    after = kept(desk, filed)
    assert again.outcome is Outcome.UNCHANGED
    assert after.entry.published.value == earlier
    assert after.changed_at == before.changed_at


def test_a_source_that_redates_everything_at_once_is_not_believed(
    desk, entry, words, file_all
):
    old = [entry(n) for n in range(1, 6)]
    first = file_all(*old)
    desk.clock.advance(hours=10)
    new = [dated(one, desk.clock.now - HOUR, "now") for one in old]
    again = file_all(*new)
    assert again.redated
    assert outcomes(again) == [Outcome.UNCHANGED] * 5
    assert [kept(desk, one).entry for one in first] == old
    assert not file_all(*old).redated


def test_five_of_many_that_are_redated_are_believed(desk, entry, words, file_all):
    """The rest was not looked at, because it was told as before."""
    old = [entry(n) for n in range(1, 6)]
    first = file_all(*old)
    desk.clock.advance(hours=10)
    when = words.start - 30 * HOUR
    again = file_all(*(dated(one, when, "then") for one in old), unlooked=30)
    assert not again.redated
    assert {kept(desk, one).entry.published.value for one in first} == {when}


# ── One guid and one address for all ─────────────────────────────────────────


def test_many_items_of_one_address_are_not_all_compared(entry, file_all):
    """A feed that gives one address to everything must not cost the square of it."""
    told = [
        entry(
            n,
            url="https://tin.example/trang?x=1",
            text=" ".join(f"chữ{n}x{at}" for at in range(400)),
            fingerprint=f"dấu{n}",
        )
        for n in range(300)
    ]
    begun = time.thread_time()
    filed = file_all(*told)
    assert {one.outcome for one in filed} == {Outcome.NEW}
    assert time.thread_time() - begun < 6  # 45,000 comparisons would take 30 s


def test_items_that_share_a_guid_and_an_address_are_all_kept(desk, entry, file_all):
    """A board of notices without pages of their own."""
    same = {"guid": "0", "url": "https://tin.example/thong-bao"}
    first = file_all(*(entry(n, **same) for n in range(1, 4)))
    assert outcomes(first) == [Outcome.NEW] * 3
    again = file_all(*(entry(n, **same) for n in range(1, 4)))
    assert outcomes(again) == [Outcome.UNCHANGED] * 3


def test_a_new_item_under_the_guid_of_several_overwrites_none(desk, entry, file_all):
    """Those of before are not looked at, for they are told as they were."""
    same = {"guid": "0", "url": "https://tin.example/thong-bao"}
    first = file_all(*(entry(n, **same) for n in range(1, 4)))
    (new,) = file_all(entry(4, **same), unlooked=3)
    assert new.outcome is Outcome.NEW
    told = [kept(desk, one).entry.title for one in (*first, new)]
    assert told == [entry(n).title for n in range(1, 5)]


# ── Dates that are still to come, or of the visit ────────────────────────────


def test_what_we_had_already_was_not_published_later(desk, entry, file_all):
    """Some sites print the date of the visit; one entry or few are no migration."""
    (filed,) = file_all(entry(1))
    before = kept(desk, filed)
    for _ in range(3):
        desk.clock.advance(hours=10)
        moved_on = dated(entry(1), desk.clock.now - HOUR, f"{desk.clock.now}")
        (again,) = file_all(moved_on)
        assert again.outcome is Outcome.UNCHANGED
    assert kept(desk, filed).entry.published == before.entry.published


def test_a_rebuilt_site_that_redates_and_changes_everything_is_not_believed(
    desk, entry, file_all
):
    old = [entry(n) for n in range(1, 7)]
    first = file_all(*old)
    desk.clock.advance(hours=10)
    new = [
        replace(
            dated(one, desk.clock.now - HOUR, "rebuilt"),
            text=f"{one.text} Xem thêm trên ứng dụng của cổng.",
            fingerprint=f"{one.fingerprint} rebuilt",
        )
        for one in old
    ]
    again = file_all(*new)
    assert again.redated
    assert outcomes(again) == [Outcome.CHANGED] * 6
    dates = [kept(desk, one).entry.published for one in first]
    assert dates == [one.published for one in old]


# ── Changes without end ──────────────────────────────────────────────────────


def test_content_that_flips_for_ever_changes_so_often_a_day(desk, entry, file_all):
    desk.sources["tin"] = replace(desk.sources["tin"], max_updates=3)
    versions = [
        entry(1, text=f"Bản số {n} của bài về con kênh.", fingerprint=f"{n}")
        for n in range(8)
    ]
    file_all(versions[0])
    found = [file_all(one, told=[str(n)])[0] for n, one in enumerate(versions[1:6])]
    assert outcomes(found) == [Outcome.CHANGED] * 3 + [Outcome.UNCHANGED] * 2
    assert "3 times" in found[-1].note
    assert tellings(desk) == {"2"}  # what waits is looked at again
    desk.clock.advance(days=1)
    (next_day,) = file_all(versions[6])
    assert next_day.outcome is Outcome.CHANGED
    assert kept(desk, next_day).entry.fingerprint == "6"


# ── What readers see ─────────────────────────────────────────────────────────


def test_a_story_keeps_its_id_and_its_time_of_change_when_it_gains_an_entry(
    desk, entry, file_all
):
    file_all(entry(1))
    (before,) = desk.stories()
    desk.clock.advance(hours=3)
    file_all(entry(1, source="bao"))
    (after,) = desk.stories()
    assert len(after.entries) == 2
    assert (after.uid, after.id) == (before.uid, before.id)
    assert (after.seen_at, after.changed_at) == (before.seen_at, before.changed_at)


def test_a_story_whose_lead_says_nothing_is_labelled_by_the_surest(
    desk, entry, file_all
):
    text = f"{LONG * 3} Chuyện xảy ra đã lâu."
    plain = entry(4, title="Chuyện con kênh cũ", text=text, fingerprint="1")
    told = f"{text} Bà con mong có cây cầu, sợ sạt lở."
    telling = entry(9, title="Bà con mong một cây cầu", text=told, fingerprint="2")
    file_all(plain)
    assert [story.labels for story in desk.stories()] == [()]
    desk.clock.advance(hours=1)
    (filed,) = file_all(telling)
    assert filed.outcome is Outcome.REPEAT
    (story,) = desk.stories()
    assert story.lead.entry == plain
    assert [label.category for label in story.labels] == ["cau-duong"]


def test_bulk_labels_are_those_of_a_story_that_is_filed_anew(desk, entry, file_all):
    for n in range(6):
        file_all(entry(n), entry(n + 6))
        desk.clock.advance(hours=1)
        file_all(entry(n, source="bao"), entry(n + 6, source="bao"))
    before = {story.id: story for story in desk.stories()}
    with desk.database.write() as connection:
        for number in before:
            refile_story(connection, number, desk.work().desk)
    assert {story.id: story for story in desk.stories()} == before

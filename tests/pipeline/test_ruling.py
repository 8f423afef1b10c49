"""What editors rule stands, whatever is gathered afterwards; on both engines."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from syndicate.categorise.rules import Rules
from syndicate.dedupe.rulings import chosen_lead
from syndicate.model import (
    Category,
    Dated,
    DateOrigin,
    Entry,
    EvidenceKind,
    Precision,
    Relation,
    RulingKind,
    Scoring,
    Source,
    SourceKind,
)
from syndicate.pipeline import ruling
from syndicate.pipeline.filing import Filing, file_entries
from syndicate.pipeline.keeping import purge
from syndicate.pipeline.preparing import prepare
from syndicate.pipeline.referring import (
    RefusedError,
    Trouble,
    articles_named,
    story_named,
)
from syndicate.pipeline.ruling import Editor
from syndicate.store import (
    Database,
    aliases,
    carrying,
    entries,
    gists,
    issues,
    rulings,
    stories,
)

NOW = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
BRIDGE = (
    "Sáng nay, xã Tân Lộc khánh thành cây cầu bê tông bắc qua rạch Cái Sơn, dài bốn "
    "mươi hai mét, rộng ba mét rưỡi, do bà con góp công góp của trong suốt sáu tháng. "
    "Cầu thay cho cây cầu ván đã mục, mỗi mùa nước nổi học sinh phải đi vòng ba cây "
    "số. Ông Nguyễn Văn Tám, trưởng ấp, cho biết kinh phí hơn bảy trăm triệu đồng, "
    "một nửa do nhà hảo tâm góp. Bà con sẽ lắp đèn chiếu sáng trước Tết."
)
MARKET = (
    "Chợ nổi Long Hựu họp lại từ tuần này sau hai năm vắng ghe, với hơn sáu mươi ghe "
    "bán trái cây và hàng tạp hóa. Ban quản lý chợ bố trí phao, bến đậu và đội thu gom "
    "rác bằng xuồng máy. Khách phương xa có thể lên ghe từ năm giờ sáng ở bến Bà Sáu. "
    "Nhiều nhà vườn mang bưởi, cam và rau muống đến bán từ nửa đêm."
)
DUCKS = (
    "Hội nông dân xã Bình Khê mở lớp nuôi vịt chạy đồng theo cách mới cho ba mươi hộ, "
    "có cán bộ thú y đến tận ruộng chỉ cách tiêm phòng và ghi sổ. Sau vụ đầu, mỗi hộ "
    "lời chừng mười hai triệu đồng, đàn vịt ít bệnh hơn hẳn mọi năm trước đây."
)


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def store(request, tmp_path, blank) -> Iterator[Database]:
    """An open, empty database on each engine."""
    if request.param == "postgresql":
        url = request.getfixturevalue("emptied")
    else:
        shutil.copy(blank, tmp_path / "ruled.db")
        url = f"sqlite:///{tmp_path}/ruled.db"
    with Database.open(url) as opened:
        yield opened


def source(key: str, **given) -> Source:
    given.setdefault("url", f"https://{key}.example/rss")
    return Source(key=key, title=f"Nguồn {key}", kind=SourceKind.FEED, **given)


class Office:
    """A store, what is filed into it, and an editor."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        categories = (Category(slug="cau", title="Cầu", strong=("cây cầu",)),)
        self.desk = Filing(
            sources={key: source(key) for key in "abcdef"},
            rules=Rules(categories, Scoring()),
            backlog_after=timedelta(days=30),
        )

    def tell(self, key: str, number: int, body: str, **given) -> int:
        """File one entry of a source; gives its number."""
        given.setdefault("title", f"{body[:40]} {key}")
        entry = Entry(
            source=key,
            url=given.pop("url", f"https://{key}.example/{number}.html"),
            guid=given.pop("guid", f"{key}{number}"),
            text=body,
            fingerprint=given.pop("fingerprint", f"{key}{number}{hash(body)}"),
            published=Dated(
                value=given.pop("at", self.now - timedelta(hours=1)),
                precision=Precision.MINUTE,
                origin=DateOrigin.FEED,
                raw="x",
            ),
            **given,
        )
        prepared = prepare(entry, self.desk.sources[key], self.desk.rules)
        with self.database.write() as connection:
            (filed,) = file_entries(connection, [prepared], self.desk, now=self.now)
        return filed.entry_id

    def editor(self, **given) -> Editor:
        return Editor(now=self.now, **given)

    def split(self, *asked: int | str, **given) -> ruling.Ruled:
        copies = given.pop("with_copies", False)
        words = list(map(str, asked))
        return ruling.split(
            self.database, self.desk, words, self.editor(**given), with_copies=copies
        )

    def merge(self, *asked: int | str, into: str = "", **given) -> ruling.Ruled:
        words = list(map(str, asked))
        return ruling.merge(
            self.database, self.desk, words, self.editor(**given), into=into
        )

    def apart(self, one: int | str, other: int | str, **given) -> ruling.Ruled:
        return ruling.apart(
            self.database, self.desk, str(one), str(other), self.editor(**given)
        )

    def lead(self, asked: int | str, **given) -> ruling.Ruled:
        editor = self.editor(**given)
        return ruling.choose_lead(self.database, self.desk, str(asked), editor)

    def forget(self, *numbers: int, **given) -> ruling.Ruled:
        return ruling.forget(self.database, self.desk, numbers, self.editor(**given))

    def later(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now

    def ask(self, question):
        with self.database.read() as connection:
            return question(connection)

    def story(self, of: int | str):
        return self.ask(lambda c: story_named(c, str(of)))

    def stories(self) -> list[set[int]]:
        """The tellers of each story, the oldest story first."""
        found = self.ask(lambda c: stories.latest(c, include_withdrawn=True))
        return sorted(({one.id for one in each.entries} for each in found), key=min)

    def rulings(self):
        return self.ask(rulings.newest)

    def withdraw(self, number: int) -> None:
        with self.database.write() as connection:
            entries.withdraw(connection, number, self.now)


@pytest.fixture
def office(store: Database) -> Office:
    return Office(store)


def copy(body: str, frame: str = "") -> str:
    return f"{frame}{body}"


@pytest.fixture
def bridge(office: Office) -> list[int]:
    """Three tellers of the bridge, an hour apart, of which the first leads."""
    told = []
    for key in "abc":
        told.append(office.tell(key, 1, BRIDGE))
        office.later(hours=1)
    assert office.stories() == [set(told)]
    return told


# ── Split ──


def test_an_article_that_is_split_off_tells_a_story_of_its_own(office, bridge):
    before = office.story(bridge[0])
    ruled = office.split(bridge[1])
    assert office.stories() == [{bridge[0], bridge[2]}, {bridge[1]}]
    begun, rest = ruled.stories
    assert rest.uid == before.uid
    assert begun.uid != before.uid
    assert begun.labels
    assert ruled.moved == (bridge[1],)
    assert begun.entries[0].bond.relation is Relation.EDITOR


def test_a_story_that_was_split_keeps_its_place_and_both_are_made_anew(office, bridge):
    before, seen_at = (
        office.story(bridge[0]),
        office.story(bridge[2]).entries[2].seen_at,
    )
    office.later(days=1)
    begun, rest = office.split(bridge[2]).stories
    assert rest.seen_at == before.seen_at
    assert begun.seen_at == seen_at
    assert rest.changed_at == begun.changed_at == office.now


def test_the_rest_keeps_the_uid_even_if_it_was_made_of_what_goes(office, bridge):
    uid = office.story(bridge[0]).uid
    begun, rest = office.split(bridge[0]).stories
    assert rest.uid == uid
    assert begun.uid == f"{uid}-2"
    assert rest.lead.id == bridge[1]


def test_several_articles_are_split_off_together(office, bridge):
    office.split(bridge[1], bridge[2], note="khác ngày", by="An")
    assert office.stories() == [{bridge[0]}, {bridge[1], bridge[2]}]
    kept = office.rulings()
    assert {(one.entry, one.other) for one in kept} == {
        (bridge[1], bridge[0]),
        (bridge[2], bridge[0]),
    }
    assert {(one.kind, one.by, one.note) for one in kept} == {
        (RulingKind.APART, "An", "khác ngày")
    }
    begun = office.story(bridge[1])
    assert begun.entries[0].bond.evidence[0].kind is EvidenceKind.NOTE


def test_a_story_of_one_article_is_not_split(office):
    only = office.tell("a", 1, BRIDGE)
    with pytest.raises(RefusedError) as refused:
        office.split(only)
    assert refused.value.trouble is Trouble.ALONE
    assert office.rulings() == []


def test_all_of_a_story_is_not_split_off(office, bridge):
    with pytest.raises(RefusedError) as refused:
        office.split(*bridge)
    assert refused.value.trouble is Trouble.ALONE
    assert office.stories() == [set(bridge)]


def test_articles_of_two_stories_are_not_split_together(office, bridge):
    other = office.tell("d", 9, MARKET)
    with pytest.raises(RefusedError) as refused:
        office.split(bridge[0], other)
    assert refused.value.trouble is Trouble.SEVERAL_STORIES


def test_what_joined_for_being_like_it_goes_along_if_it_is_asked(office):
    first = office.tell("a", 1, BRIDGE)
    longer = office.tell("b", 1, f"{BRIDGE} {MARKET}")
    third = office.tell("c", 1, MARKET)
    assert office.story(third).entries
    assert office.ask(lambda c: entries.get(c, third)).bond.to == longer
    alone = office.split(longer, dry_run=True)
    assert alone.copies == (third,)
    assert alone.moved == (longer,)
    office.split(longer, with_copies=True)
    assert office.stories() == [{first}, {longer, third}]


def test_a_copy_that_is_split_off_can_be_found_by_other_texts_of_its_event(office):
    """Of copies nobody notes what they are about; now it is none."""
    office.desk = replace(office.desk, events_within=timedelta(days=14))
    first, second = (office.tell(key, 1, BRIDGE) for key in "ab")
    assert office.ask(lambda c: set(gists.load(c, {first, second}))) == {first}
    office.split(second)
    assert office.ask(lambda c: set(gists.load(c, {first, second}))) == {first, second}


def test_a_dry_run_shows_what_would_be_and_keeps_nothing(office, bridge):
    before = office.story(bridge[0])
    ruled = office.split(bridge[1], dry_run=True)
    assert len(ruled.stories) == 2
    assert office.stories() == [set(bridge)]
    assert office.story(bridge[0]) == before
    assert office.rulings() == []


# ── Merge ──


@pytest.fixture
def two(office: Office) -> tuple[int, int]:
    """Two stories, the bridge before the market."""
    one = office.tell("a", 1, BRIDGE)
    office.later(hours=2)
    return one, office.tell("b", 2, MARKET)


def test_the_older_story_keeps_its_uid_and_the_others_lead_to_it(office, two):
    one, other = two
    kept, gone = office.story(one), office.story(other)
    ruled = office.merge(other, one)
    assert office.stories() == [{one, other}]
    assert ruled.stories[0].uid == kept.uid
    assert ruled.gone == (gone.uid,)
    assert office.story(gone.uid).id == kept.id
    assert office.ask(lambda c: stories.by_uid(c, gone.uid)).uid == kept.uid
    assert ruled.stories[0].changed_at == office.now
    assert office.rulings()[0].kind is RulingKind.TOGETHER


def test_another_story_keeps_its_uid_if_it_is_asked(office, two):
    one, other = two
    first, chosen = office.story(one), office.story(other)
    merged = office.merge(one, into=str(other)).stories[0]
    assert merged.uid == chosen.uid
    assert merged.seen_at == first.seen_at
    assert office.story(first.uid).id == chosen.id


def test_three_stories_are_merged_and_no_chain_of_aliases_is_left(office, two):
    third = office.tell("c", 3, DUCKS)
    uids = [office.story(one).uid for one in (*two, third)]
    office.merge(two[1], third)
    office.merge(two[0], two[1])
    story = office.story(two[0])
    assert {office.story(uid).id for uid in uids} == {story.id}
    assert set(aliases_of(office, story.id)) == set(uids[1:])


def aliases_of(office: Office, story: int) -> tuple[str, ...]:
    return office.ask(lambda c: aliases.of_stories(c, [story]))[story]


def test_one_story_is_not_merged_with_itself_twice(office, two):
    office.merge(*two)
    kept = office.rulings()
    ruled = office.merge(*two)
    assert ruled.moved == ()
    assert ruled.rulings == ()
    assert office.rulings() == kept


def test_a_merge_needs_two(office, two):
    with pytest.raises(RefusedError) as refused:
        office.merge(two[0])
    assert refused.value.trouble is Trouble.TOO_FEW


def test_merging_what_was_split_overrules_the_split_and_says_so(office, bridge):
    uid = office.story(bridge[0]).uid
    office.split(bridge[1])
    ruled = office.merge(bridge[0], bridge[1])
    assert office.stories() == [set(bridge)]
    assert {one.kind for one in ruled.overruled} == {RulingKind.APART}
    assert len(ruled.overruled) == 2
    assert ruled.stories[0].uid == uid


def test_splitting_what_was_merged_gives_the_uid_of_before_back(office, two):
    one, other = two
    uid = office.story(other).uid
    office.merge(one, other)
    ruled = office.split(other)
    assert ruled.stories[0].uid == uid
    assert {each.kind for each in ruled.overruled} == {RulingKind.TOGETHER}
    assert office.story(uid).id == office.story(other).id != office.story(one).id


def test_a_uid_that_leads_elsewhere_is_never_given_again(office, two):
    one, other = two
    uid = office.story(other).uid
    office.merge(one, other)
    assert office.ask(lambda c: stories.uids_taken(c, [uid])) == {uid}


def test_what_an_issue_carried_is_carried_by_what_it_was_merged_into(office, two):
    one, other = two
    told = office.story(other)
    with office.database.write() as connection:
        issues.create(
            connection,
            issue_of(told),
            state=issues.IssueState.SENT,
            sha256="",
            now=office.now,
        )
    office.merge(one, other)
    heir = office.story(one).uid
    carried = office.ask(lambda c: carrying.carried(c, ["tuan"], [heir]))
    assert [number for _key, number, _at in carried[heir].by] == [1]


def issue_of(story):
    from syndicate.model import Issue, IssueItem, IssueSection  # noqa: PLC0415 -- once

    item = IssueItem(
        story=story.id,
        uid=story.uid,
        title="t",
        url=story.lead.entry.url,
        summary="",
        source="s",
        language="vi",
        published=None,
    )
    return Issue(
        digest="tuan",
        number=1,
        start=NOW - timedelta(days=7),
        end=NOW,
        sections=(IssueSection(title="s", items=(item,)),),
    )


# ── Not the same ──


def test_two_that_are_one_story_part_and_what_is_like_the_second_goes_along(office):
    first = office.tell("a", 1, BRIDGE)
    longer = office.tell("b", 1, f"{BRIDGE} {MARKET}")
    third = office.tell("c", 1, MARKET)
    again = office.tell("d", 1, BRIDGE)
    office.apart(first, longer)
    assert office.stories() == [{first, again}, {longer, third}]


def test_the_one_stays_though_it_joined_for_being_like_the_other(office, bridge):
    uid = office.story(bridge[0]).uid
    office.apart(bridge[2], bridge[0])
    assert bridge[2] in {one.id for one in office.story(uid).entries}
    assert office.story(bridge[0]).id != office.story(bridge[2]).id


def test_two_stories_that_are_not_the_same_stay_where_they_are(office, two):
    ruled = office.apart(*two)
    assert ruled.moved == ()
    assert [one.kind for one in ruled.rulings] == [RulingKind.APART]
    assert office.apart(*two).rulings == ()
    assert office.apart(*reversed(two)).rulings == ()
    assert len(office.rulings()) == 1


def test_an_article_is_the_same_as_itself(office, two):
    with pytest.raises(RefusedError) as refused:
        office.apart(two[0], "https://a.example/1.html")
    assert refused.value.trouble is Trouble.SAME


# ── The lead ──


def test_a_chosen_lead_stays_whatever_joins(office, bridge):
    office.lead(bridge[2])
    assert office.story(bridge[0]).lead.id == bridge[2]
    office.desk.sources["d"] = source("d", rank=1)
    fourth = office.tell("d", 1, BRIDGE)
    assert fourth in {one.id for one in office.story(bridge[0]).entries}
    assert office.story(bridge[0]).lead.id == bridge[2]


def test_a_chosen_lead_stays_when_its_text_or_anothers_changes(office, bridge):
    office.lead(bridge[2])
    for at, key in enumerate("abc"):
        office.later(hours=5)
        body = f"{BRIDGE} Sửa lần {at}."
        assert office.tell(key, 1, body, at=NOW - timedelta(days=2)) == bridge[at]
        assert office.story(bridge[0]).lead.id == bridge[2]


def test_a_chosen_lead_that_is_withdrawn_leads_again_when_it_comes_back(office, bridge):
    office.lead(bridge[2])
    office.withdraw(bridge[2])
    with office.database.write() as connection:
        from syndicate.pipeline.heading import refile_story  # noqa: PLC0415 -- once

        refile_story(connection, office.story(bridge[0]).id, office.desk)
    shown = office.ask(lambda c: stories.get(c, office.story(bridge[0]).id))
    assert shown.lead.id == bridge[0]
    assert office.tell("c", 1, BRIDGE) == bridge[2]
    assert office.story(bridge[0]).lead.id == bridge[2]


def test_what_is_withdrawn_cannot_be_chosen(office, bridge):
    office.withdraw(bridge[1])
    with pytest.raises(RefusedError) as refused:
        office.lead(bridge[1])
    assert refused.value.trouble is Trouble.WITHDRAWN


def test_of_two_chosen_leads_the_newer_leads_also_after_a_merge(office, two):
    one, other = two
    office.lead(other)
    office.lead(one)
    merged = office.merge(one, other).stories[0]
    assert merged.lead.id == one
    assert office.forget(office.rulings()[1].id).stories[0].lead.id == other


def test_choosing_the_same_lead_again_changes_nothing(office, bridge):
    office.lead(bridge[1])
    office.later(hours=1)
    before = office.story(bridge[0])
    assert office.lead(bridge[1]).rulings == ()
    assert office.story(bridge[0]) == before


def test_a_chosen_lead_goes_with_its_article_when_that_is_split_off(office, bridge):
    office.lead(bridge[2])
    begun, rest = office.split(bridge[2]).stories
    assert begun.lead.id == bridge[2]
    assert rest.lead.id == bridge[0]


# ── Taking back ──


def test_a_lead_that_is_taken_back_is_elected_anew(office, bridge):
    office.lead(bridge[2])
    office.later(minutes=5)
    ruled = office.forget(office.rulings()[0].id)
    assert ruled.stories[0].lead.id == bridge[0]
    assert ruled.stories[0].changed_at == office.now
    assert office.rulings() == []


def test_taking_back_a_split_moves_nothing(office, bridge):
    office.split(bridge[1])
    office.forget(*(one.id for one in office.rulings()))
    assert office.stories() == [{bridge[0], bridge[2]}, {bridge[1]}]


def test_what_was_never_ruled_cannot_be_taken_back(office, bridge):
    for number in (99, 0, 10**30):
        with pytest.raises(RefusedError) as refused:
            office.forget(number)
        assert refused.value.trouble is Trouble.NO_RULING


def test_of_several_that_are_taken_back_all_or_none_go(office, bridge):
    office.lead(bridge[1])
    (held,) = office.rulings()
    with pytest.raises(RefusedError):
        office.forget(held.id, 99)
    assert office.rulings() == [held]


# ── Who is meant ──


def test_an_address_means_all_that_sources_list_there(office, bridge):
    url = "https://a.example/1.html"
    fourth = office.tell("e", 1, BRIDGE, url=url)
    office.split(url)
    assert office.stories() == [{bridge[0], fourth}, {bridge[1], bridge[2]}]


def test_an_address_of_before_still_names_an_article(office):
    first = office.tell("a", 1, BRIDGE)
    assert office.tell("a", 1, BRIDGE, url="https://a.example/moi/cau.html") == first
    for word in ("https://a.example/1.html", "http://a.example/1.html?utm_source=x"):
        (found,) = office.ask(lambda c, word=word: articles_named(c, word))
        assert found.id == first


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "99",
        "0",
        "9" * 4000,
        "٣",
        "https://khac.example/x",
        "http://[",
        "x",
        "\udcff\0",
    ],
)
def test_what_we_do_not_have_is_refused(office, bridge, asked):
    for call in (articles_named, story_named):
        with pytest.raises(RefusedError):
            office.ask(lambda c, call=call: call(c, asked))


def test_a_story_is_no_article_to_be_split_off_or_to_lead(office, bridge):
    uid = office.story(bridge[0]).uid
    for call in (office.split, office.lead):
        with pytest.raises(RefusedError) as refused:
            call(uid)
        assert refused.value.trouble is Trouble.A_STORY


# ── Ever after ──


def test_what_was_split_stays_split_while_the_same_and_copies_are_gathered(
    office, bridge
):
    office.split(bridge[1])
    for week in range(3):
        office.later(days=7)
        for at, key in enumerate("abc"):
            assert office.tell(key, 1, BRIDGE, at=NOW) == bridge[at]
        new = office.tell("d", 100 + week, f"(Theo báo) {BRIDGE}")
        assert office.story(new).id in {office.story(one).id for one in bridge}
        assert office.story(bridge[1]).id != office.story(bridge[0]).id
        assert office.story(bridge[2]).id == office.story(bridge[0]).id


def test_what_was_merged_stays_one_story_and_both_halves_gain_copies(office, two):
    one, other = two
    office.merge(one, other)
    for week in range(3):
        office.later(days=7)
        new = office.tell("c", 10 + week, f"Tin lại. {MARKET}")
        again = office.tell("d", 10 + week, f"Tin lại. {BRIDGE}")
        assert {office.story(each).id for each in (new, again, other)} == {
            office.story(one).id
        }


def test_a_new_text_like_both_halves_goes_to_what_it_resembles_more(office):
    """The key that it shares with one half says nothing against the other's text."""
    opening = BRIDGE[: BRIDGE.index("Cầu thay")]
    first = office.tell("a", 1, BRIDGE)
    second = office.tell("b", 1, f"{opening} {DUCKS}", url="https://goc.example/tin")
    if office.story(first).id == office.story(second).id:
        office.split(second)
    else:
        office.apart(first, second)
    new = office.tell("c", 1, f"{BRIDGE} {opening}", url="https://goc.example/tin")
    assert office.story(new).id == office.story(first).id
    other = office.tell("d", 1, f"{opening} {DUCKS} Hết.")
    assert office.story(other).id == office.story(second).id


def test_rulings_outlive_the_article_that_they_spoke_of(office, bridge):
    office.desk = Filing(
        sources=office.desk.sources,
        rules=office.desk.rules,
        backlog_after=office.desk.backlog_after,
    )
    office.apart(bridge[0], bridge[1])
    office.later(days=61)
    young = office.tell("d", 5, BRIDGE, fingerprint="x")
    side = office.story(young).id
    purge(office.database, timedelta(days=60), office.now, office.desk)
    assert office.story(young).id == side


def test_what_no_database_takes_is_kept_as_well_as_it_can_be(office, bridge):
    office.split(bridge[1], note="vì\0 \udcff “thế”", by="\0")
    assert "“thế”" in office.rulings()[0].note
    assert "“thế”" in office.story(bridge[1]).entries[0].bond.evidence[0].said[0]


def test_a_ruling_goes_with_the_last_article_of_a_side(office, bridge):
    office.lead(bridge[0])
    office.split(bridge[1])
    office.later(days=90)
    purge(office.database, timedelta(days=60), office.now, office.desk)
    assert office.rulings() == []
    assert office.stories() == []


def test_the_uid_of_a_purged_story_leads_nowhere(office, two):
    uid = office.story(two[1]).uid
    office.merge(*two)
    office.later(days=90)
    purge(office.database, timedelta(days=60), office.now, office.desk)
    with pytest.raises(RefusedError):
        office.story(uid)


def test_two_editors_at_once_merge_once(office, two):
    """Each merges what the other merges the other way round."""
    start = Barrier(2)
    wrong: list[BaseException] = []

    def work(into: int, rest: int) -> None:
        try:
            start.wait()
            office.merge(rest, into=str(into))
        except BaseException as error:  # noqa: BLE001 -- looked at below
            wrong.append(error)

    threads = [Thread(target=work, args=pair) for pair in (two, tuple(reversed(two)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert office.stories() == [set(two)]
    assert len(aliases_of(office, office.story(two[0]).id)) == 1


def test_a_lead_is_chosen_of_those_that_stand():
    assert chosen_lead((), ()) is None

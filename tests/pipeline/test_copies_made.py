"""Copies of an issue: each member's own, of what all have in common."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from syndicate.digest.linting.lint import errors, lint
from syndicate.errors import MailError, TemplateError
from syndicate.members.marks import address_mark
from syndicate.model import (
    Cadence,
    Choice,
    Delivery,
    DeliveryState,
    Edits,
    Issue,
    IssueItem,
    IssueSection,
    IssueState,
    Member,
    MemberState,
    Origin,
    SubscriptionState,
)
from syndicate.pipeline.mailing.copies import Copies, messages, sealed
from syndicate.pipeline.membership.links import member_of, subscription_of
from syndicate.signing import number_of
from syndicate.store import entries, issues, members, subscriptions
from syndicate.store.schema import deliveries
from syndicate.store.subscriptions import columns_of
from syndicate.templating import builtin_folder, templates

ALL = Choice()
SECRET = "a secret of at least thirty-two letters"


def item(number: int, *topics: str, **given: object) -> IssueItem:
    values: dict[str, object] = {
        "story": number,
        "uid": f"u{number}",
        "title": f"Xã Tân Lộc khánh thành cầu thứ {number}",
        "url": f"https://tin.example/{number}.html",
        "summary": "Cầu dài 42 m.",
        "source": "Tin",
        "language": "vi",
        "published": None,
        "categories": topics,
        "sources": ("tin",),
        "rank": number,
    }
    return IssueItem(**(values | given))


@pytest.fixture
def issue(monday) -> Issue:
    """Two stories of one topic, one of another, and a correction of issue 3."""
    return Issue(
        digest="tuan",
        number=4,
        start=monday - timedelta(days=7, minutes=1),
        end=monday - timedelta(minutes=1),
        sections=(
            IssueSection(
                title="Cầu", items=(item(1, "cau-duong"), item(2, "cau-duong"))
            ),
            IssueSection(title="Học", items=(item(3, "giao-duc"),)),
            IssueSection(
                title="Sửa",
                items=(item(4, "giao-duc", corrected=True, carried_by=(("tuan", 3),)),),
            ),
        ),
    )


class Readers:
    """Members of the store, and rows of the ledger for them."""

    def __init__(self, desk) -> None:
        self.desk = desk

    def add(self, name: str, series="tuan", choice=ALL, **given) -> Delivery:
        """Subscribe somebody, and plan a copy as the ledger does."""
        address, now = f"{name}@vd.example", self.desk.clock.now
        new = Member(address=address, state=MemberState.OK, **given)
        with self.desk.database.write() as connection:
            member = members.add(
                connection,
                new,
                mailbox=address,
                mark=address_mark(SECRET, address),
                now=now,
            )
            held = subscriptions.add(
                connection,
                member.id,
                series,
                SubscriptionState.ACTIVE,
                Origin.SIGNUP,
                now,
                **columns_of(choice),
            )
        return Delivery(
            id=member.id + 500,
            issue=1,
            member=member,
            state=DeliveryState.SENDING,
            subscription=held.id,
            choice=choice,
        )

    def keep(self, issue: Issue, state=IssueState.SENT) -> int:
        with self.desk.database.write() as connection:
            kept = issues.create(
                connection, issue, state=state, sha256="", now=self.desk.clock.now
            )
        assert kept is not None
        return kept

    def got(self, issue_id: int, copy: Delivery, state="accepted") -> None:
        """Say what became of somebody's copy of an earlier issue."""
        address = copy.member.address
        row = {
            "issue_id": issue_id,
            "member_id": copy.member.id,
            "address": address,
            "mailbox": address,
            "name": "",
            "domain": "vd.example",
            "state": state,
            "attempts": 1,
            "detail": "",
            "changed_at": self.desk.clock.now,
            "fence": 0,
            "variant": "",
            "message_id": "",
            "relay": "",
            "status": "",
        }
        with self.desk.database.write() as connection:
            connection.execute(deliveries.insert().values(row))


@pytest.fixture
def readers(desk) -> Readers:
    return Readers(desk)


def text_of(mail) -> str:
    read = message_from_bytes(mail.content, policy=policy.default)
    part = read.get_body(("plain",))
    return part.get_content()


def told(mail) -> set[int]:
    """Which stories a copy tells."""
    return {
        int(n) for n in re.findall(r"https://tin\.example/(\d+)\.html", text_of(mail))
    }


def test_a_member_gets_what_was_chosen_and_nothing_else(desk, digest, issue, readers):
    copies = Copies(desk.mailing(), digest, issue)
    all_of_it = copies.make(readers.add("an"))
    roads = readers.add("ba", choice=Choice(categories=("cau-duong",)))
    school = readers.add("ca", choice=Choice(categories=("giao-duc",)))
    assert told(all_of_it) == {1, 2, 3}
    assert told(copies.make(roads)) == {1, 2}
    assert told(copies.make(school)) == {3}


def test_for_whom_nothing_is_in_it_nothing_is_made(desk, digest, issue, readers):
    copies = Copies(desk.mailing(), digest, issue)
    nobody = readers.add("an", choice=Choice(sources=("elsewhere",)))
    assert copies.make(nobody) is None
    assert copies.variant(copies.wish(nobody)) is None
    assert copies.findings(copies.wish(nobody)) == ()


def test_the_links_of_a_copy_are_the_members_own(desk, digest, issue, readers, monday):
    copies = Copies(desk.mailing(bounce_domain="b.ban-tin.example"), digest, issue)
    copy = readers.add("an")
    mail = copies.make(copy)
    text = text_of(mail)
    (leave,) = re.findall(r"/unsubscribe/([a-z2-7]{32})$", text.rstrip())
    (choose,) = re.findall(r"/preferences/([a-z2-7]{32})", text)
    assert subscription_of(SECRET, leave, monday) == copy.subscription
    assert member_of(SECRET, choose, monday) == copy.member.id
    bounce, at, _domain = mail.sender.removeprefix("b-").partition("@")
    assert at
    assert number_of(SECRET, "bounce", bounce, monday) == copy.id
    mark = mail.message_id.split(".")[2].partition("@")[0]
    assert number_of(SECRET, "copy", mark, monday) == copy.id
    assert number_of(SECRET, "bounce", mark, monday) is None


def test_a_second_try_has_the_same_bytes(desk, digest, issue, readers):
    copy = readers.add("an")
    first = Copies(desk.mailing(), digest, issue).make(copy)
    second = Copies(desk.mailing(), digest, issue).make(replace(copy, attempts=2))
    assert first == second


def test_language_and_text_only_are_the_members(desk, digest, issue, readers):
    copies = Copies(desk.mailing(), digest, issue)
    mail = copies.make(readers.add("an", language="en", text_only=True))
    read = message_from_bytes(mail.content, policy=policy.default)
    assert read.get_content_type() == "text/plain"
    assert read["Content-Language"] == "en"
    assert "Unsubscribe" in read.get_content()


def test_corrections_go_to_those_who_got_the_first_version(
    desk, digest, issue, readers
):
    old = replace(
        issue,
        number=3,
        start=issue.start - timedelta(days=7),
        end=issue.start,
    )
    third = readers.keep(old)
    people = {name: readers.add(name) for name in ("an", "ba", "ca", "do")}
    readers.got(third, people["an"])
    readers.got(third, people["ba"], "refused")
    readers.got(third, people["ca"], "uncertain")
    copies = Copies(desk.mailing(), digest, issue)
    desk.ask(lambda c: copies.learn(c, list(people.values())))
    corrected = {name for name, copy in people.items() if 4 in told(copies.make(copy))}
    assert corrected == {"an", "ca"}


def test_groups_are_those_who_are_to_get_the_issue(desk, digest, issue, readers):
    for name in ("an", "ba"):
        readers.add(name)
    readers.add("ca", choice=Choice(categories=("giao-duc", "cau-duong")))
    readers.add("da", choice=Choice(cadence="daily"))
    readers.add("e", series="thang")
    left = readers.add("gia")
    with desk.database.write() as connection:
        subscriptions.set_state(
            connection,
            left.subscription,
            SubscriptionState.UNSUBSCRIBED,
            desk.clock.now,
        )
    plain = replace(issue, sections=issue.sections[:2])
    copies = Copies(desk.mailing(), digest, plain)
    found = {(one.wish.categories, one.members) for one in desk.ask(copies.groups)}
    assert found == {((), 2), (("giao-duc", "cau-duong"), 1)}


def test_groups_count_corrections_one_by_one(desk, digest, issue, readers):
    third = readers.keep(
        replace(issue, number=3, start=issue.start - timedelta(days=7))
    )
    people = [readers.add(f"m{n}") for n in range(5)]
    for copy in people[:2]:
        readers.got(third, copy)
    copies = Copies(desk.mailing(), digest, issue)
    found = Counter()
    for one in desk.ask(copies.groups):
        found[one.wish.corrections] += one.members
    assert found == {("u4",): 2, (): 3}


def test_who_chose_another_cadence_is_of_that_edition(desk, digest, issue, readers):
    readers.add("an")
    readers.add("ba", choice=Choice(cadence="daily"))
    readers.add("ca", choice=Choice(cadence="weekly"))
    daily = replace(digest, key="tuan-daily", parent="tuan", cadence=Cadence.DAILY)
    for edition, count in ((digest, 2), (daily, 1)):
        copies = Copies(desk.mailing(), edition, replace(issue, digest=edition.key))
        assert sum(one.members for one in desk.ask(copies.groups)) == count


def test_every_groups_final_bytes_are_looked_at_before_the_first_leaves(
    desk, digest, issue, readers
):
    readers.add("an", choice=Choice(categories=("giao-duc",)), text_only=True)
    readers.add("ba", language="en")
    copies = Copies(desk.mailing(), digest, issue)
    copies.check()
    for one in desk.ask(copies.groups):
        mail = copies.sample(one.wish)
        links = [one.url for one in copies.variant(one.wish).issue.items]
        assert errors(lint(mail.content, links=links)) == ()


def test_nothing_is_sent_if_a_copy_would_be_wrong(desk, digest, issue):
    plain_http = desk.mailing(
        site=replace(desk.site, base_url="http://ban-tin.example")
    )
    with pytest.raises(MailError, match="https"):
        Copies(plain_http, digest, issue).check()


def test_what_somebody_chooses_after_the_check_is_looked_at_too(
    desk, digest, issue, readers, tmp_path
):
    """A template may be wrong for some choices alone."""
    own = "{% if issue.items | length == 1 %}<script>x</script>{% endif %}"
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "pieces.html").write_text(
        own + '{% include "built-in/pieces.html" %}'
    )
    (tmp_path / "built-in").mkdir()
    shipped = builtin_folder() / "mail" / "pieces.html"
    (tmp_path / "built-in" / "pieces.html").write_text(shipped.read_text("utf-8"))
    made = templates([tmp_path], language="vi", zone=digest.timezone)
    copies = Copies(desk.mailing(templates=lambda _digest: made), digest, issue)
    copies.check()
    assert copies.make(readers.add("an")) is not None
    one = readers.add("ba", choice=Choice(categories=("giao-duc",)))
    with pytest.raises(TemplateError, match="script has no place in mail"):
        copies.make(one)


def test_what_is_drawn_is_the_edited_issue(desk, digest, issue, readers):
    kept = desk_kept(desk, readers, issue)
    hidden = replace(kept, edits=Edits(hidden=("u2",), note="Chào bạn đọc."))
    copies = Copies(desk.mailing(), digest, hidden)
    mail = copies.make(readers.add("an"))
    assert told(mail) == {1, 3}
    assert "Chào bạn đọc." in text_of(mail)
    assert copies.sha256 != Copies(desk.mailing(), digest, kept).sha256


def desk_kept(desk, readers, issue):
    number = readers.keep(issue, IssueState.DRAFT)
    return desk.ask(lambda c: issues.get(c, number))


def test_what_was_withdrawn_is_in_no_copy_and_breaks_no_seal(
    desk, digest, issue, readers
):
    desk.with_news(1, 2)
    first, second = sorted(desk.entries(), key=lambda one: one.entry.url)
    stories = {one.lead.entry.url: one.uid for one in desk.stories()}
    items = tuple(
        item(n, url=one.entry.url, uid=stories[one.entry.url])
        for n, one in enumerate((first, second), 1)
    )
    news = replace(issue, sections=(IssueSection(title="Tin", items=items),))
    seal = sealed(desk.mailing(), digest, news)
    with desk.database.write() as connection:
        entries.withdraw(connection, first.id, desk.clock.now)
    copies = Copies(desk.mailing(), digest, news)
    assert told(copies.make(readers.add("an"))) == {2}
    assert copies.sha256 == seal
    with desk.database.write() as connection:
        entries.withdraw(connection, second.id, desk.clock.now)
    with pytest.raises(MailError, match="withdrawn"):
        Copies(desk.mailing(), digest, news)


def test_threads_share_copies(desk, digest, issue, readers):
    people = [
        readers.add(f"m{n}", choice=Choice(categories=((), ("giao-duc",))[n % 2]))
        for n in range(40)
    ]
    copies = Copies(desk.mailing(), digest, issue)
    alone = [Copies(desk.mailing(), digest, issue).make(one) for one in people[:4]]
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(copies.make, people))
    assert made[:4] == alone
    assert len({mail.message_id for mail in made}) == 40


def test_an_address_that_cannot_be_written_to_is_refused_by_name(
    desk, digest, issue, readers
):
    copies = Copies(desk.mailing(), digest, issue)
    copy = readers.add("an")
    wrong = replace(
        copy, member=replace(copy.member, address="an@vd.example\r\nBcc: x")
    )
    with pytest.raises(MailError, match=r"an@vd\.example"):
        copies.make(wrong)
    assert told(copies.make(copy)) == {1, 2, 3}


def test_a_preview_shows_the_whole_issue(desk, digest, issue):
    reader = Member(address="reader@example.org", language="en")
    ((drawn, mail),) = messages(desk.mailing(), digest, issue, [reader])
    assert told(mail) == {1, 2, 3, 4}
    assert '<html lang="en"' in drawn.html
    assert mail.recipient == "reader@example.org"

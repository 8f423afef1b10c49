"""A mail to the desk: no list, one reader, the rules of mail all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from syndicate.digest.drawing.render import Rendered, inlined
from syndicate.digest.linting.lint import errors, lint
from syndicate.digest.writing.notice import Notice, check, faults, notice
from syndicate.errors import MailError
from syndicate.model import Member, Site
from syndicate.templating import templates

SITE = Site(
    title="Bàn tin", base_url="https://ban.example", id_authority="ban.example,2026"
)
ABOUT = Notice(
    about="sources",
    start=datetime(2026, 10, 12, tzinfo=UTC),
    date=datetime(2026, 10, 19, tzinfo=UTC),
    member=Member(address="an@vd.example", name="Ấn"),
    sender="Bàn tin <ban@ban.example>",
    language="vi",
    zone="Asia/Ho_Chi_Minh",
)


@pytest.fixture(scope="module")
def rendered() -> Rendered:
    report = {
        "mail": None,
        "subject": "Nguồn tin",
        "summary": "Mọi việc đều ổn.",
        "period": "12–18/10/2026",
        "figures": "Tuần này không thu thập được bài nào.",
        "manners": "",
        **dict.fromkeys(("desk", "parts", "well_again", "busiest", "labels"), ()),
        **dict.fromkeys(("hosts", "wasteful"), ()),
    }
    drawn = templates(language="vi", zone="Asia/Ho_Chi_Minh")
    preheader = "Mọi việc đều ổn. Tuần này không thu thập được bài nào."
    values = {
        "report": report,
        "site": SITE,
        "subject": "Nguồn tin",
        "preheader": preheader,
    }
    return Rendered(
        "Nguồn tin",
        inlined(drawn.render("mail/report.html", **values)),
        drawn.render("mail/report.txt", **values),
    )


def test_it_reads_back_as_one_mail_to_one_reader(rendered):
    mail = notice(rendered, ABOUT, SITE)
    parsed = message_from_bytes(mail.content, policy=policy.default)
    assert (mail.sender, mail.recipient) == ("ban@ban.example", "an@vd.example")
    assert parsed["Subject"] == "Nguồn tin"
    assert parsed["To"].addresses[0].display_name == "Ấn"
    assert parsed["Date"] == "Mon, 19 Oct 2026 07:00:00 +0700"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Message-ID"] == mail.message_id


def test_nothing_in_it_speaks_of_a_list(rendered):
    parsed = message_from_bytes(notice(rendered, ABOUT, SITE).content)
    assert not [name for name in parsed if name.startswith("List-")]


def test_only_the_rules_of_lists_are_passed_over(rendered):
    mail = notice(rendered, ABOUT, SITE)
    assert {one.rule for one in errors(lint(mail.content))} <= {
        "unsubscribe-missing",
        "unsubscribe-post",
        "list-id",
    }
    assert faults(mail) == ()
    check(mail)


def test_a_mail_that_is_wrong_is_not_sent(rendered):
    bad = replace(mail_of(rendered), content=b"Subject: x\r\n\r\nhello")
    with pytest.raises(MailError, match="header-missing"):
        check(bad)


def mail_of(rendered: Rendered):
    return notice(rendered, ABOUT, SITE)


def test_the_message_id_goes_by_period_and_reader(rendered):
    later = replace(ABOUT, start=datetime(2026, 10, 19, tzinfo=UTC))
    other = replace(ABOUT, member=Member(address="BA@vd.example"))
    same = replace(ABOUT, member=Member(address="AN@vd.example"))
    ids = [notice(rendered, one, SITE).message_id for one in (ABOUT, later, other)]
    assert len(set(ids)) == 3
    assert notice(rendered, same, SITE).message_id == ids[0]


@pytest.mark.parametrize(
    "about",
    [
        replace(ABOUT, sender="nobody"),
        replace(ABOUT, sender="Bàn <ban@ban.example>\r\nBcc: x@y.example"),
        replace(ABOUT, member=Member(address="an@vd.example\r\nBcc: x@y.example")),
        replace(ABOUT, member=Member(address="an@vd.example", name="An\nBcc: x")),
    ],
)
def test_an_address_that_cannot_stand_in_a_header_is_refused(rendered, about):
    with pytest.raises(MailError):
        notice(rendered, about, SITE)

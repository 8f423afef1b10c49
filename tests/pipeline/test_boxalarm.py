"""The desk is told, once a day, that bounces are not read."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Any

import pytest

from syndicate.model import Member
from syndicate.pipeline.mailing.boxalarm import raise_unread
from syndicate.pipeline.mailing.consulting import Consulting
from syndicate.pipeline.mailing.deskpost import DeskPost
from syndicate.templating import templates

ZONE = "Asia/Ho_Chi_Minh"
WHY = "imap tra-lai@imap.example/INBOX: timed out\r\nBcc: x@y.example"


@pytest.fixture
def sent() -> list[Any]:
    return []


@pytest.fixture
def work(desk: Any, post: Any, clock: Any, sent: list[Any]) -> Consulting:
    way = post()
    way.sent = sent
    return Consulting(
        mailing=desk.mailing(),
        post=DeskPost(
            database=desk.database,
            site=desk.site,
            readers=(Member(address="lan@vd.example"),),
            sender="Bàn tin <ban@ban-tin.example>",
            language="en",
            zone=ZONE,
            templates=lambda: templates(language="en", zone=ZONE),
        ),
        transport=lambda: way,
        clock=clock,
    )


def test_the_desk_is_told_once_a_day_and_what_was_said(
    work: Consulting, sent: list[Any], clock: Any
) -> None:
    for _look in range(3):
        raise_unread(work, WHY, clock.now)
    assert len(sent) == 1
    mail = message_from_bytes(sent[0].content, policy=policy.default)
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    assert "bounces cannot be read" in mail["Subject"]
    assert "timed out" in text
    assert "syndicate bounces read" in text
    assert mail["Bcc"] is None
    clock.advance(days=1)
    raise_unread(work, WHY, clock.now)
    assert len(sent) == 2

"""Issues on the web show no more than may be shown now."""

from __future__ import annotations

from syndicate.model import Issue, IssueItem, IssueSection, IssueState
from syndicate.pipeline.mailing.showing import Showing, feed, find, page
from syndicate.publish.forms.fragments import Form
from syndicate.store import entries, issues


def test_the_web_shows_an_issue_without_what_was_withdrawn_since(desk, digest, clock):
    desk.with_news(1, 2)
    gone, stays = sorted(desk.entries(), key=lambda one: one.entry.url)
    uids = {one.lead.entry.url: one.uid for one in desk.stories()}
    told = tuple(
        IssueItem(
            story=number,
            uid=uids[one.entry.url],
            title=one.entry.title,
            url=one.entry.url,
            summary="",
            source="Tin",
            language="vi",
            published=None,
            rank=number,
        )
        for number, one in enumerate((gone, stays), 1)
    )
    issue = Issue(
        digest=digest.key,
        number=1,
        start=clock.now,
        end=clock.now,
        sections=(IssueSection(title="Tin", items=told),),
    )
    with desk.database.write() as connection:
        issues.create(
            connection, issue, state=IssueState.SENT, sha256="", now=clock.now
        )
    mailing = desk.mailing()
    work = Showing(
        database=desk.database,
        site=mailing.site,
        digests=(digest,),
        templates=mailing.templates,
    )

    def public() -> tuple[str, str]:
        shown = find(work, digest, 1)
        assert shown is not None
        return page(work, shown), feed(work, digest, Form.ATOM).content.decode()

    assert all(gone.entry.url in text for text in public())
    with desk.database.write() as connection:
        entries.withdraw(connection, gone.id, clock.now)
    assert all(stays.entry.url in text for text in public())
    assert not any(gone.entry.url in text for text in public())

"""``syndicate digest preview``: see what the next issue would be."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.digest.moments import as_of_option, moment
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.model import Member
from syndicate.pipeline.mailing.copies import messages
from syndicate.pipeline.mailing.sending import (
    preview,
)

READER = Member(address="reader@example.org")
"""Who a preview is addressed to."""


@click.command("preview", help=_("Compose an issue and keep nothing of it."))
@click.argument("key", required=False)
@as_of_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("Write issue.html, issue.txt and issue.eml there."),
)
@show.json_option
@click.pass_obj
def preview_issue(
    path: Path, key: str | None, as_of: datetime | None, out: Path | None, as_json: bool
) -> None:
    """Print the issue as text, or write it for a browser and a mail reader."""
    with opened(path, secret="preview") as desk:  # noqa: S106 -- signs no real link
        digest = desk.digest(key)
        work = desk.mailing()
        issue = preview(work, digest, moment(desk, digest, as_of))
        drawn, mail = messages(work, digest, issue, [READER])[0]
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "issue.html").write_text(drawn.html, encoding="utf-8")
        (out / "issue.txt").write_text(drawn.text, encoding="utf-8")
        (out / "issue.eml").write_bytes(mail.content)
    if as_json:
        show.as_json(
            {
                "digest": issue.digest,
                "number": issue.number,
                "start": issue.start,
                "end": issue.end,
                "subject": drawn.subject,
                "sections": [
                    {
                        "title": section.title,
                        "items": [
                            {"uid": item.uid, "title": item.title, "url": item.url}
                            for item in section.items
                        ],
                    }
                    for section in issue.sections
                ],
                "left_out": issue.left_out,
            }
        )
    elif out:
        click.echo(_("Written to {folder}.").format(folder=out))
    else:
        click.echo(f"{drawn.subject}\n\n{drawn.text}")

"""``syndicate digest preview``: see what the next issue would be."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.digest import files
from syndicate.cli.digest.moments import as_of_option, moment
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.pipeline.mailing.composing import preview
from syndicate.pipeline.mailing.exporting import chats


@click.command("preview", help=_("Compose an issue and keep nothing of it."))
@click.argument("key", required=False)
@as_of_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("Write issue.html, issue.txt, issue.eml and chat.txt there."),
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
        made = files.drawn(work, digest, issue)
        chat = chats(work.site, digest, issue)
    if out:
        files.write(out, made)
        for name, content in chat.items():
            (out / name).write_bytes(content)
    if not as_json:
        files.tell(made, out)
        return
    show.as_json(
        {
            "digest": issue.digest,
            "number": issue.number,
            "start": issue.start,
            "end": issue.end,
            "subject": made[0].subject if made else "",
            "sections": [
                {
                    "title": section.title,
                    "items": [
                        {
                            "uid": item.uid,
                            "title": item.title,
                            "url": item.url,
                            "rank": item.rank,
                            "brief": item.brief,
                        }
                        for item in section.items
                    ],
                }
                for section in issue.sections
            ],
            "left_out": issue.left_out,
        }
    )

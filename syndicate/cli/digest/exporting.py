"""``syndicate digest export``: an issue as files, for use elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.digest.desking import issue_argument, issue_of
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.pipeline.mailing.exporting import exported


@click.command("export", help=_("Write an issue as web page, text, mail and chat."))
@issue_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help=_("Folder for issue.html, issue.txt, issue.eml and chat.txt."),
)
@show.json_option
@click.pass_obj
def export(
    path: Path, key: str | None, number: int | None, out: Path, as_json: bool
) -> None:
    """Write the files; those of a chat are split where a message would be too long."""
    with opened(path, secret="export") as desk:  # noqa: S106 -- signs no real link
        digest, stored = issue_of(desk, key, number)
        files = exported(desk.mailing(), digest, stored)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    if as_json:
        said = {
            "digest": stored.issue.digest,
            "number": stored.issue.number,
            "files": [str(out / name) for name in files],
        }
        show.as_json(said)
        return
    click.echo(_("Written to {folder}.").format(folder=out))
    for name in files:
        click.echo(f"  {name}")

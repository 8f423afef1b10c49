"""An issue as files: for a browser, a reader of mail, and a comparison of bytes."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli.words import _
from syndicate.digest.drawing.render import Rendered
from syndicate.model import Digest, Issue, Member, Message
from syndicate.pipeline.mailing.copies import Mailing, messages

READER = Member(address="reader@example.org")
"""Who a preview is addressed to."""
Drawn = tuple[Rendered, Message]


def drawn(work: Mailing, digest: Digest, issue: Issue) -> Drawn | None:
    """Draw an issue for one who reads all of it; None if there is nothing in it."""
    return next(iter(messages(work, digest, issue, [READER])), None)


def write(out: Path, made: Drawn | None, content: bytes | None = None) -> None:
    """Write issue.html, issue.txt and issue.eml, and issue.json if there is content."""
    out.mkdir(parents=True, exist_ok=True)
    if content is not None:
        (out / "issue.json").write_bytes(content)
    if made is not None:
        (out / "issue.html").write_text(made[0].html, encoding="utf-8")
        (out / "issue.txt").write_text(made[0].text, encoding="utf-8")
        (out / "issue.eml").write_bytes(made[1].content)


def tell(made: Drawn | None, out: Path | None) -> None:
    """Print an issue as text, or where it was written."""
    if out:
        click.echo(_("Written to {folder}.").format(folder=out))
    elif made is None:
        click.echo(_("Nothing new this time."))
    else:
        click.echo(f"{made[0].subject}\n\n{made[0].text}")

"""What ``syndicate publish`` does, and says, of the copy in another place."""

from __future__ import annotations

from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.wire import Wiring
from syndicate.cli.words import _
from syndicate.errors import PublishError
from syndicate.pipeline.mirroring import forget, mirror, planned
from syndicate.publish.copies.mirror import Mirrored, Plan


def send_copies(desk: Wiring, *, everything: bool = False) -> Mirrored | None:
    """Bring ``[publish] target`` up to date; None if there is none.

    ``everything``: what it has is sent anew, too.
    """
    work = desk.mirroring()
    if work is None:
        return None
    if everything:
        forget(work)
    todo = planned(work)
    total = len(todo.uploads) + len(todo.removals)
    try:
        with show.bar(_("Copying"), total) as advance:
            return mirror(work, advance=advance)
    except PublishError as error:  # it cannot be opened
        return Mirrored(failed=((work.target, str(error)),), left=total)


def plan_of(desk: Wiring) -> Plan | None:
    """Say what would be copied; None if there is no target."""
    work = desk.mirroring()
    return None if work is None else planned(work)


def plan_as_json(todo: Plan | None) -> dict[str, Any]:
    """Tell machines what would be copied: nothing where there is no target."""
    if todo is None:
        return {}
    paths = [upload.path for upload in todo.uploads]
    return {"target": {"uploads": paths, "removals": list(todo.removals)}}


def plan_as_text(todo: Plan | None) -> str:
    """Tell people what would be copied, a line each."""
    if todo is None:
        return ""
    lines = [
        *(_("copy {path}").format(path=upload.path) for upload in todo.uploads),
        *(_("remove the copy of {path}").format(path=path) for path in todo.removals),
    ]
    return "".join(f"{line}\n" for line in lines)


def as_json(done: Mirrored | None, target: str) -> dict[str, Any]:
    """Tell machines what was copied: nothing where there is no target."""
    if done is None:
        return {}
    return {
        "target": {
            "address": target,
            "uploaded": list(done.uploaded),
            "removed": list(done.removed),
            "failed": dict(done.failed),
            "left": done.left,
        }
    }


def tell(done: Mirrored | None, target: str) -> None:
    """Tell a person what was copied, and on the error stream what could not be."""
    if done is None:
        return
    said = _("{count} documents copied to {target}, {removed} removed there.")
    click.echo(
        said.format(count=len(done.uploaded), target=target, removed=len(done.removed))
    )
    for _path, why in done.failed:
        click.echo(why, err=True)
    if done.left:
        said = _("{count} documents wait: the target does not take them now.")
        click.echo(said.format(count=done.left), err=True)


def whole(done: Mirrored | None) -> bool:
    """Say whether the copy is as it should be."""
    return done is None or not (done.failed or done.left)

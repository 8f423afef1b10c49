"""``syndicate digest lint``: what is wrong with a mail, of ours or of anybody."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from syndicate.cli import posting, show
from syndicate.cli.parts import settings
from syndicate.cli.words import _, ngettext
from syndicate.digest.linting.expected import Expected, record_in
from syndicate.digest.linting.findings import Finding
from syndicate.digest.linting.lint import lint
from syndicate.digest.post.publickeys import from_record, record_of_file
from syndicate.digest.post.verifying import RecordOf
from syndicate.errors import MailError, SyndicateError

LARGEST = 50_000_000
"""Bytes of a file that are read."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file and what is wrong with it, or why it could not be read."""

    target: str
    findings: tuple[Finding, ...] = ()
    failure: str = ""

    def count(self, level: str) -> int:
        """Count what is wrong at a level."""
        return sum(one.level == level for one in self.findings)


@click.command(
    "lint",
    help=_("Check mails (.eml): headers, signature, parts, HTML; - reads one."),
    epilog=_(
        "Exit codes: 0 no error; 1 an error, or something could not be read;"
        " 4 nothing could be read."
    ),
)
@click.argument("targets", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=_("Public key (PEM) or DNS record by which DKIM signatures are checked."),
)
@show.json_option
@click.pass_obj
def lint_mail(
    path: Path, targets: tuple[str, ...], keys: tuple[Path, ...], as_json: bool
) -> None:
    """Read each file, check it, and say what is wrong."""
    record_of = _given(keys) if keys else _ours(path)
    checked = [_check(target, record_of) for target in targets]
    if as_json:
        show.as_json([_as_json(one) for one in checked])
    else:
        for one in checked:
            _show(one)
    if all(one.failure for one in checked):
        raise click.exceptions.Exit(4)
    if any(one.failure or one.count("E") for one in checked):
        raise click.exceptions.Exit(1)


# ── Keys ─────────────────────────────────────────────────────────────────────


def _given(files: Sequence[Path]) -> RecordOf:
    """Check every signature by the key of its kind."""
    records: dict[str, str] = {}
    for file in files:
        try:
            record = record_of_file(file.read_text("utf-8"))
        except (OSError, ValueError, MailError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            words = _("{file}: {reason}")
            raise click.ClickException(
                words.format(file=file, reason=reason)
            ) from error
        records[from_record(record).kind] = record
    return lambda _name, kind: records.get(kind)


def _ours(path: Path) -> RecordOf | None:
    """Check by our own keys, where there is a desk that has some."""
    # Whoever checks a mail of somebody else's need have no desk that is in order.
    with suppress(SyndicateError, OSError):
        if path.is_file() and (signer := posting.signer(settings(path).mail)):
            return record_in(dict(signer.records))
    return None


# ── Reading ──────────────────────────────────────────────────────────────────


def _check(target: str, record_of: RecordOf | None) -> Checked:
    try:
        content = _content(target)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Checked(target, failure=reason)
    # Mail programs save with the line ends of their system: nobody sent them so.
    if b"\r" not in content:
        content = content.replace(b"\n", b"\r\n")
    expected = Expected(is_signed=True, record_of=record_of)
    return Checked(target, lint(content, expected=expected))


def _content(target: str) -> bytes:
    if target == "-":
        return sys.stdin.buffer.read(LARGEST)
    with Path(target).open("rb") as file:
        return file.read(LARGEST)


# ── Saying ───────────────────────────────────────────────────────────────────


def _show(one: Checked) -> None:
    if one.failure:
        words = _("{target}: cannot be read: {reason}")
        click.echo(words.format(target=one.target, reason=one.failure), err=True)
        return
    if not one.findings:
        click.echo(_("{target}: valid").format(target=one.target))
        return
    told = ", ".join(_counted(one))
    click.echo(_("{target}: {told}").format(target=one.target, told=told))
    show.table([_("level"), _("rule"), _("what to do"), _("times")], _rows(one))


def _counted(one: Checked) -> Iterable[str]:
    if bad := one.count("E"):
        yield ngettext("{count} error", "{count} errors", bad).format(count=bad)
    if odd := one.count("W"):
        yield ngettext("{count} warning", "{count} warnings", odd).format(count=odd)


def _rows(one: Checked) -> Iterator[Sequence[object]]:
    """A row for each rule, with the first that breaks it."""
    counts = Counter(finding.rule for finding in one.findings)
    known: set[str] = set()
    for finding in one.findings:
        if finding.rule not in known:
            known.add(finding.rule)
            times = counts[finding.rule]
            yield (
                finding.level,
                finding.rule,
                finding.told(_),
                times if times > 1 else "",
            )


def _as_json(one: Checked) -> dict[str, object]:
    return {
        "target": one.target,
        "failure": one.failure,
        "valid": not one.failure and not one.findings,
        "errors": one.count("E"),
        "warnings": one.count("W"),
        "findings": [
            {
                "rule": finding.rule,
                "level": finding.level,
                "value": finding.value,
                "message": finding.text,
            }
            for finding in one.findings
        ],
    }

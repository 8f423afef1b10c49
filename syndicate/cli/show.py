"""How results are shown: tables for people, JSON for machines, bars for long work."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
)
from rich.table import Table

json_option = click.option("--json", "as_json", is_flag=True, help="JSON.")


def as_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    title: str = "",
    right: Sequence[int] = (),
) -> None:
    """Print a table; ``right`` names the columns of figures."""
    console = Console()
    if not console.is_terminal:
        console.width = 160
    shown = Table(title=title or None, title_justify="left", header_style="bold")
    for index, column in enumerate(columns):
        shown.add_column(
            column, justify="right" if index in right else "left", overflow="fold"
        )
    for row in rows:
        shown.add_row(*(_plain(cell) for cell in row))
    console.print(shown)


def _plain(cell: object) -> str:
    """Keep square brackets of titles from being read as markup."""
    return str("" if cell is None else cell).replace("[", "\\[")


def local(when: datetime | None, zone: str) -> str:
    """Say a time as the desk's clock shows it."""
    return when.astimezone(ZoneInfo(zone)).strftime("%d/%m/%Y %H:%M") if when else "–"


class Bar(Protocol):
    """Moves on by one."""

    def __call__(self, note: str = "") -> None:
        """Count one more; ``note`` says what it was."""
        ...


@contextmanager
def bar(title: str, total: int) -> Iterator[Bar]:
    """Show a bar while work goes on; nothing where there is no terminal."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("[dim]{task.fields[note]}"),
    )
    hidden = not console.is_terminal
    with Progress(*columns, console=console, disable=hidden, transient=True) as shown:
        task = shown.add_task(title, total=total, note="")

        def advance(note: str = "") -> None:
            shown.update(task, advance=1, note=_plain(note))

        yield advance

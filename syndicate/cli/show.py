"""How results are shown: tables for people, JSON for machines, bars for long work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import click
from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

Command = Callable[..., Any]
json_option = click.option("--json", "as_json", is_flag=True, help="JSON.")
_PIPED = 160
"""Width of a table that is piped."""
_TORN = 16
"""Letters of a story's uid: longer words may be torn to fit a table in."""
MOST = 10_000
"""Rows of a list; nobody reads more."""


def limit_option(said: str) -> Callable[[Command], Command]:
    """``--limit``: how many rows a list has at most."""
    rows = click.IntRange(1, MOST)
    return click.option("--limit", type=rows, default=50, show_default=True, help=said)


def as_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    title: str = "",
    right: Sequence[int] = (),
) -> None:
    """Print a table; ``right`` names the columns of figures.

    Where words would be torn to fit it into the terminal, print a block for each row.
    """
    console = Console()
    if not console.is_terminal:
        console.width = _PIPED
    told = [[str("" if cell is None else cell) for cell in row] for row in rows]
    if console.width < _least_width([columns, *told]):
        _blocks(console, columns, told, title)
        return
    shown = Table(title=title or None, title_justify="left", header_style="bold")
    for index, column in enumerate(columns):
        shown.add_column(
            column, justify="right" if index in right else "left", overflow="fold"
        )
    for row in told:
        shown.add_row(*(_plain(cell) for cell in row))
    console.print(shown)


def _least_width(rows: Sequence[Sequence[str]]) -> int:
    """Columns that a table takes in which only words longer than a uid are torn."""
    words = (
        max((cell_len(word) for cell in column for word in cell.split()), default=0)
        for column in zip(*rows, strict=True)
    )
    return sum(min(word, _TORN) + 3 for word in words) + 1


def _blocks(
    console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]], title: str
) -> None:
    if title:
        console.print(_plain(title), style="bold")
    for row in rows:
        for name, cell in zip(columns, row, strict=True):
            if cell:
                said = f"[bold]{_plain(name)}:[/bold] {_plain(cell)}"
                console.print(said, highlight=False, soft_wrap=True)
        console.print()


def _plain(cell: str) -> str:
    """Keep square brackets of titles from being read as markup."""
    return cell.replace("[", "\\[")


def local(when: datetime | None, zone: str) -> str:
    """Say a time as the desk's clock shows it."""
    return when.astimezone(ZoneInfo(zone)).strftime("%d/%m/%Y %H:%M") if when else "–"


class Bar(Protocol):
    """Moves on by one."""

    def __call__(self, note: str = "") -> None:
        """Count one more; ``note`` says what it was."""
        ...


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> str:
        return f"{task.speed:,.0f}/s" if task.speed else ""


@contextmanager
def bar(title: str, total: int, *, rate: bool = False) -> Iterator[Bar]:
    """Show a bar while work goes on; nothing where there is no terminal.

    With ``rate``, how many a second, and how long the rest takes.
    """
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        *((_Rate(), TimeRemainingColumn()) if rate else ()),
        TextColumn("[dim]{task.fields[note]}"),
    )
    hidden = not console.is_terminal
    with Progress(*columns, console=console, disable=hidden, transient=True) as shown:
        task = shown.add_task(title, total=total, note="")

        def advance(note: str = "") -> None:
            shown.update(task, advance=1, note=_plain(note))

        yield advance

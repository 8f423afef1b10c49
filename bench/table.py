"""The table that every benchmark ends in, and the verdict that it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

HEADINGS = ("name", "ours", "rival or floor", "ratio", "target", "ok or short")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison; smaller is better."""

    name: str
    ours: float
    other: float
    other_name: str
    unit: str
    """What both numbers count: ``s``, ``ms`` or ``MB``."""
    target: float | None = None
    """The largest ratio that is good enough; None: shown, and not judged."""

    @property
    def ratio(self) -> float:
        """Ours over theirs; infinite if theirs is nothing at all."""
        if self.other <= 0:
            return 1.0 if self.ours <= 0 else float("inf")
        return self.ours / self.other

    @property
    def verdict(self) -> str:
        """``ok`` or ``short``; empty if there is no target."""
        if self.target is None:
            return ""
        return "ok" if self.ratio <= self.target else "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a benchmark found."""

    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    """Counts that must agree, and what explains them where they do not."""
    wrong: tuple[str, ...] = ()
    """Counts that do not agree: such a comparison is worth nothing."""

    @property
    def short(self) -> bool:
        """A target was missed, or what was compared was not the same work."""
        return bool(self.wrong) or any(row.verdict == "short" for row in self.rows)


def rendered(report: Report) -> str:
    """Return the table as text, its notes below."""
    cells = [HEADINGS, *(_cells(row) for row in report.rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
    lines = [_line(row, widths) for row in cells]
    lines.insert(1, "-" * len(lines[0]))
    said = [f"  {note}" for note in report.notes]
    said += [f"  WRONG: {each}" for each in report.wrong]
    return "\n".join([f"== {report.name}", *lines, *said])


def as_json(report: Report) -> dict[str, object]:
    """Return the same for machines; ``ratio`` is null where it is infinite."""
    rows = [
        asdict(row)
        | {"ratio": None if row.ratio == float("inf") else round(row.ratio, 4)}
        | {"verdict": row.verdict}
        for row in report.rows
    ]
    return {
        "name": report.name,
        "rows": rows,
        "notes": list(report.notes),
        "wrong": list(report.wrong),
        "short": report.short,
    }


def exit_code(reports: Sequence[Report]) -> int:
    """1 if any is short, else 0."""
    return int(any(report.short for report in reports))


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        _number(row.ours, row.unit),
        f"{_number(row.other, row.unit)} {row.other_name}",
        f"{row.ratio:.2f}",
        "-" if row.target is None else f"<= {row.target:.2f}",
        row.verdict,
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, *rest, verdict = cells
    padded = [cell.rjust(width) for cell, width in zip(rest, widths[1:-1], strict=True)]
    return " | ".join([name.ljust(widths[0]), *padded, verdict]).rstrip()


def _number(value: float, unit: str) -> str:
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2
    return f"{value:,.{digits}f} {unit}"

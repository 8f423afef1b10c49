"""Which stories an edited issue shows: some go, others come up (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from syndicate.model import Edits, Issue, IssueItem, IssueSection, Limits
from syndicate.text.clean import one_line

LAST = 1 << 30
"""The place of what has none."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A story and the heading that it stands under."""

    item: IssueItem
    section: str
    position: int
    """In the issue before; what came up since has none and goes to the end."""


def chosen(issue: Issue, edits: Edits) -> list[Placed]:
    """Decide what is shown, in full or in brief, and under which heading."""
    hidden = set(edits.hidden)
    shown = [
        Placed(item, section.title, position)
        for position, (section, item) in enumerate(_standing(issue))
        if item.uid not in hidden
    ]
    worded = {uid for uid, said in edits.summaries if one_line(said)}
    wanted = {*edits.pinned, *edits.order, *worded}
    spare = [item for item in _spare(issue) if item.uid not in hidden]
    shown = [_in_full(one, {*edits.pinned, *worded}) for one in shown]
    shown += [_up(item) for item in spare if item.uid in wanted]
    kept = _within(issue, shown, wanted)
    stay = {one.item.uid for one in kept}
    out = [one.item for one in shown if one.item.uid not in stay]
    waiting = [item for item in spare if item.uid not in wanted]
    return _filled(issue, kept, sorted([*out, *waiting], key=lambda item: item.rank))


def _spare(issue: Issue) -> Iterator[IssueItem]:
    """The spare stories; one that knows no heading goes under the last."""
    news = [one for one in issue.sections if not all(i.corrected for i in one.items)]
    last = (news or issue.sections)[-1:]
    for item in issue.spare:
        for section in last:
            yield replace(item, section=item.section or section.title)


def _standing(issue: Issue) -> Iterator[tuple[IssueSection, IssueItem]]:
    for section in issue.sections:
        for item in section.items:
            yield section, item


def _in_full(one: Placed, wanted: set[str]) -> Placed:
    """A brief story that is pinned, or has a summary now, goes to its own heading."""
    if one.item.uid not in wanted or one.item.corrected:
        return one
    if one.item.brief and one.item.section not in ("", one.section):
        return _up(one.item)
    return replace(one, item=replace(one.item, brief=False))


def _up(item: IssueItem) -> Placed:
    return Placed(replace(item, brief=False), item.section, LAST)


def _within(issue: Issue, shown: list[Placed], wanted: set[str]) -> list[Placed]:
    """Let the stories that matter least make room for those that are wanted."""
    most = _most(issue)
    full = [one for one in shown if _is_full(one.item)]
    yielding = [one for one in full if one.item.uid not in wanted]
    yielding.sort(key=lambda one: (one.item.rank, one.position))
    surplus = max(len(full) - most, 0)
    out = {one.item.uid for one in yielding[max(len(yielding) - surplus, 0) :]}
    return [one for one in shown if one.item.uid not in out]


def _is_full(item: IssueItem) -> bool:
    """It counts for the limits: neither in brief nor a correction."""
    return not item.brief and not item.corrected


def _most(issue: Issue) -> int:
    """How many stories are shown in full, at most; never fewer than there were."""
    were = sum(map(_is_full, issue.items))
    return max(issue.limits.stories or LAST, were) if issue.limits else were


def _filled(
    issue: Issue, shown: list[Placed], spare: Iterable[IssueItem]
) -> list[Placed]:
    """Let the next ones by rank come up: those in brief before the spare ones."""
    room = _Room(issue, shown)
    briefs = next((one.section for one in shown if one.item.brief), "")
    kept: list[Placed] = []
    for one in sorted(shown, key=lambda one: (one.item.rank, one.position)):
        if one.item.brief and one.item.section and room.has(one.item):
            kept.append(room.taken(_up(one.item)))
        else:
            kept.append(one)
    free = room.limits.brief - sum(one.item.brief for one in kept)
    for item in spare:
        if item.corrected:
            continue
        if room.has(item):
            kept.append(room.taken(_up(item)))
        elif free > 0 and briefs:
            free -= 1
            kept.append(Placed(replace(item, brief=True), briefs, LAST))
    return kept


class _Room:
    """Counts what the limits still let in."""

    def __init__(self, issue: Issue, shown: Iterable[Placed]) -> None:
        self.limits = issue.limits or Limits()
        self.most = _most(issue)
        self.counts: Counter[tuple[str, str]] = Counter()
        for one in shown:
            if _is_full(one.item):
                self.taken(one)

    def has(self, item: IssueItem) -> bool:
        """Tell whether one more may be shown in full."""
        limits = self.limits
        return self.counts["", ""] < self.most and all(
            self.counts[kind, name] < most
            for kind, name, most in (
                ("section", item.section, limits.per_section),
                ("source", _source(item), limits.per_source),
                ("category", _category(item), limits.per_category),
            )
            if most and name
        )

    def taken(self, one: Placed) -> Placed:
        """Count a story that is shown in full."""
        self.counts["", ""] += 1
        self.counts["section", one.section] += 1
        self.counts["source", _source(one.item)] += 1
        self.counts["category", _category(one.item)] += 1
        return one


def _source(item: IssueItem) -> str:
    return item.sources[0] if item.sources else item.source


def _category(item: IssueItem) -> str:
    return item.categories[0] if item.categories else ""

"""What an editor changed in a draft, laid over the issue as it was composed (pure).

The composed issue is kept as it is, and the edits beside it: whatever is taken back
is as it was. What is drawn anywhere, and approved, and sent, is ``edited(...)``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from syndicate.digest.choosing.filling import LAST, Placed, chosen
from syndicate.errors import MailError
from syndicate.model import Edits, Issue, IssueItem, IssueSection
from syndicate.text.clean import one_line

LONGEST = {"subject": 150, "summary": 600, "note": 600, "note at the head": 1200}
"""Characters that an editor may write; more would be cut where it is drawn."""


def edited(issue: Issue, edits: Edits) -> Issue:
    """Return the issue as the editor wants it.

    Hidden stories go, and the next ones by rank come up as far as the digest's limits
    let them. A pinned story, or one that is given a place in the order, is shown even
    if it was spare; then the one that matters least makes room. What is pinned comes
    first under its heading and has the first ranks, so that the first of all leads.
    Sections that hold ordered stories change places among themselves. To do it twice
    changes nothing.

    Raises :class:`~syndicate.errors.MailError` for stories that the issue does not
    have, for texts that are too long, and if nothing would be left.
    """
    if edits == Edits():
        return issue
    _check(issue, edits)
    told = _told(issue, edits)
    placed = chosen(told, edits)
    sections = tuple(_sections(told, placed, edits))
    if not sections:
        raise MailError(
            f"{issue.digest} no. {issue.number}: every story is hidden; to send"
            " nothing, skip the issue"
        )
    shown = {one.item.uid for one in placed}
    hidden = {*edits.hidden, *(item.uid for item in told.hidden)}
    changed = replace(
        told,
        sections=sections,
        spare=tuple(item for item in _all(told) if item.uid not in shown | hidden),
        hidden=tuple(item for item in _all(told) if item.uid in hidden),
        subject=one_line(edits.subject) or issue.subject,
        note=_paragraphs(edits.note) or issue.note,
    )
    return _ranked(_counted(issue, changed), edits.pinned)


def joined(held: Edits, given: Edits, *, freed: Collection[str] = ()) -> Edits:
    """Lay new edits over those that are held; what is not named stays as it is.

    What is pinned now comes before what was; a new order takes the place of the old.
    ``freed`` are stories that are neither pinned nor hidden any longer.
    """
    pinned = [uid for uid in held.pinned if uid not in {*given.hidden, *freed}]
    hidden = [uid for uid in held.hidden if uid not in {*given.pinned, *freed}]
    return replace(
        held,
        pinned=tuple(dict.fromkeys((*given.pinned, *pinned))),
        hidden=tuple(dict.fromkeys((*hidden, *given.hidden))),
        order=given.order or held.order,
        summaries=tuple((dict(held.summaries) | dict(given.summaries)).items()),
        notes=tuple((dict(held.notes) | dict(given.notes)).items()),
        subject=given.subject or held.subject,
        note=given.note or held.note,
    )


# ── What may be asked for ────────────────────────────────────────────────────


def _check(issue: Issue, edits: Edits) -> None:
    """Raise MailError for what nobody can have meant."""
    known = {item.uid for item in _all(issue)}
    texts = (*edits.summaries, *edits.notes)
    named = (*edits.pinned, *edits.hidden, *edits.order, *(uid for uid, _ in texts))
    head = f"{issue.digest} no. {issue.number}"
    if unknown := [uid for uid in dict.fromkeys(named) if uid not in known]:
        raise MailError(f"{head} has no such story: {', '.join(unknown)}")
    if both := [uid for uid in dict.fromkeys(edits.pinned) if uid in edits.hidden]:
        raise MailError(f"{head}: both pinned and hidden: {', '.join(both)}")
    _check_length("subject", edits.subject)
    _check_length("note at the head", edits.note)
    for kind, pairs in (("summary", edits.summaries), ("note", edits.notes)):
        for uid, text in pairs:
            _check_length(kind, text, f" of {uid}")


def _check_length(kind: str, text: str, whose: str = "") -> None:
    most, length = LONGEST[kind], len(one_line(text))
    if length > most:
        raise MailError(
            f"the {kind}{whose} has {length} characters; at most {most} are shown"
        )


# ── Words ────────────────────────────────────────────────────────────────────


def _told(issue: Issue, edits: Edits) -> Issue:
    """The issue in the editor's words."""
    summaries, notes = dict(edits.summaries), dict(edits.notes)

    def worded(item: IssueItem) -> IssueItem:
        if item.uid in summaries:
            item = replace(item, summary=one_line(summaries[item.uid]))
        if item.uid in notes:
            item = replace(item, note=_paragraphs(notes[item.uid]))
        return item

    return _mapped(issue, worded)


def _paragraphs(text: str) -> str:
    """Clean lines, one for each paragraph that has words."""
    return "\n".join(filter(None, map(one_line, text.splitlines())))


def _mapped(issue: Issue, change: Callable[[IssueItem], IssueItem]) -> Issue:
    return replace(
        issue,
        sections=tuple(
            replace(section, items=tuple(map(change, section.items)))
            for section in issue.sections
        ),
        spare=tuple(map(change, issue.spare)),
        hidden=tuple(map(change, issue.hidden)),
    )


def _all(issue: Issue) -> tuple[IssueItem, ...]:
    """Every story that we have: shown, spare and hidden."""
    return (*issue.items, *issue.spare, *issue.hidden)


# ── In what order ────────────────────────────────────────────────────────────


def _sections(
    issue: Issue, placed: Iterable[Placed], edits: Edits
) -> Iterator[IssueSection]:
    """Put the stories under their headings, and the headings in order."""
    pins, order = _places(edits.pinned), _places(edits.order)
    groups: dict[str, list[Placed]] = {}
    for one in placed:
        groups.setdefault(one.section, []).append(one)
    for group in groups.values():
        group.sort(
            key=lambda one: (
                pins.get(one.item.uid, LAST),
                order.get(one.item.uid, LAST),
                one.position,
                one.item.rank,
            )
        )
    known = {one.title: one for one in (*issue.headings, *issue.sections)}
    for title in _titles(issue, groups, edits):
        items = tuple(one.item for one in groups[title])
        yield replace(
            known.get(title, IssueSection(title=title, items=())), items=items
        )


def _places(uids: Sequence[str]) -> dict[str, int]:
    return {uid: place for place, uid in enumerate(dict.fromkeys(uids))}


def _titles(issue: Issue, groups: dict[str, list[Placed]], edits: Edits) -> list[str]:
    """Order the headings: as composed, those of ordered stories as these are."""
    order = _places(edits.order)
    titles = [title for title in _as_composed(issue, groups) if title in groups]
    first = {
        title: min(order.get(one.item.uid, LAST) for one in groups[title])
        for title in titles
    }
    slots = [at for at, title in enumerate(titles) if first[title] < LAST]
    moved = sorted((titles[at] for at in slots), key=lambda title: first[title])
    for at, title in zip(slots, moved, strict=True):
        titles[at] = title
    return titles


def _as_composed(issue: Issue, groups: Iterable[str]) -> list[str]:
    """The headings that are there, with new ones where the digest would have them."""
    titles = [section.title for section in issue.sections]
    digest = [section.title for section in issue.headings]
    for title in (*digest, *groups):
        if title not in titles:
            before = digest[: digest.index(title)] if title in digest else titles
            after = [titles.index(one) for one in before if one in titles]
            titles.insert(max(after) + 1 if after else 0, title)
    return titles


# ── What follows from it ─────────────────────────────────────────────────────


def _counted(before: Issue, issue: Issue) -> Issue:
    """Count again what is left out, and which documents are cited."""
    were = {item.uid for item in before.items}
    now = {item.uid for item in issue.items}
    if were == now:
        return issue
    hidden = {item.uid for item in issue.hidden}
    out = len(were - now - hidden) - len(now - were)
    changed = replace(issue, left_out=max(before.left_out + out, 0))
    if not any(item.cites for item in _all(before)):
        return changed
    counts = Counter(key for item in issue.items for key in dict.fromkeys(item.cites))
    most = issue.limits.documents if issue.limits else len(before.documents)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return replace(changed, documents=tuple(ranked[:most]))


def _ranked(issue: Issue, pinned: Sequence[str]) -> Issue:
    """Number the ranks again: what is pinned matters most."""
    if not pinned:
        return issue
    pins = _places(pinned)
    by_rank = sorted(
        _all(issue), key=lambda item: (pins.get(item.uid, LAST), item.rank)
    )
    ranks = {item.uid: rank for rank, item in enumerate(by_rank, 1)}
    return _mapped(issue, lambda item: replace(item, rank=ranks[item.uid]))

"""Why an article belongs to its story, and why who leads leads, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from syndicate.cli.words import _, ngettext
from syndicate.dedupe.lead import LeadReason
from syndicate.model import Bond, Evidence, EvidenceKind, Relation
from syndicate.pipeline.explaining import Likeness
from syndicate.pipeline.referring import RefusedError, Trouble

RELATIONS = {
    Relation.FIRST: _("it began the story"),
    Relation.REPEAT: _("the same text again"),
    Relation.EVENT: _("another text of the same event"),
    Relation.EDITOR: _("an editor put it there"),
}
LEAD_REASONS = {
    LeadReason.CHOSEN: _("an editor chose it"),
    LeadReason.ALONE: _("nobody else tells the story"),
    LeadReason.STANDS: _("the others are withdrawn"),
    LeadReason.CREDITED: _("another teller names it as the producer"),
    LeadReason.OWN: _("the others name somebody else as the producer"),
    LeadReason.RANK: _("its source comes first by its rank in the settings"),
    LeadReason.EARLIEST: _("it was published first"),
    LeadReason.SEEN_FIRST: _("we had it first, and no date tells more"),
    LeadReason.LONGEST: _("it is the longest of those that came together"),
    LeadReason.BY_NAME: _("all else is equal: the first by source and address"),
}
_TROUBLES = {
    Trouble.NO_ARTICLE: _('"{asked}" is not an article that we have'),
    Trouble.NO_STORY: _('"{asked}" is neither a story nor an article that we have'),
    Trouble.A_STORY: _('"{asked}" is a story: name one article of it'),
    Trouble.SEVERAL_STORIES: _(
        "these articles tell more than one story, name those of one: {asked}"
    ),
    Trouble.ALONE: _("nobody else tells the story of {asked}: nothing to split"),
    Trouble.TOO_FEW: _("at least two stories are needed"),
    Trouble.SAME: _("{asked}: that is one and the same article"),
    Trouble.WITHDRAWN: _("article {asked} is withdrawn by its source: it cannot lead"),
    Trouble.NO_RULING: _("there is no ruling {asked}"),
}
_LISTED = {
    EvidenceKind.WORDS: _("rare words in both: {said}"),
    EvidenceKind.NAMES: _("names in both: {said}"),
    EvidenceKind.NUMBERS: _("numbers in both: {said}"),
    EvidenceKind.DOCUMENTS: _("both cite {said}"),
    EvidenceKind.NOTE: "{said}",
}
_PRECISE = frozenset({Relation.REPEAT, Relation.EVENT})
"""Relations that the engine found, and of which it is more or less sure."""


def trouble_said(refused: RefusedError) -> str:
    """Why what was asked for cannot be done."""
    return _TROUBLES[refused.trouble].format(asked=refused.asked)


def bond_said(bond: Bond, like: Likeness | None) -> str:
    """One line: the relation, how sure, and to whom."""
    said = RELATIONS[bond.relation]
    if bond.relation in _PRECISE:
        said = f"{said} ({bond.score:.2f})"
    if like is None:
        gone = bond.to and bond.relation in _PRECISE
        return "; ".join((said, _("what it was like is purged"))) if gone else said
    other = like.entry
    return f"{said}: {other.entry.source} {other.id}, {other.entry.url}"


def evidence_lines(bond: Bond, like: Likeness | None) -> Iterator[str]:
    """What speaks for a bond, a sentence each; then the passage that both share."""
    for one in bond.evidence:
        said = _SENTENCES.get(one.kind, _listed)(one)
        if said:
            yield said
    if like is not None and like.passage:
        said = ngettext(
            "{n} word in a row in both: “{passage}”",
            "{n} words in a row in both: “{passage}”",
            like.words,
        )
        yield said.format(n=like.words, passage=like.passage)


def bond_json(bond: Bond, like: Likeness | None) -> dict[str, Any]:
    """The bond for machines."""
    return {
        "relation": bond.relation.value,
        "score": bond.score,
        "to": bond.to or None,
        "to_url": like.entry.entry.url if like else None,
        "evidence": [
            {
                "kind": one.kind.value,
                "said": list(one.said),
                "count": one.count,
                "of": one.of,
            }
            for one in bond.evidence
        ],
        "passage": like.passage if like else "",
        "words": like.words if like else 0,
    }


def _listed(one: Evidence) -> str:
    said = ", ".join(filter(None, one.said))
    return _LISTED[one.kind].format(said=said) if said else ""


def _address(one: Evidence) -> str:
    said = ", ".join(filter(None, one.said))
    if not said:
        return _("both have one address")
    return _("both have the address {said}").format(said=said)


def _content(_one: Evidence) -> str:
    return _("title, text and lead are the same, letter by letter")


def _grams(one: Evidence) -> str:
    if not one.of:
        return ""
    said = _(
        "of the {of} different runs of three words in the shorter text, both have "
        "{count} ({share} %)"
    )
    return said.format(
        of=one.of, count=one.count, share=min(100, round(100 * one.count / one.of))
    )


def _differing(one: Evidence) -> str:
    if not one.count:
        said = ngettext(
            "the {n} name or number beside them does not differ",
            "none of the {n} names and numbers beside them differs",
            one.of,
        )
        return said.format(n=one.of)
    said = _("of the {of} names and numbers beside them, {count} differ")
    return said.format(of=one.of, count=one.count)


def _days(one: Evidence) -> str:
    if one.said:
        return _("both speak of {said}").format(said=", ".join(one.said))
    said = ngettext("{n} hour between them", "{n} hours between them", one.count)
    return said.format(n=one.count)


_SENTENCES: dict[EvidenceKind, Callable[[Evidence], str]] = {
    EvidenceKind.ADDRESS: _address,
    EvidenceKind.CONTENT: _content,
    EvidenceKind.GRAMS: _grams,
    EvidenceKind.DIFFERING: _differing,
    EvidenceKind.DAYS: _days,
}

"""Why a label was given, in the language of whoever asks."""

from __future__ import annotations

from collections.abc import Iterable

from syndicate.categorise.reasons import Found, Ground, read_reason
from syndicate.cli.words import _
from syndicate.model import Asked, Label, LabelOrigin

_GROUNDS = {
    Ground.TITLE: _("title: {said}"),
    Ground.LEAD: _("lead: {said}"),
    Ground.BODY: _("text: {said}"),
    Ground.DOCUMENT: _("cites {said}"),
    Ground.TERM: _("the source files it under {said}"),
    Ground.PATH: _("its address has {said}"),
    Ground.WORDS: _("like articles that editors labelled so: {said}"),
    Ground.EDITOR: _("decided by {said}"),
    Ground.NOTE: "{said}",
}
_ORIGINS = {
    LabelOrigin.RULES: _("by rules"),
    LabelOrigin.LEARNED: _("learned"),
    LabelOrigin.EDITOR: _("an editor’s"),
}
_ASKED = {
    Asked.UNSURE: _("unsure"),
    Asked.CHECK: _("check"),
    Asked.OWN: _("own"),
}


def reason_said(label: Label) -> str:
    """The grounds of a label: "title: kết nạp đảng; text: chi bộ ×2"."""
    grounds = read_reason(label.reason)
    return "; ".join(
        words.format(said=found_said(grounds[ground]))
        for ground, words in _GROUNDS.items()
        if ground in grounds
    )


def found_said(found: Iterable[Found]) -> str:
    """What was found, each with its count if that is more than one."""
    return ", ".join(
        what if count == 1 else f"{what} ×{count}" for what, count in found
    )


def origin_said(origin: LabelOrigin) -> str:
    """Who gave a label."""
    return _ORIGINS[origin]


def asked_said(asked: Asked) -> str:
    """Why a person was asked."""
    return _ASKED[asked]

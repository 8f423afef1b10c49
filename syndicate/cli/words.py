"""Messages in the user's language."""

from __future__ import annotations

from syndicate.config.environment import read_environment
from syndicate.translate import translation

LANGUAGE = read_environment().language
_translation = translation(LANGUAGE)
_ = _translation.gettext
ngettext = _translation.ngettext

SPOKEN = (
    # Outcome
    _("new"),
    _("changed"),
    _("unchanged"),
    _("repeat"),
    _("failed"),
    # IssueState
    _("draft"),
    _("approved"),
    _("sent"),
    _("skipped"),
    _("held"),
    # Silence
    _("send"),
    _("hold"),
    _("skip"),
    # who decides when no editor has
    _("deadline"),
    _("automatic"),
    _("editor"),
    # why, in our words
    _("nobody decided on it by its deadline"),
    _("the desk could not be told of the draft"),
    # DeliveryState
    _("planned"),
    _("sending"),
    _("accepted"),
    _("deferred"),
    _("refused"),
    _("uncertain"),
    _("cancelled"),
    # who has no copy, and why
    _("returned"),
    _("absent"),
    _("erased"),
    _("suppressed"),
    _("bounced"),
    _("complained"),
    _("invalid"),
    _("unverified"),
    _("unsubscribed"),
    _("pending"),
    _("paused"),
    _("expired"),
    _("changed the cadence"),
    _("joined later"),
    _("not planned yet"),
    _("could not be written to when it was planned"),
    _("nothing in it for them"),
    _("interrupted while it was being sent"),
    _("perhaps sent after the backup was made that was restored"),
    # Relation
    _("first"),
)
"""What is shown as ``_(state.value)``, named here so that it is translated."""

"""Messages in the user's language."""

from __future__ import annotations

from syndicate.config.environment import read_environment
from syndicate.translate import translation

_translation = translation(read_environment().language)
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
    # DeliveryState
    _("planned"),
    _("sending"),
    _("accepted"),
    _("deferred"),
    _("refused"),
    _("uncertain"),
    _("cancelled"),
    # Relation
    _("first"),
)
"""What is shown as ``_(state.value)``, named here so that it is translated."""

"""Messages in the user's language."""

from __future__ import annotations

from syndicate.config.environment import read_environment
from syndicate.translate import translation

_translation = translation(read_environment().language)
_ = _translation.gettext
ngettext = _translation.ngettext

"""What is wrong with the settings, in the user's language."""

from __future__ import annotations

from syndicate.config.environment import read_environment
from syndicate.translate import translation

_ = translation(read_environment().language).gettext

"""The pages' templates: one folder, one environment."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from samples import words

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("layouts")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["day"] = words.day
_ENVIRONMENT.filters["day_and_minute"] = words.day_and_minute
_ENVIRONMENT.filters["weekday_line"] = words.weekday_line
_ENVIRONMENT.filters["long_clock"] = words.long_clock
_ENVIRONMENT.filters["nukeviet_time"] = words.nukeviet_time


def render(name: str, **values: object) -> str:
    """The template ``name`` of samples/layouts with ``values``."""
    return _ENVIRONMENT.get_template(name).render(**values)

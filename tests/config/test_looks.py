"""A theme with which a mail could not be read is a mistake, told at its line."""

from __future__ import annotations

import pytest

from syndicate.config.environment import Environment
from syndicate.config.load import load
from syndicate.errors import ConfigError
from syndicate.model import Theme


def themed(right: str, *lines: str) -> str:
    """Give the last digest a theme."""
    head, tail = right.rsplit("[[digest]]", 1)
    return f"{head}[[digest]]{tail}\n[digest.theme]\n" + "\n".join(lines) + "\n"


def mistakes_of(path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(path, Environment())
    return list(caught.value.mistakes)


@pytest.mark.parametrize(
    ("line", "key", "contrast"),
    [
        ('accent = "#ff9999"', "accent", "2.0"),
        ('accent = "#ffffff"', "accent", "1.0"),
        ('accent_dark = "#9a1b1e"', "accent_dark", "2.1"),
    ],
)
def test_a_colour_that_cannot_be_read_is_a_mistake(write, right, line, key, contrast):
    (said,) = mistakes_of(write(themed(right, line)))
    assert f"theme.{key}: " in said
    assert contrast in said


def test_colours_that_can_be_read_are_taken(write, right):
    text = themed(right, 'accent = "#0b5d1e"', 'accent_dark = "#8FE0A4"')
    theme = load(write(text), Environment()).digests[-1].theme
    assert theme == Theme(accent="#0b5d1e", accent_dark="#8FE0A4")


def test_a_logo_needs_https_and_a_size(write, right):
    said = mistakes_of(write(themed(right, 'logo = "http://tin.example/logo.png"')))
    keys = {one.split(": ")[1].rpartition(".")[2] for one in said}
    assert keys == {"logo", "logo_width", "logo_height"}

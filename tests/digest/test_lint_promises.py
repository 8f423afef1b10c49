"""What a copy was promised to hold is looked for on its final bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from syndicate.digest.drawing.parts import Parts
from syndicate.digest.drawing.variants import variant
from syndicate.digest.drawing.wishes import everything
from syndicate.digest.linting.expected import Expected, Told
from syndicate.digest.linting.htmllint import faults, page
from syndicate.digest.linting.lint import lint
from syndicate.digest.writing.message import Copy, Mould, Post
from syndicate.model import Digest, Issue, IssueItem, Message, Theme
from syndicate.pipeline.mailing.linting import expected

Made = tuple[Message, Expected]


@pytest.fixture
def make(
    make_parts: Callable[..., Parts],
    make_issue: Callable[..., Issue],
    make_item: Callable[..., IssueItem],
    post: Post,
    copy: Copy,
) -> Callable[..., Made]:
    """Make a copy, and say what it must hold."""

    def made(**given: object) -> Made:
        item = make_item(1, language="en", also=(("Báo", "https://bao.example/1"),))
        drawn = make_parts(make_issue(item, make_item(2)), **given)
        built = variant(drawn, everything(drawn.issue, "vi"))
        assert built is not None
        ours = replace(post, digest=drawn.digest, bounce_domain="tra-lai.example")
        message = Mould(built, ours).message(copy)
        wanted = expected(
            drawn,
            built,
            message,
            sender=post.sender,
            bounce_domain="tra-lai.example",
        )
        return message, wanted

    return made


def rules(message: Message, wanted: Expected) -> set[str]:
    return {one.rule for one in lint(message.content, expected=wanted)}


def test_a_copy_holds_all_that_was_promised(
    make: Callable[..., Made], digest: Digest
) -> None:
    assert rules(*make()) == {"dkim-off"}
    advertised = replace(digest, advertising=True)
    assert rules(*make(digest=advertised, postal="Số 1, phố Khê")) == {"dkim-off"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"domain": "khac.example"}, "from-domain"),
        ({"envelope": "ban-tin@ban-tin.example"}, "envelope"),
        ({"bounce_domain": "khac.example"}, "envelope"),
        ({"links": ("https://khoi.cuuha.example/tin-9",)}, "html-link"),
        ({"links": ("https://khoi.cuuha.example/tin-9",)}, "text-link"),
        ({"known": ("https://khoi.cuuha.example/tin-1",)}, "html-link-unknown"),
        ({"own": "https://khac.example"}, "html-link-unknown"),
        ({"stories": (Told(title="Tin không có"),)}, "text-title"),
        ({"stories": (Told(title="Tin không có"),)}, "html-link"),
        ({"preferences": "https://ban-tin.example/khac/"}, "foot-preferences"),
        ({"view": "https://ban-tin.example/issues/tuan/13"}, "foot-view"),
        ({"reason": ("Ai đó",)}, "foot-sender"),
        ({"postal": "Số 1, phố Khê"}, "foot-postal"),
        ({"advertising": True}, "foot-advertising"),
        ({"is_signed": True}, "dkim-missing"),
    ],
)
def test_what_was_promised_and_is_not_there_is_an_error(
    make: Callable[..., Made], change: dict[str, object], rule: str
) -> None:
    message, wanted = make()
    assert rule in rules(message, replace(wanted, **change))  # type: ignore[arg-type] # each fits its field


def test_a_title_in_another_language_must_say_so(make: Callable[..., Made]) -> None:
    message, wanted = make()
    first, *others = wanted.stories
    assert first.language == "en"
    other = replace(wanted, stories=(replace(first, language="fr"), *others))
    assert "html-item-lang" in rules(message, other)


def test_colours_that_can_hardly_be_read_are_a_warning(
    make: Callable[..., Made], digest: Digest
) -> None:
    pale = replace(digest, theme=Theme(accent="#e0a0a0"))
    assert "html-contrast" in rules(*make(digest=pale))
    dark = replace(digest, theme=Theme(accent_dark="#503030"))
    assert "html-contrast-dark" in rules(*make(digest=dark))


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ('<p style="font-size:0.8em">a</p>', "html-size"),
        ('<p style="font:12px/1.6 Arial">a</p>', "html-size"),
        ('<p style="font-size:10pt">a</p>', "html-size"),
        ('<p style="font-size:20px;line-height:24px">a</p>', "html-leading"),
        ('<p style="color:#999999">a</p>', "html-contrast"),
        ('<p style="color:rgb(255, 255, 240)">a</p>', "html-contrast"),
        ('<p class="x" style="color:#000">a</p>', "html-contrast-dark"),
        ('<p style="width:800px">a</p>', "html-width"),
        ('<img src="https://a.vd/x" alt="" width="1" height="1">', "html-pixel"),
        (
            '<img src="https://a.vd/x" alt="" style="width:1px;height:1px">',
            "html-image",
        ),
        ("<style>@import 'https://a.vd/x.css'</style>", "html-css"),
        ("<style>.x { position: fixed }</style>", "html-position"),
        ('<a href="https://a.vd/r?u=https%3A%2F%2Fb.vd">Tin</a>', "html-redirect"),
        ('<a href="https://a.vd/"><img src="https://a.vd/x"></a>', "html-link-text"),
        ("<svg></svg>", "html-element"),
    ],
)
def test_words_and_pictures_are_measured(words: str, rule: str) -> None:
    frame = (
        "<style>@media (prefers-color-scheme: dark) {"
        ".sheet { background-color: #111111 !important; }"
        ".x { color: #222222 !important; } .y { color: #eeeeee !important; } }</style>"
        '<div class="sheet" style="font-size:16px;line-height:1.6;color:#000000;'
        'background-color:#ffffff"><h1 class=y>Tin</h1>{}</div>'
    )
    plain = frame.replace("{}", "<p class='y' style='color:#555555'>a</p>")
    broken = frame.replace("{}", words)
    assert rule not in {one.rule for one in faults(plain, page(plain))}
    assert rule in {one.rule for one in faults(broken, page(broken))}

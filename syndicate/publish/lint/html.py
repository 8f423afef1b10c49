"""HTML inside a document: what readers remove, and what is not HTML at all."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from syndicate.publish.lint.findings import Report, Value, note
from syndicate.publish.lint.nesting import Nesting
from syndicate.publish.lint.values import HTML_TAGS
from syndicate.publish.lint.words import words

_REMOVED = words(
    """
    applet base basefont body comment embed eventsource frame frameset head html
    iframe isindex link listing meta noframes object param plaintext script slot style
    title xmp
    """
)
"""Elements of HTML that readers remove."""
TAGS = HTML_TAGS - _REMOVED
ATTRIBUTES = words(
    """
    abbr accept accept-charset accesskey action align allow allowfullscreen
    allowpaymentrequest alt as autocapitalize autocomplete autofocus autoplay axis
    background balance bgcolor bgproperties border bordercolor bordercolordark
    bordercolorlight bottompadding cellpadding cellspacing ch challenge char charoff
    charset checked choff cite class clear color cols colspan compact contenteditable
    coords crossorigin data datafld datapagesize datasrc datetime decoding default
    delay dir dirname disabled download draggable dynsrc enctype end enterkeyhint face
    for form formenctype frame galleryimg gutter headers height hidden hidefocus high
    href hreflang hspace icon id inputmode is ismap itemid itemprop itemref itemscope
    itemtype keytype kind label lang leftspacing list loading longdesc loop loopcount
    loopend loopstart low lowsrc max maxlength media method min minlength multiple
    muted name nohref nonce noshade nowrap open optimum pattern ping placeholder
    playsinline point-size poster pqg preload prompt radiogroup readonly
    referrerpolicy rel repeat-max repeat-min replace required rev reversed
    rightspacing rows rowspan rules scope selected shape size sizes span spellcheck
    src srclang srcset start step summary suppress tabindex target template title
    toppadding translate type unselectable urn usemap valign value variable volume
    vrml vspace width wrap xml:lang xmlns
    """
)
_PROPERTIES = words(
    """
    azimuth background background-color border border-bottom border-bottom-color
    border-bottom-style border-bottom-width border-collapse border-color border-left
    border-left-color border-left-style border-left-width border-right
    border-right-color border-right-style border-right-width border-spacing
    border-style border-top border-top-color border-top-style border-top-width
    border-width clear color cursor direction display elevation float font font-family
    font-size font-style font-variant font-weight height letter-spacing line-height
    list-style-type margin margin-bottom margin-left margin-right margin-top overflow
    padding padding-bottom padding-left padding-right padding-top pause pause-after
    pause-before pitch pitch-range richness speak speak-header speak-numeral
    speak-punctuation speech-rate stress text-align text-decoration text-indent
    unicode-bidi vertical-align voice-family volume white-space width
    """
)
_KEYWORDS = words(
    """
    aqua auto black block blue bold both bottom brown center collapse dashed dotted
    fuchsia gray green !important italic left lime maroon medium none navy normal
    nowrap olive pointer purple red right solid silver teal top transparent underline
    white yellow
    """
)
_MEASURE = re.compile(
    r"#[0-9a-f]+|rgb\(\d+%?,\d*%?,?\d*%?\)?|\d?\.?\d?\d(cm|em|ex|in|mm|pc|pt|px|%|,|\))?"
)
_STYLE = re.compile(r"([:,;#%.\sa-zA-Z0-9!]|\w-\w|'[\s\w]+'|\"[\s\w]+\"|\([\d,\s]+\))*")
_DECLARATIONS = re.compile(r"(\s*[-\w]+\s*:\s*[^:;]*(;|$))*")
_LONGEST_STYLE = 2000
"""Letters; the patterns above cost their square."""
_MOST_BEGUN = 100
"""Tags begun before one ends; html.parser looks at the rest of the text for each."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def markup(value: Value, report: Report) -> None:
    """HTML that readers can show as it is."""
    _read(value, report, relative=False)


def absolute_markup(value: Value, report: Report) -> None:
    """The same, and every address in it is a full one: RSS has no base."""
    _read(value, report, relative=True)


def unsafe_style(style: str) -> list[str]:
    """Return what in a style attribute readers will not show."""
    if len(style) > _LONGEST_STYLE or not _STYLE.fullmatch(style):
        return [style]
    if not _DECLARATIONS.fullmatch(style):
        return [style]
    unsafe: list[str] = []
    for name, said in re.findall(r"([-\w]+)\s*:\s*([^:;]*)", style.lower()):
        if name not in _PROPERTIES:
            unsafe.append(name)
        elif name.partition("-")[0] in ("background", "border", "margin", "padding"):
            unsafe += [
                word
                for word in said.split()
                if word not in _KEYWORDS and not _MEASURE.match(word)
            ]
    return list(dict.fromkeys(unsafe))


def _read(value: Value, report: Report, *, relative: bool) -> None:
    if "<" not in value.text and "&" not in value.text:
        return
    if "<?import " in value.text.lower():
        note(report, "SecurityRisk", value, "?import")
    if any(run.count("<") > _MOST_BEGUN for run in value.text.split(">")):
        note(report, "NotHtml", value, "<…<…<")
        return
    reader = _Reader(value, report, relative=relative)
    reader.feed(value.text)
    reader.close()
    wrong = reader.nesting.finished()
    if wrong:
        note(report, "NotHtml", value, wrong)


class _Reader(HTMLParser):
    """Notes what readers remove, and hands tags on to be checked for their nesting."""

    def __init__(self, value: Value, report: Report, *, relative: bool) -> None:
        super().__init__(convert_charrefs=False)
        self._value = value
        self._report = report
        self._relative = relative
        self.nesting = Nesting()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.nesting.opened(tag, [name for name, _ in attrs])
        self._note_tag(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.nesting.opened(tag, [name for name, _ in attrs], closed=True)
        self._note_tag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.nesting.ended(tag)

    def handle_data(self, data: str) -> None:
        self.nesting.text(data)

    def handle_entityref(self, name: str) -> None:
        self.nesting.text("&")
        self.nesting.entity(name, self._semicolon(name))

    def handle_charref(self, name: str) -> None:
        self.nesting.text("&")
        if not self._semicolon(f"#{name}"):
            self.nesting.broken(f"&#{name}")

    def _semicolon(self, name: str) -> bool:
        line, column = self.getpos()
        at = self._starts[line - 1] + column + 1 + len(name)
        return self._value.text[at : at + 1] == ";"

    @property
    def _starts(self) -> list[int]:
        if not hasattr(self, "_kept"):
            text = self._value.text
            self._kept = [0, *(match.end() for match in re.finditer("\n", text))]
        return self._kept

    def _note_tag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in HTML_TAGS:
            note(self._report, "NotHtml", self._value, f"<{tag}>")
        elif tag not in TAGS:
            note(self._report, "SecurityRisk", self._value, f"<{tag}>")
        else:
            for name, said in attrs:
                self._note_attribute(name, said or "")
        if self._relative:
            self._note_address(tag, dict(attrs))

    def _note_attribute(self, name: str, said: str) -> None:
        if name == "style":
            for evil in unsafe_style(said):
                note(self._report, "DangerousStyleAttr", self._value, evil)
        elif name not in ATTRIBUTES and not name.startswith("data-"):
            note(self._report, "SecurityRiskAttr", self._value, name)

    def _note_address(self, tag: str, attrs: dict[str, str | None]) -> None:
        for asked, name in (("a", "href"), ("img", "src")):
            said = (attrs.get(name) or "").strip()
            if tag == asked and name in attrs and not _SCHEME.match(said):
                note(self._report, "ContainsRelRef", self._value, said)

"""What the rules say whose breach makes a document wrong.

The names are those of the W3C Feed Validation Service, so that its documentation helps;
below them those that it has not. The sentences are ours.
"""

from __future__ import annotations


def _(said: str) -> str:
    """Mark a sentence for translation; ``syndicate lint`` translates it."""
    return said


ERRORS = {
    # The document
    "SAXError": _("This is not well-formed: {value}. Mend it at this place."),
    "WPBlankLine": _("Nothing may stand before the XML declaration; remove it."),
    "UnicodeError": _("The bytes are not what the encoding promises: {value}."),
    "UnknownEncoding": _("Nobody knows the encoding {value}; write UTF-8."),
    "BadXmlVersion": _("Readers know XML 1.0 only, not {value}."),
    "UndefinedNamedEntity": _(
        "The entity &{value}; is HTML's; write the character itself."
    ),
    "MissingNamespace": _("The prefix of {element} is not declared; add xmlns."),
    "MediaRssNamespace": _("The namespace of Media RSS ends with a slash; add it."),
    "ObsoleteNamespace": _("{element} is of Atom 0.3; write Atom 1.0."),
    "ValidatorLimit": _("The document is too large to be checked: {value}."),
    # Elements and attributes
    "UndefinedElement": _("{element} has no place here; remove or rename it."),
    "MissingElement": _("{element} is missing; add it."),
    "MissingDescription": _("{element} is missing; say what the feed is about."),
    "MissingLink": _("{element} is missing; add the address of the page."),
    "MissingTitle": _("{element} is missing; add a title."),
    "ItemMustContainTitleOrDescription": _(
        "An item needs a title or a description; add one."
    ),
    "MissingAttribute": _("The attribute {element} is missing; add it."),
    "MissingHref": _("{element} has no href; add the address."),
    "UnexpectedAttribute": _("The attribute {element} has no place here; remove it."),
    "DuplicateElement": _("{element} is there more than once; keep one."),
    "DuplicateAtomLink": _(
        "Two alternate links have the same type and language; keep one."
    ),
    "DuplicateValue": _("{value} is there twice; each {element} must be its own."),
    "DuplicateIds": _("All entries have the same id; give each its own."),
    "MisplacedMetadata": _("{element} must stand before all entries; move it up."),
    "UnexpectedText": _("Text has no place in {element}: {value}."),
    "UnexpectedWhitespace": _("White space around {element} is not permitted."),
    "MissingXhtmlDiv": _("XHTML must stand in one div; wrap it."),
    "MissingContentOrAlternate": _(
        "An entry without content needs an alternate link; add one."
    ),
    "MissingSummary": _("Content that is elsewhere or encoded needs a summary."),
    "InvalidRSSVersion": _("There is no version {value} of RSS; write 2.0."),
    "InvalidOPMLVersion": _("There is no version {value} of OPML; write 2.0."),
    "NotEnoughHoursInTheDay": _("A day has 24 hours; {element} has more."),
    "EightDaysAWeek": _("A week has 7 days; {element} has more."),
    # Dates
    "InvalidRFC2822Date": _(
        "{element}: {value} is no date of RFC 822; write Sun, 22 Nov 2026 08:00:00 GMT."
    ),
    "IncorrectDOW": _("{element}: {value} is not on that day of the week."),
    "InvalidRFC3339Date": _(
        "{element}: {value} is no date of RFC 3339; write 2026-11-22T08:00:00Z."
    ),
    "InvalidW3CDTFDate": _(
        "{element}: {value} is no date of W3CDTF; write 2026-11-22T08:00:00Z."
    ),
    # Addresses
    "InvalidLink": _("{element}: {value} is no address."),
    "UriNotIri": _("{element}: {value} has letters that RSS wants percent-encoded."),
    "InvalidIRI": _("{element}: {value} is no address (RFC 3987)."),
    "InvalidFullLink": _("{element}: {value} must be a full address; add https://…"),
    "InvalidUriChar": _("{element}: {value} may not stand in an address; encode it."),
    "InvalidURLAttribute": _("{element}: {value} must be a full http(s) address."),
    "InvalidTAG": _("{element}: {value} is no tag: URI; write tag:HOST,DATE:NAME."),
    "InvalidURN": _("{element}: {value} is no URN."),
    "InvalidUUID": _("{element}: {value} is no UUID."),
    "InvalidHttpGUID": _("The guid is no address; say isPermaLink=false."),
    "InvalidPermalink": _("The guid is not an address to open; say isPermaLink=false."),
    # Other values
    "InvalidContact": _(
        "{element}: {value} is no e-mail address; write a@b.vn (Name)."
    ),
    "InvalidAddrSpec": _("{element}: {value} is no e-mail address."),
    "InvalidLanguage": _("{element}: nobody knows the language {value}; write vi."),
    "InvalidMIMEType": _("{element}: {value} is no media type; write text/html."),
    "InvalidMIMEAttribute": _("{element}: {value} is no media type."),
    "InvalidTextType": _("{element}: {value} must be text, html or xhtml."),
    "InvalidIntegerAttribute": _("{element}: {value} must be a positive number."),
    "InvalidNonNegativeInteger": _("{element}: {value} must be 0 or more."),
    "UseZeroForUnknown": _("{element}: write 0 where the size is not known."),
    "InvalidPositiveInteger": _("{element}: {value} must be 1 or more."),
    "InvalidBooleanAttribute": _("{element}: {value} must be true or false."),
    "InvalidTrueFalse": _("{element}: {value} must be true or false."),
    "InvalidYesNoClean": _("{element}: {value} must be yes, no or clean."),
    "InvalidHour": _("{element}: {value} must be an hour from 0 to 23."),
    "InvalidDay": _("{element}: {value} must be a day, Monday to Sunday."),
    "InvalidWidth": _("{element}: {value} must be from 1 to 144."),
    "InvalidHeight": _("{element}: {value} must be from 1 to 400."),
    "InvalidUpdatePeriod": _(
        "{element}: {value} must be hourly, daily, weekly, monthly or yearly."
    ),
    "InvalidDuration": _("{element}: {value} must be seconds or H:MM:SS."),
    "InvalidItunesCategory": _("{element}: iTunes has no category {value}."),
    "InvalidCommaSeparatedIntegers": _(
        "{element}: {value} must be numbers and commas."
    ),
    "InvalidExpansionState": _("{element}: {value} must be line numbers and commas."),
    "InvalidLatitude": _("{element}: {value} must be from -90 to 90."),
    "InvalidLongitude": _("{element}: {value} must be from -180 to 180."),
    "InvalidCoord": _("{element}: {value} must be two numbers, latitude first."),
    "InvalidMediaTextType": _("{element}: {value} must be plain or html."),
    "InvalidMediaMedium": _("{element}: {value} is no medium; write image."),
    "InvalidMediaExpression": _("{element}: {value} must be sample, full or nonstop."),
    "InvalidMediaHash": _("{element}: {value} is no md5 or sha-1."),
    "InvalidMediaRestriction": _("{element}: {value} must be all or none."),
    "InvalidMediaRestrictionRel": _("{element}: {value} must be allow or deny."),
    "InvalidNPTTime": _("{element}: {value} is no time of a film; write 12:05:35."),
    "InvalidFloat": _("{element}: {value} must be a number."),
    "InvalidValue": _("{element}: {value} is not one of the values it may have."),
    "TooLong": _("{element} is too long: {value}."),
    "MediaGroupWithoutAlternatives": _("media:group needs two files or more."),
    "NotBase64": _("{element} says it is base64, and is not."),
    # History (RFC 5005)
    "FeedRelInCompleteFeed": _("A complete feed has no other pages; drop {value}."),
    "CurrentNotSelfInCompleteFeed": _(
        "The current document of a complete feed is itself; mend {value}."
    ),
    "LinkPastEnd": _("This is the {value} page; there is none beyond."),
    # What the service does not know
    "NotAFeed": _("This is no RSS, Atom, JSON Feed or OPML document: {value}."),
    "HubWithoutSelf": _("Subscribers need rel=self beside rel=hub (WebSub); add it."),
    "ArchiveNotOlder": _("An archive page cannot come before itself: {value}."),
    "WrongType": _("{element} must be {value}."),
    "MissingContent": _("{element} needs content_html or content_text; add one."),
    "InvalidVersion": _("{element}: {value} is no version of JSON Feed."),
}

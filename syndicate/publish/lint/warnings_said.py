"""What the rules say whose breach is legal, and gives readers trouble.

The names are those of the W3C Feed Validation Service, so that its documentation helps;
below them those that it has not. The sentences are ours.
"""

from __future__ import annotations


def _(said: str) -> str:
    """Mark a sentence for translation; ``syndicate lint`` translates it."""
    return said


WARNINGS = {
    # The document
    "ObscureEncoding": _("Few readers know the encoding {value}; write UTF-8."),
    "UnexpectedContentType": _(
        "Served as {value}, which is not the media type of such a document."
    ),
    "NonSpecificMediaType": _("Served as {value}; a more exact type helps readers."),
    "EncodingMismatch": _(
        "The server says another encoding than the document: {value}."
    ),
    "ReservedPrefix": _("The prefix {element} is known for another namespace."),
    "AvoidNamespacePrefix": _("Some readers do not know the prefix {element} in Atom."),
    "UnknownNamespace": _("Readers will skip what is in the namespace {value}."),
    "ObsoleteVersion": _("This version of the format is out of use."),
    "UseOfExtensionAttr": _(
        "RSS has no foreign attributes on its own elements: {value}."
    ),
    "UndeterminableVocabulary": _("{element} is in no namespace; add xmlns."),
    "QuestionableUsage": _("{element} is unusual here; readers may skip it."),
    "MisplacedXHTMLContent": _("XHTML has no place here: {element}."),
    # Elements
    "DuplicateSemantics": _("{element} says what {value} says; keep one."),
    "DuplicateItemSemantics": _("{element} says what {value} says; keep one."),
    "DuplicateEnclosure": _("Most readers take one enclosure of an item only."),
    "DuplicateEntries": _("Two entries have the same id: {value}."),
    "DuplicateUpdated": _("Two entries were updated at the same moment: {value}."),
    "MissingGuid": _("An item without guid is new at each change; add one."),
    "MissingSelf": _("The feed does not say where it is read; add rel=self."),
    "MissingAtomSelfLink": _("The feed does not say where it is read; add rel=self."),
    "SelfDoesntMatchLocation": _("rel=self is not where the feed was read: {value}."),
    "SelfNotAtom": _("rel=self names another media type: {value}."),
    "RelativeSelf": _("rel=self must be a full address: {value}."),
    "MissingSourceElement": _("The source of an entry should have {element}."),
    "MissingTypeAttr": _("Content that is elsewhere should say its type."),
    "MissingTextualContent": _("An entry should have a summary or content."),
    "UnregisteredAtomLinkRel": _("{value} is no registered link relation."),
    "AtomLinkNotEmpty": _("A link says everything in its attributes: {value}."),
    "FeedHistoryRelInEntry": _("The relation {value} belongs to the feed."),
    "MissingCurrentInArchive": _("An archive page should link to the current one."),
    "ArchiveIncomplete": _("An archive page should link to its neighbours."),
    "CommentRSS": _("Write wfw:commentRss with small letters."),
    # Values
    "NotBlank": _("{element} should not be empty."),
    "AttrNotBlank": _("The attribute {element} should not be empty."),
    "ImplausibleDate": _("{element}: nobody will believe the date {value}."),
    "ProblematicalRFC822Date": _(
        "{element}: some readers do not take the date {value}; write four digits of the"
        " year, English names and a numeric zone."
    ),
    "NotSufficientlyUnique": _("The guid {value} is too short to be its own."),
    "NonCanonicalURI": _("{element}: write the id in its canonical form, {value}."),
    "SchemeNotIANARegistered": _("{element}: {value} is no registered scheme."),
    "InvalidKeywords": _("{element}: put commas between keywords."),
    "ImageLinkDoesntMatch": _("The image links elsewhere than the channel: {value}."),
    "ImageTitleDoesntMatch": _("The image has another title than the channel."),
    "ImageUrlFormat": _("The image should be a GIF, JPEG or PNG: {value}."),
    "DeprecatedMediaAdult": _("media:adult is out of use; write media:rating."),
    "CoordComma": _("{element}: put a space between latitude and longitude."),
    # Text
    "ContainsHTML": _("{element} should be plain text, and has {value}."),
    "ContainsUndeclaredHTML": _(
        "{element} is declared as text and has {value}; declare it as html."
    ),
    "CharacterData": _("{element} has markup that readers may show: {value}."),
    "ContainsEmail": _("{element} should not have an e-mail address."),
    "BadCharacters": _("{element} has characters of a broken encoding."),
    "NotHtml": _("{element} is not valid HTML: {value}."),
    "NotInline": _("{element} is declared as XHTML and has escaped HTML."),
    "HtmlFragment": _("{value} is for whole documents; write html."),
    "SecurityRisk": _("{element} has {value}, which readers remove."),
    "SecurityRiskAttr": _("{element} has the attribute {value}, which readers remove."),
    "DangerousStyleAttr": _("{element} has a style that readers remove: {value}."),
    "ContainsRelRef": _("{element} has an address without its host: {value}."),
    # The profile of RSS 2.0
    "EmailFormat": _("{element}: write the address first: a@b.vn (Name)."),
    "MissingRealName": _("{element}: add the name: a@b.vn (Name)."),
    "MisplacedItem": _("Items should stand at the end of the channel."),
    "AvoidTextInput": _("No reader shows a textInput."),
    "NeedDescriptionBeforeContent": _("Put description before content:encoded."),
    "SlashDate": _("Counted comments need a lastBuildDate."),
    "UseZeroForMidnight": _("Write 0 for the hour after midnight."),
    # iTunes
    "MissingItunesElement": _("A podcast should have {element}."),
    "MissingItunesEmail": _("A podcast should have itunes:owner with an e-mail."),
    "UnsupportedItunesFormat": _("iTunes does not play {value}."),
    "ObsoleteItunesCategory": _("The category {value} of iTunes is out of use."),
    # OPML
    "MissingXmlURL": _("An outline of type rss needs xmlUrl."),
    "InvalidOutlineVersion": _("{value} is no version of a feed; write RSS2."),
    "InvalidOutlineType": _("OPML 1 knows no outline of type {value}."),
    "MissingOutlineType": _("An outline with more than a text should say its type."),
    "MissingTitleAttr": _("An outline of type rss should have a title."),
    "MissingUrlAttr": _("An outline of type link should have a url."),
    # What the service does not know
    "DuplicateSelf": _("The feed says twice where it is read: {value}."),
    "DuplicateTombstone": _("The entry {value} is deleted twice; keep the latest."),
    "DeletedAndPresent": _("The entry {value} is deleted, and is there."),
    "ObsoleteMember": _("{element} is out of use; write {value}."),
    "UnknownMember": _(
        "The format has no {element}; extensions begin with an underscore."
    ),
    "MissingFeedUrl": _("The feed does not say where it is read; add feed_url."),
}

"""Names that mean something to feedparser, as its sources have them (6.0).

A test reads feedparser's own tables and fails when one of its names is missing here.
"""

from __future__ import annotations

import re

NAMESPACES = {
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss/": "media",
    "http://search.yahoo.com/mrss": "media",
    "http://www.georss.org/georss": "georss",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
}
"""By namespace in lower case: the prefix that stands for it, whatever is declared."""

UNFOLLOWED = re.compile(
    r"backend\.userland\.com|blogs\.law\.harvard|my\.netscape\.com|example\.com/n"
    r"|purl\.org/(?:rss/1\.0/$|rss/1\.0/modules/(?:rss091|image)|echo|pie|atom/ns)"
    r"|uri/of/echo|webns\.net|creativecommons|web\.resource\.org|cyber\.law\.harvard"
    r"|opengis\.net|simple-chapters|example\.com/DTDs|1999/x(?:link|html)|XML/1998"
    r"|1998/Math|2000/svg",
    re.IGNORECASE,
)
"""Namespaces that feedparser reads in ways that are not followed here."""

CANONICAL = frozenset(
    """
    admin ag annotate audio blogchannel cc co content cp creativecommons dc dcterms
    email ev feedburner fm foaf geo georss gml icbm image itunes l link media pingback
    prism psc rdf rdfs ref reqv search slash soap ss str sub sy szf taxo thr ti
    trackback wfw wiki xhtml xlink xml
    """.split()  # noqa: SIM905 - a table of words
)
"""Prefixes that feedparser has a namespace for."""

PREFIXES = frozenset(
    """
    admin cc content creativecommons dc dcterms feedburner georss gml itunes media psc
    xhtml
    author created expired generator published publisher summary title updated validity
    """.split()  # noqa: SIM905 - a table of words
)
"""Prefixes of elements that it reads; and the beginnings of its own compound names."""

TAGS = frozenset(
    """
    abstract author body category channel cloud content contributor copyright created
    date description email enclosure entries entry expirationdate feed fullitem
    generator georssgeom geom guid height homepage href id image info issued item items
    keywords lang language lastbuilddate link links managingeditor modified name
    newlocation publisher pubdate published rights rss source subtitle summary tagline
    tags textinput title updated uri url authors webmaster where width guidislink
    expired svg math div enclosures license geometry
    """.split()  # noqa: SIM905 - a table of words
)
"""Elements without a prefix that it does something with."""

ELEMENTS = frozenset(
    """
    admin:errorreportsto admin:generatoragent cc:license content:encoded
    creativecommons:license
    dc:author dc:contributor dc:creator dc:date dc:description dc:language dc:publisher
    dc:rights dc:subject dc:title
    dcterms:created dcterms:issued dcterms:modified dcterms:valid
    feedburner:browserfriendly
    georss:box georss:line georss:point georss:polygon georss:where
    gml:exterior gml:linearring gml:linestring gml:point gml:polygon gml:pos gml:poslist
    itunes:author itunes:block itunes:category itunes:email itunes:explicit itunes:image
    itunes:keywords itunes:link itunes:name itunes:owner itunes:subtitle itunes:summary
    media:category media:content media:credit media:description media:group
    media:keywords media:license media:player media:rating media:restriction
    media:thumbnail media:title
    psc:chapter psc:chapters xhtml:body
    """.split()  # noqa: SIM905 - a table of words
)
"""Elements with a prefix that it does something with."""

HARMLESS = frozenset(
    """
    dc:contributor dc:language dc:publisher dc:rights georss:point itunes:block
    itunes:explicit itunes:subtitle media:credit media:license media:player
    media:rating media:restriction
    """.split()  # noqa: SIM905 - a table of words
)
"""Those of them from which nothing of an entry comes."""

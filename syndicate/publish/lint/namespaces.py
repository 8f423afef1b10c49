"""Namespaces that feeds use, with the prefixes they are known by."""

from __future__ import annotations

import re

from syndicate.publish.lint.words import words

ATOM = "http://www.w3.org/2005/Atom"
ATOM_03 = "http://purl.org/atom/ns#"
XML = "http://www.w3.org/XML/1998/namespace"
XHTML = "http://www.w3.org/1999/xhtml"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS_10 = "http://purl.org/rss/1.0/"
THREADING = "http://purl.org/syndication/thread/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
MEDIA_MISSPELT = "http://search.yahoo.com/mrss"

_RSS_MODULES = {
    name: f"http://purl.org/rss/1.0/modules/{path}/"
    for name, path in {
        "ag": "aggregation",
        "annotate": "annotate",
        "company": "company",
        "content": "content",
        "email": "email",
        "ev": "event",
        "image": "image",
        "l": "link",
        "ref": "reference",
        "reqv": "richequiv",
        "search": "search",
        "slash": "slash",
        "ss": "servicestatus",
        "sub": "subscription",
        "sy": "syndication",
        "taxo": "taxonomy",
        "wiki": "wiki",
    }.items()
}
PREFIXES = {uri: name for name, uri in _RSS_MODULES.items()} | {
    ATOM: "atom",
    XML: "xml",
    XHTML: "xhtml",
    RDF: "rdf",
    RSS_10: "rss1",
    THREADING: "thr",
    TOMBSTONES: "at",  # RFC 6721; the service does not know it yet
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/syndication/history/1.0": "fh",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://wellformedweb.org/CommentAPI/": "wfw",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://backend.userland.com/creativeCommonsRssModule": "creativeCommons",
    "http://backend.userland.com/blogChannelModule": "blogChannel",
    "http://web.resource.org/cc/": "cc",
    "http://webns.net/mvcb/": "admin",
    "http://www.bloglines.com/about/specs/fac-1.0": "access",
    "http://www.w3.org/2007/app": "app",
    "http://www.microsoft.com/schemas/rss/core/2005": "cf",
    "http://conversationsnetwork.org/rssNamespace-1.0/": "conversationsNetwork",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://geourl.org/rss/module/": "geourl",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://postneo.com/icbm": "icbm",
    "urn:atom-extension:indexing": "indexing",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "http://www.w3.org/1998/Math/MathML": "mathml",
    "http://www.w3.org/2000/svg": "svg",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://a9.com/-/spec/opensearchrss/1.0/": "opensearch10",
    "http://a9.com/-/spec/opensearch/1.1/": "opensearch",
    "http://www.opml.org/spec2": "opml",
    "http://feedsync.org/2007/feedsync": "sx",
    "http://madskills.com/public/xml/rss/module/trackback/": "trackback",
    "http://schemas.xmlsoap.org/soap/envelope/": "soap",
    "http://base.google.com/ns/1.0": "g",
    "http://openid.net/xmlns/1.0": "openid",
    "http://my.netscape.com/rdf/simple/0.9/": "rss090",
    "http://media.tangent.org/rss/1.0/": "audio",
}
"""Namespace → the prefix that it is known by."""

OPEN = words(
    """
    access admin ag annotate app audio blogChannel cc cf company conversationsNetwork
    email ev foaf g geourl gml icbm image indexing l mathml opensearch opensearch10
    openid opml rdf rdfs ref reqv search soap ss sub svg sx taxo trackback wiki xlink
    """
)
"""Prefixes of what few use: we take what stands in them as it comes."""


def _key(uri: str) -> str:
    """Leave out what people get wrong: case, and the slash at the end."""
    found = re.match(r".*\w", uri)
    return found.group().lower() if found else uri


_NEARLY = {_key(uri): name for uri, name in PREFIXES.items()}
NAMES = {name: uri for uri, name in PREFIXES.items()}


def prefix(uri: str | None) -> str | None:
    """Return the known prefix of a namespace, also if it is misspelt a little."""
    return _NEARLY.get(_key(uri)) if uri else None


def simple(tag: str) -> str:
    """Name an element or attribute: "title", "atom:link", "{unknown}thing"."""
    if not tag.startswith("{"):
        return tag
    uri, _, name = tag[1:].partition("}")
    known = prefix(uri)
    return f"{known}:{name}" if known else tag

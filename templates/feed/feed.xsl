<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0" exclude-result-prefixes="atom fh">
<xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
<xsl:variable name="feed" select="/rss/channel | /atom:feed"/>
<xsl:variable name="title" select="$feed/title | $feed/atom:title"/>
<xsl:variable name="self" select="$feed/atom:link[@rel='self']/@href"/>
<xsl:variable name="page" select="$feed/link | $feed/atom:link[@rel='alternate']/@href"/>
<xsl:variable name="archive" select="$feed/fh:archive"/>
<xsl:template match="/">
<html lang="{{ language }}">
<head>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta name="robots" content="noindex"/>
<meta name="referrer" content="no-referrer"/>
<title><xsl:value-of select="$title"/> – {{ _("feed") }}</title>
<style>{{ css }}</style>
</head>
<body>
<a class="skip" href="#stories">{{ _("Skip to the stories") }}</a>
<header class="masthead"><p class="name"><a href="{{ home }}">{{ site.title }}</a></p></header>
<main class="narrow">
<h1 dir="auto"><xsl:value-of select="$title"/></h1>
<xsl:choose>
<xsl:when test="$archive">
<p class="hint">{{ _("This is an older part of a feed. To follow the feed, take the address of the part that goes on:") }}</p>
<p class="address"><xsl:value-of select="$feed/atom:link[@rel='current']/@href"/></p>
</xsl:when>
<xsl:otherwise>
<p class="hint">{{ _("This is a feed: a feed reader looks into it, and new stories come to you, without e-mail and without anybody knowing what you read. Copy this address into your reader:") }}</p>
<xsl:if test="$self">
<p class="address"><xsl:value-of select="$self"/></p>
<p class="hint">{{ _("Or open it at once in:") }}</p>
<ul class="ways">
<li><a href="feed:{$self}">{{ _("the reader of this device") }}</a></li>
<li><a href="https://feedly.com/i/subscription/feed/{$self}" rel="noopener noreferrer">Feedly</a></li>
<li><a href="https://www.inoreader.com/?add_feed={$self}" rel="noopener noreferrer">Inoreader</a></li>
<li><a href="https://www.newsblur.com/?url={$self}" rel="noopener noreferrer">NewsBlur</a></li>
</ul>
<p class="hint">{{ _("Free readers for your own device: Thunderbird, Feeder, NetNewsWire, Newsboat.") }}</p>
</xsl:if>
</xsl:otherwise>
</xsl:choose>
<p class="hint"><a href="{$page}">{{ _("Read it as a page") }}</a></p>
<h2 id="stories" tabindex="-1"><xsl:choose><xsl:when test="$archive">{{ _("Stories") }}</xsl:when><xsl:otherwise>{{ _("Latest stories") }}</xsl:otherwise></xsl:choose></h2>
<xsl:apply-templates select="/rss/channel/item | /atom:feed/atom:entry"/>
<xsl:if test="not(/rss/channel/item | /atom:feed/atom:entry)"><p class="empty">{{ _("No stories yet.") }}</p></xsl:if>
<xsl:variable name="older" select="$feed/atom:link[@rel='prev-archive']/@href"/>
<xsl:if test="$older"><nav class="turn" aria-label="{{ _("Pages") }}"><a class="right" rel="next" href="{$older}">{{ _("Older stories") }} →</a></nav></xsl:if>
</main>
</body>
</html>
</xsl:template>
<xsl:template match="item | atom:entry">
<article class="story">
<h3 dir="auto"><xsl:if test="@xml:lang"><xsl:attribute name="lang"><xsl:value-of select="@xml:lang"/></xsl:attribute></xsl:if><a><xsl:attribute name="href"><xsl:value-of select="link | atom:link[@rel='alternate']/@href"/></xsl:attribute><xsl:value-of select="title | atom:title"/></a></h3>
<p class="meta"><span><xsl:value-of select="source | atom:source/atom:title"/></span><xsl:if test="atom:published | pubDate"><time><xsl:choose><xsl:when test="pubDate"><xsl:value-of select="concat(substring(pubDate, 13, 4), '-', format-number(string-length(substring-before('JanFebMarAprMayJunJulAugSepOctNovDec', substring(pubDate, 9, 3))) div 3 + 1, '00'), '-', substring(pubDate, 6, 2))"/></xsl:when><xsl:otherwise><xsl:value-of select="substring(atom:published, 1, 10)"/></xsl:otherwise></xsl:choose></time></xsl:if></p>
<xsl:if test="atom:summary"><p class="lead" dir="auto"><xsl:value-of select="atom:summary"/></p></xsl:if>
</article>
</xsl:template>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:atom="http://www.w3.org/2005/Atom" exclude-result-prefixes="atom">
<xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
<xsl:template match="/">
<html lang="{{ language }}">
<head>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title><xsl:value-of select="/rss/channel/title | /atom:feed/atom:title"/></title>
<style>{{ css }}</style>
</head>
<body>
<header class="masthead"><p class="name"><a href="{{ home }}">{{ site.title }}</a></p></header>
<main class="narrow">
<h1><xsl:value-of select="/rss/channel/title | /atom:feed/atom:title"/></h1>
<p class="hint">{{ _("This is a feed for feed readers. Copy its address into yours, and new stories come to you:") }}</p>
<p class="hint"><b><xsl:value-of select="/rss/channel/atom:link[@rel='self']/@href | /atom:feed/atom:link[@rel='self']/@href"/></b></p>
<p class="hint"><a><xsl:attribute name="href"><xsl:value-of select="/rss/channel/link | /atom:feed/atom:link[@rel='alternate']/@href"/></xsl:attribute>{{ _("Read it as a page") }}</a></p>
<h2>{{ _("Latest stories") }}</h2>
<xsl:apply-templates select="/rss/channel/item | /atom:feed/atom:entry"/>
</main>
</body>
</html>
</xsl:template>
<xsl:template match="item | atom:entry">
<article class="story">
<h3><a><xsl:attribute name="href"><xsl:value-of select="link | atom:link[@rel='alternate']/@href"/></xsl:attribute><xsl:value-of select="title | atom:title"/></a></h3>
<p class="meta"><span><xsl:value-of select="source | atom:source/atom:title"/></span></p>
<xsl:if test="atom:summary"><p class="lead"><xsl:value-of select="atom:summary"/></p></xsl:if>
</article>
</xsl:template>
</xsl:stylesheet>

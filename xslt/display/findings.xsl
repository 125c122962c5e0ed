<?xml version="1.0" encoding="UTF-8"?>
<!-- What cdatk found, and what the marks mean. The one rule: every finding is listed, repeated ones once with their places. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:template name="findings">
    <xsl:variable name="findings" select="processing-instruction('cdatk-finding')"/>
    <xsl:if test="exists($findings)">
      <section class="card" id="constats" aria-labelledby="constats-h">
        <h2 id="constats-h"><xsl:value-of select="$d:labels('findings.title')"/></h2>
        <ul class="findings">
          <xsl:for-each select="'fatal', 'error', 'warning', 'info'">
            <xsl:variable name="severity" select="."/>
            <xsl:for-each-group select="$findings[d:pi(., 'severity') = $severity]" group-by="d:pi(., 'code') || ' ' || d:pi(., 'text')">
              <xsl:call-template name="finding"><xsl:with-param name="severity" select="$severity"/></xsl:call-template>
            </xsl:for-each-group>
          </xsl:for-each>
          <xsl:for-each-group group-by="d:pi(., 'code') || ' ' || d:pi(., 'text')"
              select="$findings[not(d:pi(., 'severity') = ('fatal', 'error', 'warning', 'info'))]">
            <xsl:call-template name="finding"><xsl:with-param name="severity" select="d:pi(., 'severity')"/></xsl:call-template>
          </xsl:for-each-group>
        </ul>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="finding">
    <xsl:param name="severity" as="xs:string"/>
    <xsl:variable name="places" select="distinct-values(current-group() ! d:pi(., 'at')[. != ''])"/>
    <li class="f-{if ($severity = ('fatal', 'error', 'warning', 'info')) then $severity else 'other'}">
      <strong><xsl:value-of select="d:word('severity.', $severity)"/></strong>
      <xsl:text> </xsl:text>
      <xsl:value-of select="d:pi(current-group()[1], 'text')"/>
      <xsl:text> </xsl:text>
      <code><xsl:value-of select="d:pi(current-group()[1], 'code')"/></code>
      <xsl:if test="exists($places)">
        <details>
          <summary>
            <xsl:value-of select="d:l(if (count($places) = 1) then 'findings.place' else 'findings.places', string(count($places)))"/>
          </summary>
          <ul><xsl:for-each select="$places"><li><code><xsl:value-of select="."/></code></li></xsl:for-each></ul>
        </details>
      </xsl:if>
    </li>
  </xsl:template>

  <xsl:template name="legend">
    <section class="card" id="legende" aria-labelledby="legende-h">
      <h2 id="legende-h"><xsl:value-of select="$d:labels('legend.title')"/></h2>
      <dl class="legend">
        <div><dt><xsl:value-of select="$d:labels('legend.plain')"/></dt><dd><xsl:value-of select="$d:labels('legend.translated')"/></dd></div>
        <div><dt><span class="m m-en"><xsl:value-of select="$d:labels('mark.fallback')"/></span></dt><dd><xsl:value-of select="$d:labels('legend.fallback')"/></dd></div>
        <div><dt><span class="m m-or"><xsl:value-of select="$d:labels('mark.original')"/></span></dt><dd><xsl:value-of select="$d:labels('legend.original')"/></dd></div>
        <div><dt><span class="m m-or"><xsl:value-of select="$d:labels('mark.uncoded')"/></span></dt><dd><xsl:value-of select="$d:labels('legend.uncoded')"/></dd></div>
        <div><dt><span class="m m-ou"><xsl:value-of select="$d:labels('mark.outside')"/></span></dt><dd><xsl:value-of select="$d:labels('legend.outside')"/></dd></div>
        <div><dt><span class="m m-un"><xsl:value-of select="$d:labels('mark.unknown-code')"/></span></dt><dd><xsl:value-of select="$d:labels('legend.unknown-code')"/></dd></div>
        <div><dt><span class="m m-un"><xsl:value-of select="$d:labels('mark.unknown-system')"/></span></dt><dd><xsl:value-of select="$d:labels('legend.unknown-system')"/></dd></div>
        <div><dt><span class="nf"><xsl:value-of select="d:word('nf.', 'NI')"/></span></dt><dd><xsl:value-of select="$d:labels('legend.null')"/></dd></div>
        <div><dt><strong class="abs"><xsl:value-of select="$d:labels('legend.absent-example')"/></strong></dt><dd><xsl:value-of select="$d:labels('legend.absent')"/></dd></div>
        <div><dt><strong class="neg"><xsl:value-of select="$d:labels('neg.substanceAdministration')"/></strong></dt><dd><xsl:value-of select="$d:labels('legend.negated')"/></dd></div>
        <div><dt><span class="ns"><xsl:value-of select="$d:labels('not-stated')"/></span></dt><dd><xsl:value-of select="$d:labels('legend.not-stated')"/></dd></div>
      </dl>
    </section>
  </xsl:template>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!-- The document's header: who wrote, signed, keeps it; versions and links. The one rule: the whole header, in groups. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:template name="facts">
    <section class="card" id="informations" aria-labelledby="informations-h">
      <h2 id="informations-h"><xsl:value-of select="$d:labels('facts.title')"/></h2>
      <div class="facts">
        <xsl:call-template name="document-facts"/>
        <xsl:for-each select="recordTarget, author, legalAuthenticator, custodian, participant, documentationOf,
            relatedDocument, inFulfillmentOf">
          <xsl:call-template name="fact-group"/>
        </xsl:for-each>
        <xsl:for-each select="*[not(self::recordTarget or self::author or self::legalAuthenticator or self::custodian
            or self::participant or self::documentationOf or self::relatedDocument or self::inFulfillmentOf
            or self::component)][d:is-group(.)]">
          <xsl:call-template name="fact-group"/>
        </xsl:for-each>
      </div>
    </section>
  </xsl:template>

  <xsl:function name="d:is-group" as="xs:boolean">
    <xsl:param name="element" as="element()"/>
    <xsl:sequence select="exists($element/*) and not(d:is-leaf($element))"/>
  </xsl:function>

  <xsl:template name="document-facts">
    <xsl:variable name="pi" select="processing-instruction('cdatk-document')[1]"/>
    <div class="fg">
      <h3><xsl:value-of select="$d:labels('facts.document')"/></h3>
      <ul class="d">
        <xsl:for-each select="title[normalize-space(.) != '']">
          <li><b><xsl:value-of select="$d:labels('el.title')"/></b><xsl:text> </xsl:text>
            <q><xsl:call-template name="source-lang"/><xsl:value-of select="normalize-space(.)"/></q></li>
        </xsl:for-each>
        <xsl:for-each select="documentationOf/serviceEvent/effectiveTime/high[@value]">
          <li><b><xsl:value-of select="$d:labels('facts.last-update')"/></b><xsl:text> </xsl:text><xsl:call-template name="time-element"/></li>
        </xsl:for-each>
        <xsl:apply-templates mode="data" select="*[not(self::title or self::component or self::typeId or self::templateId)]
            [not(d:is-group(.))]"/>
        <xsl:for-each select="('level', 'catalogues', 'tool')[d:pi($pi, .) != '']">
          <li><b><xsl:value-of select="d:l('facts.' || .)"/></b><xsl:text> </xsl:text><xsl:value-of select="d:pi($pi, .)"/></li>
        </xsl:for-each>
        <xsl:if test="$pi">
          <li><b><xsl:value-of select="$d:labels('facts.counts')"/></b><xsl:text> </xsl:text>
            <xsl:value-of select="d:l('facts.counts-text', (d:pi($pi, 'coded'), d:pi($pi, 'translated'), d:pi($pi, 'fallback'), d:pi($pi, 'unknown')))"/></li>
        </xsl:if>
      </ul>
    </div>
  </xsl:template>

  <!-- Context: a header element with parts. -->
  <xsl:template name="fact-group">
    <div class="fg">
      <h3>
        <xsl:value-of select="if (self::participant) then $d:labels('facts.participant') else d:word('el.', local-name())"/>
        <xsl:for-each select="self::participant/associatedEntity/@classCode">
          <xsl:value-of select="d:l('class.' || .) ! (' – ' || .)"/>
        </xsl:for-each>
        <xsl:for-each select="self::relatedDocument/@typeCode">
          <xsl:value-of select="d:l('related.' || .) ! (' – ' || .)"/>
        </xsl:for-each>
      </h3>
      <ul class="d"><xsl:apply-templates select="*" mode="data"/></ul>
    </div>
  </xsl:template>
</xsl:stylesheet>

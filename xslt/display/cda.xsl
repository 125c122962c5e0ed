<?xml version="1.0" encoding="UTF-8"?>
<!--
  A clinical document (HL7 CDA R2), translated or plain, as one self-contained HTML5 page.

  The one rule of this sheet: nothing that the document says is left out. What a table does not show is in the
  row's details; what has no translation is shown in its own words, with a mark; an empty cell says why.

  Usable with any XSLT 3.0 processor (written for Saxon HE): saxon -s:document.xml -xsl:cda.xsl language=fr
  Parameter   language   "fr" (default) or "en": the language of labels; terms come from the document.
  Input       any ClinicalDocument. The processing instructions cdatk-document, cdatk-finding, cdatk-term,
              cdatk-unit, cdatk-dosage, cdatk-attachment and cdatk-page are read when present (see README.md).
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xmlns:err="http://www.w3.org/2005/xqt-errors"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:param name="language" as="xs:string" select="'fr'"/>

  <xsl:include href="labels.xsl"/>
  <xsl:include href="annotations.xsl"/>
  <xsl:include href="coded.xsl"/>
  <xsl:include href="dates.xsl"/>
  <xsl:include href="datatypes.xsl"/>
  <xsl:include href="people.xsl"/>
  <xsl:include href="narrative.xsl"/>
  <xsl:include href="details.xsl"/>
  <xsl:include href="origins.xsl"/>
  <xsl:include href="cells.xsl"/>
  <xsl:include href="table.xsl"/>
  <xsl:include href="sections.xsl"/>
  <xsl:include href="banner.xsl"/>
  <xsl:include href="essentials.xsl"/>
  <xsl:include href="findings.xsl"/>
  <xsl:include href="facts.xsl"/>
  <xsl:include href="attachment.xsl"/>

  <xsl:output method="html" version="5.0" encoding="UTF-8" indent="no" include-content-type="no"
      escape-uri-attributes="no" use-character-maps="controls"/>

  <!-- Old control characters (a text decoded wrongly before it came here) are not allowed in HTML: shown as unreadable. -->
  <xsl:character-map name="controls">
    <xsl:output-character character="&#x80;" string="&#xfffd;"/>
    <xsl:output-character character="&#x81;" string="&#xfffd;"/>
    <xsl:output-character character="&#x82;" string="&#xfffd;"/>
    <xsl:output-character character="&#x83;" string="&#xfffd;"/>
    <xsl:output-character character="&#x84;" string="&#xfffd;"/>
    <xsl:output-character character="&#x85;" string="&#xfffd;"/>
    <xsl:output-character character="&#x86;" string="&#xfffd;"/>
    <xsl:output-character character="&#x87;" string="&#xfffd;"/>
    <xsl:output-character character="&#x88;" string="&#xfffd;"/>
    <xsl:output-character character="&#x89;" string="&#xfffd;"/>
    <xsl:output-character character="&#x8a;" string="&#xfffd;"/>
    <xsl:output-character character="&#x8b;" string="&#xfffd;"/>
    <xsl:output-character character="&#x8c;" string="&#xfffd;"/>
    <xsl:output-character character="&#x8d;" string="&#xfffd;"/>
    <xsl:output-character character="&#x8e;" string="&#xfffd;"/>
    <xsl:output-character character="&#x8f;" string="&#xfffd;"/>
    <xsl:output-character character="&#x90;" string="&#xfffd;"/>
    <xsl:output-character character="&#x91;" string="&#xfffd;"/>
    <xsl:output-character character="&#x92;" string="&#xfffd;"/>
    <xsl:output-character character="&#x93;" string="&#xfffd;"/>
    <xsl:output-character character="&#x94;" string="&#xfffd;"/>
    <xsl:output-character character="&#x95;" string="&#xfffd;"/>
    <xsl:output-character character="&#x96;" string="&#xfffd;"/>
    <xsl:output-character character="&#x97;" string="&#xfffd;"/>
    <xsl:output-character character="&#x98;" string="&#xfffd;"/>
    <xsl:output-character character="&#x99;" string="&#xfffd;"/>
    <xsl:output-character character="&#x9a;" string="&#xfffd;"/>
    <xsl:output-character character="&#x9b;" string="&#xfffd;"/>
    <xsl:output-character character="&#x9c;" string="&#xfffd;"/>
    <xsl:output-character character="&#x9d;" string="&#xfffd;"/>
    <xsl:output-character character="&#x9e;" string="&#xfffd;"/>
    <xsl:output-character character="&#x9f;" string="&#xfffd;"/>
  </xsl:character-map>

  <!-- Two catalogue files of this folder become part of the compiled sheet, so that a locked-down processor
       opens no file at run time. page.css.sha256 is the CSP hash of page.css; a test holds it. -->
  <xsl:variable name="d:css" static="yes" as="xs:string" select="unparsed-text('page.css')"/>
  <xsl:variable name="d:css-hash" static="yes" as="xs:string"
      select="normalize-space(unparsed-text('page.css.sha256'))"/>

  <xsl:template match="/">
    <!-- An uncaught error makes the processor print values of the document: say only what and where. -->
    <xsl:try>
      <xsl:apply-templates select="*" mode="page"/>
      <xsl:catch>
        <xsl:message terminate="yes" select="'display sheet stopped: ' || local-name-from-QName($err:code) || ', '
            || tokenize($err:module, '/')[last()] || ' line ' || $err:line-number"/>
      </xsl:catch>
    </xsl:try>
  </xsl:template>

  <xsl:template match="*" mode="page">
    <xsl:variable name="sections" as="element()*" select="d:clinical-order(component/structuredBody)"/>
    <html lang="{$language}" data-run="{d:running-head(.)}">
      <head>
        <meta charset="UTF-8"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{$d:css-hash}'; img-src data:; object-src data:; frame-src data:; base-uri 'none'; form-action 'none'"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="referrer" content="no-referrer"/>
        <meta name="color-scheme" content="light dark"/>
        <title><xsl:value-of select="d:page-title(.)"/></title>
        <style><xsl:value-of select="$d:css"/></style>
      </head>
      <body>
        <a class="skip" href="#contenu"><xsl:value-of select="$d:labels('page.skip')"/></a>
        <xsl:call-template name="banner"/>
        <div class="layout">
          <xsl:call-template name="jump-list">
            <xsl:with-param name="sections" select="$sections"/>
          </xsl:call-template>
          <main id="contenu">
            <xsl:if test="processing-instruction('cdatk-beside')"><xsl:attribute name="class" select="'two'"/></xsl:if>
            <xsl:if test="component/structuredBody">
              <xsl:call-template name="essentials">
                <xsl:with-param name="sections" select="$sections"/>
              </xsl:call-template>
            </xsl:if>
            <xsl:apply-templates select="component/nonXMLBody"/>
            <xsl:call-template name="beside"/>
            <xsl:call-template name="sections">
              <xsl:with-param name="sections" select="$sections"/>
            </xsl:call-template>
            <xsl:call-template name="no-body"/>
            <xsl:call-template name="findings"/>
            <xsl:call-template name="facts"/>
            <xsl:call-template name="legend"/>
          </main>
        </div>
        <xsl:call-template name="colophon"/>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="no-body">
    <xsl:if test="not(component/structuredBody/component/section) and not(component/nonXMLBody)">
      <p class="note"><xsl:value-of select="$d:labels('page.no-body')"/></p>
    </xsl:if>
  </xsl:template>

  <xsl:function name="d:page-title" as="xs:string">
    <xsl:param name="document" as="element()"/>
    <xsl:variable name="who" select="d:patient-name(($document/recordTarget/patientRole/patient/name)[1])"/>
    <xsl:sequence select="string-join((d:document-title($document), $who[. != '']), ' – ')"/>
  </xsl:function>
</xsl:stylesheet>

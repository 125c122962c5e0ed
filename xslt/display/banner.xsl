<?xml version="1.0" encoding="UTF-8"?>
<!-- Who, what, when, from where, and how far translated. The one rule: the first screen answers these five. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:function name="d:document-title" as="xs:string">
    <xsl:param name="document" as="element()"/>
    <xsl:variable name="pi" select="$document/processing-instruction('cdatk-document')[1]"/>
    <xsl:sequence select="(d:pi($pi, 'title')[. != ''], d:l('document.' || $document/code[1]/@code),
        $document/title ! normalize-space(.)[. != ''], $document/code/@displayName ! string(.), $d:labels('document.untitled'))[1]"/>
  </xsl:function>

  <xsl:template name="banner">
    <xsl:variable name="document" select="."/>
    <header class="banner">
      <div class="wrap">
        <p class="kind"><xsl:value-of select="d:document-title(.)"/></p>
        <xsl:for-each select="recordTarget/patientRole">
          <xsl:call-template name="patient"><xsl:with-param name="document" select="$document"/></xsl:call-template>
        </xsl:for-each>
        <xsl:if test="not(recordTarget/patientRole)">
          <h1><xsl:value-of select="d:document-title(.)"/></h1>
        </xsl:if>
        <dl class="origin">
          <div><dt><xsl:value-of select="$d:labels('banner.date')"/></dt>
            <dd><xsl:for-each select="effectiveTime"><xsl:call-template name="time-element"/></xsl:for-each></dd></div>
          <xsl:call-template name="source-country"/>
          <xsl:call-template name="source-language"/>
          <xsl:call-template name="translation-state"/>
        </dl>
        <xsl:if test="processing-instruction('cdatk-beside')">
          <p class="switch actions">
            <a class="button" href="#contenu"><xsl:value-of select="$d:labels('beside.french')"/></a><xsl:text> </xsl:text>
            <a class="button" href="#document-joint"><xsl:value-of select="$d:labels('beside.title')"/></a>
          </p>
        </xsl:if>
      </div>
    </header>
  </xsl:template>

  <!-- Context: patientRole. -->
  <xsl:template name="patient">
    <xsl:param name="document" as="element()"/>
    <xsl:variable name="sex" select="patient/administrativeGenderCode"/>
    <xsl:variable name="name" select="d:patient-name((patient/name)[1])"/>
    <h1><xsl:value-of select="if ($name != '') then $name else $d:labels('patient.unnamed')"/></h1>
    <ul class="identity">
      <xsl:for-each select="patient/birthTime">
        <xsl:variable name="age" select="d:age(string(@value), string(($document/effectiveTime/@value)[1]))"/>
        <li>
          <xsl:choose>
            <xsl:when test="@value">
              <xsl:value-of select="(d:l('patient.born.' || $sex[1]/@code), $d:labels('patient.born'))[1]"/>
              <xsl:call-template name="time-element"/>
              <xsl:if test="exists($age)"><xsl:value-of select="d:l('patient.age', string($age))"/></xsl:if>
            </xsl:when>
            <xsl:otherwise><xsl:value-of select="$d:labels('patient.birth')"/><xsl:call-template name="time-element"/></xsl:otherwise>
          </xsl:choose>
        </li>
      </xsl:for-each>
      <xsl:for-each select="$sex"><li><xsl:value-of select="$d:labels('patient.sex')"/><xsl:call-template name="coded"><xsl:with-param name="mid-sentence" select="true()" tunnel="yes"/></xsl:call-template></li></xsl:for-each>
      <xsl:for-each select="id">
        <li><xsl:value-of select="$d:labels('patient.id')"/><xsl:call-template name="identifier"/></li>
      </xsl:for-each>
    </ul>
  </xsl:template>

  <!-- "BORG Dolores · née le 10 mars 1962 · P-1 · Résumé patient, 1er mars 2024", at the head of each printed page -->
  <xsl:function name="d:running-head" as="xs:string">
    <xsl:param name="document" as="element()"/>
    <xsl:variable name="patient" select="($document/recordTarget/patientRole)[1]"/>
    <xsl:variable name="sex" select="($patient/patient/administrativeGenderCode/@code)[1]"/>
    <xsl:sequence select="string-join((d:patient-name(($patient/patient/name)[1])[. != ''],
        $patient/patient/birthTime/@value ! ((d:l('patient.born.' || $sex), $d:labels('patient.born'))[1] || d:date(.)),
        $patient/id[@extension][1]/@extension,
        string-join((d:document-title($document), $document/effectiveTime[1]/@value ! d:date(.)), ', ')), ' · ')"/>
  </xsl:function>

  <xsl:template name="source-country">
    <xsl:variable name="pi" select="processing-instruction('cdatk-document')[1]"/>
    <xsl:variable name="place" select="(custodian//addr/country, author[1]//addr/country,
        recordTarget[1]/patientRole/addr/country)[normalize-space(.) != ''][1]"/>
    <xsl:variable name="stated" select="d:pi($pi, 'country-name')"/>
    <xsl:if test="$stated != '' or $place">
      <div><dt><xsl:value-of select="$d:labels('banner.country')"/></dt>
        <dd>
          <xsl:value-of select="$stated"/>
          <xsl:if test="$stated = ''"><xsl:for-each select="$place"><xsl:call-template name="country"/></xsl:for-each></xsl:if>
        </dd></div>
    </xsl:if>
  </xsl:template>

  <xsl:template name="source-language">
    <xsl:variable name="pi" select="processing-instruction('cdatk-document')[1]"/>
    <xsl:variable name="code" select="string((languageCode/@code)[1])"/>
    <xsl:variable name="name" select="(d:pi($pi, 'source-language-name')[. != ''],
        d:l('lang.' || lower-case(substring-before($code || '-', '-'))), $code[. != ''])[1]"/>
    <xsl:if test="$name">
      <div><dt><xsl:value-of select="$d:labels('banner.language')"/></dt><dd><xsl:value-of select="$name"/></dd></div>
    </xsl:if>
  </xsl:template>

  <!-- "Traduit en français, 3 codes sans traduction": partial is never shown as whole. -->
  <xsl:template name="translation-state">
    <xsl:variable name="pi" select="processing-instruction('cdatk-document')[1]"/>
    <xsl:variable name="coded" select="d:pi-count($pi, 'coded')"/>
    <xsl:variable name="translated" select="d:pi-count($pi, 'translated')"/>
    <xsl:variable name="left" select="$coded - $translated"/>
    <div class="state"><dt><xsl:value-of select="$d:labels('banner.translation')"/></dt>
      <dd>
        <xsl:choose>
          <xsl:when test="not($pi)"><xsl:value-of select="$d:labels('state.none')"/></xsl:when>
          <!-- its few codes say nothing about the document inside -->
          <xsl:when test="component/nonXMLBody and not(component/structuredBody)"><xsl:value-of select="$d:labels('state.attached')"/></xsl:when>
          <xsl:when test="$left le 0"><xsl:value-of select="$d:labels('state.whole')"/></xsl:when>
          <xsl:otherwise>
            <a href="#legende">
              <xsl:value-of select="d:l(if ($left = 1) then 'state.one-left' else 'state.left', string($left))"/>
            </a>
          </xsl:otherwise>
        </xsl:choose>
        <xsl:call-template name="finding-count"/>
      </dd></div>
  </xsl:template>

  <xsl:template name="finding-count">
    <xsl:variable name="count" select="count(processing-instruction('cdatk-finding'))"/>
    <xsl:if test="$count gt 0">
      <xsl:text> · </xsl:text>
      <a href="#constats"><xsl:value-of select="d:l(if ($count = 1) then 'findings.one' else 'findings.count', string($count))"/></a>
    </xsl:if>
  </xsl:template>

  <xsl:template name="colophon">
    <xsl:variable name="pi" select="processing-instruction('cdatk-document')[1]"/>
    <footer class="wrap colophon">
      <p>
        <xsl:value-of select="(d:page-title(.), d:pi($pi, 'country-name')[. != ''],
            effectiveTime[1]/@value ! d:date(.), d:pi($pi, 'tool')[. != ''], d:pi($pi, 'catalogues')[. != ''])" separator=" · "/>
      </p>
      <p><xsl:value-of select="$d:labels('page.disclaimer')"/></p>
    </footer>
  </xsl:template>
</xsl:stylesheet>

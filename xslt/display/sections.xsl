<?xml version="1.0" encoding="UTF-8"?>
<!--
  The clinical sections: order, headings, missing ones, jump list. The one rule: every section of the document is
  shown once, the known ones in clinical order, all others after them; a mandatory one that is missing is named.

  To add a section: a module in sections/ with its layout, one line in d:layout, one title in labels.xml.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:include href="sections/allergies.xsl"/>
  <xsl:include href="sections/medications.xsl"/>
  <xsl:include href="sections/problems.xsl"/>
  <xsl:include href="sections/devices.xsl"/>
  <xsl:include href="sections/procedures.xsl"/>
  <xsl:include href="sections/immunizations.xsl"/>
  <xsl:include href="sections/results.xsl"/>
  <xsl:include href="sections/pregnancies.xsl"/>
  <xsl:include href="sections/observations.xsl"/>
  <xsl:include href="sections/prescriptions.xsl"/>
  <xsl:include href="sections/dispensations.xsl"/>
  <xsl:include href="sections/statements.xsl"/>

  <!-- The table's layout by the LOINC code of the section. A function, not a map: only layouts in use are made. -->
  <xsl:function name="d:layout" as="map(*)">
    <xsl:param name="loinc" as="xs:string"/>
    <xsl:sequence select="if ($loinc = '48765-2') then $d:allergies
        else if ($loinc = '10160-0') then $d:medications
        else if ($loinc = ('11450-4', '11348-0')) then $d:problems
        else if ($loinc = '46264-8') then $d:devices
        else if ($loinc = '47519-4') then $d:procedures
        else if ($loinc = '11369-6') then $d:immunizations
        else if ($loinc = ('30954-2', '8716-3')) then $d:results
        else if ($loinc = '10162-6') then $d:pregnancies
        else if ($loinc = ('29762-2', '47420-5')) then $d:observations
        else if ($loinc = '57828-6') then $d:prescriptions
        else if ($loinc = '60590-7') then $d:dispensations
        else $d:any-statement"/>
  </xsl:function>

  <!-- The order of the page. -->
  <xsl:variable name="d:order" as="xs:string*" select="'48765-2', '10160-0', '11450-4', '46264-8', '47519-4', '11348-0',
      '11369-6', '30954-2', '8716-3', '10162-6', '29762-2', '47420-5', '18776-5', '42348-3', '10182-4', '57828-6',
      '60590-7'"/>

  <!-- The five a patient summary must have. -->
  <xsl:variable name="d:mandatory" as="xs:string*" select="'48765-2', '10160-0', '11450-4', '46264-8', '47519-4'"/>

  <xsl:function name="d:clinical-order" as="element()*">
    <xsl:param name="body" as="element()*"/>
    <xsl:variable name="all" select="$body//section"/>
    <xsl:sequence select="for $loinc in $d:order return $all[code[1]/@code = $loinc], $all[not(code[1]/@code = $d:order)]"/>
  </xsl:function>

  <xsl:function name="d:missing" as="xs:string*">
    <xsl:param name="document" as="element()"/>
    <xsl:sequence select="if ($document/code/@code = '60591-5' and $document/component/structuredBody)
        then $d:mandatory[not(. = $document/component/structuredBody//section/code[1]/@code)] else ()"/>
  </xsl:function>

  <xsl:function name="d:section-id" as="xs:string">
    <xsl:param name="section" as="element()"/>
    <xsl:sequence select="'s' || string-join($section/ancestor::component[parent::structuredBody or parent::section]
        ! string(count(preceding-sibling::component) + 1), '.')"/>
  </xsl:function>

  <!-- Our title for the code, else what the document calls it. -->
  <xsl:function name="d:section-title" as="xs:string">
    <xsl:param name="section" as="element()"/>
    <xsl:variable name="pi" select="($section/code/processing-instruction('cdatk-term'))[1]"/>
    <xsl:sequence select="(d:l('section.' || $section/code[1]/@code), d:pi($pi, 'text')[. != ''],
        $section/title ! normalize-space(.)[. != ''], $section/code/@displayName ! string(.), $section/code/@code ! string(.),
        $d:labels('section.untitled'))[1]"/>
  </xsl:function>

  <xsl:template name="sections">
    <xsl:param name="sections" as="element()*"/>
    <xsl:variable name="document" select="."/>
    <xsl:variable name="missing" select="d:missing(.)"/>
    <!-- A missing mandatory section stands where it would stand. -->
    <xsl:for-each select="$d:order">
      <xsl:variable name="loinc" select="."/>
      <xsl:for-each select="$sections[code[1]/@code = $loinc]"><xsl:call-template name="section"/></xsl:for-each>
      <xsl:if test="$loinc = $missing">
        <section class="card missing" id="missing-{$loinc}" aria-labelledby="missing-{$loinc}-h">
          <h2 id="missing-{$loinc}-h"><xsl:value-of select="d:l('section.' || $loinc)"/></h2>
          <p><xsl:value-of select="d:l('section.missing', d:l('section.' || $loinc))"/></p>
        </section>
      </xsl:if>
    </xsl:for-each>
    <xsl:for-each select="$sections[not(code[1]/@code = $d:order)]"><xsl:call-template name="section"/></xsl:for-each>
  </xsl:template>

  <xsl:template name="section">
    <xsl:variable name="id" select="d:section-id(.)"/>
    <xsl:variable name="title" select="d:section-title(.)"/>
    <section class="card" id="{$id}" aria-labelledby="{$id}-h">
      <h2 id="{$id}-h">
        <xsl:if test="not(d:l('section.' || code[1]/@code))"><xsl:call-template name="source-lang-unless-translated"/></xsl:if>
        <xsl:value-of select="$title"/>
      </h2>
      <xsl:call-template name="section-emptiness"/>
      <xsl:call-template name="table">
        <xsl:with-param name="layout" select="d:layout(string(code[1]/@code))"/>
        <xsl:with-param name="caption" select="$title"/>
      </xsl:call-template>
      <xsl:call-template name="section-narrative"/>
      <xsl:call-template name="section-facts"/>
    </section>
  </xsl:template>

  <xsl:template name="source-lang-unless-translated">
    <xsl:if test="not(d:pi((code/processing-instruction('cdatk-term'))[1], 'state') = ('translated', 'outside'))">
      <xsl:call-template name="source-lang"/>
    </xsl:if>
  </xsl:template>

  <!-- A section with nothing in it is not the same as a known absence. -->
  <xsl:template name="section-emptiness">
    <xsl:if test="not(entry/*)">
      <xsl:choose>
        <xsl:when test="text[normalize-space(.) != ''] or text/renderMultiMedia">
          <p class="note"><xsl:value-of select="$d:labels('section.text-only')"/></p>
        </xsl:when>
        <xsl:when test="component/section"/>
        <xsl:otherwise><p class="absence noinfo"><xsl:value-of select="$d:labels('section.empty')"/></p></xsl:otherwise>
      </xsl:choose>
    </xsl:if>
  </xsl:template>

  <xsl:template name="section-narrative">
    <xsl:variable name="lang" select="(languageCode/@code ! d:tag(.)[. != ''], $d:source-language)[1]"/>
    <xsl:variable name="name" select="d:l('lang.' || lower-case(substring-before($lang || '-', '-')))"/>
    <xsl:if test="text[* or normalize-space(.) != '']">
      <details class="narrative">
        <xsl:if test="not(entry/*)"><xsl:attribute name="open" select="''"/></xsl:if>
        <summary>
          <xsl:value-of select="if ($name) then d:l('narrative.in', $name) else $d:labels('narrative.title')"/>
        </summary>
        <div class="doc" dir="auto" id="{d:section-id(.)}-text">
          <xsl:if test="$lang != ''"><xsl:attribute name="lang" select="$lang"/></xsl:if>
          <xsl:for-each select="text">
            <xsl:choose>
              <xsl:when test="@ID"><div><xsl:call-template name="common"/><xsl:apply-templates mode="narrative"/></div></xsl:when>
              <xsl:otherwise><xsl:apply-templates mode="narrative"/></xsl:otherwise>
            </xsl:choose>
          </xsl:for-each>
        </div>
      </details>
    </xsl:if>
  </xsl:template>

  <!-- What identifies the section in the document, and its own author, informant and the like. -->
  <xsl:template name="section-facts">
    <p class="s src">
      <xsl:for-each select="title[normalize-space(.) != '']">
        <xsl:value-of select="$d:labels('section.original-title')"/>
        <q><xsl:call-template name="source-lang"/><xsl:value-of select="normalize-space(.)"/></q>
      </xsl:for-each>
      <xsl:for-each select="code">
        <xsl:variable name="data" select="d:data(processing-instruction('cdatk-term')[1])"/>
        <xsl:text> · </xsl:text>
        <xsl:call-template name="coded"><xsl:with-param name="data" select="$data"/></xsl:call-template>
        <xsl:call-template name="source"><xsl:with-param name="data" select="$data"/></xsl:call-template>
      </xsl:for-each>
      <xsl:for-each select="id[@extension]"><xsl:text> · </xsl:text><xsl:call-template name="identifier"/></xsl:for-each>
    </p>
    <xsl:variable name="more" select="*[not(self::templateId or self::id or self::code or self::title or self::text
        or self::entry or self::component)]"/>
    <xsl:if test="exists($more)">
      <details>
        <summary><xsl:value-of select="$d:labels('section.more')"/></summary>
        <ul class="d"><xsl:apply-templates select="$more" mode="data"/></ul>
      </details>
    </xsl:if>
  </xsl:template>

  <xsl:template name="jump-list">
    <xsl:param name="sections" as="element()*"/>
    <xsl:variable name="missing" select="d:missing(.)"/>
    <nav aria-label="{$d:labels('nav.label')}">
      <ul>
        <xsl:if test="d:has-essentials($sections) or exists($missing)"><li><a href="#essentiel"><xsl:value-of select="$d:labels('essentials.title')"/></a></li></xsl:if>
        <xsl:if test="component/nonXMLBody"><li><a href="#document-joint"><xsl:value-of select="$d:labels('attachment.title')"/></a></li></xsl:if>
        <xsl:if test="processing-instruction('cdatk-beside')"><li><a href="#document-joint"><xsl:value-of select="$d:labels('beside.title')"/></a></li></xsl:if>
        <xsl:for-each select="$sections">
          <li><a href="#{d:section-id(.)}"><xsl:value-of select="d:section-title(.)"/></a></li>
        </xsl:for-each>
        <xsl:for-each select="$missing">
          <li class="mi"><a href="#missing-{.}"><xsl:value-of select="d:l('section.' || .)"/> <span class="nf"> <xsl:value-of select="$d:labels('nav.missing')"/></span></a></li>
        </xsl:for-each>
        <xsl:if test="processing-instruction('cdatk-finding')"><li><a href="#constats"><xsl:value-of select="$d:labels('findings.title')"/></a></li></xsl:if>
        <li><a href="#informations"><xsl:value-of select="$d:labels('facts.title')"/></a></li>
        <li><a href="#legende"><xsl:value-of select="$d:labels('legend.title')"/></a></li>
      </ul>
    </nav>
  </xsl:template>
</xsl:stylesheet>

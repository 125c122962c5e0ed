<?xml version="1.0" encoding="UTF-8"?>
<!--
  Everything an element holds, as nested lists of labels and values. The one rule: driven by structure, not by template
  id or name, so that each code, quantity, date and text comes out whatever the document calls it.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xmlns:pharm="urn:hl7-org:pharm" xmlns:epsos="urn:epsos-org:ep:medication"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <!-- Machinery of the standard, not statements. -->
  <xsl:template match="templateId | typeId | pharm:templateId | epsos:templateId | sequenceNumber" mode="data"/>

  <xsl:template match="*" mode="data"><xsl:call-template name="any-data"/></xsl:template>

  <xsl:template name="any-data">
    <xsl:choose>
      <xsl:when test="empty(*)">
        <xsl:if test="@* or normalize-space(.) != '' or processing-instruction()">
          <li>
            <xsl:call-template name="element-label"/>
            <xsl:choose>
              <xsl:when test="@code"><xsl:call-template name="coded-and-source"/></xsl:when>
              <xsl:otherwise>
                <xsl:call-template name="scalar"/>
                <xsl:if test="processing-instruction('cdatk-term')"><xsl:call-template name="source"/></xsl:if>
              </xsl:otherwise>
            </xsl:choose>
          </li>
        </xsl:if>
      </xsl:when>
      <xsl:when test="d:is-leaf(.)"><xsl:call-template name="pair"/></xsl:when>
      <xsl:when test="*[not(self::templateId or self::typeId)]"><xsl:call-template name="group"/></xsl:when>
    </xsl:choose>
  </xsl:template>

  <!-- The frequent elements, by name: each is the short way through what "any-data" would find out. -->
  <xsl:template mode="data" match="code | statusCode | routeCode | interpretationCode | targetSiteCode | functionCode
      | administrativeGenderCode | confidentialityCode | languageCode | signatureCode | priorityCode | methodCode">
    <li>
      <b><xsl:value-of select="($d:elements(local-name()), local-name())[1]"/></b><xsl:text> </xsl:text>
      <xsl:call-template name="coded-and-source"/>
    </li>
  </xsl:template>

  <xsl:template mode="data" match="text[reference]">
    <li><xsl:call-template name="element-label"/><xsl:call-template name="phrase"/></li>
  </xsl:template>

  <xsl:template mode="data" match="effectiveTime | time | birthTime">
    <xsl:choose>
      <xsl:when test="@code or processing-instruction() or *[not(self::low or self::high or self::center or self::width)]">
        <xsl:call-template name="any-data"/>
      </xsl:when>
      <xsl:when test="@* or *"><li><xsl:call-template name="element-label"/><xsl:call-template name="interval"/></li></xsl:when>
    </xsl:choose>
  </xsl:template>

  <!-- Whether "scalar" shows an element that has children on one line: it has a value of its own, or only parts of one. -->
  <xsl:function name="d:is-leaf" as="xs:boolean">
    <xsl:param name="element" as="element()"/>
    <xsl:sequence select="exists($element/(@code | @value | @codeSystem | @displayName)) or empty($element/*)
        or exists($element/(low | high | center | width | period | event | phase | *:originalText | *:reference | *:numerator))
        or exists($element/processing-instruction('cdatk-term'))
        or ($element/@nullFlavor and empty($element/*/*) and empty($element/*/@*[not(name() = 'nullFlavor')]))"/>
  </xsl:function>

  <!-- Context: a leaf with children. -->
  <xsl:template name="pair">
    <li>
      <xsl:call-template name="element-label"/>
      <xsl:call-template name="scalar"/>
      <xsl:call-template name="source"/>
      <xsl:for-each select="*:event"><xsl:call-template name="source"/></xsl:for-each>
      <xsl:call-template name="leaf-rest"/>
    </li>
  </xsl:template>

  <xsl:variable name="d:value-parts" as="xs:string*" select="'low', 'high', 'originalText', 'reference', 'numerator', 'period',
      'event', 'center', 'width', 'phase', 'translation', 'qualifier', 'denominator', 'offset', 'templateId'"/>

  <!-- A statement inside a leaf (a referenceRange value, an unusual nesting) is not lost. -->
  <xsl:template name="leaf-rest">
    <xsl:variable name="rest" select="*[not(local-name() = $d:value-parts)]"/>
    <xsl:if test="exists($rest)">
      <ul><xsl:apply-templates select="$rest" mode="data"/></ul>
    </xsl:if>
  </xsl:template>

  <xsl:template name="element-label">
    <b><xsl:value-of select="($d:elements(local-name()), local-name())[1]"/></b>
    <xsl:text> </xsl:text>
  </xsl:template>

  <!-- An element with parts: a heading and the parts below it. -->
  <xsl:template name="group">
    <li class="g">
      <b>
        <xsl:value-of select="(d:l('type.' || @typeCode), $d:elements(local-name()), local-name())[1]"/>
        <xsl:for-each select="@classCode"><xsl:value-of select="d:l('class.' || .) ! (' – ' || .)"/></xsl:for-each>
      </b>
      <xsl:text> </xsl:text>
      <xsl:if test="@nullFlavor"><span class="nf"><xsl:value-of select="d:word('nf.', @nullFlavor)"/></span></xsl:if>
      <xsl:value-of select="normalize-space(string-join(text(), ' '))"/>
      <ul><xsl:apply-templates select="*" mode="data"/></ul>
    </li>
  </xsl:template>

  <!-- Wrappers that say nothing by themselves. -->
  <xsl:template mode="data" match="component | consumable | product | manufacturedProduct | assignedPerson
      | associatedPerson | assignedCustodian | relatedPerson | observationRange | patient | patientRole | assignedEntity
      | assignedAuthor | associatedEntity | representedCustodianOrganization | participantRole | playingEntity | playingDevice">
    <xsl:if test="@nullFlavor and empty(*)"><xsl:call-template name="pair"/></xsl:if>
    <xsl:apply-templates select="*" mode="data"/>
  </xsl:template>

  <xsl:template mode="data" match="entryRelationship">
    <xsl:variable name="relation" select="d:l('rel.' || @typeCode)"/>
    <xsl:choose>
      <xsl:when test="$relation">
        <li class="g">
          <b><xsl:value-of select="$relation"/></b><xsl:text> </xsl:text>
          <ul><xsl:apply-templates select="*" mode="data"/></ul>
        </li>
      </xsl:when>
      <xsl:otherwise><xsl:apply-templates select="*" mode="data"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- A nested clinical statement reads "what: value", the rest below. -->
  <xsl:template mode="data" match="observation | act | procedure | organizer | substanceAdministration | supply
      | encounter | observationMedia | regionOfInterest">
    <li class="g">
      <b>
        <xsl:if test="@negationInd"><xsl:call-template name="negation"/></xsl:if>
        <xsl:variable name="code" select="code[@code or @nullFlavor or *][1]"/>
        <xsl:choose>
          <xsl:when test="$code"><xsl:for-each select="$code"><xsl:call-template name="coded"/></xsl:for-each></xsl:when>
          <xsl:otherwise><xsl:value-of select="($d:elements(local-name()), local-name())[1]"/></xsl:otherwise>
        </xsl:choose>
      </b>
      <xsl:for-each select="code"><xsl:call-template name="source"/></xsl:for-each>
      <xsl:text> </xsl:text>
      <xsl:call-template name="statement-body"/>
    </li>
  </xsl:template>

  <!-- Context: a clinical statement. Its values first, then all the rest. -->
  <xsl:template name="statement-body">
    <xsl:if test="@nullFlavor"><span class="nf"><xsl:value-of select="d:word('nf.', @nullFlavor)"/></span><xsl:text> </xsl:text></xsl:if>
    <xsl:for-each select="self::observation/value">
      <div>
        <xsl:choose>
          <xsl:when test="@code"><xsl:call-template name="coded-and-source"/></xsl:when>
          <xsl:otherwise><xsl:call-template name="scalar"/><xsl:call-template name="source"/></xsl:otherwise>
        </xsl:choose>
      </div>
    </xsl:for-each>
    <ul>
      <xsl:for-each select="@moodCode[. != 'EVN']">
        <li><b><xsl:value-of select="$d:labels('mood')"/></b><xsl:text> </xsl:text><xsl:value-of select="d:word('mood.', .)"/></li>
      </xsl:for-each>
      <xsl:variable name="shown" as="xs:boolean" select="exists(self::observation)"/>
      <xsl:apply-templates select="*[not(self::templateId or self::code or self::value[$shown])]" mode="data"/>
    </ul>
  </xsl:template>

  <!-- Negation in words. -->
  <xsl:template name="negation">
    <xsl:if test="@negationInd = ('true', '1')">
      <strong class="neg"><xsl:value-of select="(d:l('neg.' || local-name()), $d:labels('neg.act'))[1]"/></strong>
      <xsl:text> </xsl:text>
    </xsl:if>
  </xsl:template>

  <xsl:template mode="data" match="name | pharm:name | epsos:name">
    <xsl:variable name="name" select="d:name(.)"/>
    <xsl:choose>
      <xsl:when test="$name != ''">
        <li><b><xsl:value-of select="$d:elements('name')"/></b><xsl:text> </xsl:text><xsl:value-of select="$name"/></li>
      </xsl:when>
      <xsl:when test="@nullFlavor">
        <li><b><xsl:value-of select="$d:elements('name')"/></b><xsl:text> </xsl:text>
          <span class="nf"><xsl:value-of select="d:word('nf.', @nullFlavor)"/></span></li>
      </xsl:when>
    </xsl:choose>
  </xsl:template>

  <!-- A qualifier's name is coded, not a person's name. -->
  <xsl:template mode="data" match="name[@code]" priority="2"><xsl:call-template name="pair"/></xsl:template>

  <xsl:template mode="data" match="addr">
    <li><xsl:call-template name="element-label"/><xsl:call-template name="address"/></li>
  </xsl:template>

  <xsl:template mode="data" match="telecom">
    <li><xsl:call-template name="element-label"/><xsl:call-template name="telecom"/></li>
  </xsl:template>

  <!-- An identifier without extension on a nested statement is a document-internal handle. -->
  <xsl:template mode="data" match="id | pharm:id | epsos:id | setId">
    <xsl:if test="@extension or @nullFlavor or not(parent::observation or parent::act or parent::organizer)">
      <li><xsl:call-template name="element-label"/><xsl:call-template name="identifier"/></li>
    </xsl:if>
  </xsl:template>

  <!-- Media and long binary content are not text. -->
  <xsl:template mode="data" match="value[@representation = 'B64'] | text[@representation = 'B64']" priority="2">
    <li>
      <xsl:call-template name="element-label"/>
      <xsl:choose>
        <!-- shown in the row already (see cells.xsl) -->
        <xsl:when test="parent::observationMedia[parent::entry or parent::component]"><xsl:value-of select="@mediaType"/></xsl:when>
        <xsl:otherwise><xsl:call-template name="media"><xsl:with-param name="name" select="''"/></xsl:call-template></xsl:otherwise>
      </xsl:choose>
    </li>
  </xsl:template>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!--
  Everything an element holds, as nested term/value pairs. The one rule: driven by structure, not by template
  id or name, so that each code, quantity, date and text comes out whatever the document calls it.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <!-- Machinery of the standard, not statements. -->
  <xsl:template match="templateId | typeId | *:templateId | sequenceNumber" mode="data"/>

  <xsl:template match="*" mode="data"><xsl:call-template name="any-data"/></xsl:template>

  <xsl:template name="any-data">
    <xsl:choose>
      <xsl:when test="d:is-leaf(.)">
        <xsl:if test="@* or * or normalize-space(.) != '' or processing-instruction()">
          <xsl:call-template name="pair"/>
        </xsl:if>
      </xsl:when>
      <xsl:when test="*[not(local-name() = ('templateId', 'typeId'))]">
        <xsl:call-template name="group"/>
      </xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:variable name="d:value-parts" as="xs:string*" select="'low', 'high', 'originalText', 'reference', 'numerator', 'period',
      'event', 'center', 'width', 'phase'"/>

  <!-- The frequent elements, by name: each is the short way through what "pair" would find out. -->
  <xsl:template mode="data" match="code | statusCode | routeCode | interpretationCode | targetSiteCode | functionCode
      | administrativeGenderCode | confidentialityCode | languageCode | signatureCode | priorityCode | methodCode">
    <xsl:variable name="data" select="d:data(processing-instruction('cdatk-term')[1])"/>
    <div>
      <dt><xsl:call-template name="element-label"/></dt>
      <dd>
        <xsl:call-template name="coded"><xsl:with-param name="data" select="$data"/></xsl:call-template>
        <xsl:call-template name="source"><xsl:with-param name="data" select="$data"/></xsl:call-template>
      </dd>
    </div>
  </xsl:template>

  <xsl:template mode="data" match="text[reference]">
    <div><dt><xsl:call-template name="element-label"/></dt><dd><xsl:call-template name="phrase"/></dd></div>
  </xsl:template>

  <xsl:template mode="data" match="effectiveTime | time | birthTime">
    <xsl:choose>
      <xsl:when test="@code or processing-instruction() or *[not(self::low or self::high or self::center or self::width)]">
        <xsl:call-template name="any-data"/>
      </xsl:when>
      <xsl:when test="@* or *"><div><dt><xsl:call-template name="element-label"/></dt><dd><xsl:call-template name="interval"/></dd></div></xsl:when>
    </xsl:choose>
  </xsl:template>

  <!-- A leaf is shown on one line by "scalar": it has a value of its own, or only parts of one. -->
  <xsl:function name="d:is-leaf" as="xs:boolean">
    <xsl:param name="element" as="element()"/>
    <xsl:sequence select="empty($element/*) or $element/@code or $element/@value or $element/@codeSystem or $element/@displayName
        or $element/*[local-name() = $d:value-parts] or $element/processing-instruction('cdatk-term')
        or ($element/@nullFlavor and empty($element/*/*) and empty($element/*/@*[not(name() = 'nullFlavor')]))"/>
  </xsl:function>

  <xsl:template name="pair">
    <div>
      <dt><xsl:call-template name="element-label"/></dt>
      <dd>
        <xsl:call-template name="scalar"/>
        <xsl:call-template name="source"/>
        <xsl:for-each select="*:event"><xsl:call-template name="source"/></xsl:for-each>
        <xsl:call-template name="leaf-rest"/>
      </dd>
    </div>
  </xsl:template>

  <!-- A statement inside a leaf (a referenceRange value, an unusual nesting) is not lost. -->
  <xsl:template name="leaf-rest">
    <xsl:if test="*">
      <xsl:variable name="rest" select="*[not(local-name() = $d:value-parts
          or local-name() = ('translation', 'qualifier', 'denominator', 'offset', 'templateId'))]"/>
      <xsl:if test="exists($rest)">
        <dl><xsl:apply-templates select="$rest" mode="data"/></dl>
      </xsl:if>
    </xsl:if>
  </xsl:template>

  <xsl:template name="element-label">
    <xsl:value-of select="d:word('el.', local-name())"/>
  </xsl:template>

  <!-- Where a coded value comes from: its own words in its own language, code, system, earlier forms. -->
  <xsl:template name="source">
    <xsl:param name="data" as="xs:string" select="d:data(processing-instruction('cdatk-term')[1])"/>
    <xsl:if test="@code or $data != '' or *:originalText or *:translation">
      <xsl:variable name="shown" select="d:attribute($data, ' text=&quot;')"/>
      <xsl:variable name="original" select="d:attribute($data, ' original=&quot;')"/>
      <span class="s">
        <xsl:if test="$original != '' and $original != $shown">
          <xsl:variable name="lang" select="d:attribute($data, ' original-lang=&quot;')"/>
          <xsl:text> </xsl:text>
          <q>
            <xsl:if test="$lang != ''"><xsl:attribute name="lang" select="$lang"/></xsl:if>
            <xsl:value-of select="$original"/>
          </q>
        </xsl:if>
        <xsl:if test="$data = '' and @displayName and (d:own-label(.) or @codeSystem = $d:absent-system)">
          <xsl:text> </xsl:text>
          <q><xsl:value-of select="@displayName"/></q>
        </xsl:if>
        <xsl:if test="*">
          <xsl:call-template name="original-text">
            <xsl:with-param name="known" select="($shown, $original)"/>
          </xsl:call-template>
        </xsl:if>
        <xsl:call-template name="code-and-system"/>
        <xsl:if test="*">
          <xsl:for-each select="*:qualifier/(*:name | *:value)"><xsl:call-template name="source"/></xsl:for-each>
          <xsl:for-each select="*:translation">
            <xsl:call-template name="earlier"><xsl:with-param name="known" select="$shown, $original"/></xsl:call-template>
          </xsl:for-each>
        </xsl:if>
      </span>
    </xsl:if>
  </xsl:template>

  <xsl:template name="original-text">
    <xsl:param name="known" as="xs:string*"/>
    <xsl:variable name="reference" select="*:originalText/*:reference/@value"/>
    <xsl:variable name="target" select="d:narrated($reference[1])"/>
    <xsl:variable name="own" select="normalize-space(*:originalText[1])"/>
    <xsl:variable name="text" select="if ($own != '') then $own else d:words($target)"/>
    <xsl:if test="$text != '' and not($text = $known)">
      <xsl:text> </xsl:text>
      <q><xsl:call-template name="source-lang"/><xsl:value-of select="$text"/></q>
    </xsl:if>
    <xsl:if test="$target">
      <xsl:text> </xsl:text>
      <a class="o" href="#{d:anchor($target/@ID)}"><xsl:value-of select="d:l('row.source')"/></a>
    </xsl:if>
  </xsl:template>

  <xsl:template name="code-and-system">
    <xsl:if test="@code">
      <xsl:text> </xsl:text>
      <code><xsl:value-of select="@code"/></code>
    </xsl:if>
    <xsl:if test="@codeSystem or @codeSystemName">
      <xsl:text> </xsl:text>
      <span title="{@codeSystem}"><xsl:value-of select="d:system(.)"/></span>
      <xsl:value-of select="@codeSystemVersion ! (' ' || .)"/>
    </xsl:if>
  </xsl:template>

  <!-- A translation child: an earlier state of the value (national code, wording before translation). -->
  <xsl:template name="earlier">
    <xsl:param name="known" as="xs:string*"/>
    <xsl:variable name="name" select="@displayName[not(. = $known)]"/>
    <xsl:variable name="other-code" select="@code and not(@code = ../@code and @codeSystem = ../@codeSystem)"/>
    <xsl:if test="$name or $other-code or *:originalText">
      <xsl:text> ; </xsl:text>
      <xsl:value-of select="d:l('row.earlier')"/>
      <xsl:for-each select="$name">
        <xsl:text> </xsl:text>
        <q><xsl:value-of select="."/></q>
      </xsl:for-each>
      <xsl:call-template name="original-text"/>
      <xsl:if test="$other-code"><xsl:call-template name="code-and-system"/></xsl:if>
    </xsl:if>
    <xsl:for-each select="*:translation">
      <xsl:call-template name="earlier"><xsl:with-param name="known" select="$known, $name"/></xsl:call-template>
    </xsl:for-each>
  </xsl:template>

  <!-- An element with parts: a heading and the parts below it. -->
  <xsl:template name="group">
    <div class="g">
      <dt>
        <xsl:choose>
          <xsl:when test="@typeCode and d:l('type.' || @typeCode)"><xsl:value-of select="d:l('type.' || @typeCode)"/></xsl:when>
          <xsl:otherwise><xsl:call-template name="element-label"/></xsl:otherwise>
        </xsl:choose>
        <xsl:for-each select="@classCode">
          <xsl:value-of select="d:l('class.' || .) ! (' – ' || .)"/>
        </xsl:for-each>
      </dt>
      <dd>
        <xsl:if test="@nullFlavor"><span class="nf"><xsl:value-of select="d:word('nf.', @nullFlavor)"/></span></xsl:if>
        <xsl:call-template name="parts"/>
      </dd>
    </div>
  </xsl:template>

  <xsl:template name="parts">
    <xsl:variable name="text" select="normalize-space(string-join(text(), ' '))"/>
    <xsl:value-of select="$text || ' '"/>
    <dl><xsl:apply-templates select="*" mode="data"/></dl>
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
        <div class="g">
          <dt><xsl:value-of select="$relation"/></dt>
          <dd><dl><xsl:apply-templates select="*" mode="data"/></dl></dd>
        </div>
      </xsl:when>
      <xsl:otherwise><xsl:apply-templates select="*" mode="data"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- A nested clinical statement reads "what: value", the rest below. -->
  <xsl:template mode="data" match="observation | act | procedure | organizer | substanceAdministration | supply
      | encounter | observationMedia | regionOfInterest">
    <div class="g">
      <dt>
        <xsl:call-template name="negation"/>
        <xsl:choose>
          <xsl:when test="code[@code or @nullFlavor or *]">
            <xsl:for-each select="code[1]"><xsl:call-template name="coded"/></xsl:for-each>
          </xsl:when>
          <xsl:otherwise><xsl:call-template name="element-label"/></xsl:otherwise>
        </xsl:choose>
        <xsl:for-each select="code"><xsl:call-template name="source"/></xsl:for-each>
      </dt>
      <dd>
        <xsl:call-template name="statement-body"/>
      </dd>
    </div>
  </xsl:template>

  <!-- Context: a clinical statement. Its values first, then all the rest. -->
  <xsl:template name="statement-body">
    <xsl:if test="@nullFlavor"><span class="nf"><xsl:value-of select="d:word('nf.', @nullFlavor)"/></span><xsl:text> </xsl:text></xsl:if>
    <xsl:if test="self::observation">
      <xsl:for-each select="value">
        <xsl:if test="position() gt 1"><br/></xsl:if>
        <xsl:call-template name="scalar"/>
        <xsl:call-template name="source"/>
      </xsl:for-each>
    </xsl:if>
    <xsl:variable name="rest" select="* except (templateId, code, self::observation/value)"/>
    <xsl:if test="exists($rest) or @moodCode[. != 'EVN']">
      <xsl:text> </xsl:text>
      <dl>
        <xsl:for-each select="@moodCode[. != 'EVN']">
          <div><dt><xsl:value-of select="d:l('mood')"/></dt><dd><xsl:value-of select="d:word('mood.', .)"/></dd></div>
        </xsl:for-each>
        <xsl:apply-templates select="$rest" mode="data"/>
      </dl>
    </xsl:if>
  </xsl:template>

  <!-- Negation in words. -->
  <xsl:template name="negation">
    <xsl:if test="@negationInd = ('true', '1')">
      <strong class="neg"><xsl:value-of select="(d:l('neg.' || local-name()), d:l('neg.act'))[1]"/></strong>
      <xsl:text> </xsl:text>
    </xsl:if>
  </xsl:template>

  <xsl:template mode="data" match="name | *:name">
    <xsl:if test="normalize-space(.) != '' or @nullFlavor">
      <div>
        <dt><xsl:value-of select="d:word('el.', 'name')"/></dt>
        <dd>
          <xsl:choose>
            <xsl:when test="normalize-space(.) != ''"><xsl:value-of select="d:name(.)"/></xsl:when>
            <xsl:otherwise><span class="nf"><xsl:value-of select="d:word('nf.', @nullFlavor)"/></span></xsl:otherwise>
          </xsl:choose>
        </dd>
      </div>
    </xsl:if>
  </xsl:template>

  <!-- A qualifier's name is coded, not a person's name. -->
  <xsl:template mode="data" match="name[@code]" priority="2"><xsl:call-template name="pair"/></xsl:template>

  <xsl:template mode="data" match="addr">
    <div><dt><xsl:call-template name="element-label"/></dt><dd><xsl:call-template name="address"/></dd></div>
  </xsl:template>

  <xsl:template mode="data" match="telecom">
    <div><dt><xsl:call-template name="element-label"/></dt><dd><xsl:call-template name="telecom"/></dd></div>
  </xsl:template>

  <!-- An identifier without extension on a nested statement is a document-internal handle. -->
  <xsl:template mode="data" match="id | *:id | setId">
    <xsl:if test="@extension or @nullFlavor or not(parent::observation or parent::act or parent::organizer)">
      <div><dt><xsl:call-template name="element-label"/></dt><dd><xsl:call-template name="identifier"/></dd></div>
    </xsl:if>
  </xsl:template>

  <!-- Media and long binary content are not text. -->
  <xsl:template mode="data" match="value[@representation = 'B64'] | text[@representation = 'B64']" priority="2">
    <div>
      <dt><xsl:call-template name="element-label"/></dt>
      <dd>
        <xsl:choose>
          <!-- shown in the row already (see cells.xsl) -->
          <xsl:when test="parent::observationMedia[parent::entry or parent::component]"><xsl:value-of select="@mediaType"/></xsl:when>
          <xsl:otherwise><xsl:call-template name="media"><xsl:with-param name="name" select="''"/></xsl:call-template></xsl:otherwise>
        </xsl:choose>
      </dd>
    </div>
  </xsl:template>
</xsl:stylesheet>

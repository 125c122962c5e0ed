<?xml version="1.0" encoding="UTF-8"?>
<!-- What a table cell shows of a node: the short form. The one rule: what is left out here is in the row's details. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <!-- Parts of a product that several layouts show, in both sets of element names. -->
  <xsl:function name="d:material" as="element()*">
    <xsl:param name="statement" as="element()"/>
    <xsl:sequence select="$statement/(consumable | product)/manufacturedProduct/manufacturedMaterial"/>
  </xsl:function>

  <xsl:function name="d:substances" as="element()*">
    <xsl:param name="statement" as="element()"/>
    <xsl:variable name="material" select="d:material($statement)"/>
    <xsl:variable name="found" select="$material/(*:ingredient | *:part/*:partProduct/*:ingredient)"/>
    <xsl:sequence select="if (exists($found)) then $found
        else $material/*:asSpecializedKind/(*:generalizedMaterialKind | *:generalizedMedicineClass)"/>
  </xsl:function>

  <!-- The whole sentence when cdatk made one, else its parts. -->
  <xsl:function name="d:dosage" as="node()*">
    <xsl:param name="statement" as="element()"/>
    <xsl:variable name="sentence" select="$statement/processing-instruction('cdatk-dosage')"/>
    <xsl:sequence select="if ($sentence) then $sentence[1] else ($statement/doseQuantity[@value or *],
        $statement/effectiveTime[*:period/@value or *:event], $statement/rateQuantity[@value or *],
        $statement/routeCode[@code or @displayName or *])"/>
  </xsl:function>

  <xsl:template match="*" mode="cell"><xsl:call-template name="scalar"/></xsl:template>

  <!-- The status of a concern says whether it is followed, not whether the problem has gone. -->
  <xsl:template match="act/statusCode" mode="cell">
    <xsl:value-of select="$d:labels('cell.concern')"/>
    <xsl:call-template name="coded"><xsl:with-param name="mid-sentence" select="true()" tunnel="yes"/></xsl:call-template>
  </xsl:template>

  <xsl:template match="low | high" mode="cell"><xsl:call-template name="time-element"/></xsl:template>

  <!-- The days of a treatment have a column of their own. -->
  <xsl:template match="processing-instruction()" mode="cell">
    <xsl:variable name="schedule" select="d:pi(., 'schedule')"/>
    <xsl:choose>
      <xsl:when test="$schedule != ''"><xsl:value-of select="$schedule"/></xsl:when>
      <xsl:when test="contains(., 'schedule=')"><span class="ns"><xsl:value-of select="$d:labels('not-stated')"/></span></xsl:when>
      <xsl:otherwise><xsl:value-of select="d:pi(., 'text')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="id" mode="cell"><xsl:call-template name="identifier"/></xsl:template>

  <xsl:template match="name | *:name" mode="cell">
    <xsl:choose>
      <xsl:when test="normalize-space(.) != ''"><xsl:value-of select="d:name(.)"/></xsl:when>
      <xsl:otherwise><span class="nf"><xsl:value-of select="(@nullFlavor ! d:word('nf.', .), $d:labels('not-stated'))[1]"/></span></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="country" mode="cell"><xsl:call-template name="country"/></xsl:template>

  <xsl:template match="assignedEntity | assignedAuthor | associatedEntity | participantRole" mode="cell">
    <xsl:call-template name="who"/>
  </xsl:template>

  <!-- Agent, device or other played entity: its code, and its name where that says more. -->
  <xsl:template match="playingEntity | playingDevice" mode="cell">
    <xsl:variable name="name" select="name[normalize-space(.) != '']"/>
    <xsl:choose>
      <xsl:when test="code[@code]">
        <xsl:for-each select="code"><xsl:call-template name="coded"/></xsl:for-each>
        <!-- a name that only repeats the wording before translation says nothing more -->
        <xsl:if test="$name and not(lower-case(d:name($name[1])) = (code//@displayName, d:pi((code/processing-instruction('cdatk-term'))[1],
            'original'), d:original(code[1])) ! lower-case(.))">
          <xsl:text> </xsl:text><q><xsl:call-template name="source-lang"/><xsl:value-of select="d:name($name[1])"/></q>
        </xsl:if>
      </xsl:when>
      <xsl:when test="$name">
        <span><xsl:call-template name="source-lang"/><xsl:value-of select="d:name($name[1])"/></span>
        <xsl:text> </xsl:text>
        <span class="m m-or"><xsl:value-of select="$d:labels('mark.uncoded')"/></span>
      </xsl:when>
      <xsl:when test="code"><xsl:for-each select="code"><xsl:call-template name="coded"/></xsl:for-each></xsl:when>
      <xsl:otherwise><span class="nf"><xsl:value-of select="d:word('nf.', string((@nullFlavor, 'NI')[1]))"/></span></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- The product: its name, its national code's wording, its description. -->
  <xsl:template match="manufacturedMaterial" mode="cell">
    <xsl:variable name="name" select="(name | *:name)[normalize-space(.) != '']"/>
    <xsl:variable name="code" select="code[@code or @displayName or *:originalText or *:translation]"/>
    <xsl:choose>
      <xsl:when test="$name">
        <strong class="n"><xsl:value-of select="d:name($name[1])"/></strong>
        <xsl:if test="$code[@displayName][normalize-space(@displayName) != d:name($name[1])]">
          <br/><xsl:for-each select="$code"><xsl:call-template name="coded"/></xsl:for-each>
        </xsl:if>
      </xsl:when>
      <xsl:when test="$code"><xsl:for-each select="$code"><xsl:call-template name="coded"/></xsl:for-each></xsl:when>
      <xsl:otherwise><span class="nf"><xsl:value-of select="$d:labels('product.unnamed')"/></span></xsl:otherwise>
    </xsl:choose>
    <xsl:for-each select="*:desc[normalize-space(.) != '']">
      <br/><span class="s"><xsl:call-template name="source-lang"/><xsl:value-of select="normalize-space(.)"/></span>
    </xsl:for-each>
  </xsl:template>

  <!-- "Lévothyroxine sodique 100 microgrammes" -->
  <xsl:template match="*:ingredient" mode="cell">
    <xsl:for-each select="*:ingredientSubstance | *:ingredient">
      <xsl:variable name="name" select="*:name[normalize-space(.) != '']"/>
      <xsl:choose>
        <xsl:when test="*:code[@code]"><xsl:for-each select="*:code"><xsl:call-template name="coded"/></xsl:for-each></xsl:when>
        <xsl:when test="$name">
          <span><xsl:call-template name="source-lang"/><xsl:value-of select="d:name($name[1])"/></span>
          <xsl:text> </xsl:text><span class="m m-or"><xsl:value-of select="$d:labels('mark.uncoded')"/></span>
        </xsl:when>
        <xsl:otherwise><xsl:for-each select="*:code"><xsl:call-template name="coded"/></xsl:for-each></xsl:otherwise>
      </xsl:choose>
    </xsl:for-each>
    <xsl:for-each select="*:quantity[*:numerator/@value]">
      <xsl:text> </xsl:text><span class="q"><xsl:call-template name="ratio"/></span>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="*:generalizedMaterialKind | *:generalizedMedicineClass" mode="cell">
    <xsl:choose>
      <xsl:when test="*:code[@code]"><xsl:for-each select="*:code"><xsl:call-template name="coded"/></xsl:for-each></xsl:when>
      <xsl:otherwise><xsl:value-of select="*:name ! d:name(.)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- "14 comprimés, boîte" : content of a package, each level. -->
  <xsl:template match="*:asContent" mode="cell">
    <xsl:for-each select="*:quantity[@value]"><xsl:call-template name="quantity"/></xsl:for-each>
    <xsl:for-each select="*:containerPackagedProduct | *:containerPackagedMedicine">
      <xsl:for-each select="*:formCode[@code or @displayName or *]"><xsl:text> </xsl:text><xsl:call-template name="coded"/></xsl:for-each>
      <xsl:for-each select="*:capacityQuantity[@value]"><xsl:text> </xsl:text><xsl:call-template name="quantity"/></xsl:for-each>
      <xsl:for-each select="*:asContent"><xsl:text>, </xsl:text><xsl:apply-templates select="." mode="cell"/></xsl:for-each>
    </xsl:for-each>
  </xsl:template>

  <!-- A nested observation: its value, and the severity said of it. -->
  <xsl:template match="observation" mode="cell">
    <xsl:call-template name="negation"/>
    <xsl:choose>
      <xsl:when test="value"><xsl:for-each select="value"><xsl:call-template name="scalar"/></xsl:for-each></xsl:when>
      <xsl:when test="text/reference"><xsl:for-each select="text"><xsl:call-template name="phrase"/></xsl:for-each></xsl:when>
      <xsl:otherwise><xsl:for-each select="code"><xsl:call-template name="coded"/></xsl:for-each></xsl:otherwise>
    </xsl:choose>
    <xsl:for-each select="entryRelationship/observation[code/@code = 'SEV']/value">
      <xsl:value-of select="$d:labels('cell.severity')"/>
      <xsl:call-template name="scalar"><xsl:with-param name="mid-sentence" select="true()" tunnel="yes"/></xsl:call-template>
    </xsl:for-each>
  </xsl:template>

  <!-- An instruction: its own text, or the phrase it points to. -->
  <xsl:template match="act" mode="cell">
    <xsl:choose>
      <xsl:when test="text"><xsl:apply-templates select="text[1]" mode="cell"/></xsl:when>
      <xsl:otherwise><xsl:for-each select="code"><xsl:call-template name="coded"/></xsl:for-each></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="text" mode="cell">
    <xsl:choose>
      <xsl:when test="reference/@value and normalize-space(.) = ''"><xsl:call-template name="phrase"/></xsl:when>
      <xsl:otherwise><q><xsl:call-template name="source-lang"/><xsl:value-of select="normalize-space(.)"/></q></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="externalDocument" mode="cell">
    <xsl:value-of select="(text/reference/@value ! string(.), id ! string((@extension, @root)[1]))" separator=", "/>
  </xsl:template>

  <xsl:key name="rendered" match="renderMultiMedia" use="tokenize(@referencedObject)"/>

  <!-- An image that the narrative shows is not repeated: a link goes there. -->
  <xsl:template match="observationMedia" mode="cell">
    <xsl:variable name="rendered" select="(@ID, ancestor::*[1]/@ID) ! key('rendered', .)"/>
    <xsl:for-each select="value">
      <xsl:choose>
        <xsl:when test="exists($rendered)">
          <xsl:value-of select="@mediaType"/>
          <xsl:text> </xsl:text>
          <a class="o" href="#{d:section-id(ancestor::section[1])}-text"><xsl:value-of select="$d:labels('row.source')"/></a>
        </xsl:when>
        <xsl:otherwise><xsl:call-template name="media"><xsl:with-param name="name" select="''"/></xsl:call-template></xsl:otherwise>
      </xsl:choose>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>

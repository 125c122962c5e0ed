<?xml version="1.0" encoding="UTF-8"?>
<!--
  One value of any HL7 data type, inline. The one rule: the kind is read from what is there (attributes and
  children), so that a wrong or missing xsi:type, an unknown prefix or an old element name loses nothing.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:time-names" as="map(xs:string, xs:boolean)" static="yes"
      select="map{'effectiveTime': true(), 'time': true(), 'birthTime': true(), 'expirationTime': true(),
              'signatureTime': true(), 'deceasedTime': true(), 'existenceTime': true(), 'availabilityTime': true()}"/>

  <!-- Context: an element that holds a value. -->
  <xsl:template name="scalar">
    <xsl:choose>
      <xsl:when test="@code or @codeSystem or @displayName or processing-instruction('cdatk-term')">
        <xsl:call-template name="coded"/>
      </xsl:when>
      <xsl:when test="@representation = 'B64'">
        <xsl:call-template name="media"><xsl:with-param name="name" select="''"/></xsl:call-template>
      </xsl:when>
      <!-- without children, the usual case, the attributes tell -->
      <xsl:when test="empty(*)">
        <xsl:choose>
          <xsl:when test="d:is-time(.)"><xsl:call-template name="interval"/></xsl:when>
          <xsl:when test="@value"><xsl:call-template name="quantity"/></xsl:when>
          <xsl:when test="@root or @extension"><xsl:call-template name="identifier"/></xsl:when>
          <xsl:when test="@nullFlavor"><xsl:call-template name="coded"/></xsl:when>
          <xsl:otherwise><xsl:call-template name="plain-text"/></xsl:otherwise>
        </xsl:choose>
      </xsl:when>
      <xsl:when test="*:reference/@value"><xsl:call-template name="phrase"/></xsl:when>
      <xsl:when test="*:event or *:period or *:phase"><xsl:call-template name="recurrence"/></xsl:when>
      <xsl:when test="*:numerator"><xsl:call-template name="ratio"/></xsl:when>
      <xsl:when test="d:is-time(.)"><xsl:call-template name="interval"/></xsl:when>
      <xsl:when test="@value"><xsl:call-template name="quantity"/></xsl:when>
      <xsl:when test="*:low or *:high or *:center or *:width"><xsl:call-template name="range"/></xsl:when>
      <xsl:when test="@nullFlavor or *:originalText or *:translation"><xsl:call-template name="coded"/></xsl:when>
      <xsl:otherwise><xsl:call-template name="plain-text"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="plain-text">
    <xsl:variable name="text" select="normalize-space(.)"/>
    <xsl:value-of select="$text"/>
    <xsl:if test="$text = ''"><span class="ns"><xsl:value-of select="$d:labels('not-stated')"/></span></xsl:if>
  </xsl:template>

  <xsl:function name="d:is-time" as="xs:boolean">
    <xsl:param name="element" as="element()"/>
    <xsl:sequence select="if ($element/@xsi:type and ends-with($element/@xsi:type, 'TS')) then true()
        else exists($d:time-names(local-name($element)))"/>
  </xsl:function>

  <!-- A number in the reader's form; digits are kept as written. -->
  <xsl:function name="d:number" as="xs:string">
    <xsl:param name="written" as="xs:string"/>
    <xsl:variable name="whole" select="substring-before($written || '.', '.')"/>
    <xsl:variable name="grouped" select="if (string-length($whole) ge 5 and $whole castable as xs:integer)
        then d:groups($whole) else $whole"/>
    <xsl:sequence select="if (not($written castable as xs:decimal)) then $written
        else if (contains($written, '.')) then $grouped || $d:labels('number.decimal') || substring-after($written, '.')
        else $grouped"/>
  </xsl:function>

  <xsl:function name="d:groups" as="xs:string">
    <xsl:param name="whole" as="xs:string"/>
    <xsl:variable name="length" select="string-length($whole)"/>
    <xsl:sequence select="if ($length le 3) then $whole
        else d:groups(substring($whole, 1, $length - 3)) || $d:labels('number.group') || substring($whole, $length - 2)"/>
  </xsl:function>

  <!-- Context: PQ, INT, REAL, BL, ST in @value, telecom: value and unit. -->
  <xsl:template name="quantity">
    <xsl:variable name="unit" select="processing-instruction('cdatk-unit')[1]"/>
    <xsl:variable name="value" select="@value"/>
    <xsl:choose>
      <xsl:when test="@value = ('true', 'false')"><xsl:value-of select="d:l('bool.' || @value)"/></xsl:when>
      <xsl:when test="@value"><xsl:value-of select="d:number(@value)"/></xsl:when>
      <xsl:when test="@nullFlavor"><span class="nf"><xsl:value-of select="d:word('nf.', @nullFlavor)"/></span></xsl:when>
    </xsl:choose>
    <xsl:choose>
      <xsl:when test="$unit">
        <xsl:value-of select="(d:pi($unit, 'plural')[d:is-many($value)], d:pi($unit, 'text'))[. != ''][1] ! ('&#160;' || .)"/>
        <xsl:if test="d:pi($unit, 'state') = 'original' and @unit != '1'">
          <xsl:text> </xsl:text>
          <span class="m m-or"><xsl:value-of select="$d:labels('mark.unit')"/></span>
        </xsl:if>
      </xsl:when>
      <xsl:when test="not(@unit = ('', '1'))"><xsl:value-of select="@unit ! ('&#160;' || .)"/></xsl:when>
    </xsl:choose>
    <xsl:for-each select="*:translation[@value or *:originalText]">
      <xsl:text> (</xsl:text>
      <q><xsl:call-template name="source-lang"/><xsl:value-of select="normalize-space(string-join((@value, *:originalText), ' '))"/></q>
      <xsl:text>)</xsl:text>
    </xsl:for-each>
  </xsl:template>

  <!-- Whether a number takes the plural: from two on in French, any but one in English. -->
  <xsl:function name="d:is-many" as="xs:boolean">
    <xsl:param name="written" as="xs:string?"/>
    <xsl:variable name="number" select="if ($written castable as xs:decimal) then abs(xs:decimal($written)) else 1"/>
    <xsl:sequence select="if ($language = 'fr') then $number ge 2 else $number ne 1"/>
  </xsl:function>

  <xsl:template name="range">
    <xsl:choose>
      <xsl:when test="*:low[@value] and *:high[@value]">
        <xsl:value-of select="$d:labels('range.between')"/>
        <xsl:for-each select="*:low"><xsl:call-template name="quantity"/></xsl:for-each>
        <xsl:value-of select="$d:labels('range.and')"/>
        <xsl:for-each select="*:high"><xsl:call-template name="quantity"/></xsl:for-each>
      </xsl:when>
      <xsl:otherwise>
        <xsl:for-each select="*:low | *:high | *:center | *:width">
          <xsl:if test="position() gt 1">, </xsl:if>
          <xsl:value-of select="d:l('range.' || local-name())"/>
          <xsl:call-template name="quantity"/>
        </xsl:for-each>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- A strength "500 mg / 1": a denominator of one unit says nothing more than "per unit". -->
  <xsl:template name="ratio">
    <xsl:for-each select="*:numerator"><xsl:call-template name="scalar"/></xsl:for-each>
    <xsl:for-each select="*:denominator[not(@value = '1' and (not(@unit) or @unit = '1'))][not(@nullFlavor)]">
      <xsl:text> / </xsl:text>
      <xsl:call-template name="scalar"/>
    </xsl:for-each>
  </xsl:template>

  <!-- Context: PIVL_TS or EIVL_TS, when no whole sentence is at hand. -->
  <xsl:template name="recurrence">
    <xsl:for-each select="*:event"><xsl:call-template name="coded"/></xsl:for-each>
    <xsl:for-each select="*:period">
      <xsl:choose>
        <xsl:when test="@value"><xsl:value-of select="$d:labels('every')"/><xsl:call-template name="quantity"/></xsl:when>
        <xsl:otherwise>
          <xsl:value-of select="$d:labels('frequency')"/><xsl:value-of select="$d:labels('colon')"/><xsl:call-template name="scalar"/>
        </xsl:otherwise>
      </xsl:choose>
    </xsl:for-each>
    <xsl:for-each select="*:offset">
      <xsl:text>, </xsl:text><xsl:value-of select="$d:labels('offset')"/><xsl:value-of select="$d:labels('colon')"/>
      <xsl:call-template name="scalar"/>
    </xsl:for-each>
    <xsl:for-each select="*:phase">
      <xsl:text>, </xsl:text><xsl:value-of select="$d:labels('phase')"/><xsl:value-of select="$d:labels('colon')"/>
      <xsl:call-template name="interval"/>
    </xsl:for-each>
    <xsl:if test="@institutionSpecified = 'true'">
      <xsl:text>, </xsl:text><xsl:value-of select="$d:labels('institution')"/>
    </xsl:if>
  </xsl:template>

  <xsl:template name="identifier">
    <xsl:choose>
      <xsl:when test="@extension">
        <span class="id"><xsl:value-of select="@extension"/></span>
        <xsl:if test="@assigningAuthorityName">
          <xsl:value-of select="' (' || @assigningAuthorityName || ')'"/>
        </xsl:if>
      </xsl:when>
      <xsl:when test="@root"><span class="id"><xsl:value-of select="@root"/></span></xsl:when>
      <xsl:otherwise><span class="nf"><xsl:value-of select="d:word('nf.', string(@nullFlavor))"/></span></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- A text held by reference: the phrase of the narrative with a link to it, or the reference as written. -->
  <xsl:template name="phrase">
    <xsl:param name="inside-link" as="xs:boolean" tunnel="yes" select="false()"/>
    <xsl:variable name="reference" select="*:reference[1]/@value"/>
    <xsl:variable name="target" select="d:narrated($reference)"/>
    <xsl:variable name="text" as="xs:string" select="if ($target) then d:words($target) else ''"/>
    <xsl:variable name="own" as="xs:string" select="normalize-space(.)"/>
    <xsl:if test="$own != '' and $own != $text">
      <q><xsl:call-template name="source-lang"/><xsl:value-of select="$own"/></q>
      <xsl:text> </xsl:text>
    </xsl:if>
    <xsl:choose>
      <xsl:when test="$target">
        <xsl:if test="$text != '' and string-length($text) le 240">
          <q><xsl:call-template name="source-lang"/><xsl:value-of select="$text"/></q>
          <xsl:text> </xsl:text>
        </xsl:if>
        <xsl:choose>
          <xsl:when test="not($inside-link)">
            <a class="o" href="#{d:anchor($target/@ID)}"><xsl:value-of select="$d:labels('row.source')"/></a>
          </xsl:when>
          <xsl:when test="string-length($text) gt 240"><xsl:value-of select="$d:labels('row.source')"/></xsl:when>
        </xsl:choose>
      </xsl:when>
      <xsl:otherwise><span class="id"><xsl:value-of select="$reference"/></span></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- The page's id of a narrative ID: a prefix keeps it apart from the page's own. -->
  <xsl:function name="d:anchor" as="xs:string">
    <xsl:param name="id" as="xs:string"/>
    <xsl:sequence select="'n-' || translate($id, ' &#9;&#10;&#13;%', '_____')"/>
  </xsl:function>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!-- Names, addresses and telephone numbers. The one rule: parts in the order people read, none dropped. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <!-- "BORG Dolores" -->
  <xsl:function name="d:patient-name" as="xs:string">
    <xsl:param name="name" as="element()?"/>
    <xsl:sequence select="if (empty($name/*)) then normalize-space($name) else string-join(($name/prefix, $name/family ! upper-case(.),
        $name/given, $name/suffix, $name/node()[self::text() or self::*[not(self::prefix or self::family or self::given or self::suffix or self::validTime)]])
        ! normalize-space(.)[. != ''], ' ')"/>
  </xsl:function>

  <!-- "Dr António Pereira", "Centro Hospitalar". What is not one of the four usual parts comes last. -->
  <xsl:function name="d:name" as="xs:string">
    <xsl:param name="name" as="element()?"/>
    <xsl:sequence select="if (empty($name/*)) then normalize-space($name) else string-join(($name/prefix, $name/given, $name/family,
        $name/suffix, $name/node()[self::text() or self::*[not(self::prefix or self::family or self::given or self::suffix or self::validTime)]])
        ! normalize-space(.)[. != ''], ' ')"/>
  </xsl:function>

  <xsl:template name="address">
    <xsl:variable name="lines" select="(streetAddressLine, streetName, houseNumber, additionalLocator, postBox,
        string-join((postalCode, city) ! normalize-space(.)[. != ''], ' '),
        * except (streetAddressLine, streetName, houseNumber, postBox, additionalLocator, postalCode, city, country),
        text()) ! normalize-space(.)[. != '']"/>
    <xsl:value-of select="$lines" separator=", "/>
    <xsl:if test="exists($lines) and country[normalize-space(.) != '' or processing-instruction()]">, </xsl:if>
    <xsl:for-each select="country"><xsl:call-template name="country"/></xsl:for-each>
    <xsl:if test="empty($lines) and not(country)">
      <span class="nf"><xsl:value-of select="if (@nullFlavor) then d:word('nf.', @nullFlavor) else $d:labels('not-stated')"/></span>
    </xsl:if>
  </xsl:template>

  <xsl:template name="country">
    <xsl:variable name="pi" select="processing-instruction('cdatk-term')[1]"/>
    <xsl:value-of select="if ($pi) then d:pi($pi, 'text') else normalize-space(.)"/>
  </xsl:template>

  <xsl:template name="telecom">
    <xsl:variable name="kind" select="d:l('telecom.' || lower-case(substring-before(@value, ':')))"/>
    <xsl:choose>
      <xsl:when test="@value and $kind">
        <xsl:value-of select="$kind || $d:labels('colon') || substring-after(@value, ':')"/>
      </xsl:when>
      <xsl:when test="@value"><xsl:value-of select="@value"/></xsl:when>
      <xsl:when test="@nullFlavor"><span class="nf"><xsl:value-of select="d:word('nf.', @nullFlavor)"/></span></xsl:when>
      <xsl:otherwise><span class="nf"><xsl:value-of select="$d:labels('not-stated')"/></span></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@use">
      <xsl:value-of select="' (' || string-join(tokenize(@use) ! d:word('use.', .), ', ') || ')'"/>
    </xsl:if>
  </xsl:template>

  <!-- Context: assignedEntity, assignedAuthor, associatedEntity…: who, in one line. -->
  <xsl:template name="who">
    <xsl:variable name="person" select="(assignedPerson | associatedPerson | guardianPerson | informationRecipient
        | relatedPerson | playingEntity)/name[normalize-space(.) != '']"/>
    <xsl:variable name="device" select="assignedAuthoringDevice/(softwareName | manufacturerModelName)[normalize-space(.) != '']"/>
    <xsl:variable name="organisation" select="(representedOrganization | scopingOrganization | guardianOrganization
        | receivedOrganization | representedCustodianOrganization)/name[normalize-space(.) != '']"/>
    <xsl:variable name="all" select="($person ! d:name(.), $device ! normalize-space(.), $organisation ! d:name(.))"/>
    <xsl:value-of select="if (exists($all)) then $all else (id/@extension ! string(.), $d:labels('not-stated'))[1]" separator=", "/>
  </xsl:template>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!--
  HL7 times in words. The one rule: the precision shown is the precision given (a year stays a year), and a date
  that cannot be read is shown as written.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <!-- "3 mars 2024", "mars 2024", "2024", "8 juin 2022 à 10 h 49 (UTC+02:00)". -->
  <xsl:function name="d:date" as="xs:string">
    <xsl:param name="written" as="xs:string"/>
    <xsl:variable name="digits" as="xs:string" select="d:digits($written)"/>
    <xsl:variable name="length" as="xs:integer" select="string-length($digits)"/>
    <xsl:variable name="month" as="xs:string?" select="$d:months(substring($digits, 5, 2))"/>
    <xsl:sequence select="
        if ($length = 4) then $digits
        else if (empty($month)) then $written
        else if ($length = 6) then $month || ' ' || substring($digits, 1, 4)
        else if ($length lt 8) then $written
        else d:day(substring($digits, 7, 2)) || ' ' || $month || ' ' || substring($digits, 1, 4)
             || (if ($length ge 10) then d:clock($digits, $written) else '')"/>
  </xsl:function>

  <!-- The digits a time begins with. -->
  <xsl:function name="d:digits" as="xs:string">
    <xsl:param name="written" as="xs:string"/>
    <xsl:sequence select="if (translate($written, '0123456789', '') = '') then $written else replace($written, '[^0-9].*$', '')"/>
  </xsl:function>

  <xsl:function name="d:day" as="xs:string">
    <xsl:param name="day" as="xs:string"/>
    <xsl:sequence select="if ($day = '01') then $d:labels('day.first') else if (starts-with($day, '0')) then substring($day, 2)
        else $day"/>
  </xsl:function>

  <!-- A midnight without zone is how many systems write "a day": the day alone says it. -->
  <xsl:function name="d:clock" as="xs:string">
    <xsl:param name="digits" as="xs:string"/>
    <xsl:param name="written" as="xs:string"/>
    <xsl:variable name="zone" select="replace($written, '^[0-9.]+', '')"/>
    <xsl:variable name="time" select="substring($digits, 9)"/>
    <xsl:variable name="hour" select="replace(substring($time, 1, 2), '^0', '')"/>
    <xsl:variable name="minutes" select="substring($time, 3, 2)[. != '']"/>
    <xsl:sequence select="if (translate($time, '0', '') = '') then ''
        else d:l('time.at', ($hour, ($minutes, '00')[1]))
             || (if ($zone = '') then '' else ' (UTC' || replace($zone, '^([+-][0-9]{2})([0-9]{2})$', '$1:$2') || ')')"/>
  </xsl:function>

  <!-- How a date is introduced depends on its precision: "le 3 mars", "en mars", "en 2024". -->
  <xsl:function name="d:dated" as="xs:string">
    <xsl:param name="kind" as="xs:string"/>
    <xsl:param name="written" as="xs:string"/>
    <xsl:variable name="date" select="d:date($written)"/>
    <xsl:variable name="length" as="xs:integer" select="string-length(d:digits($written))"/>
    <xsl:variable name="key" as="xs:string" select="'date.' || $kind
        || (if ($length ge 8) then '.day' else if ($length = 6) then '.month' else '.year')"/>
    <xsl:variable name="vowel" as="xs:string" select="if ($length = 6 and substring($written, 5, 2) = ('04', '08', '10'))
        then $key || '-vowel' else $key"/>
    <xsl:sequence select="d:l(if (exists($d:labels($vowel))) then $vowel else $key, $date)"/>
  </xsl:function>

  <!-- Context: a TS or IVL_TS element. -->
  <xsl:template name="interval">
    <xsl:variable name="low" select="*:low[1]"/>
    <xsl:variable name="high" select="*:high[1]"/>
    <xsl:choose>
      <xsl:when test="@value">
        <xsl:call-template name="time-element"/>
        <!-- a point with ends beside it is no valid interval, but what is written is shown -->
        <xsl:for-each select="$low[@value] | $high[@value]">
          <xsl:text>, </xsl:text><xsl:value-of select="d:word('el.', local-name()) || $d:labels('colon') || d:date(@value)"/>
        </xsl:for-each>
      </xsl:when>
      <xsl:when test="$low/@value and $high/@value">
        <xsl:value-of select="d:dated('from', $low/@value) || ' ' || d:dated('to', $high/@value)"/>
      </xsl:when>
      <xsl:when test="$low/@value">
        <xsl:value-of select="d:dated('since', $low/@value)"/>
        <xsl:call-template name="open-end"/>
      </xsl:when>
      <xsl:when test="$high/@value">
        <xsl:value-of select="d:dated('until', $high/@value)"/>
        <xsl:for-each select="$low/@nullFlavor">
          <xsl:value-of select="d:l('date.low-null', d:word('nf.', .))"/>
        </xsl:for-each>
      </xsl:when>
      <xsl:when test="*:center/@value">
        <xsl:value-of select="d:l('date.around', string-join(*:center/@value ! d:date(.), ', '))"/>
      </xsl:when>
      <xsl:when test="@nullFlavor or $low/@nullFlavor or $high/@nullFlavor">
        <span class="nf"><xsl:value-of select="d:no-date((@nullFlavor, $low/@nullFlavor, $high/@nullFlavor)[1])"/></span>
      </xsl:when>
      <xsl:when test="not(*:width/@value)"><span class="ns"><xsl:value-of select="$d:labels('not-stated')"/></span></xsl:when>
    </xsl:choose>
    <xsl:for-each select="*:width[@value]">
      <xsl:value-of select="$d:labels('date.width')"/>
      <xsl:call-template name="quantity"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="open-end">
    <xsl:for-each select="*:high/@nullFlavor">
      <xsl:value-of select="if (. = 'PINF') then $d:labels('date.no-end') else d:l('date.high-null', d:word('nf.', .))"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:function name="d:no-date" as="xs:string">
    <xsl:param name="flavor" as="xs:string"/>
    <xsl:sequence select="if ($flavor = ('UNK', 'ASKU')) then $d:labels('date.unknown') else d:word('nf.', $flavor)"/>
  </xsl:function>

  <!-- Context: an element with one point in time. -->
  <xsl:template name="time-element">
    <xsl:variable name="iso" as="xs:string" select="d:iso(@value)"/>
    <xsl:choose>
      <xsl:when test="$iso castable as xs:date">
        <time datetime="{$iso}"><xsl:value-of select="d:date(@value)"/></time>
      </xsl:when>
      <xsl:when test="@value"><xsl:value-of select="d:date(@value)"/></xsl:when>
      <xsl:when test="@nullFlavor"><span class="nf"><xsl:value-of select="d:no-date(@nullFlavor)"/></span></xsl:when>
      <xsl:otherwise><xsl:value-of select="normalize-space(.)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- "20240303…" as "2024-03-03", the form of computers. -->
  <xsl:function name="d:iso" as="xs:string">
    <xsl:param name="written" as="xs:string?"/>
    <xsl:sequence select="substring($written, 1, 4) || '-' || substring($written, 5, 2) || '-' || substring($written, 7, 2)"/>
  </xsl:function>

  <!-- Full years between two days, when both are given to the day. -->
  <xsl:function name="d:age" as="xs:integer?">
    <xsl:param name="birth" as="xs:string"/>
    <xsl:param name="at" as="xs:string"/>
    <xsl:variable name="days" select="(substring($birth, 1, 8), substring($at, 1, 8))[matches(., '^[0-9]{8}$')] ! xs:integer(.)"/>
    <xsl:sequence select="if (count($days) = 2 and $days[2] ge $days[1]) then ($days[2] - $days[1]) idiv 10000 else ()"/>
  </xsl:function>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!--
  Where a coded value comes from: its own words in its own language, code, system, earlier forms.
  The one rule: each form of the value that the document holds is shown once.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <!-- Context: a coded element. What "coded" and then "source" write; most values are translated or have a word of the page,
       are neither qualified nor translated before, and need nothing unescaped, so that is asked once. -->
  <xsl:template name="coded-and-source">
    <xsl:variable name="data" as="xs:string" select="d:data(processing-instruction('cdatk-term')[1])"/>
    <xsl:variable name="plain" as="xs:string?" select="if (not(@code) or *:qualifier or *:translation) then ()
        else if ($data != '') then d:plain($data)
        else if (@codeSystem = $d:absent-system) then () else d:own-label(.)"/>
    <xsl:choose>
      <xsl:when test="$plain != ''">
        <xsl:value-of select="$plain"/>
        <span class="s">
          <xsl:choose>
            <xsl:when test="$data != ''"><xsl:call-template name="words-before"><xsl:with-param name="data" select="$data"/><xsl:with-param name="shown" select="$plain"/></xsl:call-template></xsl:when>
            <xsl:otherwise>
              <xsl:if test="@displayName"><xsl:text> </xsl:text><q><xsl:value-of select="@displayName"/></q></xsl:if>
              <xsl:if test="*:originalText"><xsl:call-template name="original-text"/></xsl:if>
              <xsl:call-template name="code-and-system"/>
            </xsl:otherwise>
          </xsl:choose>
        </span>
      </xsl:when>
      <xsl:otherwise>
        <xsl:call-template name="coded"><xsl:with-param name="data" select="$data"/></xsl:call-template>
        <xsl:call-template name="source"><xsl:with-param name="data" select="$data"/></xsl:call-template>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Context: a translated value without history: its own words, its code, the display name where that differs from both. -->
  <xsl:template name="words-before">
    <xsl:param name="data" as="xs:string"/>
    <xsl:param name="shown" as="xs:string"/>
    <xsl:variable name="original" as="xs:string" select="substring-before(substring-after($data, ' original=&quot;'), '&quot;')"/>
    <xsl:if test="$original != '' and $original != $shown">
      <xsl:text> </xsl:text>
      <q>
        <xsl:call-template name="lang"><xsl:with-param name="tag" select="substring-before(substring-after($data, ' original-lang=&quot;'), '&quot;')"/></xsl:call-template>
        <xsl:value-of select="$original"/>
      </q>
    </xsl:if>
    <xsl:if test="*:originalText">
      <xsl:call-template name="original-text"><xsl:with-param name="known" select="$shown, $original"/></xsl:call-template>
    </xsl:if>
    <xsl:call-template name="code-and-system"/>
    <xsl:if test="not(@displayName = ($original, $shown))">
      <xsl:call-template name="earlier-name"><xsl:with-param name="known" select="$shown, $original"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <!-- Where a coded value comes from: its own words in its own language, code, system, earlier forms. -->
  <xsl:template name="source">
    <xsl:param name="data" as="xs:string" select="d:data(processing-instruction('cdatk-term')[1])"/>
    <xsl:if test="@code or $data != '' or *:originalText or *:translation">
      <xsl:variable name="shown" as="xs:string" select="d:attribute($data, ' text=&quot;')"/>
      <xsl:variable name="original" as="xs:string" select="d:attribute($data, ' original=&quot;')"/>
      <span class="s">
        <xsl:if test="$original != '' and $original != $shown">
          <xsl:text> </xsl:text>
          <q>
            <xsl:call-template name="lang"><xsl:with-param name="tag" select="d:attribute($data, ' original-lang=&quot;')"/></xsl:call-template>
            <xsl:value-of select="$original"/>
          </q>
        </xsl:if>
        <xsl:if test="$data = '' and @displayName and (d:own-label(.) or @codeSystem = $d:absent-system)">
          <xsl:text> </xsl:text>
          <q><xsl:value-of select="@displayName"/></q>
        </xsl:if>
        <xsl:if test="*:originalText">
          <xsl:call-template name="original-text">
            <xsl:with-param name="known" select="($shown, $original)"/>
          </xsl:call-template>
        </xsl:if>
        <xsl:call-template name="code-and-system"/>
        <xsl:if test="*:qualifier">
          <xsl:for-each select="*:qualifier/(*:name | *:value)"><xsl:call-template name="source"/></xsl:for-each>
        </xsl:if>
        <xsl:if test="$data != '' and not(@displayName = ($original, $shown))">
          <xsl:call-template name="earlier-name"><xsl:with-param name="known" select="$shown, $original"/></xsl:call-template>
        </xsl:if>
        <xsl:if test="*:translation">
          <xsl:variable name="known" as="xs:string*" select="$shown, $original, @displayName[$data != ''] ! normalize-space(.)"/>
          <xsl:for-each select="*:translation">
            <xsl:call-template name="earlier"><xsl:with-param name="known" select="$known"/></xsl:call-template>
          </xsl:for-each>
        </xsl:if>
      </span>
    </xsl:if>
  </xsl:template>

  <!-- A display name that is neither what is shown nor the first one, as the sheet finds it before translation. -->
  <xsl:template name="earlier-name">
    <xsl:param name="known" as="xs:string*"/>
    <xsl:variable name="name" as="xs:string" select="normalize-space(@displayName)"/>
    <xsl:if test="not($name = ('', $known))">
      <xsl:text> ; </xsl:text><xsl:value-of select="$d:labels('row.earlier')"/><xsl:text> </xsl:text><q><xsl:value-of select="$name"/></q>
    </xsl:if>
  </xsl:template>

  <xsl:template name="original-text">
    <xsl:param name="known" as="xs:string*" select="()"/>
    <xsl:variable name="original" select="*:originalText[1]"/>
    <xsl:variable name="target" select="d:narrated($original/*:reference[1]/@value)"/>
    <xsl:variable name="own" select="normalize-space($original)"/>
    <xsl:variable name="text" select="if ($own != '') then $own else d:words($target)"/>
    <xsl:if test="$text != '' and not($text = $known)">
      <xsl:text> </xsl:text>
      <q><xsl:call-template name="source-lang"/><xsl:value-of select="$text"/></q>
    </xsl:if>
    <xsl:if test="$target">
      <xsl:text> </xsl:text>
      <a class="o" href="#{d:anchor($target/@ID)}"><xsl:value-of select="$d:labels('row.source')"/></a>
    </xsl:if>
  </xsl:template>

  <xsl:template name="code-and-system">
    <xsl:if test="@code">
      <xsl:text> </xsl:text>
      <xsl:choose>
        <xsl:when test="@codeSystem"><code title="{@codeSystem}"><xsl:value-of select="@code"/></code></xsl:when>
        <xsl:otherwise><code><xsl:value-of select="@code"/></code></xsl:otherwise>
      </xsl:choose>
    </xsl:if>
    <xsl:if test="@codeSystem or @codeSystemName">
      <xsl:variable name="known" as="xs:string?" select="$d:systems(string(@codeSystem))"/>
      <xsl:text> </xsl:text>
      <xsl:choose>
        <xsl:when test="exists($known)"><xsl:value-of select="$known"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="d:system(.)"/></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="@codeSystemVersion"><xsl:text> </xsl:text><xsl:value-of select="@codeSystemVersion"/></xsl:if>
    </xsl:if>
  </xsl:template>

  <!-- A translation child: an earlier state of the value (national code, wording before translation). -->
  <xsl:template name="earlier">
    <xsl:param name="known" as="xs:string*"/>
    <xsl:variable name="name" select="@displayName[not(. = $known)] ! normalize-space(.)[not(. = ('', $known))]"/>
    <xsl:variable name="other-code" select="@code and not(@code = ../@code and @codeSystem = ../@codeSystem)"/>
    <xsl:if test="$name or $other-code or *:originalText">
      <xsl:text> ; </xsl:text>
      <xsl:value-of select="$d:labels('row.earlier')"/>
      <xsl:for-each select="$name">
        <xsl:text> </xsl:text>
        <q><xsl:value-of select="."/></q>
      </xsl:for-each>
      <xsl:if test="*:originalText"><xsl:call-template name="original-text"/></xsl:if>
      <xsl:if test="$other-code"><xsl:call-template name="code-and-system"/></xsl:if>
    </xsl:if>
    <xsl:for-each select="*:translation">
      <xsl:call-template name="earlier"><xsl:with-param name="known" select="$known, $name"/></xsl:call-template>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!--
  The original narrative (StrucDoc) as HTML. The one rule: only elements and attributes named here come out;
  of anything else the text is kept and the markup dropped, so that nothing can act.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:mode name="narrative" on-no-match="text-only-copy"/>

  <!-- id, language and style, each only in a form that cannot carry anything else. -->
  <xsl:template name="common">
    <xsl:param name="class" as="xs:string?" select="()"/>
    <xsl:if test="@ID and . is key('id', @ID)[1]">
      <xsl:attribute name="id" select="d:anchor(@ID)"/>
    </xsl:if>
    <xsl:if test="@language"><xsl:call-template name="lang"><xsl:with-param name="tag" select="@language"/></xsl:call-template></xsl:if>
    <xsl:choose>
      <xsl:when test="@styleCode">
        <xsl:variable name="styles" as="xs:string*" select="$class, tokenize(@styleCode) ! d:style(.)"/>
        <xsl:if test="exists($styles)"><xsl:attribute name="class" select="$styles" separator=" "/></xsl:if>
      </xsl:when>
      <xsl:when test="$class"><xsl:attribute name="class" select="$class"/></xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:function name="d:style" as="xs:string*">
    <xsl:param name="code" as="xs:string"/>
    <xsl:sequence select="('b'[contains($code, 'Bold')], 'i'[contains($code, 'Italics') or $code = 'Emphasis'],
        'u'[$code = 'Underline'], 'rule'[ends-with($code, 'rule')])"/>
  </xsl:function>

  <xsl:template match="content" mode="narrative">
    <xsl:choose>
      <xsl:when test="@revised = 'delete'">
        <del>
          <xsl:call-template name="common"/>
          <span class="sr"><xsl:value-of select="$d:labels('narrative.deleted')"/></span>
          <xsl:apply-templates mode="narrative"/>
        </del>
      </xsl:when>
      <xsl:when test="@revised = 'insert'">
        <ins><xsl:call-template name="common"/><xsl:apply-templates mode="narrative"/></ins>
      </xsl:when>
      <xsl:otherwise>
        <span><xsl:call-template name="common"/><xsl:apply-templates mode="narrative"/></span>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- div, not p: real documents put tables and lists into paragraphs, which p cannot hold -->
  <xsl:template match="paragraph | *:p" mode="narrative">
    <div>
      <xsl:call-template name="common"><xsl:with-param name="class" select="'p'"/></xsl:call-template>
      <xsl:apply-templates mode="narrative"/>
    </div>
  </xsl:template>

  <xsl:template match="list" mode="narrative">
    <xsl:apply-templates select="caption" mode="narrative"/>
    <xsl:element name="{if (@listType = 'ordered') then 'ol' else 'ul'}">
      <xsl:call-template name="common"/>
      <xsl:apply-templates select="node()[not(self::caption)]" mode="narrative"/>
    </xsl:element>
  </xsl:template>

  <xsl:template match="item" mode="narrative">
    <li><xsl:call-template name="common"/><xsl:apply-templates mode="narrative"/></li>
  </xsl:template>

  <xsl:template match="caption" mode="narrative">
    <div>
      <xsl:call-template name="common"><xsl:with-param name="class" select="'cap'"/></xsl:call-template>
      <xsl:apply-templates mode="narrative"/>
    </div>
  </xsl:template>

  <xsl:template match="table/caption" mode="narrative" priority="1">
    <caption><xsl:call-template name="common"/><xsl:apply-templates mode="narrative"/></caption>
  </xsl:template>

  <xsl:template match="table" mode="narrative">
    <div class="scroll" tabindex="0" role="group" aria-label="{$d:labels('narrative.table')}">
      <table>
        <xsl:call-template name="common"/>
        <!-- text between rows is not HTML, so only elements; stray text goes below the table; HTML wants the foot last -->
        <xsl:apply-templates select="caption, thead, * except (caption, thead, tfoot, col, colgroup), tfoot" mode="narrative">
          <xsl:with-param name="widest" select="d:widest(.)" tunnel="yes"/>
        </xsl:apply-templates>
      </table>
      <xsl:value-of select="text()[normalize-space(.) != '']"/>
    </div>
  </xsl:template>

  <xsl:template match="thead | tbody | tfoot | tr" mode="narrative">
    <xsl:element name="{local-name()}">
      <xsl:if test="@*"><xsl:call-template name="common"/></xsl:if>
      <xsl:apply-templates select="*" mode="narrative"/>
      <xsl:if test="self::tr and text()[normalize-space(.) != '']">
        <td><xsl:value-of select="text()"/></td>
      </xsl:if>
    </xsl:element>
  </xsl:template>

  <!-- Columns in which no cell begins are not allowed: without rowspans, as many as the longest row has cells. -->
  <xsl:function name="d:widest" as="xs:integer">
    <xsl:param name="table" as="element()"/>
    <xsl:sequence select="if (empty($table//@colspan) or exists($table//@rowspan)) then 100
        else max((1, $table//tr ! count(td | th)))"/>
  </xsl:function>

  <xsl:template match="td | th" mode="narrative">
    <xsl:param name="widest" as="xs:integer" tunnel="yes" select="100"/>
    <!-- a heading without words heads nothing -->
    <xsl:element name="{if (self::td or (normalize-space(.) = '' and not(renderMultiMedia))) then 'td' else 'th'}">
      <xsl:if test="@*"><xsl:call-template name="common"/></xsl:if>
      <xsl:if test="@colspan or @rowspan">
        <xsl:for-each select="@colspan[d:span(., $widest) gt 1], @rowspan[d:span(., 100) gt 1]">
          <xsl:attribute name="{local-name()}" select="d:span(., if (self::attribute(colspan))
              then $widest - count(../(preceding-sibling::* | following-sibling::*)[self::td or self::th]) else 100)"/>
        </xsl:for-each>
      </xsl:if>
      <xsl:apply-templates mode="narrative"/>
    </xsl:element>
  </xsl:template>

  <!-- A span as a number between 1 and the most allowed here. -->
  <xsl:function name="d:span" as="xs:integer">
    <xsl:param name="written" as="xs:string"/>
    <xsl:param name="most" as="xs:integer"/>
    <xsl:sequence select="if ($written castable as xs:positiveInteger and string-length($written) lt 4)
        then max((1, min(($most, xs:integer($written))))) else 1"/>
  </xsl:function>

  <xsl:template match="br" mode="narrative"><br/></xsl:template>

  <xsl:template match="sub | sup" mode="narrative">
    <xsl:element name="{local-name()}"><xsl:apply-templates mode="narrative"/></xsl:element>
  </xsl:template>

  <xsl:template match="footnote" mode="narrative">
    <span>
      <xsl:call-template name="common"><xsl:with-param name="class" select="'fn'"/></xsl:call-template>
      <xsl:text> [</xsl:text><xsl:apply-templates mode="narrative"/><xsl:text>]</xsl:text>
    </span>
  </xsl:template>

  <xsl:template match="footnoteRef" mode="narrative">
    <a href="#{d:anchor(string(@IDREF))}"><xsl:value-of select="$d:labels('narrative.note')"/></a>
  </xsl:template>

  <!-- Only addresses that a click can safely follow; any other keeps its text and shows its target as text. -->
  <xsl:template match="linkHtml" mode="narrative">
    <xsl:variable name="href" select="normalize-space(@href)"/>
    <xsl:variable name="safe" select="matches($href, '^(https?://|mailto:)', 'i')"/>
    <xsl:variable name="local" select="starts-with($href, '#')"/>
    <xsl:choose>
      <xsl:when test="$safe or $local">
        <a rel="noopener noreferrer nofollow" href="{if ($local) then '#' || d:anchor(substring($href, 2)) else $href}">
          <xsl:apply-templates mode="narrative"/>
          <xsl:if test="normalize-space(.) = ''"><xsl:value-of select="$href"/></xsl:if>
        </a>
      </xsl:when>
      <xsl:otherwise>
        <span><xsl:call-template name="common"/><xsl:apply-templates mode="narrative"/></span>
        <xsl:if test="$href != ''"><xsl:value-of select="$d:labels('narrative.link-dropped')"/></xsl:if>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="renderMultiMedia" mode="narrative">
    <xsl:variable name="caption" as="xs:string" select="normalize-space(string-join(caption, ' '))"/>
    <xsl:for-each select="for $id in tokenize(@referencedObject) return key('id', $id)[1]">
      <xsl:for-each select="descendant-or-self::observationMedia/value">
        <xsl:call-template name="media"><xsl:with-param name="name" select="$caption"/></xsl:call-template>
      </xsl:for-each>
    </xsl:for-each>
    <xsl:apply-templates select="caption" mode="narrative"/>
  </xsl:template>
</xsl:stylesheet>

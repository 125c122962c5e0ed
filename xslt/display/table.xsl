<?xml version="1.0" encoding="UTF-8"?>
<!--
  The entries of a section as one table, by a layout: a map of columns, each "l" (label key) and "of" (a function
  from a clinical statement to the nodes its cell shows; "keep": shown even when no row has it).
  The one rule: one tbody an entry, and each tbody ends with the whole entry in a details element.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xmlns:map="http://www.w3.org/2005/xpath-functions/map"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <!-- Context: a section. -->
  <xsl:template name="table">
    <xsl:param name="layout" as="map(*)"/>
    <xsl:param name="caption" as="xs:string"/>
    <xsl:variable name="base" select="d:section-id(.)"/>
    <xsl:variable name="stated" select="entry[*][not(d:is-absent(.))]"/>
    <xsl:for-each select="entry[*]">
      <xsl:if test="d:is-absent(.)">
        <xsl:call-template name="absence"><xsl:with-param name="id" select="$base || '-' || position()"/></xsl:call-template>
      </xsl:if>
    </xsl:for-each>
    <xsl:if test="exists($stated)">
      <xsl:variable name="rows" select="$stated ! d:rows(.)"/>
      <xsl:variable name="count" select="count($rows)"/>
      <!-- a column that few rows fill is a line in the first cell of those rows, so that tables stay narrow -->
      <xsl:variable name="filled" as="map(*)*" select="$layout?columns ! (let $of := ?of return
          map:merge((., map{'label': d:l(?l), 'rows': if (?keep) then $count else count($rows[exists($of(.))])})))"/>
      <xsl:variable name="columns" select="$filled[?rows * 2 ge $count]"/>
      <table class="t{' rec'[count($columns) gt 8]}">
        <caption><xsl:value-of select="$caption"/></caption>
        <thead>
          <tr><xsl:for-each select="$columns"><th scope="col"><xsl:value-of select="?label"/></th></xsl:for-each></tr>
        </thead>
        <xsl:for-each select="entry[*]">
          <xsl:if test="not(d:is-absent(.))">
            <xsl:call-template name="entry-rows">
              <xsl:with-param name="columns" select="$columns"/>
              <xsl:with-param name="lines" select="$filled[?rows gt 0 and ?rows * 2 lt $count]" tunnel="yes"/>
              <xsl:with-param name="id" select="$base || '-' || position()"/>
            </xsl:call-template>
          </xsl:if>
        </xsl:for-each>
      </table>
    </xsl:if>
  </xsl:template>

  <!-- Context: an entry. -->
  <xsl:template name="entry-rows">
    <xsl:param name="columns" as="map(*)*"/>
    <xsl:param name="id" as="xs:string"/>
    <xsl:variable name="width" select="count($columns)"/>
    <tbody id="{$id}">
      <xsl:for-each select="organizer">
        <tr class="h"><th scope="rowgroup" colspan="{$width}">
          <xsl:call-template name="negation"/>
          <xsl:for-each select="code"><xsl:call-template name="coded"/></xsl:for-each>
          <xsl:if test="not(code)"><xsl:value-of select="$d:labels('el.organizer')"/></xsl:if>
          <xsl:for-each select="effectiveTime[@value]"><xsl:text>, </xsl:text><xsl:call-template name="interval"/></xsl:for-each>
        </th></tr>
      </xsl:for-each>
      <xsl:for-each select="d:rows(.)">
        <xsl:call-template name="row">
          <xsl:with-param name="columns" select="$columns"/>
          <xsl:with-param name="in-row" select="true()" tunnel="yes"/>
        </xsl:call-template>
      </xsl:for-each>
      <tr class="x"><td colspan="{$width}"><xsl:call-template name="entry-details"/></td></tr>
    </tbody>
  </xsl:template>

  <!-- Context: a clinical statement. -->
  <xsl:template name="row">
    <xsl:param name="columns" as="map(*)*"/>
    <xsl:param name="lines" as="map(*)*" tunnel="yes"/>
    <xsl:variable name="row" select="."/>
    <tr>
      <xsl:if test="ancestor-or-self::*[@negationInd = ('true', '1')]"><xsl:attribute name="class" select="'neg'"/></xsl:if>
      <xsl:for-each select="$columns">
        <xsl:variable name="nodes" select="?of($row)"/>
        <xsl:choose>
          <xsl:when test="position() = 1">
            <th scope="row"><xsl:call-template name="subject">
              <xsl:with-param name="row" select="$row"/><xsl:with-param name="nodes" select="$nodes"/>
            </xsl:call-template>
            <xsl:for-each select="$lines">
              <xsl:variable name="more" select="?of($row)"/>
              <xsl:if test="exists($more)">
                <div class="l">
                  <xsl:value-of select="?label || $d:labels('colon')"/>
                  <xsl:call-template name="cell"><xsl:with-param name="nodes" select="$more"/></xsl:call-template>
                </div>
              </xsl:if>
            </xsl:for-each></th>
          </xsl:when>
          <xsl:otherwise>
            <td data-l="{?label}"><xsl:call-template name="cell"><xsl:with-param name="nodes" select="$nodes"/></xsl:call-template></td>
          </xsl:otherwise>
        </xsl:choose>
      </xsl:for-each>
    </tr>
  </xsl:template>

  <xsl:template name="cell">
    <xsl:param name="nodes" as="node()*"/>
    <xsl:for-each select="$nodes">
      <xsl:if test="position() gt 1"><br/></xsl:if>
      <xsl:apply-templates select="." mode="cell"/>
    </xsl:for-each>
    <xsl:if test="empty($nodes)"><span class="ns"><xsl:value-of select="$d:labels('not-stated')"/></span></xsl:if>
  </xsl:template>

  <!-- The first cell says what the row is about, from wherever the document says it. -->
  <xsl:template name="subject">
    <xsl:param name="row" as="element()"/>
    <xsl:param name="nodes" as="node()*"/>
    <xsl:for-each select="$row">
      <xsl:if test="@negationInd"><xsl:call-template name="negation"/></xsl:if>
      <xsl:if test="not(@negationInd)">
        <xsl:for-each select="ancestor::*[@negationInd = ('true', '1')][1]"><xsl:call-template name="negation"/></xsl:for-each>
      </xsl:if>
    </xsl:for-each>
    <xsl:variable name="saying" select="$nodes[d:says-something(.)]"/>
    <xsl:choose>
      <xsl:when test="exists($saying)">
        <xsl:call-template name="cell"><xsl:with-param name="nodes" select="$saying"/></xsl:call-template>
      </xsl:when>
      <xsl:otherwise>
        <xsl:call-template name="subject-elsewhere">
          <xsl:with-param name="row" select="$row"/><xsl:with-param name="nodes" select="$nodes"/>
        </xsl:call-template>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- The statement's subject is not coded: its code, its text or its phrase, else why there is nothing. -->
  <xsl:template name="subject-elsewhere">
    <xsl:param name="row" as="element()"/>
    <xsl:param name="nodes" as="node()*"/>
    <xsl:variable name="text" select="($row/text[normalize-space(.) != '' or reference/@value[d:narrated(.)]],
        $row/../../text[normalize-space(.) != '' or reference/@value[d:narrated(.)]])[1]"/>
    <xsl:choose>
      <xsl:when test="$text">
        <xsl:apply-templates select="$text" mode="cell"/>
        <xsl:text> </xsl:text><span class="m m-or"><xsl:value-of select="$d:labels('mark.uncoded')"/></span>
      </xsl:when>
      <xsl:when test="exists($nodes)"><xsl:apply-templates select="$nodes[1]" mode="cell"/></xsl:when>
      <xsl:when test="$row/(value | code)[d:says-something(.)]">
        <xsl:apply-templates select="$row/(value | code)[d:says-something(.)][1]" mode="cell"/>
      </xsl:when>
      <xsl:when test="$row/ancestor-or-self::*/@nullFlavor">
        <span class="nf"><xsl:value-of select="d:l('entry.void', d:word('nf.', ($row/ancestor-or-self::*/@nullFlavor)[last()]))"/></span>
      </xsl:when>
      <xsl:otherwise><span class="nf"><xsl:value-of select="$d:labels('not-stated')"/></span></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- False for an element that only carries a nullFlavor or nothing. -->
  <xsl:function name="d:says-something" as="xs:boolean">
    <xsl:param name="node" as="node()"/>
    <xsl:sequence select="$node/@code or $node/@value or $node/@displayName or $node/@extension
        or $node instance of processing-instruction() or normalize-space($node) != ''
        or $node//@code or $node//@displayName or $node//@value[not(parent::*:reference)] or d:original($node) != ''"/>
  </xsl:function>

  <!-- Context: an entry. "Détail": each coded value, date and quantity with its origin. -->
  <xsl:template name="entry-details">
    <xsl:variable name="source" select="(.//*:reference/@value[d:narrated(.)])[1]"/>
    <xsl:if test="$source">
      <a class="o" href="#{d:anchor(substring($source, 2))}"><xsl:value-of select="$d:labels('row.source')"/></a>
    </xsl:if>
    <details>
      <xsl:for-each select="processing-instruction('cdatk-entry')[1]">
        <xsl:attribute name="data-entry" select="d:pi(., 'number')"/>
      </xsl:for-each>
      <summary><xsl:value-of select="$d:labels('row.details')"/></summary>
      <ul class="d"><xsl:apply-templates select="*" mode="data"/></ul>
    </details>
  </xsl:template>

  <!-- "Known absence" and "no information" are said in a sentence, each with its own sign. -->
  <xsl:template name="absence">
    <xsl:param name="id" as="xs:string"/>
    <xsl:variable name="code" select="d:absent-code(.)"/>
    <div class="absence {if (contains($code/@code, '-info')) then 'noinfo' else 'known'}" id="{$id}">
      <p>
        <xsl:for-each select="$code"><xsl:call-template name="coded"/></xsl:for-each>
      </p>
      <xsl:call-template name="entry-details"/>
    </div>
  </xsl:template>

  <!-- SNOMED CT, older documents: no known allergy (two codes), drug allergy, environmental allergy, food allergy; no current
       problems or disability. -->
  <xsl:variable name="d:absent-snomed" as="xs:string*" select="'716186003', '160244002', '409137002', '428607008', '429625007', '160245001'"/>

  <!-- All elements that say "none" or "not known", found in one pass: most documents have few or none. -->
  <xsl:variable name="d:absent-codes" as="element()*" select="/*/component/structuredBody/(descendant::code | descendant::value)
      [@codeSystem = $d:absent-system or starts-with(@code, 'no-known-') or @code = $d:absent-snomed
       or contains(processing-instruction('cdatk-term')[1], 'state=&quot;absent&quot;')]"/>

  <!-- The element by which an entry as a whole says that there is nothing, or that nothing is known. -->
  <xsl:function name="d:absent-code" as="element()?">
    <xsl:param name="entry" as="element()"/>
    <xsl:sequence select="if (empty($d:absent-codes)) then () else let $top := $entry/* return
        (($top, $top/entryRelationship/observation, $top/component/observation, $top/participant/participantRole/playingDevice,
         $top/participant/participantRole/playingEntity, $top/consumable/manufacturedProduct/manufacturedMaterial)
        /(code | value) intersect $d:absent-codes)[1]"/>
  </xsl:function>

  <xsl:function name="d:is-absent" as="xs:boolean">
    <xsl:param name="entry" as="element()"/>
    <xsl:sequence select="exists($d:absent-codes) and exists(d:absent-code($entry)) and count(d:rows($entry)) le 1"/>
  </xsl:function>

  <!-- The page's id of an entry: place of its section and of itself, so the same in each run. -->
  <xsl:function name="d:entry-id" as="xs:string">
    <xsl:param name="entry" as="element()"/>
    <xsl:sequence select="d:section-id($entry/..) || '-' || (count($entry/preceding-sibling::entry[*]) + 1)"/>
  </xsl:function>

  <!-- The statements of an entry that get a row each. -->
  <xsl:function name="d:rows" as="element()*">
    <xsl:param name="entry" as="element()"/>
    <xsl:sequence select="$entry/* ! d:statements(.)"/>
  </xsl:function>

  <!-- Codes of observations that qualify another statement and so are no row of their own. -->
  <xsl:variable name="d:qualifying" as="xs:string*"
      select="'SEV', '33999-4', '11323-3', '82606-5', '66455-7', '48767-8', '85847-2', '48766-0'"/>

  <xsl:function name="d:statements" as="element()*">
    <xsl:param name="top" as="element()"/>
    <xsl:variable name="inner" select="if ($top/self::act)
        then $top[code/@code = 'CONC' or code/@nullFlavor or not(code)]/entryRelationship/observation[not(code/@code = $d:qualifying)]
        else if ($top/self::organizer) then $top/component/*[not(self::templateId or self::sequenceNumber)] ! d:statements(.)
        else ()"/>
    <xsl:sequence select="if (exists($inner)) then $inner else $top[not(self::templateId)]"/>
  </xsl:function>
</xsl:stylesheet>

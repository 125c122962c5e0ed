<?xml version="1.0" encoding="UTF-8"?>
<!--
  The essentials on the first screen: what endangers the patient, then what is going on.
  The one rule: a card repeats what a section states or says that the section is silent; it never concludes.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <!-- Rows a card shows before it points to the section. -->
  <xsl:variable name="d:card-limit" as="xs:integer" select="8"/>

  <!-- SNOMED CT: severe, moderate to severe, life threatening, fatal; HL7: H. -->
  <xsl:variable name="d:severe" as="xs:string*" select="'24484000', '371924009', '442452003', '399166001', 'H'"/>

  <!-- The sections with a card, in the order of the cards: allergies; current problems and treatments (past treatments with
       them); medical and surgical history; vaccinations. What a patient summary promises, so each has a card even when silent. -->
  <xsl:variable name="d:cards" as="xs:string*" select="'48765-2', '11450-4', '10160-0', '11348-0', '47519-4', '46264-8', '11369-6'"/>

  <!-- A card says of a row what its table says first; a medicine without a name is said by its substances. -->
  <xsl:function name="d:card-subject" as="node()*">
    <xsl:param name="loinc" as="xs:string"/>
    <xsl:param name="row" as="element()"/>
    <xsl:variable name="first" select="d:layout($loinc)?columns[1]?of"/>
    <xsl:variable name="nodes" select="$first($row)"/>
    <xsl:sequence select="if ($loinc = '10160-0' and not($nodes/(name | code)[d:says-something(.)])) then d:substances($row) else $nodes"/>
  </xsl:function>

  <!-- Whether the page has this block at all: the jump list asks too. -->
  <xsl:function name="d:has-essentials" as="xs:boolean">
    <xsl:param name="sections" as="element()*"/>
    <xsl:sequence select="$sections/code[1]/@code = $d:cards"/>
  </xsl:function>

  <!-- Context: the document. -->
  <xsl:template name="essentials">
    <xsl:param name="sections" as="element()*"/>
    <xsl:variable name="missing" select="d:missing(.)"/>
    <xsl:variable name="cards" select="$sections[code[1]/@code = $d:cards]"/>
    <xsl:variable name="summary" as="xs:boolean" select="code/@code = '60591-5'"/>
    <xsl:if test="d:has-essentials($sections) or exists($missing)">
      <section class="essentials" id="essentiel" aria-labelledby="essentiel-h">
        <h2 id="essentiel-h"><xsl:value-of select="$d:labels('essentials.title')"/></h2>
        <div class="grid">
          <xsl:for-each select="$d:cards">
            <xsl:variable name="loinc" select="."/>
            <xsl:for-each select="$cards[code[1]/@code = $loinc]">
              <xsl:call-template name="card"><xsl:with-param name="loinc" select="$loinc"/></xsl:call-template>
            </xsl:for-each>
            <xsl:if test="$summary and not($cards/code[1]/@code = $loinc)">
              <div class="c{' missing'[$loinc = $missing]}"><h3><xsl:value-of select="d:l('section.' || $loinc)"/></h3>
                <p><xsl:value-of select="$d:labels('essentials.missing')"/></p></div>
            </xsl:if>
          </xsl:for-each>
          <xsl:call-template name="pregnancy-card">
            <xsl:with-param name="section" select="$sections[code[1]/@code = '10162-6']"/>
          </xsl:call-template>
        </div>
      </section>
    </xsl:if>
  </xsl:template>

  <!-- Context: a section. -->
  <xsl:template name="card">
    <xsl:param name="loinc" as="xs:string"/>
    <xsl:variable name="id" select="d:section-id(.)"/>
    <xsl:variable name="entries" select="entry[*]"/>
    <div class="c{if ($loinc != '48765-2') then '' else if (exists($entries[not(d:is-absent(.))])) then ' danger' else ' caution'}">
      <h3><a href="#{$id}"><xsl:value-of select="d:section-title(.)"/></a></h3>
      <xsl:choose>
        <xsl:when test="$loinc = '10160-0' and exists($entries[not(d:is-absent(.))])">
          <xsl:call-template name="treatments"><xsl:with-param name="entries" select="$entries"/></xsl:call-template>
        </xsl:when>
        <xsl:when test="exists($entries)">
          <xsl:call-template name="card-list">
            <xsl:with-param name="entries" select="$entries"/>
            <xsl:with-param name="loinc" select="$loinc"/>
          </xsl:call-template>
        </xsl:when>
        <xsl:when test="text[normalize-space(.) != '']"><p><a href="#{$id}"><xsl:value-of select="$d:labels('essentials.text-only')"/></a></p></xsl:when>
        <xsl:otherwise><p><xsl:value-of select="$d:labels('section.empty')"/></p></xsl:otherwise>
      </xsl:choose>
    </div>
  </xsl:template>

  <!-- Context: a section. -->
  <xsl:template name="card-list">
    <xsl:param name="entries" as="element()*"/>
    <xsl:param name="loinc" as="xs:string"/>
    <ul>
      <xsl:for-each select="$entries[position() le $d:card-limit]">
        <xsl:call-template name="card-item"><xsl:with-param name="loinc" select="$loinc"/></xsl:call-template>
      </xsl:for-each>
    </ul>
    <xsl:if test="count($entries) gt $d:card-limit">
      <p><a href="#{d:section-id(.)}"><xsl:value-of select="d:l('essentials.more', string(count($entries) - $d:card-limit))"/></a></p>
    </xsl:if>
  </xsl:template>

  <!-- Context: the section of treatments. Ongoing and past are told apart as the document states them; where it does not, or
       where its status and its dates do not agree, that is said. -->
  <xsl:template name="treatments">
    <xsl:param name="entries" as="element()*"/>
    <xsl:variable name="section" select="."/>
    <xsl:variable name="courses" as="xs:string*" select="$entries ! d:course(*[1])"/>
    <xsl:for-each select="'ongoing', 'unstated', 'past'">
      <xsl:variable name="course" select="."/>
      <xsl:variable name="these" select="for $at in index-of($courses, $course) return $entries[$at]"/>
      <xsl:if test="exists($these) or $course != 'unstated'">
        <h4><xsl:value-of select="d:l('course.' || $course)"/></h4>
        <xsl:for-each select="$section">
          <xsl:call-template name="card-list">
            <xsl:with-param name="entries" select="$these"/>
            <xsl:with-param name="loinc" select="'10160-0'"/>
          </xsl:call-template>
        </xsl:for-each>
        <xsl:if test="empty($these)"><p class="ns"><xsl:value-of select="$d:labels('course.none')"/></p></xsl:if>
      </xsl:if>
    </xsl:for-each>
  </xsl:template>

  <!-- 'ongoing', 'past' or 'unstated', by status and last day against the day of the document. -->
  <xsl:function name="d:course" as="xs:string">
    <xsl:param name="statement" as="element()"/>
    <xsl:variable name="status" select="string(($statement/statusCode/@code)[1])"/>
    <xsl:variable name="today" select="string(root($statement)/*/effectiveTime[1]/@value)"/>
    <xsl:variable name="ends" select="$statement/effectiveTime/high"/>
    <xsl:variable name="last" select="string($ends[@value][1]/@value)"/>
    <xsl:variable name="begun" select="string(($statement/effectiveTime/low/@value)[1])"/>
    <xsl:variable name="over" as="xs:boolean" select="$last != '' and $today != '' and d:before($last, $today)"/>
    <xsl:sequence select="if ($status = ('completed', 'aborted', 'cancelled', 'obsolete')) then 'past'
        else if ($status = 'active') then (if ($over) then 'unstated' else 'ongoing')
        else if ($status != '') then 'unstated'
        else if ($over) then 'past'
        else if ($begun != '' and $today != '' and not(d:before($today, $begun)) and ($last != '' or $ends/@nullFlavor = 'PINF'))
        then 'ongoing' else 'unstated'"/>
  </xsl:function>

  <!-- Whether a time is over before another, at the precision that both have. -->
  <xsl:function name="d:before" as="xs:boolean">
    <xsl:param name="one" as="xs:string"/>
    <xsl:param name="other" as="xs:string"/>
    <xsl:variable name="length" select="min((string-length($one), string-length($other), 8))"/>
    <xsl:sequence select="substring($one, 1, $length) lt substring($other, 1, $length)"/>
  </xsl:function>

  <!-- Context: an entry. -->
  <xsl:template name="card-item">
    <xsl:param name="loinc" as="xs:string"/>
    <xsl:variable name="link" select="d:entry-id(.)"/>
    <xsl:variable name="absent" select="d:absent-code(.)"/>
    <li>
      <xsl:choose>
        <xsl:when test="d:is-absent(.)">
          <a href="#{$link}"><xsl:for-each select="$absent"><xsl:call-template name="coded"/></xsl:for-each></a>
        </xsl:when>
        <xsl:otherwise>
          <xsl:for-each select="d:rows(.)">
            <a href="#{$link}">
              <xsl:call-template name="subject">
                <xsl:with-param name="row" select="."/>
                <xsl:with-param name="nodes" select="d:card-subject($loinc, .)"/>
                <xsl:with-param name="inside-link" select="true()" tunnel="yes"/>
                <xsl:with-param name="in-row" select="true()" tunnel="yes"/>
              </xsl:call-template>
            </a>
            <xsl:text> </xsl:text>
            <div class="rs">
              <xsl:call-template name="card-remarks">
                <xsl:with-param name="loinc" select="$loinc"/>
                <xsl:with-param name="mid-sentence" select="true()" tunnel="yes"/>
              </xsl:call-template>
            </div>
          </xsl:for-each>
        </xsl:otherwise>
      </xsl:choose>
    </li>
  </xsl:template>

  <!-- Context: a statement. What a reader must know with it: criticality, severity, status, dose, date. -->
  <xsl:template name="card-remarks">
    <xsl:param name="loinc" as="xs:string"/>
    <xsl:variable name="criticality" select="entryRelationship/observation[code/@code = '82606-5']/value"/>
    <xsl:variable name="severity" select=".//entryRelationship/observation[code/@code = 'SEV']/value"/>
    <xsl:variable name="status" select="(entryRelationship/observation[code/@code = '33999-4']/value,
        ../../self::act/statusCode, self::substanceAdministration/statusCode)[1]"/>
    <xsl:for-each select="$criticality[@code]">
      <xsl:text> </xsl:text><span class="r{if (@code = 'high') then ' hot' else ''}"><xsl:value-of select="$d:labels('card.criticality')"/><xsl:call-template name="coded"/></span>
    </xsl:for-each>
    <xsl:for-each select="$severity[@code = $d:severe][1]">
      <xsl:text> </xsl:text><span class="r hot"><xsl:value-of select="$d:labels('card.severity')"/><xsl:call-template name="coded"/></span>
    </xsl:for-each>
    <xsl:if test="$loinc = '10160-0'">
      <xsl:for-each select="processing-instruction('cdatk-dosage')"><xsl:text> </xsl:text><span class="r"><xsl:value-of select="d:pi(., 'text')"/></span></xsl:for-each>
    </xsl:if>
    <xsl:if test="$loinc = ('48765-2', '11450-4', '10160-0')">
      <xsl:for-each select="$status[@code]"><xsl:text> </xsl:text><span class="r"><xsl:value-of select="$d:labels('card.status')"/><xsl:apply-templates select="." mode="cell"/></span></xsl:for-each>
    </xsl:if>
    <xsl:if test="$loinc = ('46264-8', '47519-4', '11369-6', '11348-0')">
      <xsl:for-each select="effectiveTime[@value or low/@value][1]"><xsl:text> </xsl:text><span class="r"><xsl:call-template name="interval"/></span></xsl:for-each>
    </xsl:if>
  </xsl:template>

  <!-- Current pregnancy status and expected date, only when the document states them. -->
  <xsl:template name="pregnancy-card">
    <xsl:param name="section" as="element()*"/>
    <xsl:variable name="current" select="$section/entry/observation[code/@code = ('82810-3', '11449-6')
        or entryRelationship/observation/code/@code = ('11778-8', '11779-6', '11780-4')
        or code/@code = ('11778-8', '11779-6', '11780-4')]"/>
    <xsl:if test="exists($current)">
      <div class="c">
        <h3><a href="#{d:section-id($section[1])}"><xsl:value-of select="$d:labels('essentials.pregnancy')"/></a></h3>
        <ul>
          <xsl:for-each select="$current">
            <li>
              <xsl:call-template name="negation"/>
              <xsl:for-each select="code"><xsl:call-template name="coded"/></xsl:for-each>
              <xsl:for-each select="value"><xsl:value-of select="$d:labels('colon')"/><xsl:call-template name="scalar"/></xsl:for-each>
              <xsl:for-each select="effectiveTime[@value]"><xsl:text>, </xsl:text><xsl:text> </xsl:text><span class="r"><xsl:call-template name="interval"/></span></xsl:for-each>
              <xsl:for-each select="entryRelationship/observation[value]">
                <br/><xsl:for-each select="code"><xsl:call-template name="coded"/></xsl:for-each>
                <xsl:value-of select="$d:labels('colon')"/>
                <xsl:for-each select="value"><xsl:call-template name="scalar"/></xsl:for-each>
              </xsl:for-each>
            </li>
          </xsl:for-each>
        </ul>
      </div>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>

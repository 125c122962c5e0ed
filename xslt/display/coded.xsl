<?xml version="1.0" encoding="UTF-8"?>
<!--
  A coded value as a reader sees it: the term, then a mark where it is not plain French from the catalogue.
  The one rule: never blank. Order without annotation: our word, displayName, original text, translation, code.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:key name="id" match="*[@ID]" use="@ID"/>

  <!-- HL7 "IPS Absent and Unknown Data" -->
  <xsl:variable name="d:absent-system" as="xs:string" select="'2.16.840.1.113883.5.1150.1'"/>

  <!-- Context: a coded element. The data of its annotation may be given when it is at hand. -->
  <xsl:template name="coded">
    <xsl:param name="data" as="xs:string" select="d:data(processing-instruction('cdatk-term')[1])"/>
    <xsl:param name="in-row" as="xs:boolean" tunnel="yes" select="false()"/>
    <xsl:param name="mid-sentence" as="xs:boolean" tunnel="yes" select="false()"/>
    <xsl:variable name="plain" as="xs:string" select="if ($mid-sentence) then '' else d:plain($data)"/>
    <xsl:choose>
      <!-- the usual case, as "term" would write it -->
      <xsl:when test="$plain != ''"><xsl:value-of select="$plain"/></xsl:when>
      <xsl:when test="$data != ''">
        <xsl:variable name="text" as="xs:string" select="d:attribute($data, ' text=&quot;')"/>
        <xsl:call-template name="term">
          <xsl:with-param name="state" select="d:state($data)"/>
          <xsl:with-param name="text" select="if ($text != '') then $text else d:own-words(.)"/>
          <xsl:with-param name="lang" select="d:attribute($data, ' lang=&quot;')"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise>
        <xsl:variable name="own" as="xs:string?" select="if (@code and not(@codeSystem = $d:absent-system)) then d:own-label(.) else ()"/>
        <xsl:choose>
          <xsl:when test="$own != ''"><xsl:value-of select="$own"/></xsl:when>
          <xsl:otherwise>
            <xsl:call-template name="term">
              <xsl:with-param name="state" select="d:plain-state(.)"/>
              <xsl:with-param name="text" select="d:own-words(.)"/>
              <xsl:with-param name="lang" select="''"/>
            </xsl:call-template>
          </xsl:otherwise>
        </xsl:choose>
      </xsl:otherwise>
    </xsl:choose>
    <xsl:if test="$in-row and contains($data, ' differs=&quot;true')">
      <xsl:call-template name="wording"><xsl:with-param name="data" select="$data"/></xsl:call-template>
    </xsl:if>
    <xsl:if test="*:qualifier"><xsl:call-template name="qualifiers"/></xsl:if>
  </xsl:template>

  <!-- In a row: the document's own words where they are not those of the catalogue, so that a code that does not mean
       what its author wrote is seen at once. The details have them anyway. -->
  <xsl:template name="wording">
    <xsl:param name="data" as="xs:string"/>
    <xsl:variable name="original" as="xs:string" select="d:attribute($data, ' original=&quot;')"/>
    <xsl:if test="$original != d:attribute($data, ' text=&quot;')">
      <xsl:text> </xsl:text>
      <q class="w">
        <xsl:call-template name="lang"><xsl:with-param name="tag" select="d:attribute($data, ' original-lang=&quot;')"/></xsl:call-template>
        <xsl:value-of select="$original"/>
      </q>
    </xsl:if>
  </xsl:template>

  <xsl:template name="term">
    <xsl:param name="state" as="xs:string"/>
    <xsl:param name="text" as="xs:string"/>
    <xsl:param name="lang" as="xs:string"/>
    <xsl:param name="mid-sentence" as="xs:boolean" tunnel="yes" select="false()"/>
    <xsl:choose>
      <!-- after "statut :" the catalogue's capital letter is out of place -->
      <xsl:when test="$mid-sentence and $state = 'translated'">
        <xsl:value-of select="lower-case(substring($text, 1, 1)) || substring($text, 2)"/>
      </xsl:when>
      <xsl:when test="$state = 'translated' or $state = 'own'"><xsl:value-of select="$text"/></xsl:when>
      <xsl:when test="$state = 'null'">
        <span class="nf"><xsl:value-of select="$text"/></span>
        <xsl:call-template name="null-original"/>
      </xsl:when>
      <xsl:when test="$state = 'absent'"><strong class="abs"><xsl:value-of select="$text"/></strong></xsl:when>
      <xsl:otherwise>
        <xsl:choose>
          <xsl:when test="$lang = ('', $language)"><xsl:value-of select="$text"/></xsl:when>
          <xsl:otherwise><span><xsl:call-template name="lang"><xsl:with-param name="tag" select="$lang"/></xsl:call-template><xsl:value-of select="$text"/></span></xsl:otherwise>
        </xsl:choose>
        <xsl:call-template name="mark">
          <xsl:with-param name="state" select="$state"/>
          <xsl:with-param name="lang" select="$lang"/>
          <xsl:with-param name="text" select="$text"/>
        </xsl:call-template>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Words, not colour only; the legend explains each. -->
  <xsl:template name="mark">
    <xsl:param name="state" as="xs:string"/>
    <xsl:param name="lang" as="xs:string"/>
    <xsl:param name="text" as="xs:string" select="''"/>
    <xsl:param name="inside-link" as="xs:boolean" tunnel="yes" select="false()"/>
    <xsl:variable name="language-name" select="d:l('lang.' || lower-case(substring-before($lang || '-', '-')))"/>
    <xsl:text> </xsl:text>
    <xsl:choose>
      <xsl:when test="$state = ('unknown-code', 'unknown-system')">
        <xsl:if test="@code and string(@code) != $text and not($inside-link)">
          <span class="w"><code><xsl:value-of select="@code"/></code><xsl:text> </xsl:text><xsl:value-of select="d:system(.)"/></span>
          <xsl:text> </xsl:text>
        </xsl:if>
        <span class="m m-un"><xsl:value-of select="d:l('mark.' || $state)"/></span>
      </xsl:when>
      <xsl:when test="$state = 'outside'"><span class="m m-ou"><xsl:value-of select="$d:labels('mark.outside')"/></span></xsl:when>
      <xsl:when test="$state = 'fallback'"><span class="m m-en"><xsl:value-of select="$d:labels('mark.fallback')"/></span></xsl:when>
      <xsl:when test="$language-name and not(starts-with(lower-case($lang), $language))">
        <span class="m m-or"><xsl:value-of select="d:l('mark.in', $language-name)"/></span>
      </xsl:when>
      <xsl:otherwise><span class="m m-or"><xsl:value-of select="$d:labels('mark.original')"/></span></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- A nullFlavor says why there is no code; what the document says beside it stays visible. -->
  <xsl:template name="null-original">
    <xsl:variable name="said" as="xs:string?" select="(d:original(.), (.//*:translation/@displayName)[1] ! string(.),
        @displayName ! string(.))[. != ''][1]"/>
    <xsl:if test="$said">
      <xsl:text> </xsl:text>
      <q><xsl:call-template name="source-lang"/><xsl:value-of select="$said"/></q>
      <xsl:text> </xsl:text>
      <span class="m m-or"><xsl:value-of select="$d:labels('mark.uncoded')"/></span>
    </xsl:if>
  </xsl:template>

  <!-- A qualifier changes what the code means ("left"), so it is part of the term. -->
  <xsl:template name="qualifiers">
    <xsl:for-each select="*:qualifier">
      <xsl:text>, </xsl:text>
      <xsl:for-each select="*:name"><xsl:call-template name="coded"/><xsl:value-of select="$d:labels('colon')"/></xsl:for-each>
      <xsl:for-each select="*:value"><xsl:call-template name="coded"/></xsl:for-each>
    </xsl:for-each>
  </xsl:template>

  <xsl:function name="d:plain-state" as="xs:string">
    <xsl:param name="coded" as="element()"/>
    <xsl:sequence select="if (not($coded/@code)) then (if ($coded/@nullFlavor) then 'null' else 'original')
        else if ($coded/@codeSystem = $d:absent-system) then 'absent'
        else if (d:own-label($coded)) then 'own' else 'original'"/>
  </xsl:function>

  <!-- Words the page itself has for act status, sex and the like, keyed by element name. -->
  <xsl:function name="d:own-label" as="xs:string?">
    <xsl:param name="coded" as="element()"/>
    <xsl:variable name="words" as="map(xs:string, xs:string)?" select="$d:own(local-name($coded))"/>
    <xsl:variable name="code" as="xs:string" select="string($coded/@code)"/>
    <xsl:sequence select="if (empty($words)) then () else ($words($code), $words(lower-case($code)))[1]"/>
  </xsl:function>

  <xsl:function name="d:own-words" as="xs:string">
    <xsl:param name="coded" as="element()"/>
    <xsl:sequence select="if ($coded/@code)
        then (if ($coded/@codeSystem = $d:absent-system) then d:l('absent.' || $coded/@code) else (),
              d:own-label($coded), string($coded/@displayName), d:original($coded),
              string(($coded//*:translation/@displayName)[1]), normalize-space($coded/@code || ' ' || d:system($coded)),
              $d:labels('not-stated'))[. != ''][1]
        else if ($coded/@nullFlavor) then d:word('nf.', $coded/@nullFlavor)
        else (string($coded/@displayName), d:original($coded), string(($coded//*:translation/@displayName)[1]),
              normalize-space($coded), $d:labels('not-stated'))[. != ''][1]"/>
  </xsl:function>

  <!-- originalText, followed into the narrative when it is a reference; '' when there is none. -->
  <xsl:function name="d:original" as="xs:string">
    <xsl:param name="coded" as="element()"/>
    <xsl:variable name="original" select="$coded/*:originalText[1]"/>
    <xsl:variable name="text" select="normalize-space($original)"/>
    <xsl:sequence select="if ($text != '') then $text else string(($original/*:reference/@value ! d:narrated(.))[1] ! d:words(.))"/>
  </xsl:function>

  <!-- The narrative element a "#id" reference points to. -->
  <xsl:function name="d:narrated" as="element()?">
    <xsl:param name="reference" as="attribute()?"/>
    <xsl:sequence select="if (starts-with($reference, '#')) then key('id', substring($reference, 2), root($reference))[1] else ()"/>
  </xsl:function>

  <!-- The words of a narrative element; cells of a row are words apart. -->
  <xsl:function name="d:words" as="xs:string">
    <xsl:param name="element" as="element()?"/>
    <xsl:sequence select="normalize-space(if ($element/td or $element/tr or $element/item or $element/paragraph)
        then string-join($element//text(), ' ') else string($element))"/>
  </xsl:function>

  <!-- The name of the code system: ours by OID, else the document's, else the OID. -->
  <xsl:function name="d:system" as="xs:string">
    <xsl:param name="coded" as="element()"/>
    <xsl:variable name="oid" as="xs:string" select="string($coded/@codeSystem)"/>
    <xsl:variable name="known" as="xs:string?" select="$d:systems($oid)"/>
    <xsl:sequence select="if (exists($known)) then $known
        else if ($coded/@codeSystemName != '') then string($coded/@codeSystemName)
        else (normalize-space($oid) ! ($d:systems(.), .))[1]"/>
  </xsl:function>

  <!-- lang of words taken from the document; nothing when the document's own tag is not one. -->
  <xsl:variable name="d:stated-language" as="xs:string" select="string((/*/languageCode/@code)[1])"/>
  <xsl:variable name="d:source-language" as="xs:string" select="d:tag($d:stated-language)"/>

  <xsl:function name="d:is-language" as="xs:boolean">
    <xsl:param name="tag" as="xs:string"/>
    <xsl:sequence select="d:tag($tag) != ''"/>
  </xsl:function>

  <!-- A language tag as HTML wants it: three letters become the two there are for them (labels.xml); '' for what is none. -->
  <xsl:function name="d:tag" as="xs:string">
    <xsl:param name="written" as="xs:string"/>
    <xsl:variable name="main" select="lower-case(substring-before($written || '-', '-'))"/>
    <xsl:variable name="two" select="if (string-length($main) = 3) then d:l('lang3.' || $main) else ()"/>
    <xsl:sequence select="if (not(matches($written, '^[A-Za-z]{2,3}(-([A-Za-z]{4}|[A-Za-z]{2}|[0-9]{3})){0,2}$')) or $main = 'xx') then ''
        else if ($two) then $two || substring($written, 4) else $written"/>
  </xsl:function>

  <xsl:template name="lang">
    <xsl:param name="tag" as="xs:string"/>
    <!-- the document's own language and English, asked for each value, need no look -->
    <xsl:variable name="clean" as="xs:string" select="if ($tag eq $d:stated-language) then $d:source-language
        else if ($tag eq 'en') then $tag else d:tag($tag)"/>
    <xsl:if test="$clean != ''"><xsl:attribute name="lang" select="$clean"/></xsl:if>
  </xsl:template>

  <xsl:template name="source-lang">
    <xsl:if test="$d:source-language != ''"><xsl:attribute name="lang" select="$d:source-language"/></xsl:if>
  </xsl:template>
</xsl:stylesheet>

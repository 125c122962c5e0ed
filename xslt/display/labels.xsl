<?xml version="1.0" encoding="UTF-8"?>
<!-- The page's own words. The one rule: every word the sheet writes itself comes from labels.xml. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xmlns:map="http://www.w3.org/2005/xpath-functions/map" exclude-result-prefixes="#all">

  <!-- Static: read when the sheet is compiled, one map a language. -->
  <xsl:variable name="d:catalogue" static="yes" as="map(xs:string, map(xs:string, xs:string))"
      select="map:merge(for $code in ('fr', 'en') return map:entry($code, map:merge(
                for $label in doc('labels.xml')/labels/label
                return map:entry(string($label/@key), string($label/*[local-name() = $code])))))"/>

  <xsl:variable name="d:labels" as="map(xs:string, xs:string)"
      select="($d:catalogue($language), $d:catalogue('en'))[1]"/>

  <!-- The families most often asked for, without their prefixes "el.", "sys." and "month.". -->
  <xsl:variable name="d:families" static="yes" as="map(xs:string, map(xs:string, xs:string))"
      select="map:merge(for $code in ('fr', 'en'), $family in ('el.', 'sys.', 'month.') return map:entry($family || $code, map:merge(
                for $label in doc('labels.xml')/labels/label[starts-with(@key, $family)]
                return map:entry(substring-after($label/@key, $family), string($label/*[local-name() = $code])))))"/>

  <!-- Names of elements, of code systems by OID, of months by number. -->
  <xsl:variable name="d:elements" as="map(xs:string, xs:string)"
      select="($d:families('el.' || $language), $d:families('el.en'))[1]"/>
  <xsl:variable name="d:systems" as="map(xs:string, xs:string)"
      select="($d:families('sys.' || $language), $d:families('sys.en'))[1]"/>
  <xsl:variable name="d:months" as="map(xs:string, xs:string)"
      select="($d:families('month.' || $language), $d:families('month.en'))[1]"/>

  <!-- The page's own words for codes of the standard ("cs.statusCode.active"), by element name, then by code. -->
  <xsl:variable name="d:code-words" static="yes" as="map(xs:string, map(xs:string, map(xs:string, xs:string)))"
      select="let $labels := doc('labels.xml')/labels/label[starts-with(@key, 'cs.')] return
              map:merge(for $code in ('fr', 'en') return map:entry($code,
                map:merge(for $name in distinct-values($labels ! substring-before(substring(@key, 4), '.'))
                  return map:entry($name, map:merge(for $label in $labels[starts-with(@key, 'cs.' || $name || '.')]
                    return map:entry(substring($label/@key, string-length($name) + 5), string($label/*[local-name() = $code])))))))"/>
  <xsl:variable name="d:own" as="map(xs:string, map(xs:string, xs:string))"
      select="($d:code-words($language), $d:code-words('en'))[1]"/>

  <!-- The label of a key made from the document, if there is one. Keys this sheet knows are asked of the map itself, which is
       faster: most of a page is labels. -->
  <xsl:function name="d:l" as="xs:string?">
    <xsl:param name="key" as="xs:string"/>
    <xsl:sequence select="$d:labels($key)"/>
  </xsl:function>

  <!-- A label with its place holders {0}, {1} filled in. -->
  <xsl:function name="d:l" as="xs:string">
    <xsl:param name="key" as="xs:string"/>
    <xsl:param name="values" as="xs:string*"/>
    <xsl:variable name="label" as="xs:string" select="string($d:labels($key))"/>
    <!-- one place holder is the usual case -->
    <xsl:sequence select="if (count($values) eq 1 and contains($label, '{0}'))
        then substring-before($label, '{0}') || $values || substring-after($label, '{0}')
        else fold-left(1 to count($values), $label, function($text, $at) {
        let $hole := '{' || ($at - 1) || '}' return
        if (contains($text, $hole))
        then substring-before($text, $hole) || $values[$at] || substring-after($text, $hole) else $text })"/>
  </xsl:function>

  <!-- The label of a key made from the document (element name, code), or the word itself: never nothing. -->
  <xsl:function name="d:word" as="xs:string">
    <xsl:param name="family" as="xs:string"/>
    <xsl:param name="name" as="xs:string"/>
    <xsl:sequence select="($d:labels($family || $name), $name)[1]"/>
  </xsl:function>
</xsl:stylesheet>

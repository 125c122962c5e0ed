<?xml version="1.0" encoding="UTF-8"?>
<!-- What cdatk wrote beside the document's elements. The one rule: read here only, and do without when absent. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display" exclude-result-prefixes="#all">

  <!-- The pseudo-attributes of a term, ready for d:attribute and d:state; '' when there are none. As cdatk writes the state
       first, the space before it, which d:attribute looks for, is not needed: putting it there would copy every term. -->
  <xsl:function name="d:data" as="xs:string">
    <xsl:param name="pi" as="processing-instruction()?"/>
    <xsl:sequence select="if (empty($pi) or starts-with($pi, 'state=&quot;')) then string($pi) else ' ' || $pi"/>
  </xsl:function>

  <xsl:function name="d:state" as="xs:string">
    <xsl:param name="data" as="xs:string"/>
    <xsl:sequence select="if (starts-with($data, 'state=&quot;')) then substring-before(substring($data, 8), '&quot;')
        else d:attribute($data, ' state=&quot;')"/>
  </xsl:function>

  <!-- The words of a translated term as cdatk writes the usual one, with nothing escaped; '' for any other. -->
  <xsl:function name="d:plain" as="xs:string">
    <xsl:param name="data" as="xs:string"/>
    <xsl:sequence select="if (starts-with($data, 'state=&quot;translated&quot; text=&quot;') and not(contains($data, '&amp;')))
        then substring-before(substring($data, 26), '&quot;') else ''"/>
  </xsl:function>

  <!-- The value of one, by its opening (' text="'): values are escaped, so it cannot occur inside another. -->
  <xsl:function name="d:attribute" as="xs:string">
    <xsl:param name="data" as="xs:string"/>
    <xsl:param name="opening" as="xs:string"/>
    <xsl:variable name="raw" as="xs:string" select="substring-before(substring-after($data, $opening), '&quot;')"/>
    <xsl:sequence select="if (contains($raw, '&amp;')) then d:unescape($raw) else $raw"/>
  </xsl:function>

  <!-- One pseudo-attribute by name; '' when it is not there. -->
  <xsl:function name="d:pi" as="xs:string">
    <xsl:param name="pi" as="processing-instruction()?"/>
    <xsl:param name="name" as="xs:string"/>
    <xsl:variable name="opening" as="xs:string" select="$name || '=&quot;'"/>
    <!-- the first one has no space before it; putting one there would copy all of a long annotation -->
    <xsl:sequence select="if (empty($pi)) then '' else if (starts-with($pi, $opening)) then d:attribute($pi, $opening)
        else d:attribute($pi, ' ' || $opening)"/>
  </xsl:function>

  <xsl:function name="d:unescape" as="xs:string">
    <xsl:param name="text" as="xs:string"/>
    <!-- & last, or an escaped "&amp;lt;" would be unescaped twice -->
    <xsl:sequence select="$text => replace('&amp;#(10|x0?[aA]);', '&#10;') => replace('&amp;#(13|x0?[dD]);', '&#10;')
        => replace('&amp;#(9|x0?9);', '&#9;') => replace('&amp;lt;', '&lt;') => replace('&amp;gt;', '&gt;')
        => replace('&amp;quot;', '&quot;') => replace('&amp;apos;', '''') => replace('&amp;#39;', '''')
        => replace('&amp;amp;', '&amp;')"/>
  </xsl:function>

  <!-- A whole number of an annotation, 0 when it is missing or no number. -->
  <xsl:function name="d:pi-count" as="xs:integer">
    <xsl:param name="pi" as="processing-instruction()?"/>
    <xsl:param name="name" as="xs:string"/>
    <xsl:variable name="text" select="d:pi($pi, $name)"/>
    <xsl:sequence select="if ($text castable as xs:integer) then xs:integer($text) else 0"/>
  </xsl:function>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!--
  What every compiled rule set needs besides its rules. Its children are put into each generated sheet; see README.md.
  The one rule: a finding names its check, its rule and its place by number; texts stay with the caller.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:_c="urn:cdatk:schematron"
                xmlns:_xs="http://www.w3.org/2001/XMLSchema" xmlns:_map="http://www.w3.org/2005/xpath-functions/map"
                xmlns:_err="http://www.w3.org/2005/xqt-errors">

  <xsl:output method="xml" indent="no" omit-xml-declaration="yes" encoding="UTF-8"/>

  <xsl:variable name="_c:document" select="/" as="document-node()"/>

  <!-- Place of a node: the numbers of the child elements on the way to it, then what it is when it is no element. -->
  <xsl:function name="_c:at" as="_xs:string">
    <xsl:param name="node" as="node()"/>
    <xsl:variable name="element" select="$node/ancestor-or-self::*"/>
    <xsl:variable name="place" select="string-join($element ! string(1 + count(preceding-sibling::*)), '/')"/>
    <xsl:sequence select="
        if ($node instance of element() or $node instance of document-node()) then $place
        else if ($node instance of attribute()) then $place || '/@' || node-name($node)
        else if ($node instance of text()) then $place || '/text()'
        else $place || '/node()'"/>
  </xsl:function>

  <!-- Is one of the values in a list of texts? The same as "$values = list", by look-up. -->
  <xsl:function name="_c:in" as="_xs:boolean">
    <xsl:param name="values" as="item()*"/>
    <xsl:param name="list" as="map(*)"/>
    <xsl:sequence select="
        some $value in data($values) satisfies
          if ($value instance of _xs:untypedAtomic or $value instance of _xs:string or $value instance of _xs:anyURI)
          then exists($list(string($value)))
          else $value = (_map:keys($list) ! _xs:untypedAtomic(.))"/>
  </xsl:function>

  <!-- A catalogue that the pack does not hold: an error for the test that needs it, and for no other. -->
  <xsl:function name="_c:missing" as="item()*">
    <xsl:param name="file" as="_xs:string"/>
    <xsl:sequence select="error(QName('urn:cdatk:schematron', 'missing'), $file)"/>
  </xsl:function>

  <!-- Stands for the value of a variable that could not be evaluated. -->
  <xsl:function name="_c:failed" as="item()*">
    <xsl:sequence select="error(QName('urn:cdatk:schematron', 'variable'))"/>
  </xsl:function>

  <!-- What stands for fn:trace: the value, and nothing on the terminal. -->
  <xsl:function name="_c:trace" as="item()*">
    <xsl:param name="value" as="item()*"/>
    <xsl:sequence select="$value"/>
  </xsl:function>

  <xsl:function name="_c:trace" as="item()*">
    <xsl:param name="value" as="item()*"/>
    <xsl:param name="label" as="_xs:string?"/>
    <xsl:sequence select="$value"/>
  </xsl:function>

  <!-- A finding: its check, its place, and what the document puts into the holes of its message. -->
  <xsl:function name="_c:say" as="element()">
    <xsl:param name="node" as="node()"/>
    <xsl:param name="check" as="_xs:integer"/>
    <f c="{$check}" at="{_c:at($node)}"/>
  </xsl:function>

  <xsl:function name="_c:say" as="element()">
    <xsl:param name="node" as="node()"/>
    <xsl:param name="check" as="_xs:integer"/>
    <xsl:param name="values" as="_xs:string*"/>
    <f c="{$check}" at="{_c:at($node)}">
      <xsl:for-each select="$values"><v><xsl:value-of select="."/></v></xsl:for-each>
    </f>
  </xsl:function>

</xsl:stylesheet>

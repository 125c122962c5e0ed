<?xml version="1.0" encoding="UTF-8"?>
<!-- Social history 29762-2, functional status 47420-5. The one rule: a period keeps both its ends. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:observations" as="map(*)" select="map{'columns': (
      map{'l': 'col.observation', 'keep': true(), 'of': function($s) { $s/code }},
      map{'l': 'col.value', 'keep': true(), 'of': function($s) { $s/value }},
      map{'l': 'col.period', 'keep': true(), 'of': function($s) { $s/effectiveTime }},
      map{'l': 'col.interpretation', 'of': function($s) { $s/interpretationCode }},
      map{'l': 'col.status', 'of': function($s) { $s/statusCode }})}"/>
</xsl:stylesheet>

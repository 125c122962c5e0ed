<?xml version="1.0" encoding="UTF-8"?>
<!-- Pregnancies: 10162-6. The one rule: the date of the observation is not the date of birth or expected birth. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:pregnancies" as="map(*)" select="map{'columns': (
      map{'l': 'col.observation', 'keep': true(), 'of': function($s) { $s/code }},
      map{'l': 'col.value', 'keep': true(), 'of': function($s) { $s/value }},
      map{'l': 'col.expected-date', 'of': function($s) { $s/entryRelationship/observation[code/@code = ('11778-8', '11779-6', '11780-4')]/value }},
      map{'l': 'col.observation-date', 'keep': true(), 'of': function($s) { $s/effectiveTime }})}"/>
</xsl:stylesheet>

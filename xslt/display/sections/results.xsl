<?xml version="1.0" encoding="UTF-8"?>
<!-- Results 30954-2 and vital signs 8716-3. The one rule: a value stands with its unit and its reference range. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:results" as="map(*)" select="map{'columns': (
      map{'l': 'col.test', 'keep': true(), 'of': function($s) { $s/code }},
      map{'l': 'col.value', 'keep': true(), 'of': function($s) { $s/value, $s/self::observationMedia }},
      map{'l': 'col.interpretation', 'of': function($s) { $s/interpretationCode }},
      map{'l': 'col.reference', 'of': function($s) { $s/referenceRange/observationRange/(value, text) }},
      map{'l': 'col.date', 'keep': true(), 'of': function($s) { ($s/effectiveTime, $s/ancestor::organizer[1]/effectiveTime)[1] }},
      map{'l': 'col.performer', 'of': function($s) { ($s/performer/assignedEntity, $s/ancestor::organizer[1]/performer/assignedEntity) }},
      map{'l': 'col.reporter', 'of': function($s) { ($s/author/assignedAuthor, $s/ancestor::organizer[1]/author/assignedAuthor) }})}"/>
</xsl:stylesheet>

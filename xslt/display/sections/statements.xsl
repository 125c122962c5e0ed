<?xml version="1.0" encoding="UTF-8"?>
<!-- Any section without a layout of its own. The one rule: any clinical statement has a subject, a value, a date. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:any-statement" as="map(*)" select="map{'columns': (
      map{'l': 'col.statement', 'keep': true(), 'of': function($s) { ($s/code[@code or @displayName or *], d:material($s)[*], $s/participant/participantRole/(playingDevice | playingEntity))[1], $s/self::observationMedia }},
      map{'l': 'col.value', 'of': function($s) { $s/value[not($s/self::observationMedia)] }},
      map{'l': 'col.dosage', 'of': function($s) { $s/processing-instruction('cdatk-dosage'), $s/doseQuantity[@value or *], $s/routeCode[@code] }},
      map{'l': 'col.date', 'of': function($s) { $s/effectiveTime }},
      map{'l': 'col.interpretation', 'of': function($s) { $s/interpretationCode }},
      map{'l': 'col.performer', 'of': function($s) { $s/performer/assignedEntity }},
      map{'l': 'col.status', 'of': function($s) { $s/statusCode }})}"/>
</xsl:stylesheet>

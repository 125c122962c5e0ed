<?xml version="1.0" encoding="UTF-8"?>
<!-- Vaccinations: 11369-6. The one rule: "not given" is the first thing the row says (see subject). -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:immunizations" as="map(*)" select="map{'columns': (
      map{'l': 'col.vaccine', 'keep': true(), 'of': function($s) { d:material($s)/code }},
      map{'l': 'col.brand', 'of': function($s) { d:material($s)/name[normalize-space(.) != ''] }},
      map{'l': 'col.vaccination-date', 'keep': true(), 'of': function($s) { $s/effectiveTime[@value or *:low or *:center or @nullFlavor][1] }},
      map{'l': 'col.target-disease', 'of': function($s) { $s/participant/participantRole/code }},
      map{'l': 'col.dose-number', 'of': function($s) { $s/entryRelationship/observation[code/@code = '30973-2']/value }},
      map{'l': 'col.batch', 'of': function($s) { d:material($s)/lotNumberText }},
      map{'l': 'col.manufacturer', 'of': function($s) { $s/consumable/manufacturedProduct/manufacturerOrganization/name }},
      map{'l': 'col.centre', 'of': function($s) { $s/performer/assignedEntity }},
      map{'l': 'col.country', 'of': function($s) { $s/performer/assignedEntity//country }},
      map{'l': 'col.status', 'of': function($s) { $s/statusCode }})}"/>
</xsl:stylesheet>

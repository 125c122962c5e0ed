<?xml version="1.0" encoding="UTF-8"?>
<!-- Prescribed items: 57828-6. The one rule: what the pharmacist may and may not change is a column. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:prescriptions" as="map(*)" select="map{'columns': (
      map{'l': 'col.medication', 'keep': true(), 'of': function($s) { d:material($s)[*] }},
      map{'l': 'col.substance', 'keep': true(), 'of': function($s) { d:substances($s) }},
      map{'l': 'col.form', 'of': function($s) { d:material($s)/(*:formCode | *:part/*:partProduct/*:formCode) }},
      map{'l': 'col.packaging', 'of': function($s) { d:material($s)/(*:asContent | *:part/*:partProduct/*:asContent) }},
      map{'l': 'col.packages', 'of': function($s) { $s/entryRelationship/supply/quantity }},
      map{'l': 'col.dosage', 'keep': true(), 'of': function($s) { d:dosage($s) }},
      map{'l': 'col.period', 'keep': true(), 'of': function($s) { $s/effectiveTime[*:low or *:high or *:center or @value][1] }},
      map{'l': 'col.substitution', 'of': function($s) { $s/entryRelationship/observation[code/@code = 'SUBST']/value }},
      map{'l': 'col.patient-instructions', 'of': function($s) { $s/entryRelationship/act[code/@code = 'PINSTRUCT'] }},
      map{'l': 'col.dispenser-instructions', 'of': function($s) { $s/entryRelationship/act[code/@code = 'FINSTRUCT'] }},
      map{'l': 'col.reason', 'of': function($s) { $s/entryRelationship[@typeCode = 'RSON']/observation }},
      map{'l': 'col.item-id', 'of': function($s) { $s/id }},
      map{'l': 'col.status', 'of': function($s) { $s/statusCode }})}"/>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!-- Medication summary: 10160-0. Both medication namespaces and both sets of names.
     The one rule: a product without a name is shown by its substances, never as an empty row. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:medications" as="map(*)" select="map{'columns': (
      map{'l': 'col.medication', 'keep': true(), 'of': function($s) { d:material($s)[*] }},
      map{'l': 'col.substance', 'keep': true(), 'of': function($s) { d:substances($s) }},
      map{'l': 'col.form', 'of': function($s) { d:material($s)/(*:formCode | *:part/*:partProduct/*:formCode) }},
      map{'l': 'col.dosage', 'keep': true(), 'of': function($s) { d:dosage($s) }},
      map{'l': 'col.period', 'keep': true(), 'of': function($s) { $s/effectiveTime[*:low or *:high or *:center or @value][1] }},
      map{'l': 'col.reason', 'of': function($s) { $s/entryRelationship[@typeCode = 'RSON']/observation }},
      map{'l': 'col.patient-instructions', 'of': function($s) { $s/entryRelationship/act[code/@code = 'PINSTRUCT'] }},
      map{'l': 'col.status', 'keep': true(), 'of': function($s) { $s/statusCode }})}"/>
</xsl:stylesheet>

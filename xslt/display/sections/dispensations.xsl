<?xml version="1.0" encoding="UTF-8"?>
<!-- Dispensed items: 60590-7. The one rule: what was dispensed and what was prescribed stand side by side. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:dispensations" as="map(*)" select="map{'columns': (
      map{'l': 'col.dispensed', 'keep': true(), 'of': function($s) { d:material($s)[*] }},
      map{'l': 'col.substance', 'of': function($s) { d:substances($s) }},
      map{'l': 'col.form', 'of': function($s) { d:material($s)/(*:formCode | *:part/*:partProduct/*:formCode) }},
      map{'l': 'col.packaging', 'of': function($s) { d:material($s)/(*:asContent | *:part/*:partProduct/*:asContent) }},
      map{'l': 'col.dispensed-packages', 'keep': true(), 'of': function($s) { $s/quantity }},
      map{'l': 'col.dispensation-date', 'of': function($s) { ($s/effectiveTime, $s/performer/time)[1] }},
      map{'l': 'col.dispenser', 'of': function($s) { $s/performer/assignedEntity }},
      map{'l': 'col.substituted', 'of': function($s) { $s/entryRelationship/act[code/@code = 'SUBST'] }},
      map{'l': 'col.prescribed', 'of': function($s) { $s/entryRelationship/substanceAdministration/consumable/manufacturedProduct/manufacturedMaterial[*] }},
      map{'l': 'col.item-id', 'of': function($s) { $s/id }})}"/>
</xsl:stylesheet>

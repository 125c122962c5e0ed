<?xml version="1.0" encoding="UTF-8"?>
<!-- Active problems 11450-4 and past illnesses 11348-0. The one rule: any value is a problem, whatever its code system. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:problems" as="map(*)" select="map{'columns': (
      map{'l': 'col.problem', 'keep': true(), 'of': function($s) { $s/value }},
      map{'l': 'col.severity', 'of': function($s) { $s/(. | ../..)/entryRelationship/observation[code/@code = 'SEV']/value }},
      map{'l': 'col.status', 'keep': true(), 'of': function($s) { ($s/entryRelationship/observation[code/@code = '33999-4']/value, $s/../../self::act/statusCode)[1] }},
      map{'l': 'col.health-status', 'of': function($s) { $s/entryRelationship/observation[code/@code = '11323-3']/value }},
      map{'l': 'col.assertion', 'of': function($s) { $s/entryRelationship/observation[code/@code = '66455-7']/value }},
      map{'l': 'col.onset', 'keep': true(), 'of': function($s) { ($s/effectiveTime/(low | .[@value]), $s/../../effectiveTime/low)[1] }},
      map{'l': 'col.end', 'of': function($s) { ($s/effectiveTime/high, $s/../../effectiveTime/high)[1] }},
      map{'l': 'col.professional', 'of': function($s) { $s/entryRelationship/act/performer/assignedEntity }},
      map{'l': 'col.external', 'of': function($s) { $s/reference/externalDocument }})}"/>
</xsl:stylesheet>

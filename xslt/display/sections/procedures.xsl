<?xml version="1.0" encoding="UTF-8"?>
<!-- Procedures and surgery: 47519-4. The one rule: laterality belongs to the body site and is shown with it. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:procedures" as="map(*)" select="map{'columns': (
      map{'l': 'col.procedure', 'keep': true(), 'of': function($s) { $s/code[not($s/value[@code or @displayName])], $s/value }},
      map{'l': 'col.body-site', 'of': function($s) { $s/targetSiteCode }},
      map{'l': 'col.procedure-date', 'keep': true(), 'of': function($s) { $s/effectiveTime }},
      map{'l': 'col.status', 'keep': true(), 'of': function($s) { $s/statusCode }},
      map{'l': 'col.performer', 'of': function($s) { $s/performer/assignedEntity }})}"/>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!-- Devices and implants: 46264-8. The one rule: the device is the row, by code, name or phrase. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:devices" as="map(*)" select="map{'columns': (
      map{'l': 'col.device', 'keep': true(), 'of': function($s) { ($s/participant/participantRole/playingDevice, $s/product/manufacturedProduct/manufacturedMaterial) }},
      map{'l': 'col.device-id', 'of': function($s) { $s/participant/participantRole/id[@extension] }},
      map{'l': 'col.implant-date', 'keep': true(), 'of': function($s) { $s/effectiveTime/(low | .[@value or @nullFlavor]) }},
      map{'l': 'col.end', 'of': function($s) { $s/effectiveTime/high }},
      map{'l': 'col.status', 'of': function($s) { $s/statusCode }})}"/>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!-- Allergies and intolerances: 48765-2. The one rule: severity is read wherever it hangs. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:variable name="d:allergies" as="map(*)" select="map{'columns': (
      map{'l': 'col.agent', 'keep': true(), 'of': function($s) { $s/participant[@typeCode = 'CSM' or not(../participant[@typeCode = 'CSM'])]/participantRole/playingEntity, $s/value[@code or *][not(@code = $s/participant/participantRole/playingEntity/code/@code)] }},
      map{'l': 'col.allergy-type', 'keep': true(), 'of': function($s) { $s/code[@code or @nullFlavor] }},
      map{'l': 'col.manifestation', 'keep': true(), 'of': function($s) { $s/entryRelationship[@typeCode = 'MFST']/observation }},
      map{'l': 'col.severity', 'of': function($s) { $s/(. | ../..)/entryRelationship/observation[code/@code = 'SEV']/value }},
      map{'l': 'col.criticality', 'keep': true(), 'of': function($s) { $s/entryRelationship/observation[code/@code = '82606-5']/value }},
      map{'l': 'col.status', 'keep': true(), 'of': function($s) { ($s/entryRelationship/observation[code/@code = '33999-4']/value, $s/../../self::act/statusCode)[1] }},
      map{'l': 'col.certainty', 'of': function($s) { $s/entryRelationship/observation[code/@code = '66455-7']/value }},
      map{'l': 'col.onset', 'of': function($s) { ($s/effectiveTime/(low | .[@value]), $s/../../effectiveTime/low)[1] }},
      map{'l': 'col.end', 'of': function($s) { ($s/effectiveTime/high, $s/../../effectiveTime/high)[1] }})}"/>
</xsl:stylesheet>

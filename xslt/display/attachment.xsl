<?xml version="1.0" encoding="UTF-8"?>
<!--
  A document inside the document: the PDF of a level 1, an image. The one rule: only PDF, PNG and JPEG are shown,
  and only when their first bytes say so; anything else is described, never rendered.
-->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:cdatk:display"
    xpath-default-namespace="urn:hl7-org:v3" exclude-result-prefixes="#all">

  <xsl:template match="nonXMLBody">
    <section class="card" id="document-joint" aria-labelledby="document-joint-h">
      <h2 id="document-joint-h"><xsl:value-of select="$d:labels('attachment.title')"/></h2>
      <xsl:for-each select="text">
        <xsl:call-template name="attachment-facts"/>
        <xsl:call-template name="media"><xsl:with-param name="name" select="d:document-title(/*)"/></xsl:call-template>
        <xsl:call-template name="pages"/>
      </xsl:for-each>
      <xsl:if test="not(text)"><p class="note"><xsl:value-of select="$d:labels('attachment.none')"/></p></xsl:if>
      <xsl:variable name="more" select="* except text"/>
      <xsl:if test="exists($more)"><ul class="d"><xsl:apply-templates select="$more" mode="data"/></ul></xsl:if>
    </section>
  </xsl:template>

  <!-- The media type that the first bytes tell (in base64), '' when none of the three. -->
  <xsl:function name="d:sniff" as="xs:string">
    <xsl:param name="base64" as="xs:string"/>
    <xsl:sequence select="if (starts-with($base64, 'JVBERi0')) then 'application/pdf'
        else if (starts-with($base64, 'iVBORw0KGgo')) then 'image/png'
        else if (starts-with($base64, '/9j/')) then 'image/jpeg' else ''"/>
  </xsl:function>

  <!-- Context: an ED element with base64 or plain content. -->
  <xsl:template name="media">
    <xsl:param name="name" as="xs:string"/>
    <xsl:variable name="base64" select="if (@representation = 'B64') then translate(string(.), ' &#9;&#10;&#13;', '') else ''"/>
    <xsl:variable name="type" select="d:sniff($base64)"/>
    <xsl:variable name="clean" select="$type != '' and d:is-base64($base64)"/>
    <xsl:variable name="readable" select="not(d:pi(processing-instruction('cdatk-attachment')[1], 'state') = 'unreadable')"/>
    <xsl:choose>
      <xsl:when test="$clean and $type = 'application/pdf' and not(parent::nonXMLBody)">
        <!-- beside coded data, a link: each viewer would hold the content once more -->
        <p class="actions"><a class="button" download="document.pdf" href="data:application/pdf;base64,{$base64}"><xsl:value-of select="$d:labels('attachment.download')"/></a></p>
      </xsl:when>
      <xsl:when test="$clean and $type = 'application/pdf' and $readable">
        <xsl:call-template name="pdf"><xsl:with-param name="base64" select="$base64"/><xsl:with-param name="name" select="$name"/></xsl:call-template>
      </xsl:when>
      <xsl:when test="$clean and $type != 'application/pdf' and $readable">
        <img class="media" src="data:{$type};base64,{$base64}" alt="{($name[. != ''], $d:labels('attachment.image'))[1]}"/>
        <xsl:if test="parent::nonXMLBody">
          <p class="actions"><a class="button" download="image.{if ($type = 'image/png') then 'png' else 'jpg'}" href="data:{$type};base64,{$base64}"><xsl:value-of select="$d:labels('attachment.download-image')"/></a></p>
        </xsl:if>
      </xsl:when>
      <xsl:when test="@representation = 'B64'">
        <p class="note"><xsl:value-of select="d:l('attachment.not-shown', (string((@mediaType, '?')[1]), string(string-length($base64) idiv 4 * 3)))"/></p>
        <xsl:if test="$type = 'application/pdf' and $clean">
          <p class="actions"><a class="button" download="document.pdf" href="data:application/pdf;base64,{$base64}"><xsl:value-of select="$d:labels('attachment.download')"/></a></p>
        </xsl:if>
      </xsl:when>
      <xsl:when test="reference/@value"><p class="note"><xsl:value-of select="d:l('attachment.reference', string(reference[1]/@value))"/></p></xsl:when>
      <xsl:when test="normalize-space(.) != ''">
        <pre class="extract"><xsl:call-template name="source-lang"/><xsl:value-of select="."/></pre>
      </xsl:when>
      <xsl:otherwise><p class="note"><xsl:value-of select="$d:labels('attachment.none')"/></p></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@mediaType and $type != '' and @mediaType != $type">
      <p class="note"><xsl:value-of select="d:l('attachment.mismatch', (string(@mediaType), $type))"/></p>
    </xsl:if>
  </xsl:template>

  <!-- Letters of base64 only: nothing else may reach an attribute that a browser loads. -->
  <xsl:function name="d:is-base64" as="xs:boolean">
    <xsl:param name="text" as="xs:string"/>
    <xsl:sequence select="translate($text, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=', '') = ''"/>
  </xsl:function>

  <xsl:template name="pdf">
    <xsl:param name="base64" as="xs:string"/>
    <xsl:param name="name" as="xs:string"/>
    <p class="actions"><a class="button" download="document.pdf" href="data:application/pdf;base64,{$base64}"><xsl:value-of select="$d:labels('attachment.download')"/></a></p>
    <object class="pdf" data="data:application/pdf;base64,{$base64}" type="application/pdf" aria-label="{($name[. != ''], $d:labels('attachment.title'))[1]}">
      <p><xsl:value-of select="$d:labels('attachment.no-viewer')"/></p>
    </object>
  </xsl:template>

  <!-- Context: a structured document given together with its original: the same place of the page, reached by the switch. -->
  <xsl:template name="beside">
    <xsl:variable name="pi" select="processing-instruction('cdatk-beside')[1]"/>
    <xsl:if test="$pi">
      <xsl:variable name="base64" select="d:pi($pi, 'content')"/>
      <section class="card" id="document-joint" aria-labelledby="document-joint-h">
        <h2 id="document-joint-h"><xsl:value-of select="$d:labels('beside.title')"/></h2>
        <xsl:call-template name="attachment-facts"><xsl:with-param name="pi" select="$pi"/></xsl:call-template>
        <xsl:choose>
          <xsl:when test="d:sniff($base64) = 'application/pdf' and d:is-base64($base64)">
            <xsl:call-template name="pdf"><xsl:with-param name="base64" select="$base64"/><xsl:with-param name="name" select="$d:labels('beside.title')"/></xsl:call-template>
          </xsl:when>
          <xsl:otherwise>
            <p class="note"><xsl:value-of select="d:l('attachment.not-shown', (d:pi($pi, 'media-type'), d:pi($pi, 'bytes')))"/></p>
          </xsl:otherwise>
        </xsl:choose>
        <xsl:call-template name="pages"><xsl:with-param name="pages" select="processing-instruction('cdatk-beside-page')"/></xsl:call-template>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="attachment-facts">
    <xsl:param name="pi" as="processing-instruction()?" select="processing-instruction('cdatk-attachment')[1]"/>
    <xsl:if test="d:pi($pi, 'state') = 'unreadable'">
      <p class="absence noinfo"><xsl:value-of select="$d:labels('attachment.unreadable')"/></p>
    </xsl:if>
    <dl class="origin">
      <div><dt><xsl:value-of select="$d:labels('attachment.type')"/></dt>
        <dd><xsl:value-of select="(d:pi($pi, 'media-type')[. != ''], @mediaType ! string(.), $d:labels('not-stated'))[1]"/></dd></div>
      <xsl:for-each select="('pages', 'bytes', 'sha256')[d:pi($pi, .) != '']">
        <div><dt><xsl:value-of select="d:l('attachment.' || .)"/></dt>
          <dd><xsl:value-of select="if (. = 'sha256') then d:pi($pi, .) else d:number(d:pi($pi, .))"/></dd></div>
      </xsl:for-each>
    </dl>
  </xsl:template>

  <!-- The text of the PDF, as fallback and for search; marked as an extract. -->
  <xsl:template name="pages">
    <xsl:param name="pages" as="processing-instruction()*" select="processing-instruction('cdatk-page')"/>
    <xsl:if test="exists($pages)">
      <details class="narrative" open="">
        <summary><xsl:value-of select="$d:labels('attachment.extract')"/></summary>
        <p class="s"><xsl:value-of select="$d:labels('attachment.extract-note')"/></p>
        <xsl:for-each select="$pages">
          <h3><xsl:value-of select="d:l('attachment.page', d:pi(., 'number'))"/></h3>
          <xsl:variable name="text" select="d:pi(., 'text')"/>
          <xsl:choose>
            <xsl:when test="normalize-space($text) != ''">
              <pre class="extract">
                <xsl:if test="$d:source-language != ''"><xsl:attribute name="lang" select="$d:source-language"/></xsl:if>
                <xsl:value-of select="$text"/>
              </pre>
            </xsl:when>
            <xsl:otherwise><p class="nf"><xsl:value-of select="$d:labels('attachment.page-empty')"/></p></xsl:otherwise>
          </xsl:choose>
        </xsl:for-each>
      </details>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>

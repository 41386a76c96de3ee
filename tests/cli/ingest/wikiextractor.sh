# JSON Lines and <doc> blocks, entities decoded, the wiki named after the host.
cat >AA <<'END'
<doc id="12" url="https://zh.wikipedia.org/wiki?curid=12" title="数"学" & 理">
数"学" & 理

1 &lt; 2 &amp;amp; 们 &copy;
</doc>

<doc id="13" url="https://zh-yue.wikipedia.org/wiki?curid=13" title="空">
</doc>
END
printf '{"id":"5","url":"https://en.wikipedia.org/wiki?curid=5","title":"T","text":"The end of the"}\n' >AB
weir ingest -q --from wikiextractor AA AB --with-title

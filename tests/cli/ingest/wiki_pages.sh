# Which pages become documents, and why the others do not.
cat >dump.xml <<'END'
<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/" version="0.10" xml:lang="zh">
  <siteinfo>
    <sitename>Wikipedia</sitename>
    <dbname>zhwiki</dbname>
    <base>https://zh.wikipedia.org/wiki/Wikipedia:%E9%A6%96%E9%A1%B5</base>
    <case>first-letter</case>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="6" case="first-letter">File</namespace>
      <namespace key="10" case="first-letter">Template</namespace>
      <namespace key="14" case="first-letter">Category</namespace>
    </namespaces>
  </siteinfo>
  <page><title>数学</title><ns>0</ns><id>13</id>
    <revision><id>100</id><model>wikitext</model><text>旧文</text></revision>
    <revision><id>101</id><model>wikitext</model><text>{{NoteTA}}
'''数学'''是研究[[数量]]、-{zh-hans:结构;zh-hant:結構}-的学科&lt;ref&gt;甲&lt;/ref&gt;。

== 参考 ==
{{reflist}}
[[Category:数学]]</text></revision></page>
  <page><title>算术</title><ns>0</ns><id>14</id><redirect title="数学" />
    <revision><id>7</id><text>#重定向 [[数学]]</text></revision></page>
  <page><title>Template:甲</title><ns>10</ns><id>15</id><revision><id>8</id><text>x</text></revision></page>
  <page><title>Topic:x</title><ns>777</ns><id>16</id><revision><id>8</id><text>x</text></revision></page>
  <page><title>a.json</title><ns>0</ns><id>17</id>
    <revision><id>8</id><model>json</model><text>{}</text></revision></page>
  <page><title>无</title><ns>0</ns><id>18</id>
    <revision><id>8</id><text deleted="deleted" /></revision></page>
  <page><title>空</title><ns>0</ns><id>19</id><revision><id>8</id><text>{{x}}</text></revision></page>
  <page><title>坏</title><ns>0</ns><id>20</id><revision><id>8</id><text>&bad;</text></revision></page>
</mediawiki>
END
weir ingest --from wiki dump.xml --rejects rejects
sed 's/,"file".*//' rejects

# Hosts with all below them, URL beginnings, hosts files, Adblock lines; what a list holds besides is
# counted; links in the text are asked for.
printf '\357\273\277# list\r\n0.0.0.0 bad.example.com ads.net # both\r\n127.0.0.1 localhost\nFoo.org\nshop.cn/sale/\n||track.io^$third-party\n! comment\ntwo words\n*.wild.tv\n10.1.2.3\nhttp://deep.org/a/b?q=1\n' >list
printf '%s\n' '{"id":"user, port, www, case","text":"a","url":"https://u:p@www.FOO.org:80/x"}' \
    '{"id":"below","text":"a","url":"http://x.y.ads.net"}' \
    '{"id":"not below","text":"a","url":"http://roads.net/bad.example.com"}' \
    '{"id":"above","text":"a","url":"http://example.com/"}' \
    '{"id":"path","text":"a","url":"http://www.shop.cn/sale/1.html"}' \
    '{"id":"path end","text":"a","url":"shop.cn/sale"}' \
    '{"id":"longer word","text":"a","url":"http://shop.cn/sales"}' \
    '{"id":"other host","text":"a","url":"http://my.shop.cn/sale/1"}' \
    '{"id":"query","text":"a","url":"http://deep.org/a/b?q=1&r=2"}' \
    '{"id":"longer query","text":"a","url":"http://deep.org/a/b?q=11"}' \
    '{"id":"address","text":"a","url":"http://10.1.2.3:8080/"}' \
    '{"id":"source","text":"a","source":"a.wild.tv"}' \
    '{"id":"no host","text":"a","source":"baike","url":"localhost"}' \
    '{"id":"links","text":"见http://track.io/1，www.foo.org 和(https://fine.org)"}' >in
weir filters --url-list list --rejects r in -q | sed 's/.*"id":"\([^"]*\).*/kept \1/'
sed 's/.*"value":\([^,]*\).*"listed":"\([^"]*\)".*"id":"\([^"]*\).*/\3: \1 \2/' r
weir filters -q --url-list list --rule url-listed-max=off --rule url-links-listed-max=1 --rejects r in | wc -l
sed 's/.*"value":\([^,]*\).*"url":"\([^"]*\)","listed":"\([^"]*\)".*"id":"\([^"]*\).*/\4: \1 \2 \3/' r
weir filters --url-list list -q --annotate in | sed -n 's/.*"weir_filters":{\("url-listed":[0-9]\).*/\1/p' | sort | uniq -c
printf '%s\n' 'one two' 'three' 'a.b' >other
for args in '--url-list other' '--rule url-listed-max=0' '--url-list none' '--url-list list --rule url-listed-max=off'; do
    weir filters $args -q in 2>&1 >/dev/null || echo "exit $?"
done

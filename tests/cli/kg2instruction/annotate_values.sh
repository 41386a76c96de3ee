# Dates and quantities as Chinese writes them, against a knowledge file of the right values: what annotate finds
# under --precision high was worked out by hand.
entity() # ID LABEL CLASS CLAIMS
{
    printf '{"type":"item","id":"%s","labels":{"zh":{"language":"zh","value":"%s"}},"sitelinks":{"zhwiki":{"site":"zhwiki","title":"%s"}},"claims":{"P31":[{"mainsnak":{"snaktype":"value","property":"P31","datavalue":{"value":{"entity-type":"item","id":"%s"},"type":"wikibase-entityid"}},"rank":"normal"}]%s}}\n' \
        "$1" "$2" "$2" "$3" "$4"
}
time() # PROPERTY TIME PRECISION
{
    printf ',"%s":[{"mainsnak":{"snaktype":"value","property":"%s","datavalue":{"value":{"time":"%s","timezone":0,"before":0,"after":0,"precision":%s,"calendarmodel":"http://www.wikidata.org/entity/Q1985727"},"type":"time"}},"rank":"normal"}]' \
        "$1" "$1" "$2" "$3"
}
quantity() # PROPERTY AMOUNT UNIT
{
    printf ',"%s":[{"mainsnak":{"snaktype":"value","property":"%s","datavalue":{"value":{"amount":"%s","unit":"%s"},"type":"quantity"}},"rank":"normal"}]' \
        "$1" "$1" "$2" "${3:+http://www.wikidata.org/entity/}${3:-1}"
}
{
    entity Q901 中华人民共和国 Q6256 "$(time P571 +1949-10-01T00:00:00Z 11)$(quantity P1082 +1409670000)"
    entity Q902 秦朝 Q6256 "$(time P571 -0221-00-00T00:00:00Z 9)$(time P576 -0206-00-00T00:00:00Z 9)"
    entity Q903 印度 Q6256 "$(quantity P2046 +3287263 Q712226)"
    entity Q904 日本 Q6256 "$(quantity P1082 +123294513)"
    entity Q905 乞力马扎罗山 Q82794 "$(quantity P2044 +5895 Q11573)"
    entity Q906 卢沟桥事变 Q1656682 "$(time P580 +1937-07-07T00:00:00Z 11)"
    entity Q907 鲁迅 Q5 "$(time P569 +1881-09-25T00:00:00Z 11)$(time P570 +1936-10-19T00:00:00Z 11)"
    entity Q908 大熊山 Q82794 "$(quantity P2044 +4980 Q11573)"
    entity Q909 浙江大学 Q3918 "$(time P571 +1897-05-21T00:00:00Z 11)"
    entity Q9010 长江 Q82794 "$(quantity P2043 +6300 Q828224)"
} >dump
weir-kg2instruction build -q --part dump -o kg
n=0
say() # TITLE SENTENCE
{
    n=$((n + 1))
    printf '{"id":"%02d","title":"%s","text":"%s"}\n' "$n" "$1" "$2"
}
{
    say 中华人民共和国 中华人民共和国于一九四九年十月一日成立，首都北京。
    say 中华人民共和国 中华人民共和国在1949年成立。
    say 中华人民共和国 中华人民共和国总人口约14.1亿人。
    say 秦朝 秦朝于公元前221年建立。
    say 秦朝 秦朝建立于公元221年。
    say 印度 印度的面积约为三百二十九万平方公里。
    say 印度 印度的面积约为三百二十万平方公里。
    say 印度 印度的面积约为五百万平方公里。
    say 日本 日本人口约1.2亿人。
    say 乞力马扎罗山 乞力马扎罗山海拔5895米，是非洲最高的山。
    say 大熊山 大熊山海拔约5000米。
    say 卢沟桥事变 卢沟桥事变发生于1937年7月。
    say 卢沟桥事变 卢沟桥事变发生于昭和12年7月7日。
    say 卢沟桥事变 卢沟桥事变发生于昭和13年7月7日。
    say 卢沟桥事变 卢沟桥事变发生于民国二十六年七月七日。
    say 鲁迅 鲁迅（1881年9月25日－1936年10月19日），原名周樟寿，浙江绍兴人。
    say 鲁迅 鲁迅生于一八八一年，1936年逝世于上海。
    say 浙江大学 浙江大学创建于1897年，前身是求是书院。
    say 浙江大学 浙江大学没有在1897年创建文学院。
    say 长江 长江全长6300公里，是亚洲最长的河流。
    say 长江 长江全長六千三百公里。
} >docs
weir-kg2instruction annotate -q --kg kg --precision high --keep-empty docs |
    sed 's/^{"id":"\([0-9]*\)#.*"relations":/\1 /' |
    awk '{
        printf "%s", $1
        while (match($0, /"head":"[^"]*","head_type":"[^"]*","relation":"[^"]*","tail":"[^"]*"/)) {
            split(substr($0, RSTART, RLENGTH), p, "\"")
            printf " %s %s %s", p[4], p[12], p[16]
            $0 = substr($0, RSTART + RLENGTH)
        }
        print ""
    }'

#!/bin/sh
# entities.sh N: a Wikidata dump of N entities, one a line, about a kilobyte each, in no order; every
# fiftieth twice, every seventh a class; the same on every machine.
exec awk -v n="$1" 'BEGIN {
        split("的 一 是 在 不 了 有 和 人 这 中 大 为 上 个 国 我 以 要 他 時 來 用 們 生 到 作 地 于 出 就 分 對 成 会 可 主 发 年 動", zh, " ")
        seed = 7
        print "["
        for (d = 0; d < n; d++) {
            q = (d * 7919) % 1000003 + 1
            if (d % 50 == 49)
                q = last
            last = q
            name = ""
            for (w = 0; w < 4; w++) {
                seed = (seed * 69069 + 1) % 4294967296
                name = name zh[int(seed / 65536) % 40 + 1]
            }
            printf "{\"type\":\"item\",\"id\":\"Q%d\",\"labels\":{\"zh\":{\"language\":\"zh\",\"value\":\"%s\"},", q, name
            printf "\"en\":{\"language\":\"en\",\"value\":\"Thing %d\"}},\"descriptions\":{\"en\":{\"language\":\"en\",\"value\":\"", q
            for (w = 0; w < 20; w++)
                printf "words to read over "
            printf "\"}},\"aliases\":{\"zh\":[{\"language\":\"zh\",\"value\":\"%s%s\"}]},\"claims\":{", name, zh[d % 40 + 1]
            for (w = 0; w < 3; w++) {
                p = !w ? (d % 7 ? 31 : 279) : w == 1 ? 17 : 361
                printf "%s\"P%d\":[{\"mainsnak\":{\"snaktype\":\"value\",\"property\":\"P%d\",\"datavalue\":{\"value\":{\"entity-type\":\"item\",\"numeric-id\":%d,\"id\":\"Q%d\"},\"type\":\"wikibase-entityid\"},\"datatype\":\"wikibase-item\"},\"type\":\"statement\",\"rank\":\"normal\"}]", w ? "," : "", p, p, q % 997 + w + 1, q % 997 + w + 1
            }
            printf "},\"sitelinks\":{\"zhwiki\":{\"site\":\"zhwiki\",\"title\":\"%s (%d)\",\"badges\":[]}}}%s\n", name, q, d + 1 < n ? "," : ""
        }
        print "]"
    }'

#!/bin/sh
# documents.sh N: N documents of about a kilobyte, Chinese and English, every fiftieth twice; the same on
# every machine.
exec awk -v n="$1" 'BEGIN {
        split("的 一 是 在 不 了 有 和 人 这 中 大 为 上 个 国 我 以 要 他 时 来 用 们 生 到 作 地 于 出 就 分 对 成 会 可 主 发 年 动", zh, " ")
        split("the quick brown fox jumps over a lazy dog while seven wizards read old books in warm rooms", en, " ")
        seed = 7
        for (d = 0; d < n; d++) {
            text = ""
            for (s = 0; s < 8; s++) {
                for (w = 0; w < 24; w++) {
                    seed = (seed * 69069 + 1) % 4294967296
                    k = int(seed / 65536)
                    text = text (d % 3 ? zh[k % 40 + 1] : en[k % 17 + 1] " ")
                }
                text = text (d % 3 ? "。" : ". ")
            }
            if (d % 50 == 49) text = last
            last = text
            printf "{\"id\":\"d%d\",\"text\":\"%s\",\"source\":\"s%d\"}\n", d, text, d % 4
        }
    }'

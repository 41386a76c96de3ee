# One thread or eight, little memory or much, any seed: the same bytes, kept and dropped.
awk 'BEGIN { srand(3); n_c = split("天 地 人 山 水 日 月 风 云 花 草 树 木 的 是 在 有 大 小 中 国 年 来 去 看 听 说 走", c, " ")
    for (i = 0; i < 3000; i++) { s = ""; n = int(rand() * 40)
        for (k = 0; k < n; k++) {
            for (m = int(rand() * 12); m >= 0; m--) s = s c[1 + int(rand() * n_c)]
            s = s (rand() < .2 ? "，" : "。") (rand() < .2 ? "\\n" : "") }
        if (rand() < .1) s = s s
        printf "{\"id\":\"%d\",\"text\":\"%s\"}\n", i, s } }' >in
for o in "-j1" "-j8" "-j1 -m 64M" "-j8 -m 64M" "-j3 --seed 9"; do
    weir filters -q $o --preset zh-web,c4-zh,fineweb2-zh --rejects r in >out
    cat out r | cksum >>sums
done
wc -l <sums
sort -u sums | wc -l
[ $(wc -l <out) -gt 500 ] && [ $(wc -l <r) -gt 500 ] && echo both

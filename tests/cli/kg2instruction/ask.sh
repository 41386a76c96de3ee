# Which labels are asked for.
ie=$SRC/samples/raw/ie
cat >in <<'END'
{"text":"甲是乙的导演","relation":[{"head":"乙","relation":"导演","tail":"甲"}]}
{"text":"没有关系","relation":[]}
{"text":"丙写了丁","relation":[{"head":"丁","relation":"作者","tail":"丙"},{"head":"丁","relation":"流派","tail":"诗"}]}
{"text":"未标注"}
END
asked() { weir kg2instruction instruct -q --task RE --form iepile "$@" in | sed 's/.*\\"schema\\": \(\[[^]]*\]\).*/\1/; s/\\"//g'; }
echo "labels of the input"; asked --no-shuffle
echo "a schema, in groups of 3 and 4 (a rest of less than half joins the last)"
asked --no-shuffle --schema "$ie/schema.json" --split-num 3
asked --no-shuffle --schema "$ie/schema.json" --split-num 2
echo "only what is there"; asked --no-shuffle --neg-ratio 0 --schema "$ie/schema.json"
echo "one third of the absent labels: 1 of 3, 1 of 4"; asked --neg-schema 0.33 --schema "$ie/schema.json" | awk -F, '{ print NF }'
echo "near ones of a dictionary, and one more"; asked --no-shuffle --hard "$ie/near.json" --split-num 1 --schema "$ie/schema.json"
cat >learn <<'END'
{"text":"1","relation":[{"head":"a","relation":"r1","tail":"b"},{"head":"a","relation":"r2","tail":"b"},{"head":"a","relation":"r2","tail":"c"}]}
{"text":"2","relation":[{"head":"a","relation":"r3","tail":"b"},{"head":"a","relation":"r4","tail":"b"}]}
{"text":"3","relation":[{"head":"a","relation":"r1","tail":"b"}]}
{"text":"4","relation":[{"head":"a","relation":"r4","tail":"b"}]}
{"text":"5","relation":[{"head":"a","relation":"r5","tail":"b"}]}
END
echo "learnt: r2 with r1, r3 with r4, and one more each"
for i in 3 4; do
    weir kg2instruction instruct -q --task RE --form iepile --hard learn --no-shuffle --split-num 1 learn |
        grep "input.*: .\"$i" | sed 's/.*\\"schema\\": \(\[[^]]*\]\).*/\1/; s/\\"//g' | head -n 3 | tr '\n' ' '
    echo
done
echo "groups that a record names"
echo '{"text":"甲","relation":[{"head":"乙","relation":"r","tail":"甲"}],"schema":[["q","r"],[],["p"]]}' >in; asked
echo "by the seed and the text alone"
awk 'BEGIN { for (i = 0; i < 3000; i++) printf "{\"text\":\"t%d\",\"relation\":[{\"head\":\"a\",\"relation\":\"r%d\",\"tail\":\"b\"}]}\n", i, i % 40 }' >many
one() { weir kg2instruction instruct -q --task RE --neg-ratio 0.5 --neg-schema 0.3 --split-num 5 "$@"; }
one -j 1 many >a && one -j 8 -m 64M many >b && cmp a b && one many --seed 7 | cmp -s a - || echo "another seed, another order"
one <many | cmp a -
# The same records in another file, with the schema of the first.
awk 'BEGIN { print "[]"; printf "["; for (i = 0; i < 40; i++) printf "%s\"r%d\"", i ? "," : "", i; print "]\n{}" }' >schema
one --schema schema many >a
head -n 100 many | tail -n 20 >some && one --schema schema some >b && grep -Fxf b a | cmp - b && echo same

# KnowLM's sampler in its four drop modes: the orders in the .out were printed by its description in
# tests/cross/samplers.py, knowlm([4, 7, 5], [2, 3, 1], mode, 2023), with torch 1.13.1.
model=$SRC/tests/data/tokenize/tiny.model
n=0
for size in 4 7 5; do
    : >docs
    for i in $(seq "$size"); do
        echo "{\"id\":\"$n\",\"text\":\"a$n\"}" >>docs
        n=$((n + 1))
    done
    weir tokenize -q --model "$model" docs | weir chunker -q | weir indexer -q -o "type$size"
done
order() { weir indexer show "$1" --model "$model" | sed -n 's/^#.*document "\([0-9]*\)".*/\1/p' | tr '\n' ' '; echo; }
for mode in 0 1 2 3; do
    weir indexer mix -q --order batches --drop $mode --seed 2023 --take 'type4 batch 2' --take 'type7 batch 3' \
        --take 'type5 batch 1' -o mixed
    order mixed
done
weir indexer mix --order batches --drop 0 --seed 2023 --take 'type4 batch 2' --take 'type7 batch 3' \
    --take 'type5 batch 1' --plan | sed -n '/^sources/,$p'

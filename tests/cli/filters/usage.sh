try() { weir filters "$@" </dev/null && echo "taken: $*"; echo "$? $*"; }
try 2>/dev/null
try --preset nonsense
try --preset zh-web,
try --rule chars-min
try --rule chars=5
try --rule chars-min=5x
try --rule chars-min=inf
try --rule chars-min:icu=5
try --preset gopher --lexicon x
try --preset harmful --lexicon not-there
try --preset gopher --list-rules=5

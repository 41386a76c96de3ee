# Presets add up, the stricter limit holds, --rule has the last word.
text='{"text":"word word word"}'
drop() { echo "$text" | weir filters -q --rejects r "$@" >/dev/null; sed 's/.*"rule":\("[^"]*","value":[^,]*,"limit":[^,]*\).*/\1/' r; }
drop --preset gopher
drop --preset gopher,zh-web
drop --preset zh-web --preset gopher --rule chars-min=off --rule han-min=off
drop --preset gopher --rule words-min=4
drop --preset fineweb2-zh --rule dup-lines-max=off
drop --preset gopher --rule words-min=off --rule stop-words-min=off
echo end

printf '%s\n' '{"text":"首页\n他说：“好。”\n短。\n今天天气很好！明天呢？不知道……\n请看使用条款。\n第一，吃饭；第二，睡觉。"}' >in
weir filters -q --preset c4-zh in
weir filters -q --preset c4-zh --rule c4-zh-sentences-min=7 --rejects r in
sed 's/,"file".*//' r

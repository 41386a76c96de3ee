# Each kind of copy once, worked out by hand: what stays, what goes, why, and whose twin it is.
zh=天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光果珍李柰菜重芥姜海咸河淡鳞潜羽翔龙师火帝鸟官人皇始制文字乃服衣裳推位让国有虞陶唐吊民伐罪周发殷汤坐朝问道垂拱平章
{
    printf '{"id":"a","text":"%s"}\n' $zh
    printf '{"id":"short","text":"四个字呀"}\n'
    printf '{"id":"b","text":"  %s\\n","source":"x"}\n' $zh                 # white space
    printf '{"id":"c","text":"%s。"}\n' $zh                                 # a mark more: all shingles equal
    printf '{"id":"d","text":"%s爱育黎首"}\n' $zh                           # 104 of 108 shingles
    printf '{"id":"short2","text":"四个字呀"}\n'
    printf '{"id":"short3","text":"四个字吗"}\n'
    printf '{"text":"The Quick Brown Fox"}\n'
    printf '{"id":"e","text":"Ｔｈｅ quick\\tbrown fox"}\n'                 # case, width, white space
    printf '{"id":"f","text":"the quick, brown fox"}\n'                     # punctuation is text
    printf '{"id":"g","text":"3 + 5"}\n{"id":"h","text":"3 - 5"}\n'
    printf '{"id":"empty1","text":""}\n{"id":"empty2","text":" \\n"}\n'
} >in.jsonl
weir-dedup --rejects rejects in.jsonl | sed 's/"text":"天[^"]*"/"text":"…"/'
sed 's/"record":{[^}]*\("id":"[^"]*"\).*/\1/; s/,"file".*"length":[0-9]*//; s/0\.9[0-9]*/0.9…/' rejects

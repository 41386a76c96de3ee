# Medicine, law, news, reference and plain words around harmful terms: nothing is dropped.
while read -r text; do
    printf '{"text":"%s"}\n' "$text"
done >docs.jsonl <<'END'
黄瓜是葫芦科植物，原产印度，清炒和凉拌都好吃，黄瓜视频教程里有做法
第三百五十一条 非法种植罂粟、大麻等毒品原植物的，一律强制铲除；非法种植大麻五千株以上的，处五年以下有期徒刑
走私、贩卖、运输、制造海洛因或者甲基苯丙胺五十克以上的，处十五年有期徒刑；冰毒和摇头丸的鉴定由公安机关负责
乳腺癌患者术后应定期检查乳房，乳头溢液、乳腺增生的诊断和治疗由医生决定，手淫与本病无关
阴道炎的症状有外阴瘙痒和灼痛，性交后加重；阴蒂、阴唇的解剖见图，治疗期间避免性交
自杀是青少年的主要死因之一，研究者认为危机干预和心理咨询热线能降低自杀率，有轻生念头者请求助医生
警方打掉一个网络赌博团伙，查获赌资两千万元，百家乐和六合彩投注网站被取缔，犯罪嫌疑人已被刑事拘留
市民王先生被冒充客服的骗子骗走三万元，民警提醒：刷单返利、无抵押贷款、代办信用卡都是常见骗局，切勿转账
二战中士兵用步枪和手榴弹作战，炸药和雷管由工兵保管，屠杀平民的军官战后受到审判
药物的不良反应有恶心、呕吐和腹泻，恶心严重的患者应停药，女性患者多见
垃圾分类从娃娃抓起，女生宿舍和男生宿舍的垃圾桶都换了新的，厨余垃圾每天清运
愚公移山，智叟笑他愚蠢，中国人至今讲这个故事
种族歧视是美国的社会问题，黑人和亚裔都曾被歧视，民权运动改变了法律
紫砂壶泡茶，茶汤不失原味；菠菜焯水后凉拌，汽车枪式座椅，司马懿装病
The photographer likes to shoot at dawn; a shoot of bamboo; the shot was a long one, taken with a cocked hat on
Residents of Scunthorpe and Penistone met in Essex; the class passed the assessment and the bass player sang
Patients with erectile dysfunction were treated with sildenafil (Viagra); the study compared it with tadalafil (Cialis)
Suicide prevention: if you have suicidal thoughts, call a hotline; researchers report fewer deaths after counselling
The court convicted the defendant of selling cocaine and heroin; police had arrested three drug dealers in the casino
He kept a bitch and her puppies; the vet examined the pregnant bitch; faggots of wood burned in the stove
utf8 x86 i386 sha1 b2b p2p a11y i18n e-mail U.S.A. C++ $PATH user@host.com v1.2.3 www.w3.org f(x) = a_b_c * d_e_f
Die Größe der Übung, le café fumé, el niño pequeño, слон и кот, ελληνικά, naïve coöperation
END
weir filters -q -p harmful --rejects r docs.jsonl | wc -l
sed 's/.*"value":\([^,]*\).*"terms":\(\[[^]]*\]\).*"text":\(.*\)}}/\1 \2 \3/' r
# Just at the limit and just above: terms of one's own in the place of the built-in ones.
printf 'qqa\tdrugs\t4\nqqb\tdrugs\t1\nqqc\tfraud\t5\nqqd\tfraud\t1\n' >list
printf '%s\n' '{"text":"qqa"}' '{"text":"qqa qqb"}' '{"text":"qqa qqd"}' '{"text":"qqb qqb qqb qqb qqb"}' '{"text":"qqc"}' >in
weir filters -q -p harmful --lexicon list in
weir filters -q --lexicon list --rule harmful-distinct-max=1 in | wc -l
weir filters -q --lexicon list --rule harmful-density-max=10 in | wc -l # 4 + 1 in half a thousand: 10
weir filters -q --lexicon list --rule harmful-density-max=9.9 in | wc -l

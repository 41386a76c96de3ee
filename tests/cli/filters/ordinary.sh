# Ordinary words in which a harmful term stands by chance score nothing.
while read -r text; do
    printf '{"text":"%s"}\n' "$text"
done >docs.jsonl <<'END'
Scunthorpe in Lincolnshire, Penistone, Clitheroe, Cockermouth, Middlesex and Essex
Dick Van Dyke played the part; the kitchen was spic and span; a chink in the armour let chinks of light in
a bundle of faggots burned; faggots and peas for supper, and a fag end in the ashtray
blue tits, coal tits and great tits sat in the pussy willow; pussy cat, pussy cat, where have you been
a pregnant bitch is scanned by the vet; brood bitches and spayed bitches are shown in classes of dogs and bitches
tadalafil (Cialis), vardenafil (Levitra) and sildenafil (Viagra) inhibit one enzyme
the horny layer of the skin; a horny toad; the cumin, the assassin, the classic bass and the cocktail
Un assé et un fagò, à l’assaut
感情色彩浓厚的红色情怀，景色情况各异，角色情节丰富，绿色情调
一次性交付，一次性交清，男性交友，线性交换，任性交往
路口交通和路口交汇处，进出口交易，接口交互，人口交往，港口交货
亲自慰问了老人，他独自慰藉自己，做爱国者，做爱心人士，女性爱好者，理性爱国
成熟女性与他人妻子，为人妻者，混乱伦理，部队番号保密，某师番号撤销
承包养殖和面包养护，走光明大道，三黄片和牛黄片，蛋黄片，浪潮吹来
足三里等小穴位，巴掌大的鸡巴掌，烤鸡巴黎风味，这段DNA片段，A片区规划，K粉丝
选出千百人，拿出千万元，演出千场，加快三年建设，快三十岁了，更快三倍，杀号令，往返水路，整套现代设备，流行彩金项链
现代考古，近代考据，替后代考虑，现代开发，时代开发，补肾壮阳，皇冠体育馆
白皮肤，桑白皮，地骨白皮纸，白皮书，杂种优势，绿教材，碧绿教室，白左右手，增殖人员
日本狗粮和美国狗狗，香港狗展，台湾狗脊，老黑板，人口爆炸，汽车震动，车震荡
END
weir filters -q -p harmful -r harmful-score-max=0 --rejects r docs.jsonl | wc -l
sed 's/.*"terms":\(\[[^]]*\]\).*"text":\(.*\)}}/\1 \2/' r
# Few words that may stand in good texts do not drop one.
while read -r text; do
    printf '{"text":"%s"}\n' "$text"
done >docs.jsonl <<'END'
the dykes of the Netherlands keep out the sea; a dyke broke
free spins couple to the field; teen sex is a subject of the study
retarded ignition; retard the spark
viagra, cialis and levitra are inhibitors of one enzyme
住在安贞里一区二区三区
可以代办证件，请到办证大厅
甲基苯丙胺、氯胺酮、芬太尼、三唑仑和致幻剂的药理、剂量与不良反应
END
weir filters -q -p harmful --rejects r2 docs.jsonl | wc -l
sed 's/.*"terms":\(\[[^]]*\]\).*"text":\(.*\)}}/\1 \2/' r2

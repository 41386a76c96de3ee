/* Ways around a list that are not form: letters, homophones and numbers that people write for the
 * terms, as they are met in Chinese and English.  Weights as in lexicon_zh_data.c. */
#include "filters/lexicon.h"

const struct lexicon_row lexicon_evasion[] = {
    {LEX_PORNOGRAPHY, 3, "涩情 情涩 黄se 黄网站 成仁网站 h漫 h片 a爿 学生妺 爆菊花"},
    {LEX_PORNOGRAPHY, 5,
     "约泡 约pao 约p 裸廖 裸撩 luo聊 色请网 无碼 成仁电影 成仁视频 成人电彰 援茭 艹逼 肏逼 "
     "肏屄 zuo爱 做ai 口jiao 肛jiao 自wei 性nu 外wei女 上门xiaojie pr0n p0rn fap_to"},
    {LEX_PORNOGRAPHY, 2, "色晴 口暴 鸡吧"},

    {LEX_GAMBLING, 3, "时时采 六和彩 六盒彩 老虎鸡 博采网 开桨 彩piao 博cai 赌bo"},
    {LEX_GAMBLING, 5,
     "菠菜网 菠菜站 时时菜 六合采 6合彩 六he彩 百家楽 百家了 上芬下芬 上fen下fen 北京塞车 "
     "皇冠球网 幸运飞挺 葡精娱乐 liuhecai baijiale shishicai"},

    {LEX_DRUGS, 3, "冰du 毒pin 麻gu 大ma K仔 海luo因 摇tou丸 yao头丸"},
    {LEX_DRUGS, 5, "卖bing毒 出售bing毒 出bing 肉出售冰 售冰du 售大ma"},

    {LEX_VIOLENCE, 3, "汽枪 猎抢 仿真抢 手木仓 木仓支 枪zhi 炸yao zha药"},
    {LEX_VIOLENCE, 5, "出售汽枪 出售木仓 汽枪专卖 气木仓 气狗专卖 出售气狗"},

    {LEX_FRAUD, 2,
     "加薇 薇信 威芯 徽信 加v信 加vx 加wx 加微❤ 扣扣号 加扣扣 企鹅号 私聊加v 加q聊 加q详"},
    {LEX_FRAUD, 4, "办正件 办zheng 代考包guo 贷kuan dai款 代kai票 开piao加 枼票 増值税票"},
    {LEX_FRAUD, 6, "代开发漂 代开发飘 代开fa票 代开枼票 代开fp 代kai发票 fapiao代开 daikaifapiao"},

    {LEX_HATE, 1, "tmd mmp 特喵 尼妹 尼煤 卧槽"},
    {LEX_HATE, 3, "shabi sha比 傻x 煞b 沙b 贱b nao残 孤儿东西 cao你"},
    {LEX_HATE, 5,
     "sb东西 大sb 死sb 傻比 煞逼 草拟吗 草拟妈 艹你 曹你妈 操尼马 操泥马 尼玛比 妮马比 "
     "你马死了 你吗死了 nmsl cnmb caonima wcnm rnmb mlgb 死吗东西 司马东西 司马玩意 "
     "孤儿玩意 婊字 女表子 嘿鬼 黑gui 楠蛆 亩狗 母苟 女犬师 绿畜"},

    {LEX_SELF_HARM, 3, "zi杀 自sha 割wan unalive_myself"},

    {LEX_HATE, 2, "f**k f*ck f***ing f**king fck fcking fuk fuking sh*t azz biatch 蝻 低能儿 cnm"},
    {LEX_HATE, 5,
     "b*tch b*tches b**ch b***h bytch beyotch c*nt n*gger n*gga n**ga n***er n1gga nigg3r "
     "nigguz a**hole wh*re sl*t f*ggot phag btches"},
    {LEX_HATE, 4, "btch"},
    {0},
};

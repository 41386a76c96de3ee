/* Ways around a list that are not form: letters, homophones and numbers that people write for the
 * terms, as they are met in Chinese and English.  Weights as in lexicon_zh_data.c. */
#include "filters/lexicon.h"

const struct lexicon_row lexicon_evasion[] = {
    {LEX_PORNOGRAPHY, 3,
     "色晴 涩情 情涩 黄se 黄网站 成仁网站 里番 h漫 h片 a爿 援妹 学生妺 口暴 爆菊花"},
    {LEX_PORNOGRAPHY, 5,
     "约泡 约pao 约p 裸廖 裸撩 果聊 luo聊 色请网 无碼 成仁电影 成仁视频 成人电彰 援茭 鸡吧 吉吧 "
     "急吧 操比 日批 "
     "曰逼 草比 艹逼 肏逼 肏屄 zuo爱 做ai 口jiao 肛jiao 自wei 性nu 外wei女 上门xiaojie pr0n p0rn "
     "fap_to"},
    {LEX_GAMBLING, 3, "时时采 六和彩 六盒彩 老虎鸡 博采网 开桨 彩piao 博cai 赌bo"},
    {LEX_GAMBLING, 5,
     "菠菜网 菠菜站 时时菜 六合采 6合彩 六he彩 百家楽 百家了 上芬下芬 上fen下fen 北京塞车 皇冠球网 "
     "幸运飞挺 "
     "葡精娱乐 liuhecai baijiale shishicai"},
    {LEX_DRUGS, 3, "冰du 毒pin 独品 麻gu 大ma K仔 海luo因 摇tou丸 yao头丸"},
    {LEX_DRUGS, 5, "卖bing毒 出售bing毒 出bing 肉出售冰 售冰du 售大ma"},
    {LEX_VIOLENCE, 3, "汽枪 气抢 猎抢 仿真抢 手木仓 木仓支 枪zhi 炸yao zha药"},
    {LEX_VIOLENCE, 5, "出售汽枪 出售木仓 汽枪专卖 气木仓 气狗专卖 出售气狗"},
    {LEX_FRAUD, 2,
     "加薇 加威信 薇信 威芯 徽信 加v信 加vx 加wx 加微❤ 扣扣号 加扣扣 企鹅号 私聊加v 加q聊 加q详"},
    {LEX_FRAUD, 4,
     "办正件 办zheng 刻彰 代考包guo 贷kuan dai款 代kai票 开piao加 枼票 发漂 发嘌 増值税票"},
    {LEX_FRAUD, 6,
     "代开发漂 代开发飘 代开fa票 代开枼票 代开fp 待开发票 带开发票 代kai发票 fapiao代开 "
     "daikaifapiao"},
    {LEX_HATE, 1, "tmd mmp 特喵 尼妹 尼煤 卧槽"},
    {LEX_HATE, 3,
     "shabi sha比 傻x 煞b 沙b 贱b 蝻 女表 表子 nao残 脑摊 低能儿 孤儿东西 草拟 cao你 操泥"},
    {LEX_HATE, 5,
     "sb东西 大sb 死sb 傻比 煞逼 沙币 草拟吗 草拟妈 艹你 曹你妈 操尼马 操泥马 尼玛比 妮马比 "
     "你马死了 你吗死了 "
     "nmsl cnm cnmb caonima nmb wcnm rnmb mlgb 死吗东西 司马东西 司马玩意 孤儿玩意 婊字 女表子 "
     "嘿鬼 黑gui "
     "郭楠 楠蛆 亩狗 母苟 拳狮 女犬师 绿畜 黑畜 白畜 泥哥 湾狗"},
    {LEX_SELF_HARM, 3, "zi杀 自sha 割wan kms unalive_myself"},
    {LEX_HATE, 2, "f**k f*ck f***ing f**king fck fcking fuk fuking sh*t azz biatch"},
    {LEX_HATE, 5,
     "b*tch b*tches b**ch b***h bytch beyotch c*nt n*gger n*gga n**ga n***er n1gga nigg3r nigguz "
     "a**hole wh*re "
     "sl*t f*ggot f*g f*gs phag fgt btch btches"},
    {0},
};

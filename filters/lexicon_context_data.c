/* Terms that excuse: what law, police reports, medicine, news and reference books write around weak
 * harmful terms, and longer words inside which a harmful term means something else. */
#include "filters/lexicon.h"

const struct lexicon_row lexicon_context[] = {
    {LEX_CONTEXT, 1,
     "有期徒刑 刑法 刑事责任 公安机关 公安局 公安部 警方 民警 检察院 人民法院 犯罪嫌疑人 "
     "被告人 缴获 抓获 查获 侦破 违法犯罪 治安管理处罚 行政拘留 没收 依法 打击 整治 取缔 严禁 "
     "受害者 司法解释 条例 患者 临床 治疗 症状 诊断 医学 药理 病例 感染 病理 疾病 心理健康 "
     "心理咨询 危机干预 援助热线 救助 记者 报道 新华社 据报道 央视 研究 学者 论文 世纪 年代 "
     "小说家 导演 作品 电影史 历史 社会学"},
    {LEX_CONTEXT, 1,
     "police arrested convicted sentenced prosecutors court researchers patients clinical "
     "treatment diagnosis disorder symptoms study journal prevention hotline lifeline "
     "crisis_line according_to century legislation historian novel"},

    {LEX_ALLOW, 1,
     "扫黄打非 反色情 打击色情 卖淫嫖娼违法 组织卖淫罪 强迫卖淫罪 强奸罪 强奸案 聚众淫乱罪 "
     "淫秽物品 传播淫秽 制作淫秽 禁止赌博 打击赌博 赌博罪 开设赌场罪 网络赌博犯罪 体育彩票 "
     "福利彩票 彩票公益金 彩票管理 彩票发行 禁毒 反毒 戒毒 毒品犯罪 毒品预防 拒绝毒品 远离毒品 "
     "毒品问题 打击毒品 缉毒 走私毒品 贩卖毒品罪 毒品危害 反恐怖袭击 预防自杀 自杀预防 "
     "自杀干预 防止自杀 自杀率 自杀式 自杀未遂 反洗钱 洗钱罪 打击传销 禁止传销 反传销 传销组织 "
     "印度支那 杂种优势 杂种后代 杂种一代 远缘杂种 支那社会 支那派遣军 反支那 白皮书 白皮松 "
     "白皮杉 白皮病 老黑山 傻子瓜子 打拳击 赔率计算 想死你 想死我 约死亡 想死守 想死去 去死去 "
     "死去死 会去死 北佬会 精日语 阿三哥 张阿三 王阿三 开三肖像 港口爆 窗口爆 出口爆 入口爆 "
     "进口爆 路口爆 道口爆 北约炮 水乳交融 养殖人 繁殖人 移殖人 增殖人 生殖人 殖人员 殖人才 "
     "肉棒骨 特码头"},
    {LEX_ALLOW, 1,
     "suicide_prevention suicide_bomber suicide_bombing suicide_bombers suicide_attack "
     "suicide_squad casino_royale anti-pornography"},
    {0},
};

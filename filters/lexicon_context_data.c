/* Terms that excuse: what law, police reports, medicine, news and reference books write around weak
 * harmful terms, and longer words inside which a harmful term means something else. */
#include "filters/lexicon.h"

const struct lexicon_row lexicon_context[] = {
    {LEX_CONTEXT, 1,
     "有期徒刑 刑法 刑事责任 公安机关 公安局 公安部 警方 民警 检察院 人民法院 犯罪嫌疑人 "
     "被告人 缴获 抓获 查获 侦破 违法犯罪 治安管理处罚 行政拘留 没收 依法 打击 整治 取缔 严禁 "
     "受害者 司法解释 条例 患者 临床 治疗 症状 诊断 医学 药理 病例 感染 病理 疾病 心理健康 "
     "心理咨询 危机干预 援助热线 救助 记者 报道 新华社 据报道 央视 研究 学者 论文 世纪 年代 "
     "小说家 导演 作品 电影史 历史 社会学 解剖 生殖 泌尿 麻醉 镇痛 剂量 不良反应 适应症 药典"},
    {LEX_CONTEXT, 1,
     "police arrested convicted sentenced prosecutors court researchers patients clinical "
     "treatment diagnosis disorder symptoms study journal prevention hotline lifeline "
     "crisis_line according_to century legislation historian novel inhibitor inhibitors anatomy "
     "veterinary anaesthetic anesthetic probability tourism"},

    {LEX_CONTEXT, 1,
     "法律 法规 立法 司法 判决 起诉 审判 检察 罪名 刑罚 处罚 罚款 吊销 许可证 监管 主管部门 "
     "第一条 第二条 违反本法 追究 缉捕 通缉 落网 专项行动 侦查 案件 办案 执法 预防 宣传教育 "
     "医生 医院 药物 手术 疗程 副作用 综合征 并发症 发病率 流行病 疫苗 孕妇 妊娠 月经 乳腺 "
     "百科 定义 起源 词源 术语 分类 学科 教材 课程 考古 文献 史料 朝代 王朝 皇帝 将军 战役 "
     "小说 作家 诗人 戏剧 评论家 影片 主演 获奖 出版社 译本 品种 种植 栽培 植物 药用 物种"},
    {LEX_CONTEXT, 1,
     "constitution statute defendant plaintiff tribunal attorney_general lawsuit crime_scene "
     "medicine medical hospital surgery therapy therapist epidemic vaccine pregnancy "
     "psychology psychiatric university_press bibliography encyclopedia archaeology species genus "
     "photography photographer photographers novels author chapter film_director"},
    {LEX_CONTEXT, 1,
     "冒充 骗走 被骗 防诈 诈骗 骗局 骗术 骗取 防骗 反诈 防范 警惕 提醒 提示 切勿 谨防 上当 受骗 "
     "报警 举报 投诉 曝光 "
     "揭露 "
     "虚假 套路 谣言 辟谣 安全教育 网络安全 个人信息保护 消费者协会 市场监管 银保监会 证监会 央行 "
     "家暴 反家暴 反歧视 消除歧视 平权 维权 权益 妇联 联合国 人权 帮助 热线 求助 陪伴 抑郁症"},
    {LEX_CONTEXT, 1,
     "scam scams fraudsters phishing warning beware victims awareness report_it authorities "
     "consumer_protection law_enforcement counselling counseling support_group human_rights"},
    {LEX_GROUP, 1,
     "黑人 白人 黄种人 亚裔 华裔 非裔 非洲人 外国人 老外 洋人 美国人 日本人 韩国人 印度人 "
     "越南人 泰国人 法国人 英国人 中国人 国人 犹太人 穆斯林 阿拉伯人 河南人 东北人 上海人 "
     "北京人 广东人 山东人 四川人 安徽人 福建人 湖南人 湖北人 江西人 河北人 山西人 浙江人 "
     "江苏人 天津人 重庆人 广西人 云南人 贵州人 海南人 新疆人 西藏人 台湾人 香港人 武汉人 "
     "南方人 北方人 外地人 本地人 乡下人 农村人 女人 女的 男人 男的 女性 男性 国男 国女 "
     "女权 男权 同性恋 少数民族 种族 人种 混血 黑妹 黑哥 绿绿 女生 男生 黑男 白男 黄男 "
     "河南 东北 黑龙江 你们女 你们男"},
    {LEX_GROUP, 1,
     "blacks whites jews muslims gays mexicans asians arabs indians immigrants refugees foreigners "
     "women girls females black_people white_people brown_people gay_people trans_people "
     "black_women white_women black_men white_men feminists lesbians"},

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
     "肉棒骨 特码头 "
     "恶心呕吐 恶心和呕吐 恶心、呕吐 呕吐恶心 呕吐和恶心 恶心反胃 恶心感 垃圾分类 垃圾桶 垃圾箱 "
     "垃圾处理 "
     "垃圾回收 垃圾焚烧 垃圾填埋 垃圾场 垃圾站 垃圾袋 垃圾清运 垃圾邮件 垃圾短信 生活垃圾 建筑垃圾 "
     "厨余垃圾 废物利用 废物处理 废物排放 固体废物 危险废物 放射性废物 代谢废物 工业废物 "
     "一起自杀式 自杀群体 自杀群组 龙楼凤 性奴隶 老黑人 吃鸡吧 小鸡吧 母鸡吧 公鸡吧 烧鸡吧 炸鸡吧 "
     "景色晴 天色晴 暮色晴 月色晴 山色晴 水色晴 着急吧 结果聊 代表子 头发漂 时刻彰 "
     "那里番 这里番 "
     "愚公 贱卖 贵贱 贫贱 舔舐 舔食 井盖板 井盖下 窨井盖 检修井盖 井盖设施 汉奸走狗 "
     "变态发育 完全变态 不完全变态 变态反应 变态类 变态昆虫 变态心理学 变态百分 高收益债 "
     "高收益债券 "
     "收益率 根治术 根治性 根治手术 专治区 君主专治 祖传下 跟单信用证 跟单员 收卡片 收卡器 "
     "无码头 无码率 下线仪式 生产线下线 不下线 上下线 下线了 下线时 代发工资 代发展 古代发 近代发 "
     "现代发 "
     "当代发 时代发 年代发 世代发 历代发 汉代发 唐代发 宋代发 明代发 清代发 朝代发 多代发 一代发 "
     "二代发 三代发 五代发 新一代发 提额度 提额头 裂变反应 核裂变 裂变产物 裂变能 重核裂变 "
     "自发裂变 "
     "包过来 包过去 包过滤 保过程 保过冬 特效药物 新特效药 "
     /* Neighbours that only share characters with a term. */
     "情色彩 色情怀 色情景 色情况 色情感 色情节 色情调 色情绪 性交付 性交纳 性交清 性交换 性交流 "
     "性交互 性交通 性交接 性交替 性交往 性交叉 性交给 性交费 性交款 女性交友 男性交友 做爱国 "
     "做爱心 做爱护 性爱国 性爱护 女性爱 男性爱 天性爱 本性爱 生性爱 理性爱 "
     "口交通 口交汇 口交易 口交货 口交警 口交叉 口交界 口交换 口交互 口交费 口交接 口交流 "
     "口交往 乱伦理 自慰问 自慰劳 自慰藉 自慰勉 部队番号 番号部队 军番号 师番号 团番号 旅番号 "
     "走光明 走光伏 承包养 包养护 面包养 成熟女 人妻子 为人妻 射精管 精液分析 精液检查 三黄片 "
     "牛黄片 大黄片 蛋黄片 羽毛片 皮毛片 海潮吹 浪潮吹 车震动 车震荡 车震惊 车震撼 小穴位 "
     "小穴道 鸡巴黎 鸡巴西 鸡巴掌 鸡巴士 A片区 A片段 K粉丝 国产自拍杆 口爆发 口爆炸 人口爆 "
     "套现代 套现有 套现成 套现行 彩金项链 彩金戒指 彩金首饰 出千百 出千万 出千人 出千斤 出千里 "
     "出千古 出千元 出千年 出千米 出千家 出千姿 出千分 出千瓦 出千方 出千载 演出千 付出千 "
     "发出千 卖出千 走出千 快三十 快三年 快三个 快三岁 快三步 快三百 快三千 快三点 快三倍 "
     "快三天 快三周 快三小时 加快三 更快三 杀号称 杀号令 往返水 返水面 返水中 返水里 返水库 "
     "皇冠体育馆 代考古 代考察 代考证 代考虑 年代考 时代考 历代考 古代考 近代考 唐代考 宋代考 "
     "明代考 清代考 汉代考 时代开发 现代开发 年代开发 古代开发 代开发者 代开发商 补肾壮阳 "
     "温肾壮阳 益肾壮阳 壮阳补肾 老黑板 老黑白 白皮肤 白皮鞋 白皮纸 白皮衣 白皮革 桑白皮 "
     "根白皮 绿教学 绿教育 绿教室 绿教材 绿教堂 白左右 白左手 白左侧 白左边 日本狗狗 日本狗粮 "
     "日本狗獾 美国狗狗 美国狗粮 美国狗主 香港狗狗 香港狗粮 香港狗主 香港狗展 台湾狗狗 "
     "台湾狗粮 台湾狗主 台湾狗脊 办证大厅 办证窗口 办证中心 办证处 办证人员 办证件"},
    {LEX_ALLOW, 1,
     "suicide_prevention suicide_bomber suicide_bombing suicide_bombers suicide_attack "
     "suicide_squad casino_royale anti-pornography van_dyke chink_in chinks_in chink_of "
     "chinks_of chinks_between spic_and_span faggot_of faggots_of faggots_and_peas "
     "faggots_in_gravy bundle_of_faggots bundles_of_faggots fag_end fag_ends blue_tits great_tits "
     "coal_tits marsh_tits willow_tits long-tailed_tits bearded_tits crested_tits pussy_willow "
     "pussy_willows pussy_cat pussy_riot brood_bitch brood_bitches bitch_and_her_puppies "
     "bitch_puppy bitch_puppies bitch_and_her_puppies "
     "dogs_and_bitches dog_and_bitch best_bitch spayed_bitch spayed_bitches pregnant_bitch "
     "lactating_bitch bitch_whelped bitches_whelp bitch_in_whelp breeding_bitch breeding_bitches "
     "the_breeder's_bitches "
     "kike_hernandez kike_hernández (cialis (levitra (viagra horny_layer horny_toad horny_toads "
     "horny_lizard horny_scales horny_plates horny_beak horny_sheath horny_substance "
     "teen_sex_education the_pussy_cat a_hoe_and_rake garden_hoe"},
    {0},
};

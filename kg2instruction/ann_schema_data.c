/* The relations: a table and nothing else.  Cues: Chinese and English words, folded. */
#include "kg2instruction/ann_schema.h"

#define B(t)   (1u << ANN_##t)
#define ANY    0xFFFFu
#define THINGS (B(BUILDING) | B(WORK) | B(ARTIFACT) | B(SCIENCE) | B(TRANSPORT) | B(SPACE))
#define LANDS  (B(PLACE) | B(BUILDING) | B(ORGANIZATION) | B(TRANSPORT) | B(EVENT))
#define AGENT  (B(PERSON) | B(ORGANIZATION))
#define AREA   (B(PLACE) | B(ORGANIZATION) | B(NO_TOPIC))

#define DIED                                                                                           \
    "died|death|dies|killed|assassinated|executed|murdered|deceased|drowned|逝世|去世|卒|死于|" \
    "病逝|遇害|身亡|被杀|遇刺|病故|过世|辞世|驾崩|去逝|牺牲"
#define BORN "born|birth|birthplace|生于|出生|诞生|生在|降生"
#define PLACED                                                                                     \
    "located|situated|lies in|part of|province of|city of|town "                                   \
    "of|headquartered|headquarters|based in|island "                                               \
    "of|位于|地处|坐落|境内|属于|隶属|总部|设在|座落|位在"

/* Names, topics of heads, topics and types of tails, how it is said, cues; its properties. */
#define R(zh, en, heads, tails, said, cues, ...)                                                   \
    {                                                                                              \
        zh, en, heads, tails, {__VA_ARGS__}, said, cues                                            \
    }

const struct ann_relation ann_relations[] = {
    /* 人物 */
    R("出生地点", "place of birth", B(PERSON), AREA | B(BUILDING), ANN_SINGLE | ANN_PLACED,
      BORN "|native of", 19),
    R("出生日期", "date of birth", B(PERSON), B(TIME_TYPE), ANN_DATES | ANN_SINGLE, BORN, 569),
    R("死亡地点", "place of death", B(PERSON), AREA | B(BUILDING), ANN_SINGLE | ANN_PLACED, DIED,
      20),
    R("死亡日期", "date of death", B(PERSON), B(TIME_TYPE), ANN_DATES_END | ANN_SINGLE, DIED, 570),
    R("国籍", "country of citizenship", B(PERSON), AREA, 0,
      "citizen|citizenship|nationality|naturalized|naturalised|国籍|公民|入籍", 27),
    R("职业", "occupation", B(PERSON), B(NO_TOPIC) | B(ARTIFACT) | B(ORGANIZATION), ANN_COPULA,
      "worked as|work as|career as|profession|trained as|studied|职业|从事|以", 106),
    R("作品", "work", B(PERSON), B(WORK) | B(NO_TOPIC), 0,
      "wrote|author of|authored|known for|best known|composed|painted|created|creator "
      "of|directed|published|his novel|her novel|works "
      "include|masterpiece|著有|代表作|作品|创作|著作|发表|出版|执导",
      800),
    R("成就", "achievement",
      B(PERSON) | B(BUILDING) | B(WORK) | B(ORGANIZATION) | B(EVENT) | B(PLACE),
      B(NO_TOPIC) | B(WORK) | B(EVENT), 0,
      "awarded|won|received|winner|winning|recipient|laureate|honored|honoured|earned|获|荣获|获得|"
      "颁|授予|得奖|赢得",
      166),
    R("籍贯", "ancestral home", B(PERSON), AREA, 0, "ancestral|ancestry|籍贯|祖籍|原籍", 66),
    R("职务", "position held", B(PERSON), B(NO_TOPIC), ANN_COPULA,
      "served as|serving as|elected|appointed|became|sworn in|office "
      "of|inaugurated|任|担任|出任|当选|就任|继任|成为|即位|升任",
      39),
    R("配偶", "spouse", B(PERSON), B(PERSON), ANN_SYMMETRIC | ANN_KIN,
      "married|marries|wife|husband|spouse|marriage|wed|wedding|widow|妻|丈夫|结婚|娶|嫁|配偶|夫人|"
      "成婚|完婚|皇后",
      26),
    R("父母", "parent", B(PERSON), B(PERSON), ANN_KIN,
      "father|son of|daughter of|son|daughter|parents|born to|child "
      "of|children|父|之子|之女|儿子|女儿|长子|次子",
      22),
    R("父母", "parent", B(PERSON), B(PERSON), ANN_KIN,
      "mother|son of|daughter of|son|daughter|parents|born to|child "
      "of|children|母|之子|之女|儿子|女儿|长子|次子",
      25),
    R("兄弟姊妹", "sibling", B(PERSON), B(PERSON), ANN_SYMMETRIC | ANN_KIN,
      "brother|brothers|sister|sisters|sibling|siblings|twin|half-brother|half-sister|兄|弟|姐|妹|"
      "姊",
      3373),
    R("墓地", "place of burial", B(PERSON), ANY, 0,
      "buried|interred|burial|grave|tomb|entombed|葬|墓", 119),
    R("所属组织", "affiliation", B(PERSON), B(ORGANIZATION) | B(NO_TOPIC), 0,
      "member of|member|members|joined|works for|worked for|worked "
      "at|employed|professor|teaches|taught|plays for|played for|signed|fellow "
      "of|faculty|party|加入|任职|成员|党员|效力|就职|任教|教授|供职|会员|院士",
      463, 108, 102, 54),
    /* 地理地区, and where things are */
    R("位于", "located in", LANDS, AREA | B(BUILDING), ANN_BESIDE | ANN_IN | ANN_PLACED, PLACED,
      131, 17, 30, 276, 706, 159),
    R("人口", "population", B(PLACE), B(QUANTITY_TYPE), 0,
      "population|inhabitants|people|residents|populated|人口|居民", 1082),
    R("行政中心", "administrative center", B(PLACE), B(PLACE), 0,
      "capital|capital city|seat|county seat|首都|首府|省会|行政中心|治所|驻地", 36),
    R("面积", "area", B(PLACE) | B(BUILDING) | B(TRANSPORT), B(QUANTITY_TYPE), 0,
      "area|covers|covering|size|land area|面积|占地", 2046),
    R("长度", "length", B(PLACE) | B(BUILDING) | B(CREATURE) | B(TRANSPORT) | B(ARTIFACT),
      B(QUANTITY_TYPE), 0, "long|length|in length|长|全长|长度", 2043),
    R("宽度", "width", B(PLACE) | B(BUILDING) | B(CREATURE) | B(TRANSPORT), B(QUANTITY_TYPE), 0,
      "wide|width|宽|宽度", 2049),
    R("海拔", "elevation", B(PLACE), B(QUANTITY_TYPE), 0,
      "elevation|altitude|above sea level|high|height|highest|sea level|海拔|高", 2044),
    R("高度", "height", B(BUILDING) | B(CREATURE), B(QUANTITY_TYPE), 0,
      "tall|high|height|in height|高|高度", 2048),
    /* 建筑, 组织, 事件, 运输: when they began and ended, who made them */
    R("创建时间", "date of establishment", B(BUILDING) | B(PLACE), B(TIME_TYPE), 0,
      "founded|established|built|completed|opened|inaugurated|constructed|created|independence|"
      "formed|建于|建成|落成|建立|创建|成立|始建|兴建|竣工|开放|独立",
      571, 1619),
    R("成立时间", "date of incorporation", B(ORGANIZATION), B(TIME_TYPE), 0,
      "founded|established|formed|incorporated|created|started|began|launched|成立|创立|创办|建立|"
      "组建|创建",
      571),
    R("解散时间", "date of dissolution", B(ORGANIZATION) | B(PLACE), B(TIME_TYPE), 0,
      "dissolved|disbanded|abolished|defunct|closed|broke "
      "up|ceased|collapsed|解散|撤销|灭亡|倒闭|解体",
      576),
    R("创建者", "creator", B(BUILDING) | B(PLACE), AGENT, 0,
      "designed by|designed|architect|built by|founded by|created by|设计|建造|创建|兴建", 84, 112,
      170),
    R("创办者", "founded by", B(ORGANIZATION), AGENT, 0,
      "founded|founded by|founder|founders|co-founded|co-founder|established by|created by|started "
      "by|创办|创立|创建|成立|创始",
      112),
    R("成员", "member", B(ORGANIZATION), ANY, 0,
      "member|members|consists of|comprises|includes|lineup|成员|包括|组成", 527),
    R("子组织", "subsidiary", B(ORGANIZATION), B(ORGANIZATION), 0,
      "subsidiary|subsidiaries|owns|acquired|division|parent|owned by|子公司|旗下|下属|收购", 355),
    R("事件", "event", B(BUILDING) | B(ORGANIZATION), B(EVENT), 0, "", 793),
    R("发生地点", "place of occurrence", B(EVENT), AREA | B(BUILDING), ANN_IN,
      "held|took place|occurred|fought|hosted|taking place|举行|发生|举办|爆发", 276, 131, 17),
    R("发生时间", "time of occurrence", B(EVENT), B(TIME_TYPE), 0,
      "began in|began on|began with|started in|started on|broke out|took "
      "place|occurred|held|dated|launched|发生|举行|爆发|开始",
      585, 580),
    R("主办方", "organizer", B(EVENT), AGENT, 0, "organized|organised|hosted|主办|举办|组织", 664),
    R("赞助者", "sponsor", B(EVENT), AGENT, 0, "sponsor|sponsored|赞助", 859),
    R("获胜者", "winner", B(EVENT), AGENT | B(NO_TOPIC) | B(PLACE), 0,
      "won|winner|winners|champion|champions|victory|defeated|victor|获胜|冠军|夺冠|赢得|击败",
      1346),
    R("参与者", "participant", B(EVENT), AGENT | B(PLACE) | B(NO_TOPIC), 0,
      "between|participants|participated|fought|against|involving|participating|参加|参战|参与|"
      "之间|"
      "对阵",
      710),
    R("开通时间", "date of opening", B(TRANSPORT), B(TIME_TYPE), 0,
      "opened|opening|inaugurated|began|通车|开通|启用|投入|开放|建成", 1619, 571),
    R("线路", "line", B(TRANSPORT), B(TRANSPORT), 0, "line|lines|served by|on the|线|号线", 81),
    R("途径", "via", B(TRANSPORT), B(PLACE), 0, "via|through|passes|途经|经过|途径", 2825),
    /* 作品 */
    R("作者", "author", B(WORK), AGENT, 0,
      "by|author|written|wrote|writer|authored|novel by|作者|所著|著|写|创作|撰写", 50, 170),
    R("出版时间", "publication date", B(WORK), B(TIME_TYPE), 0,
      "published|released|release|publication|premiered|premiere|debuted|first|issued|aired|came "
      "out|出版|发行|上映|首播|首映|发表|推出|发售|面世",
      577, 1191, 571),
    R("产地", "country of origin", B(WORK) | B(ARTIFACT) | B(SCIENCE), AREA, 0,
      "made in|produced in|from|originated|manufactured|discovered "
      "in|产于|产自|出产|生产|原产|起源",
      495, 1071, 189),
    R("改编自", "based on", B(WORK), B(WORK), 0,
      "based on|adapted|adaptation|inspired by|改编|根据", 144),
    R("演员", "cast member", B(WORK), B(PERSON), 0,
      "starring|stars|starred|cast|played|plays|portrayed|featuring|actor|actress|role|主演|出演|"
      "演员|饰演|饰",
      161),
    R("出版商", "publisher", B(WORK), B(ORGANIZATION) | B(NO_TOPIC), 0,
      "published|publisher|publishes|publication|released by|出版|发行", 123),
    R("表演者", "performer", B(WORK), AGENT, 0,
      "by|performed|sung|singer|recorded|album|single|演唱|演奏|专辑|单曲|歌手", 175),
    R("导演", "director", B(WORK), B(PERSON), 0,
      "directed|director|film by|directing|执导|导演|指导", 57),
    R("制片人", "producer", B(WORK), AGENT, 0, "produced|producer|producers|制片|监制|制作", 162),
    R("编剧", "screenwriter", B(WORK), B(PERSON), 0,
      "written by|screenplay|screenwriter|script|wrote|written|writer|编剧|剧本", 58),
    R("作曲者", "composer", B(WORK), AGENT, 0,
      "composed|composer|music|score|composition|作曲|谱曲|配乐", 86),
    R("作词者", "lyricist", B(WORK), AGENT, 0,
      "lyrics|lyricist|words by|words|libretto|作词|填词|歌词", 676),
    R("制作商", "production company", B(WORK), B(ORGANIZATION), 0,
      "produced|production|developed|developer|studio|制作|出品|开发", 272, 178),
    R("票房", "box office", B(WORK), B(QUANTITY_TYPE), 0, "grossed|gross|box office|earned|票房",
      2142),
    R("曲目", "track", B(WORK), B(WORK), 0, "track|tracks|song|songs|single|曲目|收录|歌曲", 658),
    R("出版平台", "platform", B(WORK), ANY, 0, "for the|on|platform|platforms|平台|登陆", 400),
    R("出版平台", "platform", B(WORK), ANY, 0,
      "aired on|airs on|broadcast|network|premiered on|distributed|distributor|播出|播放|首播|发行",
      449, 750),
    /* 生物 */
    R("分布", "distribution", B(CREATURE), AREA, ANN_IN,
      "endemic|native|found in|distributed|range|ranges|lives "
      "in|inhabits|occurs|分布|产于|特有|原产|栖息",
      183, 9714),
    R("父级分类单元", "parent taxon", B(CREATURE), B(CREATURE), ANN_COPULA,
      "family|genus|order|species of|subfamily|class|belongs|member "
      "of|subspecies|phylum|科|属|目|属于|纲|门",
      171),
    R("主要食物来源", "main food source", B(CREATURE), ANY, 0,
      "feeds|feed|eats|eat|diet|prey|feeding|food|食|为食|捕食|吃", 1034),
    R("重量", "mass", B(CREATURE) | B(ARTIFACT), B(QUANTITY_TYPE), 0,
      "weigh|weighs|weight|mass|weighing|heavy|重|体重|重量", 2067),
    /* 天文对象 */
    R("属于", "part of", B(SPACE), B(SPACE) | B(NO_TOPIC), ANN_IN,
      "orbits|orbiting|orbit|moon of|satellite of|constellation|belongs|member of|part "
      "of|属于|卫星|环绕|星座|位于",
      361, 397, 59, 398),
    R("绝对星等", "absolute magnitude", B(SPACE), B(QUANTITY_TYPE), 0,
      "absolute magnitude|绝对星等", 1457),
    R("直径", "diameter", B(SPACE), B(QUANTITY_TYPE), 0, "diameter|直径", 2386),
    R("质量", "mass", B(SPACE), B(QUANTITY_TYPE), 0, "mass|质量", 2067),
    R("发现者或发明者", "discoverer or inventor", THINGS | B(MEDICINE), AGENT, 0,
      "discovered|discoverer|discovery|invented|inventor|invention|isolated|first "
      "described|developed|发现|发明|研制",
      61),
    R("发现时间", "time of discovery", B(SPACE) | B(SCIENCE) | B(ARTIFACT), B(TIME_TYPE), 0,
      "discovered|discovery|invented|invention|isolated|发现|发明", 575),
    R("名称由来", "named after", B(SPACE) | B(BUILDING) | B(PLACE) | B(SCIENCE), ANY, 0,
      "named after|named for|named in honor|named in honour|name comes|derived "
      "from|eponym|得名|命名|名称来自|名字来自|取名",
      138),
    /* 人造物件, 自然科学, 医学 */
    R("品牌", "brand", B(ARTIFACT), ANY, 0, "brand|品牌|牌", 1716),
    R("生产时间", "production date", B(ARTIFACT), B(TIME_TYPE), 0,
      "produced|production|introduced|manufactured|built|launched|made|生产|推出|制造|投产|问世",
      2754, 571, 729),
    R("材料", "material", B(ARTIFACT) | B(BUILDING), ANY, 0,
      "made of|made from|material|constructed|built of|consists of|brewed|由|制成|材料|原料", 186),
    R("用途", "use", B(ARTIFACT) | B(SCIENCE), ANY, 0,
      "used|use|uses|purpose|用于|用途|用来|用作|使用", 366),
    R("制造商", "manufacturer", B(ARTIFACT) | B(TRANSPORT), AGENT, 0,
      "manufactured|manufacturer|made by|built by|produced by|developed|制造|生产|研制|出品", 176),
    R("性质", "property", B(SCIENCE), ANY, 0, "", 1552),
    R("组成", "composition", B(SCIENCE), ANY, 0,
      "consists|composed|contains|containing|made of|made up|组成|含有|包含|构成", 527),
    R("生成物", "product", B(SCIENCE) | B(ARTIFACT), ANY, 0,
      "produce|produces|product|yield|生成|产生|生产", 1056),
    R("症状", "symptom", B(MEDICINE), ANY, 0, "symptom|symptoms|signs|include|症状|表现|出现", 780),
    R("病因", "cause", B(MEDICINE), ANY, 0,
      "caused|cause|causes|due to|results from|引起|病因|导致|所致", 828),
    R("可能后果", "possible consequence", B(MEDICINE), ANY, 0,
      "causes|cause|lead|leads|complication|complications|result|导致|引起|并发", 1542),
    {NULL, NULL, 0, 0, {0}, 0, NULL},
};

/* What a user should know of a list: terms that will meet much that is harmless. */
#include <string.h>
#include "weir/utf8.h"
#include "filters/lexicon.h"

/* Very common words of two and more characters, ours; single characters are common without a list,
 * and so are English words of one or two letters. */
static const char common[] =
    " 我们 你们 他们 她们 它们 自己 大家 人们 什么 怎么 这个 那个 这些 那些 这样 那样 这里 那里 "
    "一个 一些 一样 一起 一定 一直 没有 不是 不能 不会 不要 可以 可能 应该 需要 必须 因为 所以 "
    "但是 如果 虽然 而且 或者 还是 就是 已经 现在 今天 明天 昨天 今年 时候 时间 地方 问题 事情 "
    "东西 工作 生活 学习 学生 老师 学校 公司 企业 国家 政府 社会 经济 文化 历史 世界 中国 美国 "
    "日本 北京 上海 发展 建设 管理 服务 市场 产品 技术 信息 网络 电脑 手机 电话 软件 系统 数据 "
    "方法 方式 情况 结果 原因 作用 影响 关系 开始 进行 使用 提供 知道 觉得 认为 希望 喜欢 看到 "
    "出来 起来 下来 男人 女人 孩子 朋友 父母 妈妈 爸爸 先生 小姐 老人 青年 先进 重要 主要 基本 "
    "一般 简单 容易 漂亮 快乐 幸福 爱情 身体 健康 医院 医生 银行 招聘 兼职 考试 答案 资料 免费 "
    "价格 销售 客户 广告 新闻 记者 报道 电视 电影 音乐 图片 视频 游戏 论坛 博客 网站 网址 邮件 "
    "the and for are but not you all any can her was one our out day get has him his how man new "
    "now old see two way who boy did its let put say she too use that with have this will your "
    "from they know want been good much some time very when come here just like long make many "
    "over such take than them well were work year people about which their would there could other "
    "after first water email phone free house school ";

static int is_common(struct weir_span key)
{
    char word[LEX_MAX_TERM + 3];
    if (key.n + 2 >= sizeof word)
        return 0;
    word[0] = ' ';
    memcpy(word + 1, key.p, key.n);
    memcpy(word + 1 + key.n, " ", 2);
    return strstr(common, word) != NULL;
}

static void show(struct weir_buf *b, struct weir_span term)
{
    if (b->n > 60) // a few say it
        return;
    weir_buf_adds(b, b->n ? " " : "");
    weir_buf_add(b, term.p, term.n);
}

void lexicon_notice_terms(const lexicon *l, size_t first, struct lexicon_notice *notice)
{
    for (size_t i = first; i < l->n; i++) {
        const struct lexicon_term *t = l->term + i;
        const struct weir_span key = weir_span(l->bytes.p + t->key_at, t->key_n);
        const struct weir_span term = weir_span(l->bytes.p + t->at, t->n);
        if (t->category >= LEX_N_CATEGORIES)
            continue;
        if (weir_utf8_count(key.p, key.n) == 1 || (t->has_letters && key.n == 2)) {
            notice->n_short++;
            show(&notice->shown, term);
        } else if (is_common(key)) {
            notice->n_common++;
            show(&notice->shown, term);
        }
    }
}

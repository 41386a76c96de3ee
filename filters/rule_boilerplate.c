/* Boilerplate of web pages, line by line: what to click for more, navigation, copyright and licence
 * of the site, cookies, sharing.  Ours; the kinds are those that C4 (Raffel et al. 2020) and MAP-CC
 * (Du et al. 2024) name.  Terms count only in short lines: in a paragraph they are talked about. */
#include <pthread.h>
#include <string.h>
#include "weir/utf8.h"
#include "filters/filter.h"
#include "filters/filter_wide.h"

enum { MORE, NAVIGATION, COPYRIGHT, COOKIES, SHARING };
enum { SHORT_BYTES = 240, SHORTER_BYTES = 120 }; // the latter for what may be said in passing

static const char *const terms[FILTER_N_BOILER] = {
    "展开全文|阅读全文|查看全文|显示全文|点击展开|展开更多|查看更多|加载更多|点击查看更多|显示更多|"
    "更多内容|更多精彩|查看详情|点击查看|收起全文|收起|更多|更多>>|下一页|上一页|返回顶部|回到顶部|"
    "返回首页|设为首页|加入收藏|收藏本站|网站地图|read more|show more|see more|load more|view more|"
    "continue reading|learn more|click to expand|view all|see all|show less|next page|"
    "previous page|read the full article|read full story|back to top|skip to content|"
    "skip to main content|skip navigation|previous post|next post|sitemap",
    "首页|登录|登陆|注册|退出|关于我们|联系我们|上一篇|下一篇|广告服务|招聘信息|友情链接|帮助中心|"
    "意见反馈|用户协议|隐私政策|当前位置|您的位置|你的位置|网站首页|手机版|客户端|搜索|新闻|财经|"
    "体育|娱乐|科技|汽车|房产|教育|视频|图片|论坛|博客|旅游|时尚|健康|游戏|军事|国际|国内|社会|"
    "文化|"
    "没有了|下载|home|about us|about|contact us|contact|log in|login|sign in|sign up|register|"
    "site map|previous|next|search|menu|privacy policy|privacy|terms of use|terms of service|"
    "terms|help|faq|faqs|news|sports|careers|advertise|categories|archives|tags|my account|cart|"
    "checkout|feedback",
    "all rights reserved|版权所有：|版权所有:|版权所有 |版权所有©|copyright ©|copyright (c)|"
    "© copyright|©20|© 20|©19|© 19|icp备|icp证|公网安备|京公网|powered by|网络文化经营许可证|"
    "信息网络传播视听节目许可证|互联网新闻信息服务许可证|违法和不良信息举报",
    "we use cookies|site uses cookies|website uses cookies|our use of cookies|accept cookies|"
    "accept all cookies|cookie policy|cookie settings|cookie preferences|我们使用cookie|"
    "我们使用 cookie|网站使用cookie|网站使用 cookie|本站使用cookie|接受cookie|接受所有cookie|"
    "cookie政策|cookie 政策",
    "分享到：|分享到微信|分享到朋友圈|分享到微博|分享到qq|分享至：|扫一扫关注|微信扫一扫|"
    "扫一扫二维码|扫描二维码关注|扫描下方二维码|扫描上方二维码|长按二维码|识别二维码|"
    "关注微信公众号|微信公众号：|微信扫码关注|扫码关注|转载请注明|责任编辑|责编：|编辑：|"
    "本文来源：|"
    "文章来源：|免责声明：|特别声明：|share on facebook|share on twitter|share via|"
    "tweet this|follow us on|subscribe to our|sign up for our|join our newsletter|leave a comment|"
    "leave a reply|post a comment|be the first to comment|your email address will not be published|"
    "required fields are marked|print this page|email this",
};

/* Terms by the hash of their first three bytes (of ASCII: in lower case).  Few places of a text
 * begin as a term does: a bit for each hash tells, in a table that stays in the nearest cache. */
struct term {
    const char *p;
    uint8_t n, kind;
    uint16_t chars; // without white space and marks
    uint16_t next;  // 1 + the next of the same hash
};
enum { MAX_TERMS = 512, BUCKETS = 1024, HASHES = 1 << 16 };
static struct term term[MAX_TERMS];
static uint16_t bucket[BUCKETS]; // 1 + the first term
static uint8_t begins[HASHES / 8];
static uint32_t opens[HASHES / 32]; // the same for the first six bytes of those that are Chinese
static pthread_once_t once = PTHREAD_ONCE_INIT;

static unsigned hash(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (u[0] | (unsigned)u[1] << 8 | (unsigned)u[2] << 16) * 0x9E3779B1u >> 16;
}

/* Of six bytes, given in threes with the first highest. */
enum { FIRST_THREE = 0x2C1B3C6D, NEXT_THREE = 0x297A2D39 }; // odd
static unsigned hash_six(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    const uint32_t a = (uint32_t)u[0] << 16 | (uint32_t)u[1] << 8 | u[2];
    const uint32_t b = (uint32_t)u[3] << 16 | (uint32_t)u[4] << 8 | u[5];
    return (a * FIRST_THREE + b * NEXT_THREE) >> 16;
}

static uint32_t count_chars(struct weir_span t)
{
    uint32_t n = 0;
    unsigned len;
    for (size_t i = 0; i < t.n; i += len) {
        const unsigned k = filter_class_of(weir_utf8_decode(t.p + i, t.n - i, &len));
        n += !(k & (CLASS_SPACE | CLASS_PUNCT | CLASS_SYMBOL));
    }
    return n;
}

static void fill(void)
{
    uint16_t n_terms = 0;
    for (int kind = 0; kind < FILTER_N_BOILER; kind++)
        for (const char *p = terms[kind]; *p && n_terms < MAX_TERMS;) {
            const size_t n = strcspn(p, "|");
            const unsigned h = hash(p);
            uint16_t *const b = bucket + h % BUCKETS;
            term[n_terms] = (struct term){p, (uint8_t)n, (uint8_t)kind,
                                          (uint16_t)count_chars(weir_span(p, n)), *b};
            *b = ++n_terms;
            begins[h / 8] |= (uint8_t)(1u << h % 8);
            if ((unsigned char)*p >= WIDE_LEAD) // and so has two characters or more
                opens[hash_six(p) / 32] |= 1u << hash_six(p) % 32;
            p += n + (p[n] == '|');
        }
}

/* 1 when byte i, the text's end too, begins or ends an item: no letter or digit stands there. */
static int is_border(struct weir_span t, size_t i, int before)
{
    unsigned len;
    if (before ? !i : i >= t.n)
        return 1;
    const size_t at = before ? weir_utf8_prev(t.p, i) : i;
    return !(filter_class_of(weir_utf8_decode(t.p + at, t.n - at, &len)) &
             (CLASS_LETTER | CLASS_NUMBER));
}

/* The longest term at i, where h is the hash.  Items that are to be clicked, English words, and
 * what a colon ends stand by themselves. */
static const struct term *find(struct weir_span t, size_t i, unsigned h)
{
    const struct term *best = NULL;
    for (uint16_t k = bucket[h % BUCKETS]; k; k = term[k - 1].next) {
        const struct term *m = term + k - 1;
        if (m->n > t.n - i || memcmp(t.p + i, m->p, m->n) != 0 || (best && best->n > m->n))
            continue;
        const int item = m->kind <= NAVIGATION, ascii = (unsigned char)*m->p < 0x80;
        const int colon = m->n > 3 && memcmp(m->p + m->n - 3, "：", 3) == 0;
        const int letter = weir_is_ascii_alpha((unsigned char)m->p[m->n - 1]);
        if ((!(item || ascii || colon) || is_border(t, i, 1)) &&
            (!(item || letter) || is_border(t, i + m->n, 0)))
            best = m;
    }
    return best;
}

/* An ASCII character behind a letter or digit: no term begins there, as find() has it. */
static inline int is_inside_word(struct weir_span t, size_t i)
{
    return i && (unsigned char)t.p[i] < 0x80 &&
           (weir_is_ascii_alpha((unsigned char)t.p[i - 1]) ||
            weir_is_ascii_digit((unsigned char)t.p[i - 1]));
}

#if defined(__x86_64__)
/* Bytes of the characters that begin no term at the start of a text, as far as they have three
 * each; FILTER_LOWER_END zeros stand behind it. */
WIDE_AVX2 static size_t pass(const char *p)
{
    const __m256i first = _mm256_set1_epi32(FIRST_THREE), next = _mm256_set1_epi32(NEXT_THREE);
    uint32_t h[WIDE_CHARS];
    for (size_t i = 0;; i += 3 * WIDE_CHARS) {
        const __m256i v = weir_wide_load(p + i), behind = weir_wide_load(p + i + 3);
        const __m256i sum =
            _mm256_add_epi32(_mm256_mullo_epi32(v, first), _mm256_mullo_epi32(behind, next));
        const unsigned n = weir_wide_first(weir_wide_is_three(v));
        unsigned any = 0, k = 0;
        _mm256_storeu_si256((void *)h, _mm256_srli_epi32(sum, 16));
        for (unsigned m = 0; m < WIDE_CHARS; m++)
            any |= opens[h[m] / 32] >> h[m] % 32;
        if (n == WIDE_CHARS && !(any & 1))
            continue;
        while (k < n && !(opens[h[k] / 32] >> h[k] % 32 & 1))
            k++;
        return i + 3 * k;
    }
}
#else
static size_t pass(const char *p)
{
    (void)p;
    return 0;
}
#endif

void filter_boiler_find(struct weir_span t, int wide, struct filter_boiler *b)
{
    pthread_once(&once, fill);
    for (size_t i = 0; i + 2 < t.n;) {
        if (wide && (unsigned char)t.p[i] >= WIDE_LEAD && (i += pass(t.p + i)) == t.n)
            break;
        if (is_inside_word(t, i)) {
            i++;
            continue;
        }
        const unsigned h = hash(t.p + i);
        const struct term *m = begins[h / 8] >> h % 8 & 1 ? find(t, i, h) : NULL;
        if (m) {
            b->found |= 1u << m->kind;
            b->items += m->kind == NAVIGATION;
            b->covered[m->kind] += m->chars;
        }
        i += m ? m->n : (unsigned char)t.p[i] < 0xE0 ? 1 : 3;
    }
}

static const struct filter_boiler *look(struct filter_line *l)
{
    struct filter_boiler *b = &l->boiler;
    if (b->ready)
        return b;
    memset(b, 0, sizeof *b);
    b->ready = 1;
    if (l->text.n > SHORT_BYTES || !l->text.n)
        return b;
    filter_boiler_find(filter_line_lower(l), weir_wide_here(), b);
    if (b->found)
        b->chars = count_chars(l->text);
    return b;
}

static int is_code(struct weir_span t)
{
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] && strchr("={}();\"'<$`", t.p[i]))
            return 1;
    return 0;
}

/* Share of the line that the terms are.  One word of navigation may be a heading. */
static double covered(struct filter_line *l, int kind)
{
    const struct filter_boiler *b = look(l);
    if (kind == NAVIGATION && (b->items < 2 || is_code(l->text)))
        return 0;
    return filter_ratio(b->covered[kind] + (kind == NAVIGATION ? b->covered[MORE] : 0), b->chars);
}

/* Comments of code have copyright lines of their own. */
static double found(struct filter_line *l, int kind)
{
    if (!(look(l)->found >> kind & 1))
        return 0;
    return kind == COOKIES || (l->text.n <= SHORTER_BYTES && !strchr("/#*;", *l->text.p));
}

#define TAIL(s)                                                                                    \
    {                                                                                              \
        s, sizeof s - 1                                                                            \
    }

/* Takes "…展开全文" and "... Read more" off the end of a line that goes on before it. */
static int cut_tail(struct filter_line *l)
{
    static const struct weir_span tails[] = {TAIL("展开全文"), TAIL("阅读全文"),  TAIL("查看全文"),
                                             TAIL("展开"),     TAIL("Read more"), TAIL("Read More"),
                                             TAIL("read more")};
    /* Nearly all lines end otherwise than 文, 开 and "e". */
    if (!l->text.n || !memchr("e\x80\x87", l->text.p[l->text.n - 1], 3))
        return 0;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        const size_t n = tails[i].n;
        if (l->text.n <= n || memcmp(l->text.p + l->text.n - n, tails[i].p, n) != 0)
            continue;
        const struct weir_span head = filter_strip(weir_span(l->text.p, l->text.n - n));
        const int dots = (head.n >= 3 && (memcmp(head.p + head.n - 3, "...", 3) == 0 ||
                                          memcmp(head.p + head.n - 3, "…", 3) == 0));
        if (dots)
            l->text = head;
        return dots;
    }
    return 0;
}

const struct filter_rule rule_boilerplate[] = {
    {.name = "boiler-tail",
     .kind = FILTER_LINE_EDIT,
     .edit = cut_tail,
     .help = "lines: 1 cuts 展开全文, Read more and the like behind an ellipsis"},
    {.name = "boiler-more-max",
     .kind = FILTER_LINE_MAX,
     .measure_line = covered,
     .arg = MORE,
     .help = "short lines: share of 展开全文, 查看更多, read more and the like"},
    {.name = "boiler-navigation-max",
     .kind = FILTER_LINE_MAX,
     .measure_line = covered,
     .arg = NAVIGATION,
     .help = "short lines: share of 首页, 登录, 上一篇, home, sign in and the like"},
    {.name = "boiler-copyright-max",
     .kind = FILTER_LINE_MAX,
     .measure_line = found,
     .arg = COPYRIGHT,
     .help = "short lines: 1 when 版权所有, ICP备, all rights reserved or the like stands there"},
    {.name = "boiler-cookies-max",
     .kind = FILTER_LINE_MAX,
     .measure_line = found,
     .arg = COOKIES,
     .help = "short lines: 1 when they ask about cookies"},
    {.name = "boiler-sharing-max",
     .kind = FILTER_LINE_MAX,
     .measure_line = found,
     .arg = SHARING,
     .help = "short lines: 1 when 扫一扫, 转载请注明, follow us on or the like stands there"},
    {0},
};

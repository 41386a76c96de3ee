/* Names that are words. */
#include "kg2instruction/ann_stop.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/read_whole.h"
#include "lib/xxh.h"
#include "weir/utf8.h"

enum { MAX_MIB = 64 };

struct ann_stop {
    struct weir_buf keys;    // behind one another
    struct weir_span *slots; // (n_slots) of keys; p NULL: empty
    size_t n_slots, used;
    size_t *offsets, *lengths;
    size_t cap_offsets, cap_lengths;
    uint64_t seed;
};

/* Folded words of both languages that names share with what every text says. */
static const char ours[] =
    "the|a|an|of|in|on|at|to|by|for|and|or|but|is|was|are|were|be|been|it|he|she|they|we|you|his|"
    "her|its|"
    "their|this|that|these|those|with|from|as|not|no|yes|if|so|up|out|all|one|two|three|four|five|"
    "six|"
    "seven|eight|nine|ten|first|second|third|new|old|now|then|here|there|who|what|when|where|why|"
    "how|"
    "may|will|can|do|did|has|have|had|more|most|other|some|many|time|day|year|years|life|man|men|"
    "woman|"
    "women|people|world|home|work|works|way|will|well|good|house|city|state|war|love|night|light|"
    "time|"
    "back|end|part|place|name|family|school|group|company|story|book|film|song|game|music|art|"
    "history|"
    "english|american|british|french|german|chinese|japanese|russian|italian|spanish|january|"
    "february|"
    "march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|"
    "thursday|friday|saturday|sunday|north|south|east|west|us|me|my|i|"
    "我们|他们|她们|它们|你们|自己|这个|那个|这些|那些|什么|怎么|为什么|没有|可以|因为|所以|但是|"
    "如果|虽然|"
    "开始|结束|时间|时候|现在|今天|明天|昨天|今年|去年|一个|一些|一种|一样|一起|第一|第二|第三|"
    "世界|国家|政府|"
    "人民|社会|历史|文化|生活|工作|问题|发展|活动|关系|情况|地方|部分|方面|作用|影响|主要|重要|"
    "其他|所有|"
    "大学|学校|学院|公司|城市|中心|家庭|母亲|父亲|儿子|女儿|男人|女人|孩子|朋友|老师|学生|故事|"
    "电影|音乐|游戏|"
    "爱情|青春|希望|梦想|未来|过去|东方|西方|南方|北方|东部|西部|南部|北部|中部|上海人|出生|逝世|"
    "毕业|成立|"
    "星期一|星期二|星期三|星期四|星期五|星期六|星期日|春天|夏天|秋天|冬天|太阳|月亮|地球|生命|自由|"
    "和平|革命|"
    "家族|王国|帝国|皇帝|国王|女王|总统|主席|总理|中央|人类|动物|植物|科学|技术|艺术|文学|经济|"
    "政治|军事|战争";

static size_t slot_of(const ann_stop *s, struct weir_span key)
{
    size_t at = XXH3_64bits_withSeed(key.p, key.n, s->seed) & (s->n_slots - 1);
    while (s->slots[at].p && !weir_span_eq(s->slots[at], key))
        at = (at + 1) & (s->n_slots - 1);
    return at;
}

static int add(ann_stop *s, struct weir_span key)
{
    if (!key.n)
        return 0;
    if (weir_grow(&s->offsets, &s->cap_offsets, s->used + 1, sizeof *s->offsets) ||
        weir_grow(&s->lengths, &s->cap_lengths, s->used + 1, sizeof *s->lengths))
        return WEIR_EMEM;
    s->offsets[s->used] = s->keys.n;
    s->lengths[s->used++] = key.n;
    weir_buf_add(&s->keys, key.p, key.n);
    return s->keys.failed ? WEIR_EMEM : 0;
}

/* Words with a mark between, the part behind a tab left out, folded. */
static int add_all(ann_stop *s, const kg_fold *fold, struct weir_span words, char mark)
{
    struct kg_fold_scratch scratch = {0};
    struct weir_buf key = {0};
    int rc = 0;
    for (size_t at = 0; !rc && at < words.n;) {
        const char *p = words.p + at;
        const char *const next = memchr(p, mark, words.n - at);
        size_t n = next ? (size_t)(next - p) : words.n - at;
        at += n + 1;
        const char *const tab = memchr(p, '\t', n);
        n = tab ? (size_t)(tab - p) : n;
        key.n = 0;
        rc = kg_fold_text(fold, &scratch, weir_span(p, n), &key);
        if (!rc)
            rc = add(s, weir_buf_span(&key));
    }
    kg_fold_scratch_free(&scratch);
    weir_buf_free(&key);
    return rc;
}

static int make_table(ann_stop *s)
{
    for (s->n_slots = 64; s->n_slots < 2 * s->used; s->n_slots *= 2)
        ;
    s->slots = weir_calloc(s->n_slots, sizeof *s->slots);
    if (!s->slots)
        return WEIR_EMEM;
    for (size_t i = 0; i < s->used; i++) {
        const struct weir_span key = weir_span(s->keys.p + s->offsets[i], s->lengths[i]);
        s->slots[slot_of(s, key)] = key;
    }
    return 0;
}

ann_stop *ann_stop_open(const char *path, const kg_fold *fold, struct weir_err *err)
{
    ann_stop *s = weir_calloc(1, sizeof *s);
    struct weir_buf file = {0};
    int rc = s ? 0 : WEIR_EMEM;
    if (!rc) {
        s->seed = (uint64_t)time(NULL) ^ (uintptr_t)s;
        rc = add_all(s, fold, weir_span(ours, sizeof ours - 1), '|');
    }
    if (!rc && path)
        rc = read_whole(path, MAX_MIB, &file, err);
    if (!rc && weir_utf8_valid(file.p, file.n) != file.n)
        rc = weir_err_set(err, WEIR_EBAD, "%s: not UTF-8", path);
    if (!rc)
        rc = add_all(s, fold, weir_buf_span(&file), '\n');
    if (!rc)
        rc = make_table(s);
    weir_buf_free(&file);
    if (!rc)
        return s;
    weir_err_set(err, WEIR_EMEM, "out of memory");
    ann_stop_close(s);
    return NULL;
}

void ann_stop_close(ann_stop *s)
{
    if (!s)
        return;
    weir_buf_free(&s->keys);
    free(s->slots);
    free(s->offsets);
    free(s->lengths);
    free(s);
}

int ann_stop_has(const ann_stop *s, struct weir_span key)
{
    return s->slots[slot_of(s, key)].p != NULL;
}

#include "filters/lang.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/cld2.h"
#include "weir/utf8.h"
#include "filters/filter_scripts.h"

int lang_scratch_init(struct lang_scratch *s, const weir_fasttext *model, struct weir_err *err)
{
    memset(s, 0, sizeof *s);
    if (model && !(s->p = weir_calloc(weir_fasttext_n_labels(model), sizeof *s->p)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}

void lang_scratch_free(struct lang_scratch *s)
{
    weir_buf_free(&s->sample);
    weir_buf_free(&s->line);
    free(s->p);
    memset(s, 0, sizeof *s);
}

/* ---- the sample ---- */

static struct weir_span piece(struct weir_span t, size_t i, size_t n)
{
    size_t from = (t.n - n) / (LANG_PIECES - 1) * i, to = from + n;
    while (from && (t.p[from] & 0xC0) == 0x80)
        from--;
    while (to < t.n && (t.p[to] & 0xC0) == 0x80)
        to++;
    return weir_span(t.p + from, to - from);
}

static struct weir_span take_sample(struct lang_scratch *s, struct weir_span t, size_t n)
{
    if (!n || t.n <= n)
        return t;
    s->sample.n = 0;
    for (size_t i = 0; i < LANG_PIECES; i++) {
        const struct weir_span part = piece(t, i, n / LANG_PIECES);
        weir_buf_add(&s->sample, part.p, part.n);
        weir_buf_addc(&s->sample, '\n');
    }
    return weir_buf_span(&s->sample);
}

/* ---- Chinese ---- */

static const char cantonese[] = "嘅咗喺哋嚟佢冇唔啲嗰咁嘢瞓攞揾諗睇噉";
enum { IS_CANTONESE = 4 }; // beside WEIR_GB2312 and WEIR_BIG5; above it the character's number

static uint8_t marks[WEIR_HAN_STANDARDS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill(void)
{
    unsigned len;
    memcpy(marks, weir_han_standards(), sizeof marks);
    for (const char *p = cantonese; *p; p += 3)
        marks[weir_utf8_decode(p, 3, &len) - 0x4E00] |=
            (uint8_t)(IS_CANTONESE | (p - cantonese) / 3 * 8);
}

struct chinese {
    uint64_t simplified, traditional, cantonese;
    uint32_t seen; // bits of the Cantonese ones
};

static void count_chinese(struct weir_span t, struct chinese *n)
{
    unsigned len;
    pthread_once(&once, fill);
    for (size_t i = 0; i < t.n; i += len) {
        len = 1;
        if ((unsigned char)t.p[i] < 0xE4)
            continue;
        const uint32_t c = weir_utf8_decode_valid(t.p + i, &len);
        if (c - 0x4E00 >= sizeof marks)
            continue;
        const unsigned m = marks[c - 0x4E00];
        n->simplified += (m & 3) == WEIR_GB2312;
        n->traditional += (m & 3) == WEIR_BIG5;
        if (m & IS_CANTONESE) {
            n->cantonese++;
            n->seen |= 1u << m / 8;
        }
    }
}

static const char *which_chinese(struct weir_span t, uint64_t n_han)
{
    struct chinese n = {0};
    count_chinese(t, &n);
    if (n.cantonese >= 3 && (n.seen & (n.seen - 1)) && n.cantonese * 50 >= n_han)
        return "yue";
    return n.simplified > n.traditional   ? "zh-Hans"
           : n.traditional > n.simplified ? "zh-Hant"
                                          : "zh";
}

int lang_matches(const char *tag, struct weir_span wanted)
{
    return strncmp(tag, wanted.p, wanted.n) == 0 &&
           (!tag[wanted.n] || tag[wanted.n] == '-' || tag[wanted.n] == '_');
}

/* ---- any language ---- */

static void set(struct lang_guess *g, const char *tag, double score)
{
    snprintf(g->tag, sizeof g->tag, "%s", tag);
    g->score = score;
}

enum { IDEOGRAPH = 3 }; // letters that one says as much as

static int guess_by_script(struct weir_span t, struct lang_guess *g)
{
    struct filter_scripts n;
    filter_scripts_count(t, &n);
    const uint64_t han = n.of[SCRIPT_HAN], kana = n.of[SCRIPT_KANA], hangul = n.of[SCRIPT_HANGUL];
    const uint64_t ideographs = han + kana + hangul, cjk = IDEOGRAPH * ideographs;
    const uint64_t all = n.letters - ideographs + cjk;
    const int korean = 8 * hangul > ideographs, japanese = 8 * kana > ideographs;
    struct cld2_guess other;
    if (!n.letters) {
        set(g, "und", 0);
    } else if (2 * cjk <= all) {
        if (cld2_detect(t, &other) < 0)
            return WEIR_EFAIL;
        set(g, other.tag, other.share);
    } else if (korean || japanese) {
        set(g, korean ? "ko" : "ja", (double)cjk / (double)all);
    } else {
        set(g, which_chinese(t, han), (double)(IDEOGRAPH * han) / (double)all);
    }
    g->chinese = korean || japanese || !all ? 0 : (double)(IDEOGRAPH * han) / (double)all;
    return 0;
}

/* Models name it by ISO 639-1 or 639-3. */
static int is_chinese(const char *tag)
{
    return lang_matches(tag, WEIR_LIT("zh")) || lang_matches(tag, WEIR_LIT("zho")) ||
           lang_matches(tag, WEIR_LIT("cmn")) || lang_matches(tag, WEIR_LIT("yue"));
}

static int guess_by_model(struct lang_scratch *s, const weir_fasttext *model, struct weir_span t,
                          struct lang_guess *g)
{
    size_t best = 0;
    s->line.n = 0;
    weir_fasttext_prepare(&s->line, t, WEIR_FASTTEXT_RAW, 0);
    if (s->line.failed)
        return WEIR_EMEM;
    const int rc = weir_fasttext_score(model, weir_buf_span(&s->line), s->p, NULL);
    if (rc < 0)
        return rc;
    for (size_t i = 1; i < weir_fasttext_n_labels(model); i++)
        if (s->p[i] > s->p[best])
            best = i;
    set(g, weir_fasttext_label(model, best), s->p[best]);
    g->chinese = is_chinese(g->tag) ? g->score : 0;
    return 0;
}

int lang_guess(struct lang_scratch *s, const weir_fasttext *model, struct weir_span text,
               size_t sample, struct lang_guess *g)
{
    const struct weir_span t = take_sample(s, text, sample);
    if (s->sample.failed)
        return WEIR_EMEM;
    return model ? guess_by_model(s, model, t, g) : guess_by_script(t, g);
}

/* The pre-tokenizers' regular expressions, each as a scanner of its own.  A piece is what the
 * expression matches next, or what lies before its next match.  Alternatives are tried in the order
 * of the expression, and repetitions give back what \s+(?!\S) makes them give back. */
#include "hftok_impl.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static uint8_t class_at(const char *p, size_t at, unsigned *len)
{
    return hf_classes[hf_char(p + at, len)];
}

/* ---- runs ---- */

/* Letters from `at` on: most are ASCII in words of some letters, or Han. */
static inline size_t latin_end(const char *p, size_t at, size_t end)
{
#ifdef __SSE2__
    while (end - at >= 16) {
        const __m128i v =
            _mm_or_si128(_mm_loadu_si128((const __m128i *)(p + at)), _mm_set1_epi8(32));
        /* a … z to -128 … -103, by a wrapping addition */
        const __m128i x = _mm_add_epi8(v, _mm_set1_epi8((char)(128 - 'a')));
        const unsigned letters =
            (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(x, _mm_set1_epi8(-128 + 26)));
        if (letters != 0xFFFF)
            return at + (size_t)__builtin_ctz(~letters);
        at += 16;
    }
#endif
    while (at < end && hf_classes[(uint8_t)p[at]] & HF_FAST_LATIN && (uint8_t)p[at] < 128)
        at++;
    return at;
}

static inline size_t run_end(const char *p, size_t at, size_t end, uint8_t of)
{
    for (unsigned len; at < end; at += len) {
        const uint8_t c = (uint8_t)p[at];
        if (c >= 0xE5 && c <= 0xE8) { // U+5000 to U+8FFF: all letters
            len = 3;
            if (!(of & HF_L))
                break;
            continue;
        }
        if (!(class_at(p, at, &len) & of))
            break;
    }
    return at;
}

static inline size_t letters_end(const char *p, size_t at, size_t end)
{
    at = latin_end(p, at, end);
    return at < end && (uint8_t)p[at] >= 128 ? run_end(p, at, end, HF_L) : at;
}

static size_t run_end_not(const char *p, size_t at, size_t end, uint8_t of)
{
    for (unsigned len; at < end && !(class_at(p, at, &len) & of); at += len)
        ;
    return at;
}

static size_t newlines_end(const char *p, size_t at, size_t end)
{
    while (at < end && (p[at] == '\r' || p[at] == '\n'))
        at++;
    return at;
}

/* \s*[\r\n]+ when newlines is set, then \s+(?!\S), then \s+; at is at white space. */
static size_t space_end(const char *p, size_t at, size_t end, int newlines)
{
    size_t to = at, last = at, behind_newline = 0;
    uint8_t next = 0;
    for (unsigned len; to < end && (next = class_at(p, to, &len)) & HF_S; to += len) {
        last = to;
        if (p[to] == '\n' || p[to] == '\r')
            behind_newline = to + 1;
    }
    if (newlines && behind_newline)
        return behind_newline;
    return to == end || last == at ? to : last;
}

/* ---- 's 't 're 've 'm 'll 'd ---- */

size_t hf_contraction(const char *p, size_t at, size_t end, int fold)
{
    const size_t n = end - at - 1;
    const char *s = p + at + 1;
    const int bit = fold ? 32 : 0;
    if (!n)
        return 0;
    const char a = (char)(s[0] | bit), b = n > 1 ? (char)(s[1] | bit) : 0;
    if (a == 's' || a == 't' || a == 'm' || a == 'd')
        return 1;
    if ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l'))
        return 2;
    return fold && n > 1 && (uint8_t)s[0] == 0xC5 && (uint8_t)s[1] == 0xBF ? 2 : 0;
}

/* ---- GPT-2 ---- */

/* 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ */
static size_t scan_gpt2(const char *p, size_t at, size_t end)
{
    unsigned len;
    size_t from = at, short_form;
    if (p[at] == '\'' && (short_form = hf_contraction(p, at, end, 0)) > 0)
        return at + 1 + short_form;
    if (p[at] == ' ' && at + 1 < end)
        from++;
    const uint8_t class = class_at(p, from, &len);
    if (class & HF_L)
        return letters_end(p, from, end);
    if (class & HF_N)
        return run_end(p, from, end, HF_N);
    if (class & HF_S)
        return space_end(p, at, end, 0);
    return run_end_not(p, from, end, HF_S | HF_L | HF_N);
}

/* ---- Llama 3, Qwen ---- */

static size_t digits_end(const char *p, size_t at, size_t end, unsigned most)
{
    for (unsigned len; most-- && at < end && class_at(p, at, &len) & HF_N; at += len)
        ;
    return at;
}

/* (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|
 * \s*[\r\n]+|\s+(?!\S)|\s+   with any number for 3 */
static size_t scan_llama3(const char *p, size_t at, size_t end, unsigned digits)
{
    unsigned len, next_len;
    const uint8_t class = class_at(p, at, &len);
    if (class & HF_L)
        return letters_end(p, at + len, end);
    if (class & HF_N)
        return digits_end(p, at, end, digits);
    size_t n;
    if (p[at] == '\'' && (n = hf_contraction(p, at, end, 1)) > 0)
        return at + 1 + n;
    const size_t behind = at + len;
    const uint8_t next = behind < end ? class_at(p, behind, &next_len) : HF_S;
    if (next & HF_L && p[at] != '\r' && p[at] != '\n')
        return letters_end(p, behind + next_len, end);
    if (!(class & HF_S) || (p[at] == ' ' && !(next & (HF_S | HF_N | HF_L))))
        return newlines_end(p, run_end_not(p, behind, end, HF_S | HF_L | HF_N), end);
    return space_end(p, at, end, 1);
}

/* ---- DeepSeek ---- */

static size_t scan_digits(const char *p, size_t at, size_t end, unsigned most)
{
    const size_t to = digits_end(p, at, end, most);
    return to > at ? to : run_end_not(p, at, end, HF_N);
}

/* [一-龥぀-ゟ゠-ヿ]+ */
static int is_cjk(uint32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FA5) || (c >= 0x3040 && c <= 0x30FF);
}

static size_t scan_cjk(const char *p, size_t at, size_t end)
{
    unsigned len;
    const int kind = is_cjk(hf_char(p + at, &len));
    for (at += len; at < end && is_cjk(hf_char(p + at, &len)) == kind; at += len)
        ;
    return at;
}

/* [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|
 * ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+   the end of a match, or `at` */
static size_t match_deepseek(const char *p, size_t at, size_t end)
{
    unsigned len, next_len;
    const uint8_t class = class_at(p, at, &len);
    const size_t behind = at + len;
    if (class & (HF_L | HF_M))
        return run_end(p, behind, end, HF_L | HF_M);
    const uint8_t next = behind < end ? class_at(p, behind, &next_len) : 0;
    const int is_mark = class & (HF_P | HF_SYMBOL);
    if (is_mark && (uint8_t)p[at] < 128 && next & HF_FAST_LATIN && (uint8_t)p[behind] < 128)
        return latin_end(p, behind, end);
    if (!is_mark && p[at] != '\r' && p[at] != '\n' && next & (HF_L | HF_M))
        return run_end(p, behind, end, HF_L | HF_M);
    if (is_mark || (p[at] == ' ' && next & (HF_P | HF_SYMBOL)))
        return newlines_end(p, run_end(p, behind, end, HF_P | HF_SYMBOL), end);
    return class & HF_S ? space_end(p, at, end, 1) : at;
}

static size_t scan_deepseek(const char *p, size_t at, size_t end)
{
    size_t to = match_deepseek(p, at, end);
    if (to > at)
        return to;
    for (unsigned len; to < end && match_deepseek(p, to, end) == to; to += len)
        hf_char(p + to, &len);
    return to;
}

/* ---- which ---- */

size_t hf_scan(const struct hf_stage *stage, const char *p, size_t at, size_t end)
{
    switch (stage->pattern) {
    case HF_SCAN_GPT2:
        return scan_gpt2(p, at, end);
    case HF_SCAN_LLAMA3:
        return scan_llama3(p, at, end, stage->digits);
    case HF_SCAN_DIGITS:
        return scan_digits(p, at, end, stage->digits);
    case HF_SCAN_CJK:
        return scan_cjk(p, at, end);
    case HF_SCAN_DEEPSEEK:
        return scan_deepseek(p, at, end);
    default:
        return end;
    }
}

struct hf_stage hf_stage_of(struct weir_span regex)
{
    static const struct {
        const char *regex;
        struct hf_stage stage;
    } known[] = {
        {"'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
         {HF_SCAN_GPT2, 0}},
        {"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| "
         "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
         {HF_SCAN_LLAMA3, 3}},
        {"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| "
         "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
         {HF_SCAN_LLAMA3, 1}},
        {"\\p{N}{1,3}", {HF_SCAN_DIGITS, 3}},
        {"\\p{N}", {HF_SCAN_DIGITS, 1}},
        {"[一-龥\u3040-ゟ゠-ヿ]+", {HF_SCAN_CJK, 0}},
        {"[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?"
         "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
         {HF_SCAN_DEEPSEEK, 0}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (weir_span_is(regex, known[i].regex))
            return known[i].stage;
    return (struct hf_stage){HF_SCAN_NONE, 0};
}

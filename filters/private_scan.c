/* From a text to its private data: candidates, checkers, and which hit holds where two meet. */
#include "filters/private.h"

#include <hs/hs.h>
#include <stdlib.h>
#include <string.h>
#include "weir/utf8.h"

const char *const private_names[PRIVATE_N_KINDS] = {
    "email", "phone", "id-card", "bank-card", "passport", "plate", "ip", "key",
};
const char *const private_placeholders[PRIVATE_N_KINDS] = {
    "<EMAIL>",    "<PHONE>", "<ID_CARD>",    "<BANK_CARD>",
    "<PASSPORT>", "<PLATE>", "<IP_ADDRESS>", "<KEY>",
};

struct private_patterns {
    hs_database_t *db;
};

enum { MAX_KEYS = 128 };

private_patterns *private_open(struct weir_err *err)
{
    const char *text[MAX_KEYS];
    size_t size[MAX_KEYS];
    unsigned flags[MAX_KEYS], id[MAX_KEYS], n = 0;
    hs_compile_error_t *why = NULL;
    private_patterns *p = weir_calloc(1, sizeof *p);
    for (unsigned i = 0; private_keys[i].prefix && n < MAX_KEYS; i++) {
        text[n] = private_keys[i].prefix;
        size[n] = strlen(text[n]);
        flags[n] = HS_FLAG_CASELESS;
        id[n++] = i;
    }
    if (!p) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
    } else if (hs_compile_lit_multi(text, flags, id, size, n, HS_MODE_BLOCK, NULL, &p->db, &why) !=
               HS_SUCCESS) {
        weir_err_set(err, WEIR_EFAIL, "Vectorscan cannot compile the words of keys: %s",
                     why ? why->message : "unknown");
        hs_free_compile_error(why);
        private_close(p);
        p = NULL;
    }
    return p;
}

void private_close(private_patterns *p)
{
    if (!p)
        return;
    hs_free_database(p->db);
    free(p);
}

int private_scan_init(struct private_scan *s, const private_patterns *p, struct weir_err *err)
{
    hs_scratch_t *scratch = NULL;
    memset(s, 0, sizeof *s);
    s->patterns = p;
    if (hs_alloc_scratch(p->db, &scratch) != HS_SUCCESS)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    s->scratch = scratch;
    return 0;
}

void private_scan_shrink(struct private_scan *s)
{
    free(s->hit);
    s->hit = NULL;
    s->n_hit = s->cap_hit = 0;
}

void private_scan_free(struct private_scan *s)
{
    hs_free_scratch(s->scratch);
    private_scan_shrink(s);
    memset(s, 0, sizeof *s);
}

static void add(struct private_scan *s, size_t at, size_t end, enum private_kind kind, uint16_t key)
{
    if (s->n_hit == s->cap_hit &&
        weir_grow(&s->hit, &s->cap_hit, s->n_hit + 1, sizeof *s->hit) < 0) {
        s->failed = 1;
        return;
    }
    s->hit[s->n_hit++] = (struct private_hit){(uint32_t)at, (uint32_t)end, (uint16_t)kind, key};
}

/* ---- keys ---- */

static int on_prefix(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                     void *ctx)
{
    struct private_scan *s = ctx;
    size_t at;
    (void)from;
    (void)flags;
    const struct private_key_row *row = private_keys + id;
    const int assigned = row->check == private_key_assigned;
    if (assigned && (size_t)to <= s->value_end)
        return 0;
    const size_t end = private_key(s->text, row, (size_t)to, &at);
    if (!end || (assigned && end == s->value_end))
        return 0; // two words in one name
    if (assigned)
        s->value_end = end;
    add(s, at, end, PRIVATE_KEY, (uint16_t)id);
    return s->failed;
}

/* ---- numbers, addresses, plates ---- */

/* Most numbers are nothing: what cannot begin anything is seen from its first few bytes. */
static int may_begin(struct weir_span t, size_t at)
{
    size_t n = 1;
    while (n < 7 && at + n < t.n && weir_is_ascii_digit((unsigned char)t.p[at + n]))
        n++;
    if (n >= 6 || at + n >= t.n)
        return n >= 6;
    if (at && t.p[at - 1] == '+')
        return 1;
    const unsigned char c = (unsigned char)t.p[at + n];
    if (c == '.' || c == '-' || c == ')' || c == ':' || c >= 0x80)
        return 1;
    return n >= 2 && (c == ' ' || weir_is_ascii_alpha(c));
}

/* A number at the candidate: the byte behind what it is, or 0. */
static size_t look_at_number(struct private_scan *s, size_t at)
{
    const struct weir_span t = s->text;
    struct private_number x;
    size_t end, from = at;
    if (!may_begin(t, at))
        return 0;
    enum private_kind kind = PRIVATE_IP;
    if ((t.p[at] == '2' || t.p[at] == '3') && (end = private_ipv6(t, at)) != 0)
        goto found;
    private_read_number(t, at, &x);
    if (x.n_groups >= 4 && x.separator[1] == '.' && (end = private_ipv4(t, &x)) != 0)
        goto found;
    if (x.n < 6)
        return 0;
    kind = PRIVATE_ID_CARD;
    if ((end = private_id_card(t, &x)) != 0)
        goto found;
    kind = PRIVATE_BANK_CARD;
    if ((end = private_bank_card(t, &x)) != 0)
        goto found;
    kind = PRIVATE_PHONE;
    if ((end = private_phone(t, &x, &from)) != 0)
        goto found;
    kind = PRIVATE_PASSPORT;
    if ((end = private_passport(t, &x, &from)) == 0)
        return 0;
found:
    add(s, from, end, kind, 0);
    return end;
}

static size_t look_at_sign(struct private_scan *s, size_t sign)
{
    size_t at;
    enum private_kind kind;
    const size_t end = private_email(s->text, sign, &at, &kind);
    if (end)
        add(s, at, end, kind, kind == PRIVATE_KEY ? private_key_url() : 0);
    return end;
}

static size_t look_at_letter(struct private_scan *s, size_t letter)
{
    size_t at;
    const size_t end = private_plate(s->text, letter, &at);
    if (end)
        add(s, at, end, PRIVATE_PLATE, 0);
    return end;
}

/* A candidate is a digit that no digit stands before, an at sign, or a capital letter behind what
 * is not ASCII; digits, sign and capitals of full width (EF BC xx) all are. */
static size_t look_at(struct private_scan *s, size_t i)
{
    const struct weir_span t = s->text;
    const char c = t.p[i];
    unsigned len;
    if (c == '@')
        return look_at_sign(s, i);
    if (weir_is_ascii_digit((unsigned char)c))
        return look_at_number(s, i);
    if (c >= 0)
        return look_at_letter(s, i);
    const unsigned w = (unsigned char)t.p[i + 2];
    if (w == 0xA0)
        return look_at_sign(s, i);
    if (w > 0xA0)
        return look_at_letter(s, i);
    return i >= 3 && private_digit(t, i - 3, &len) >= 0 && len == 3 ? 0 : look_at_number(s, i);
}

static int is_candidate(struct weir_span t, size_t i)
{
    const unsigned char c = (unsigned char)t.p[i], before = i ? (unsigned char)t.p[i - 1] : 0;
    if (weir_is_ascii_digit(c))
        return !weir_is_ascii_digit(before);
    if (c == 0xEF && t.n - i >= 3 && (unsigned char)t.p[i + 1] == 0xBC) {
        const unsigned char w = (unsigned char)t.p[i + 2];
        return (w >= 0x90 && w <= 0x99) || (w >= 0xA0 && w <= 0xBA);
    }
    return c == '@' || (c >= 'A' && c <= 'Z' && before >= 0x80);
}

static size_t scan_scalar(struct private_scan *s, size_t from, size_t done)
{
    for (size_t i = from; i < s->text.n && !s->failed; i++) {
        if (i < done || !is_candidate(s->text, i))
            continue;
        const size_t end = look_at(s, i);
        done = end > done ? end : done;
    }
    return done;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi")))

AVX2 static inline unsigned between(__m256i v, int lo, int span)
{
    const __m256i d = _mm256_sub_epi8(v, _mm256_set1_epi8((char)lo));
    return (unsigned)_mm256_movemask_epi8(
        _mm256_cmpeq_epi8(_mm256_min_epu8(d, _mm256_set1_epi8((char)span)), d));
}

AVX2 static inline unsigned is(__m256i v, int c)
{
    return (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)c)));
}

AVX2 static inline __m256i load(const char *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}

/* Bits of is_candidate() for the 32 bytes at p; reads two bytes behind them. */
AVX2 static inline unsigned candidates(const char *p, unsigned before)
{
    const __m256i v = load(p);
    const unsigned digit = between(v, '0', 9), high = (unsigned)_mm256_movemask_epi8(v);
    unsigned found = (digit & ~(digit << 1 | (before >= '0' && before <= '9'))) | is(v, '@');
    if (high || before >= 0x80)
        found |= between(v, 'A', 25) & (high << 1 | (before >= 0x80));
    const unsigned ef = is(v, 0xEF);
    if (ef) {
        const __m256i w = load(p + 2);
        found |= ef & is(load(p + 1), 0xBC) & (between(w, 0x90, 9) | between(w, 0xA0, 0x1A));
    }
    return found;
}

AVX2 static void scan_avx2(struct private_scan *s)
{
    const struct weir_span t = s->text;
    size_t i = 0, done = 0;
    for (; i + 34 <= t.n && !s->failed; i += 32) {
        unsigned found = candidates(t.p + i, i ? (unsigned char)t.p[i - 1] : 0);
        for (; found; found &= found - 1) {
            const size_t at = i + (unsigned)__builtin_ctz(found);
            if (at < done)
                continue;
            const size_t end = look_at(s, at);
            done = end > done ? end : done;
        }
    }
    scan_scalar(s, i, done);
}
#endif

/* ---- both together ---- */

static int compare_hits(const void *a, const void *b)
{
    const struct private_hit *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key; // known forms come before names of values
}

/* By place; of two that overlap the one that begins first, then the longer, holds. */
static void settle(struct private_scan *s)
{
    size_t n = 0;
    if (s->n_hit > 1)
        qsort(s->hit, s->n_hit, sizeof *s->hit, compare_hits);
    memset(s->count, 0, sizeof s->count);
    for (size_t i = 0; i < s->n_hit; i++) {
        if (n && s->hit[i].at < s->hit[n - 1].end)
            continue;
        s->count[s->hit[i].kind]++;
        s->hit[n++] = s->hit[i];
    }
    s->n_hit = n;
}

static int start(struct private_scan *s, struct weir_span text)
{
    s->text = text;
    s->n_hit = s->value_end = 0;
    s->failed = 0;
    if (!text.n)
        return 0; // Vectorscan refuses an empty text without a place
    if (text.n > UINT32_MAX)
        return WEIR_EMEM;
    const hs_error_t rc =
        hs_scan(s->patterns->db, text.p, (unsigned)text.n, 0, s->scratch, on_prefix, s);
    return rc != HS_SUCCESS ? WEIR_EMEM : 0;
}

static int finish(struct private_scan *s)
{
    settle(s);
    return s->failed ? WEIR_EMEM : 0;
}

int private_scan_text_scalar(struct private_scan *s, struct weir_span text)
{
    if (start(s, text) < 0)
        return WEIR_EMEM;
    scan_scalar(s, 0, 0);
    return finish(s);
}

int private_scan_text(struct private_scan *s, struct weir_span text)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")) {
        if (start(s, text) < 0)
            return WEIR_EMEM;
        scan_avx2(s);
        return finish(s);
    }
#endif
    return private_scan_text_scalar(s, text);
}

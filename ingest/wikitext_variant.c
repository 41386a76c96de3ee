/* Chinese variant markup, resolved to what a reader of mainland simplified Chinese sees.  The
 * syntax is LanguageConverter's: -{flags|rules}-, rules "variant:text;" and "from=>variant:text;".
 * Rules that only define conversions for the rest of the page (H, T, -, D, N) leave no text. */
#include "ingest/wikitext_internal.h"

struct rule {
    uint32_t at, end; // text
    int rank;         // 0 is best
};

/* Variants in the order in which their text is taken: zh-cn and its fallbacks; each also by its tag
 * of BCP 47. */
static const struct {
    const char *code, *tag;
} variants[] = {
    {"zh-cn", "zh-hans-cn"},
    {"zh-hans", "zh-hans"},
    {"zh-sg", "zh-hans-sg"},
    {"zh-my", "zh-hans-my"},
    {"zh", "zh"},
    {"zh-hant", "zh-hant"},
    {"zh-tw", "zh-hant-tw"},
    {"zh-hk", "zh-hant-hk"},
    {"zh-mo", "zh-hant-mo"},
};
enum { N_VARIANTS = sizeof variants / sizeof *variants, N_SIMPLIFIED = 4, RANK_ANY = 10 };

static uint32_t skip_space(const wikitext *w, uint32_t at, uint32_t end)
{
    while (at < end && wt_is_space(w->s[at]))
        at++;
    return at;
}

/* "variant :" at at: its index, and where the text starts; -1 when it is none. */
static int variant_at(const wikitext *w, uint32_t at, uint32_t end, uint32_t *text)
{
    at = skip_space(w, at, end);
    uint32_t n = 0;
    while (at + n < end && (wt_is_alpha(w->s[at + n]) || w->s[at + n] == '-'))
        n++;
    const uint32_t colon = skip_space(w, at + n, end);
    if (colon == end || w->s[colon] != ':')
        return -1;
    *text = colon + 1;
    char low[16];
    if (n >= sizeof low)
        return -1;
    for (uint32_t i = 0; i < n; i++)
        low[i] = wt_lower(w->s[at + i]);
    low[n] = 0;
    for (int i = 0; i < N_VARIANTS; i++)
        if (!strcmp(low, variants[i].code) || !strcmp(low, variants[i].tag))
            return i;
    return -1;
}

/* The start of a rule at at: fills its rank and where its text starts. */
static int rule_at(const wikitext *w, uint32_t at, uint32_t end, struct rule *r)
{
    int v = variant_at(w, at, end, &r->at);
    if (v >= 0) {
        r->rank = v < N_SIMPLIFIED ? v : RANK_ANY;
        return 1;
    }
    for (uint32_t i = at; i + 1 < end && w->s[i] != ';'; i++) {
        if (w->s[i] != '=' || w->s[i + 1] != '>')
            continue;
        v = variant_at(w, i + 2, end, &r->at);
        r->rank = v >= 0 && v < N_SIMPLIFIED ? N_SIMPLIFIED + v : RANK_ANY;
        return v >= 0;
    }
    return 0;
}

/* The text for simplified Chinese of the rules in [at, end); all of it when they are no rules. */
static struct rule choose(const wikitext *w, uint32_t at, uint32_t end, size_t ni)
{
    struct rule best = {at, end, RANK_ANY + 1}, r;
    if (!rule_at(w, at, end, &r))
        return best;
    while (at < end) {
        uint32_t stop = r.at;
        struct rule next = {end, end, 0};
        for (;;) {
            stop = wt_piece_end(w, stop, end, ';', &ni);
            if (stop == end || skip_space(w, stop + 1, end) == end ||
                rule_at(w, stop + 1, end, &next))
                break;
            stop++;
        }
        r.end = stop;
        if (r.rank < best.rank)
            best = r;
        at = next.at > stop ? next.at : end;
        r = next;
    }
    return best;
}

static int is_flag(struct weir_span f, const char *flags)
{
    return f.n == 1 && strchr(flags, *f.p) && *f.p;
}

void wt_variant(wikitext *w, size_t i)
{
    const struct wt_node nd = w->node[i];
    size_t ni = i + 1;
    uint32_t at = nd.in_at;
    const uint32_t bar = wt_piece_end(w, at, nd.in_end, '|', &ni);
    int raw = 0, hidden = 0;
    if (bar < nd.in_end) {
        while (at < bar) {
            uint32_t end = at;
            while (end < bar && w->s[end] != ';')
                end++;
            const struct weir_span f = wt_trim(weir_span(w->s + at, end - at));
            raw |= is_flag(f, "R");
            hidden |= is_flag(f, "HTND-");
            at = end + 1;
        }
        at = bar + 1;
    } else {
        ni = i + 1;
    }
    if (hidden && !raw) {
        wt_remove(w, nd.end);
        return;
    }
    struct rule r = {at, nd.in_end, 0};
    if (!raw)
        r = choose(w, at, nd.in_end, ni);
    while (r.at < r.end && wt_is_space(w->s[r.at]) && r.rank <= RANK_ANY && !raw)
        r.at++;
    while (r.end > r.at && wt_is_space(w->s[r.end - 1]) && r.rank <= RANK_ANY && !raw)
        r.end--;
    wt_push(w, r.at, r.end, nd.end, WT_F_PLAIN);
}

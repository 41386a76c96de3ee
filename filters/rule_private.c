/* Private data: counted, masked, reported.  All rules share one scan. */
#include <stdlib.h>
#include "filters/filter.h"
#include "filters/private.h"

struct private_data {
    struct private_scan scan;
    uint64_t text_no; // whose hits these are
};

static int open_patterns(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                         void **shared, struct weir_err *err)
{
    (void)opt;
    (void)plan;
    *shared = private_open(err);
    return *shared ? 0 : err->code;
}

static void close_patterns(void *shared)
{
    private_close(shared);
}

static int open_scan(void *shared, void **scratch, struct weir_err *err)
{
    struct private_data *p = *scratch = weir_calloc(1, sizeof *p);
    if (!p)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return private_scan_init(&p->scan, shared, err);
}

static void close_scan(void *scratch)
{
    struct private_data *p = scratch;
    private_scan_free(&p->scan);
    free(p);
}

/* What is found takes six bytes of text at least, a hit twelve, and the list grows by doubling. */
static uint64_t hits_memory(const struct filter_doc *d)
{
    return d->text.n * 6;
}

static void shrink_scan(void *scratch)
{
    struct private_data *p = scratch;
    private_scan_shrink(&p->scan);
}

static const struct filter_tool private_tool = {.open = open_patterns,
                                                .close = close_patterns,
                                                .thread_open = open_scan,
                                                .thread_close = close_scan,
                                                .text_memory = hits_memory,
                                                .shrink = shrink_scan};

static struct private_data *find(struct filter_doc *d)
{
    struct private_data *p = filter_scratch(d, &private_tool);
    if (p->text_no != d->text_no && private_scan_text(&p->scan, d->text) < 0)
        d->failed = 1;
    p->text_no = d->text_no;
    p->scan.text = d->text;
    return p;
}

static double count(struct filter_doc *d, int kind)
{
    return (double)find(d)->scan.count[kind];
}

static double count_all(struct filter_doc *d, int arg)
{
    (void)arg;
    return (double)find(d)->scan.n_hit;
}

static void explain(struct filter_doc *d, int arg, struct weir_buf *b)
{
    (void)arg;
    weir_buf_adds(b, ",\"private\":");
    private_report(&find(d)->scan, b);
}

/* The hits go along with the text: a placeholder must not speak for its neighbours. */
static int64_t mask(struct filter_doc *d, int kind, struct weir_buf *out)
{
    struct private_data *p = find(d);
    const uint64_t n = private_mask(&p->scan, (enum private_kind)kind, out);
    p->text_no += n > 0; // the engine takes what was written as the next text
    return (int64_t)n;
}

static int64_t report(struct filter_doc *d, int arg, struct weir_buf *out)
{
    (void)arg;
    const struct private_data *p = find(d);
    if (p->scan.n_hit)
        private_report(&p->scan, out);
    return (int64_t)p->scan.n_hit;
}

#define COUNT(name_, which, what)                                                                  \
    {                                                                                              \
        .name = "pii-" name_ "-max", .kind = FILTER_MAX, .measure = count, .arg = which,           \
        .tool = &private_tool, .explain = explain, .help = what                                    \
    }
#define MASK(name_, which, what)                                                                   \
    {                                                                                              \
        .name = "pii-" name_ "-mask", .kind = FILTER_TEXT_EDIT, .rewrite = mask, .arg = which,     \
        .tool = &private_tool, .help = what                                                        \
    }

const struct filter_rule rule_private[] = {
    {.name = "pii-max",
     .kind = FILTER_MAX,
     .measure = count_all,
     .tool = &private_tool,
     .explain = explain,
     .help = "private data of all kinds"},
    COUNT("email", PRIVATE_EMAIL, "e-mail addresses"),
    COUNT("phone", PRIVATE_PHONE, "telephone numbers"),
    COUNT("id-card", PRIVATE_ID_CARD, "Chinese identity card numbers"),
    COUNT("bank-card", PRIVATE_BANK_CARD, "bank card numbers"),
    COUNT("passport", PRIVATE_PASSPORT, "passport numbers"),
    COUNT("plate", PRIVATE_PLATE, "Chinese licence plates"),
    COUNT("ip", PRIVATE_IP, "IP addresses that are public"),
    COUNT("key", PRIVATE_KEY, "keys, tokens and passwords"),
    MASK("email", PRIVATE_EMAIL, "<EMAIL> for e-mail addresses"),
    MASK("phone", PRIVATE_PHONE, "<PHONE> for telephone numbers"),
    MASK("id-card", PRIVATE_ID_CARD, "<ID_CARD> for Chinese identity card numbers"),
    MASK("bank-card", PRIVATE_BANK_CARD, "<BANK_CARD> for bank card numbers"),
    MASK("passport", PRIVATE_PASSPORT, "<PASSPORT> for passport numbers"),
    MASK("plate", PRIVATE_PLATE, "<PLATE> for Chinese licence plates"),
    MASK("ip", PRIVATE_IP, "<IP_ADDRESS> for IP addresses that are public"),
    MASK("key", PRIVATE_KEY, "<KEY> for keys, tokens and passwords"),
    {.name = "pii-report",
     .kind = FILTER_FIELD,
     .rewrite = report,
     .field = "weir_private",
     .tool = &private_tool,
     .help = "private data with its places in the text that is written"},
    {0},
};

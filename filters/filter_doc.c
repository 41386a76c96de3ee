#include <stdlib.h>
#include <string.h>
#include "filters/filter.h"

enum { HAVE_CLASSES = 1, HAVE_LINES = 2, HAVE_CHARS = 4, HAVE_WORDS = 8 }; // HAVE_WORDS << scheme

/* What a thread keeps of a text that rules made. */
enum { KEEP_BYTES = 1 << 20 };

int filter_doc_init(struct filter_doc *d, const struct filter_plan *plan, uint64_t seed,
                    struct weir_err *err)
{
    memset(d, 0, sizeof *d);
    d->plan = plan;
    d->hash_seed = seed;
    d->changes = weir_calloc(plan->n + 1, sizeof *d->changes);
    if (!d->changes)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < plan->n_tools; i++)
        if (plan->tool[i]->thread_open) {
            const int rc = plan->tool[i]->thread_open(plan->shared[i], &d->scratch[i], err);
            if (rc < 0)
                return rc;
        }
    return 0;
}

void filter_doc_shrink(struct filter_doc *d)
{
    for (int i = 0; i < FILTER_N_SCHEMES; i++)
        filter_words_free(&d->words[i]);
    filter_ngrams_free(&d->ngrams);
    filter_chars_free(&d->chars);
    filter_edit_free(&d->edit);
    weir_buf_free(&d->made[0]);
    weir_buf_free(&d->made[1]);
    weir_buf_free(&d->fields);
    for (size_t i = 0; d->plan && i < d->plan->n_tools; i++)
        if (d->scratch[i] && d->plan->tool[i]->shrink)
            d->plan->tool[i]->shrink(d->scratch[i]);
}

void filter_doc_free(struct filter_doc *d)
{
    filter_doc_shrink(d);
    for (size_t i = 0; d->plan && i < d->plan->n_tools; i++)
        if (d->scratch[i])
            d->plan->tool[i]->thread_close(d->scratch[i]);
    free(d->changes);
}

void filter_doc_start(struct filter_doc *d, const struct weir_doc *doc)
{
    d->doc = doc;
    d->failed = 0;
    d->edit.stop = NULL;
    d->edit.counted = 0;
    weir_buf_reset(&d->made[0], KEEP_BYTES);
    weir_buf_reset(&d->made[1], KEEP_BYTES);
    weir_buf_reset(&d->fields, KEEP_BYTES);
    d->n_field = 0;
    memset(d->changes, 0, d->plan->n * sizeof *d->changes);
    filter_doc_set(d, doc->text);
}

void filter_doc_set(struct filter_doc *d, struct weir_span text)
{
    d->text = text;
    d->text_no++;
    d->have = 0;
    d->ngrams.ready = 0;
}

static size_t tool_number(const struct filter_doc *d, const struct filter_tool *tool)
{
    size_t i = 0;
    while (d->plan->tool[i] != tool)
        i++;
    return i;
}

const void *filter_shared(const struct filter_doc *d, const struct filter_tool *tool)
{
    return d->plan->shared[tool_number(d, tool)];
}

void *filter_scratch(struct filter_doc *d, const struct filter_tool *tool)
{
    return d->scratch[tool_number(d, tool)];
}

const struct filter_classes *filter_classes(struct filter_doc *d)
{
    if (!(d->have & HAVE_CLASSES))
        filter_classes_count(d->text, &d->classes);
    d->have |= HAVE_CLASSES;
    return &d->classes;
}

const struct filter_lines *filter_lines(struct filter_doc *d)
{
    if (!(d->have & HAVE_LINES) &&
        filter_lines_measure(d->text, &d->ngrams.seen, d->hash_seed, &d->lines) < 0)
        d->failed = 1;
    else if (!(d->have & HAVE_LINES) && filter_classes(d)->breaks)
        filter_lines_split(d->text, &d->lines);
    d->have |= HAVE_LINES;
    return &d->lines;
}

const struct filter_words *filter_words(struct filter_doc *d)
{
    struct filter_words *w = &d->words[d->scheme];
    if (!(d->have & HAVE_WORDS << d->scheme) && filter_words_measure(d->text, d->scheme, w) < 0)
        d->failed = 1;
    d->have |= (unsigned)HAVE_WORDS << d->scheme;
    return w;
}

struct filter_chars *filter_chars(struct filter_doc *d)
{
    if (!(d->have & HAVE_CHARS) && filter_chars_start(&d->chars, d->text) < 0)
        d->failed = 1;
    d->have |= HAVE_CHARS;
    return &d->chars;
}

/* Words that a text can have: what is left of a run of ASCII letters and digits is cut only at
 * other characters (and in "cannot"), others may each be a word. */
static uint64_t words_at_most(const struct filter_classes *c, uint64_t n_bytes)
{
    const uint64_t n = 2 * (c->spaces + 1) + 2 * (c->punct + c->symbols) + (n_bytes - c->chars);
    return n < c->chars ? n : c->chars;
}

/* Bytes for each: lines in the set of seen ones while it grows; windows, at most half of the set
 * filled; words, which grow by doubling; n-grams: places, numbers, counts, table, set. */
enum { A_BYTE = 4, A_LINE = 48, A_WINDOW = 46, A_WORD = 24, A_GRAM = 128, A_CHAR = 88 };

uint64_t filter_doc_memory(struct filter_doc *d)
{
    const struct filter_plan *plan = d->plan;
    const struct filter_classes *c = filter_classes(d);
    uint64_t need = d->text.n * A_BYTE + c->newlines * A_LINE;
    if (plan->needs & FILTER_NEEDS_WINDOWS)
        need += (c->chars - c->spaces) * A_WINDOW;
    if (plan->needs & FILTER_NEEDS_CHARS)
        need += c->chars * A_CHAR;
    if (plan->needs & FILTER_NEEDS_NORMAL)
        need += 2 * d->text.n + (c->spaces + 1) * (A_WORD + A_GRAM);
    if (plan->n_words)
        need += words_at_most(c, d->text.n) * ((uint64_t)plan->n_words * A_WORD +
                                               (plan->needs & FILTER_NEEDS_GRAMS ? A_GRAM : 0));
    for (size_t i = 0; i < plan->n_tools; i++)
        if (plan->tool[i]->text_memory)
            need += plan->tool[i]->text_memory(d);
    return need;
}

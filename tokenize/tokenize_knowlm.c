/* KnowLM's preprocess.py: sentences encoded alone, BOS and EOS around the document, sentences that
 * are too long cut as it cuts them.  What looks odd here is what it does. */
#include "tokenize/tokenize_stage.h"

#include <string.h>

#include "weir/utf8.h"

/* Python's str.isspace(). */
static int is_python_space(uint32_t c)
{
    return (c >= 0x1C && c <= 0x1F) || weir_is_space(c);
}

static int is_skipped(struct weir_span text)
{
    unsigned len;
    for (size_t at = 0; at < text.n; at += len)
        if (!is_python_space(weir_utf8_decode(text.p + at, text.n - at, &len)))
            return weir_span_is(text, "\\n");
    return 1;
}

static int is_mark(uint32_t c)
{
    return c == ';' || c == '!' || c == '?' || c == 0xFF1B || c == 0xFF1F || c == 0x3002 ||
           c == 0xFF01 || c == '\n'; // ；？。！
}

/* The end of the run without marks that begins at `at`; *mark is the length of the mark there. */
static size_t plain_end(struct weir_span t, size_t at, unsigned *mark)
{
    unsigned len;
    for (; at < t.n; at += len)
        if (is_mark(weir_utf8_decode(t.p + at, t.n - at, &len))) {
            *mark = len;
            return at;
        }
    *mark = 0;
    return t.n;
}

/* A piece between marks that joins the sentence before it: an empty one, or one character that
 * occurs in the text of the pattern ([;!?；？。！\n]) itself. */
static int joins(struct weir_span t, size_t from, size_t to)
{
    return from == to || (to - from == 1 && memchr("()[]", t.p[from], 4));
}

/* The sentence that begins at `at`, as [at, *end), and where the next one begins; t.n + 1 behind
 * the last. */
static size_t next_sentence(const struct weir_tokenize_opt *opt, struct weir_span t, size_t at,
                            size_t *end)
{
    unsigned mark;
    if (opt->no_split) {
        *end = t.n;
        return t.n + 1;
    }
    *end = plain_end(t, at, &mark);
    if (!opt->keep_newlines)
        return mark ? *end + mark : t.n + 1;
    while (mark) {
        const size_t from = *end + mark;
        const size_t to = plain_end(t, from, &mark);
        if (!joins(t, from, to)) {
            *end = from;
            return from;
        }
        *end = to;
    }
    return t.n + 1;
}

struct ends {
    int first, last; // the sentence begins, ends its document
};

/* Encodes span behind the ids that are there. */
static int append_ids(const struct tokenize *t, struct tokenize_thread *th, struct weir_span s,
                      struct ends e, int drop_prefix, struct weir_err *err)
{
    enum { PREFIX = 29871 }; // "▁" of LLaMA's vocabulary, whatever the model
    size_t n;
    const int rc = tokenize_encode(t, th, s, &n, err);
    if (rc)
        return rc;
    if (weir_grow(&th->ids, &th->cap_ids, th->n_ids + n + 2, sizeof *th->ids))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (e.first)
        th->ids[th->n_ids++] = t->header.bos;
    for (size_t i = 0; i < n; i++)
        if (i || !drop_prefix || th->pieces[0].id != PREFIX)
            th->ids[th->n_ids++] = th->pieces[i].id;
    if (e.last)
        th->ids[th->n_ids++] = t->header.eos;
    return 0;
}

static int cut_ids(struct tokenize_thread *th, size_t n, size_t limit, struct weir_err *err)
{
    for (size_t at = 0; at < n; at += limit) {
        const int rc = tokenize_add_unit(th, n - at < limit ? n - at : limit, err);
        if (rc)
            return rc;
    }
    return 0;
}

/* A sentence of n > limit ids as equal runs of characters, each encoded alone and without its dummy
 * prefix, unless BOS stands before that. */
static int cut_characters(const struct tokenize *t, struct tokenize_thread *th, struct weir_span s,
                          struct ends e, size_t n, size_t limit, struct weir_err *err)
{
    const size_t blocks =
        (n + limit - 1) / limit + ((double)(n % limit) >= 0.8 * (double)limit ? 1 : 0);
    const size_t chars = weir_utf8_count(s.p, s.n);
    const size_t run = (chars + blocks - 1) / blocks;
    for (size_t at = 0, end; at < s.n; at = end) {
        unsigned len;
        end = at;
        for (size_t k = 0; k < run && end < s.n; k++, end += len)
            weir_utf8_decode(s.p + end, s.n - end, &len);
        const struct ends part = {e.first && at == 0, e.last && end == s.n};
        const size_t before = th->n_ids;
        int rc = append_ids(t, th, weir_span(s.p + at, end - at), part, !part.first, err);
        if (!rc)
            rc = tokenize_add_unit(th, th->n_ids - before, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int add_sentence(const struct tokenize *t, struct tokenize_thread *th, struct weir_span s,
                        struct ends e, struct weir_err *err)
{
    const size_t limit = (size_t)t->opt->seq_length, before = th->n_ids;
    const int rc = append_ids(t, th, s, e, 0, err);
    if (rc)
        return rc;
    const size_t n = th->n_ids - before;
    if (n <= limit)
        return tokenize_add_unit(th, n, err);
    if (t->opt->language == WEIR_LANGUAGE_ENGLISH)
        return cut_ids(th, n, limit, err);
    th->n_ids = before;
    return cut_characters(t, th, s, e, n, limit, err);
}

int tokenize_knowlm(const struct tokenize *t, struct tokenize_thread *th, struct weir_span text,
                    struct weir_err *err)
{
    if (is_skipped(text))
        return 0;
    for (size_t at = 0, next, end; at <= text.n; at = next) {
        next = next_sentence(t->opt, text, at, &end);
        const struct ends e = {at == 0, next > text.n};
        const int rc = add_sentence(t, th, weir_span(text.p + at, end - at), e, err);
        if (rc)
            return rc;
    }
    return 0;
}

/* Text lines to lines of ids, as spm_encode --output_format=id, and back, as spm_decode. */
#include "tokenize/tokenize_stage.h"

#include <string.h>

#include "weir/utf8.h"

static void made_line(struct weir_batch *b, struct weir_rec *r, size_t n_tokens)
{
    weir_buf_addc(&b->out, '\n');
    r->fate = WEIR_MADE;
    r->out_n = b->out.n - r->out_at;
    r->n_out = 1;
    r->n_tokens_out = n_tokens;
}

int tokenize_line_work(const struct tokenize *t, struct tokenize_thread *th, struct weir_batch *b,
                       struct weir_rec *r, struct weir_err *err)
{
    const struct weir_span text = weir_rec_raw(b, r);
    size_t n;
    const int rc = tokenize_encode(t, th, text, &n, err);
    if (rc)
        return rc;
    r->user[0] = tokenize_folded(t, th, text, n);
    r->out_at = b->out.n;
    if (t->opt->bos)
        tokenize_add_id(&b->out, t->header.bos, ' ');
    for (size_t i = 0; i < n; i++)
        tokenize_add_id(&b->out, th->pieces[i].id, ' ');
    if (t->opt->eos)
        tokenize_add_id(&b->out, t->header.eos, ' ');
    const size_t all = n + (size_t)t->opt->bos + (size_t)t->opt->eos;
    if (all && !b->out.failed)
        b->out.n--; // the last space
    made_line(b, r, all);
    return 0;
}

/* Ids separated by spaces.  0, or WEIR_EBAD in *bad. */
static int read_ids(const struct tokenize *t, struct tokenize_thread *th, struct weir_span s,
                    struct weir_err *bad)
{
    th->n_ids = 0;
    for (size_t at = 0; at < s.n;) {
        if (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\r') {
            at++;
            continue;
        }
        const size_t from = at;
        uint64_t id = 0;
        for (; at < s.n && weir_is_ascii_digit((unsigned char)s.p[at]) && at - from < 10; at++)
            id = id * 10 + (uint64_t)(s.p[at] - '0');
        if (at == from || (at < s.n && !memchr(" \t\r", s.p[at], 3)))
            return weir_err_set(bad, WEIR_EBAD, "column %zu: not an id", from + 1);
        if (id >= t->header.vocab_size)
            return weir_err_set(bad, WEIR_EBAD, "column %zu: id %llu is not in the vocabulary",
                                from + 1, (unsigned long long)id);
        if (weir_grow(&th->ids, &th->cap_ids, th->n_ids + 1, sizeof *th->ids))
            return weir_err_set(bad, WEIR_EMEM, "out of memory");
        th->ids[th->n_ids++] = (uint32_t)id;
    }
    return 0;
}

int tokenize_unline_work(const struct tokenize *t, struct tokenize_thread *th, struct weir_batch *b,
                         struct weir_rec *r, struct weir_err *err)
{
    struct weir_err bad = {0};
    int rc = read_ids(t, th, weir_rec_raw(b, r), &bad);
    if (rc == WEIR_EBAD) {
        weir_rec_bad(b, r, "malformed", "%s", bad.msg);
        return 0;
    }
    if (rc)
        return weir_err_set(err, rc, "%s", bad.msg);
    r->n_tokens_in = th->n_ids;
    r->out_at = b->out.n;
    rc = tokenize_decode(t, th->ids, th->n_ids, &b->out, err);
    if (rc)
        return rc;
    made_line(b, r, 0);
    return 0;
}

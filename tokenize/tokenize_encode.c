/* The encoder behind the stage: Weir's own, the SentencePiece library, or one checked by the other.
 */
#include "tokenize/tokenize_stage.h"

#include <stdlib.h>
#include <string.h>

/* ---- opening ---- */

/* The library is loaded only where it is needed. */
static int needs_library(const struct tokenize *t)
{
    return !t->tok || t->opt->check;
}

int tokenize_open(struct tokenize *t, struct weir_err *err)
{
    const struct weir_tokenize_opt *opt = t->opt;
    struct weir_err why = {0};
    if (opt->encoder != WEIR_ENCODER_LIBRARY) {
        t->tok = weir_tok_open(opt->model, &why);
        if (!t->tok && (why.code != WEIR_EUSAGE || opt->check))
            return weir_err_set(err, why.code, "%s", why.msg);
    }
    if (t->tok && opt->check && weir_tok_is_json(t->tok))
        return weir_err_set(err, WEIR_EUSAGE,
                            "--check compares with SentencePiece, which reads no tokenizer.json");
    if (needs_library(t) && !(t->model = weir_spm_open(opt->model, err)))
        return err->code;
    if (t->tok) // many threads in little memory: an eighth of it for all their caches
        weir_tok_cache(t->tok, t->job->memory / 8 / (uint64_t)t->job->threads);
    struct weir_tok_header *h = &t->header;
    if (t->tok) {
        *h = (struct weir_tok_header){.vocab_size = weir_tok_vocab_size(t->tok),
                                      .bos = weir_tok_bos(t->tok),
                                      .eos = weir_tok_eos(t->tok),
                                      .pad = weir_tok_pad(t->tok),
                                      .unk = weir_tok_unk(t->tok)};
        memcpy(h->sha256, weir_tok_sha256(t->tok), sizeof h->sha256);
    } else {
        *h = (struct weir_tok_header){.vocab_size = weir_spm_vocab_size(t->model),
                                      .bos = weir_spm_bos(t->model),
                                      .eos = weir_spm_eos(t->model),
                                      .pad = weir_spm_pad(t->model),
                                      .unk = weir_spm_unk(t->model)};
        memcpy(h->sha256, weir_spm_sha256(t->model), sizeof h->sha256);
    }
    return 0;
}

void tokenize_close(struct tokenize *t)
{
    weir_tok_free(t->tok);
    weir_spm_free(t->model);
}

uint64_t tokenize_memory(const struct tokenize *t)
{
    uint64_t n = t->model ? weir_spm_memory(t->model) : 0;
    if (t->tok)
        n += weir_tok_memory(t->tok);
    return n;
}

uint64_t tokenize_thread_memory(const struct tokenize *t)
{
    return t->tok ? weir_tok_scratch_memory(t->tok) : 0;
}

unsigned tokenize_cost(const struct tokenize *t)
{
    const unsigned ours = t->tok ? weir_tok_cost(t->tok) : 0;
    const unsigned library = t->model ? weir_spm_cost(t->model) : 0;
    return ours > library ? ours : library;
}

void tokenize_limit(struct tokenize *t, uint64_t bytes)
{
    if (t->tok)
        weir_tok_limit(t->tok, bytes);
    if (t->model)
        weir_spm_limit(t->model, bytes);
}

/* ---- --check ---- */

/* Appends " 12 [34] 56 …": ids around the one at `at`. */
static void add_around(struct weir_buf *b, const struct weir_piece *p, size_t n, size_t at)
{
    enum { AROUND = 8 };
    for (size_t i = at > AROUND ? at - AROUND : 0; i < n && i <= at + AROUND; i++)
        weir_buf_addf(b, i == at ? " [%u]" : " %u", p[i].id);
    if (at >= n)
        weir_buf_adds(b, " [end]");
}

static int check(const struct tokenize *t, struct tokenize_thread *th, struct weir_span text,
                 size_t n, struct weir_err *err)
{
    size_t m, i = 0;
    const int rc = weir_spm_encode(t->model, text, &th->checked, &th->cap_checked, &m, err);
    if (rc)
        return rc;
    const struct weir_piece *p = th->pieces, *q = th->checked;
    while (i < n && i < m && !memcmp(&p[i], &q[i], sizeof *p))
        i++;
    if (i == n && i == m)
        return 0;
    struct weir_buf b = {0};
    add_around(&b, p, n, i);
    weir_buf_adds(&b, "; SentencePiece:");
    add_around(&b, q, m, i);
    const struct weir_piece *at = i < n ? &p[i] : &q[i];
    weir_err_set(err, WEIR_EFAIL, "ids differ at byte %u of the text: Weir:%.*s", at->begin,
                 (int)b.n, b.p ? b.p : "");
    weir_buf_free(&b);
    return WEIR_EFAIL;
}

/* ---- encoding ---- */

int tokenize_encode(const struct tokenize *t, struct tokenize_thread *th, struct weir_span text,
                    size_t *n, struct weir_err *err)
{
    if (!t->tok)
        return weir_spm_encode(t->model, text, &th->pieces, &th->cap_pieces, n, err);
    if (!th->scratch && !(th->scratch = weir_tok_scratch_new(t->tok, err)))
        return err->code;
    const size_t threads = text.n > t->large ? (size_t)t->job->threads : 1;
    const int rc = weir_tok_encode_parallel(t->tok, th->scratch, threads, text, &th->pieces,
                                            &th->cap_pieces, n, err);
    return rc || !t->opt->check ? rc : check(t, th, text, *n, err);
}

uint64_t tokenize_folded(const struct tokenize *t, const struct tokenize_thread *th,
                         struct weir_span text, size_t n)
{
    if (t->tok && weir_tok_is_exact(th->scratch))
        return 0;
    return t->tok ? weir_tok_folded(t->tok, text, th->pieces, n)
                  : weir_spm_folded(t->model, text, th->pieces, n);
}

int tokenize_decode(const struct tokenize *t, const uint32_t *ids, size_t n, struct weir_buf *text,
                    struct weir_err *err)
{
    return t->tok ? weir_tok_decode(t->tok, ids, n, text, err)
                  : weir_spm_decode(t->model, ids, n, text, err);
}

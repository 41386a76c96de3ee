/* weir indexer show: sequences as ids or as text. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/index_prov.h"
#include "weir/indexer.h"
#include "weir/spm.h"
#include "weir/stream.h"

/* A sequence is shown in pieces of so many ids: it may be a whole document of any length. */
enum { PIECE = 1 << 20 };

struct show {
    struct index_reader r;
    struct index_prov prov;
    int has_prov;
    weir_spm *model;
    uint32_t *ids; // the last one shown, then PIECE more
    struct weir_buf line, doc;
};

/* Behind the first piece: decoded with the id before them, so that the space which models put
 * before a text stays, and a character's bytes are not cut. */
static int put_text(struct show *w, size_t n, int first, struct weir_err *err)
{
    const size_t begin = w->line.n;
    if (first)
        return weir_spm_decode(w->model, w->ids + 1, n, &w->line, err);
    int rc = weir_spm_decode(w->model, w->ids, 1, &w->line, err);
    const size_t known = w->line.n - begin;
    w->line.n = begin;
    if (!rc)
        rc = weir_spm_decode(w->model, w->ids, n + 1, &w->line, err);
    if (!rc && w->line.n - begin >= known) {
        memmove(w->line.p + begin, w->line.p + begin + known, w->line.n - begin - known);
        w->line.n -= known;
    }
    return rc;
}

/* How many of n ids to show now, where more follow: up to the beginning of a character. */
static size_t whole_characters(const struct show *w, size_t n)
{
    uint8_t byte;
    for (size_t k = n - 1; k && n - k <= 4; k--)
        if (!weir_spm_byte(w->model, w->ids[k + 1], &byte) || (byte & 0xC0) != 0x80)
            return k;
    return n;
}

static int put_ids(struct show *w, size_t n, int first)
{
    for (size_t i = 0; i < n; i++)
        weir_buf_addf(&w->line, first && !i ? "%" PRIu32 : " %" PRIu32, w->ids[i + 1]);
    return 0; // the buffer remembers a failure
}

/* # 5: 812 tokens, document "baike:17" from its token 1024
 * and the same of each further piece of a packed sequence. */
static int put_head(struct show *w, uint64_t seq, const struct index_seq *s, struct weir_err *err)
{
    weir_buf_addf(&w->line, "# %" PRIu64 ": %" PRId64 " tokens", seq, s->n);
    uint64_t firsts[2] = {0};
    int rc = w->has_prov ? index_prov_firsts(&w->prov, seq, 1, firsts, err) : 0;
    for (uint64_t i = firsts[0]; !rc && i < firsts[1]; i++) {
        struct index_piece p;
        struct index_prov_doc d;
        rc = index_prov_pieces(&w->prov, i, 1, &p, err);
        if (!rc)
            rc = index_prov_doc(&w->prov, p.doc, &w->doc, &d, err);
        if (rc)
            return rc;
        weir_buf_adds(&w->line, ", document ");
        weir_buf_add_json_lossy(&w->line, d.id);
        weir_buf_addf(&w->line, " from its token %" PRIu32, p.at);
        if (firsts[1] - firsts[0] > 1)
            weir_buf_addf(&w->line, " at %" PRIu32, p.begin);
    }
    if (rc)
        return rc;
    weir_buf_addc(&w->line, '\n');
    return 0;
}

static int put_seq(struct show *w, uint64_t seq, weir_io *out, struct weir_err *err)
{
    struct index_seq s;
    w->line.n = 0;
    int rc = index_reader_seqs(&w->r, seq, 1, &s, err);
    if (!rc && s.n < 0)
        rc = weir_err_set(err, WEIR_EBAD, "%s: sequence %" PRIu64 ": length %" PRId64,
                          w->r.idx.path.p, seq, s.n);
    if (!rc && w->model)
        rc = put_head(w, seq, &s, err);
    for (int64_t at = 0; !rc && at < s.n;) {
        size_t n = s.n - at < PIECE ? (size_t)(s.n - at) : PIECE;
        rc = index_reader_ids(&w->r, s.at + (uint64_t)at * w->r.width, n, w->ids + 1, err);
        if (!rc && w->model && at + (int64_t)n < s.n)
            n = whole_characters(w, n);
        if (!rc)
            rc = w->model ? put_text(w, n, !at, err) : put_ids(w, n, !at);
        if (!rc)
            rc = weir_buf_check(&w->line, err);
        if (!rc)
            rc = weir_io_write(out, w->line.p, w->line.n, err);
        w->ids[0] = w->ids[n];
        w->line.n = 0;
        at += (int64_t)n;
    }
    weir_buf_addc(&w->line, '\n');
    if (!rc)
        rc = weir_buf_check(&w->line, err);
    return rc ? rc : weir_io_write(out, w->line.p, w->line.n, err);
}

static int parse_number(const char *word, uint64_t *v, struct weir_err *err)
{
    char *end;
    errno = 0;
    *v = strtoull(word, &end, 10);
    if (errno || *end || *word < '0' || *word > '9')
        return weir_err_set(err, WEIR_EUSAGE, "%s: not a number", word);
    return 0;
}

static int show_asked(struct show *w, struct weir_job *job, struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 1; !rc && i < job->n_inputs; i++) {
        uint64_t seq;
        rc = parse_number(job->inputs[i], &seq, err);
        if (!rc && seq >= w->r.n_seqs)
            rc = weir_err_set(err, WEIR_EUSAGE,
                              "%s: has %" PRIu64 " sequences, there is no number %" PRIu64,
                              job->inputs[0], w->r.n_seqs, seq);
        if (!rc)
            rc = put_seq(w, seq, job->out, err);
    }
    for (uint64_t seq = 0; !rc && job->n_inputs == 1 && seq < w->r.n_seqs; seq++)
        rc = put_seq(w, seq, job->out, err);
    return rc;
}

static int open_all(struct show *w, const struct weir_indexer_show_opt *opt, struct weir_job *job,
                    struct weir_err *err)
{
    w->prov.file.fd = -1;
    int rc = index_reader_open(&w->r, job->inputs[0], err);
    w->has_prov = index_file_exists(job->inputs[0], ".prov");
    if (!rc && w->has_prov)
        rc = index_prov_open(&w->prov, job->inputs[0], err);
    if (!rc && w->has_prov && w->prov.n_seqs != w->r.n_seqs)
        rc = weir_err_set(err, WEIR_EBAD, "%s: is of another dataset", w->prov.file.path.p);
    if (!rc && opt->model) {
        w->model = weir_spm_open(opt->model, err);
        rc = w->model ? 0 : err->code;
    }
    w->ids = weir_calloc(PIECE + 1, sizeof *w->ids);
    if (!rc && !w->ids)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    return rc ? rc : weir_job_open_output(job, err);
}

int weir_indexer_show_run(const struct weir_indexer_show_opt *opt, struct weir_job *job,
                          struct weir_err *err)
{
    struct show w = {0};
    int rc = open_all(&w, opt, job, err);
    if (!rc)
        rc = show_asked(&w, job, err);
    index_reader_close(&w.r);
    index_prov_close(&w.prov);
    weir_spm_free(w.model);
    free(w.ids);
    weir_buf_free(&w.line);
    weir_buf_free(&w.doc);
    return weir_job_close_output(job, rc, err);
}

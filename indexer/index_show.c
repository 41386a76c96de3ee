/* weir indexer show: sequences as ids or as text. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_model.h"
#include "lib/index_prov.h"
#include "weir/indexer.h"
#include "weir/json.h"
#include "weir/stream.h"

/* A sequence is shown in pieces of so many ids: it may be a whole document of any length. */
enum { PIECE = 1 << 20 };

struct show {
    struct index_reader r;
    struct index_prov prov;
    int has_prov;
    int as_text;
    struct index_model model;
    uint32_t *ids; // PIECE
    struct weir_buf line, doc, origin;
    weir_json *json;
};

static int put_text(struct show *w, size_t n, struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++)
        rc = index_model_next(&w->model, w->ids[i], &w->line, err);
    return rc;
}

static int put_ids(struct show *w, size_t n, int first)
{
    for (size_t i = 0; i < n; i++)
        weir_buf_addf(&w->line, first && !i ? "%" PRIu32 : " %" PRIu32, w->ids[i]);
    return 0; // the buffer remembers a failure
}

/* Which tokens of a document are answers, as weir tokenize --instructions wrote them. */
static void put_answers(struct show *w, struct weir_span origin)
{
    struct weir_field *f;
    struct weir_err ignored = {0};
    size_t n;
    w->origin.n = 0;
    weir_buf_add(&w->origin, origin.p, origin.n); // with the parser's padding behind
    if (!origin.n || w->origin.failed ||
        weir_json_object(w->json, w->origin.p, w->origin.n, &f, &n, &ignored) < 0)
        return;
    const struct weir_field *answers = weir_json_find(f, n, "answers");
    if (answers && answers->type == WEIR_JSON_ARRAY)
        weir_buf_addf(&w->line, ", answers %.*s", (int)answers->raw.n, answers->raw.p);
}

/* # 5: 812 tokens, document "baike:17" from its token 1024, answers [[30,81]]
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
        put_answers(w, d.origin);
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
    if (!rc && w->as_text)
        rc = put_head(w, seq, &s, err);
    index_model_begin(&w->model);
    for (int64_t at = 0; !rc && at < s.n;) {
        const size_t n = s.n - at < PIECE ? (size_t)(s.n - at) : PIECE;
        rc = index_reader_ids(&w->r, s.at + (uint64_t)at * w->r.width, n, w->ids, err);
        if (!rc)
            rc = w->as_text ? put_text(w, n, err) : put_ids(w, n, !at);
        if (!rc)
            rc = weir_buf_check(&w->line, err);
        if (!rc)
            rc = weir_io_write(out, w->line.p, w->line.n, err);
        w->line.n = 0;
        at += (int64_t)n;
    }
    if (!rc && w->as_text)
        rc = index_model_end(&w->model, &w->line, err);
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
    w->as_text = opt->model != NULL;
    if (!rc && !(w->json = weir_json_new(err)))
        rc = err->code;
    if (!rc && w->as_text)
        rc = index_model_open(&w->model, opt->model, err);
    w->ids = weir_calloc(PIECE, sizeof *w->ids);
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
    index_model_close(&w.model);
    free(w.ids);
    weir_buf_free(&w.line);
    weir_buf_free(&w.doc);
    weir_buf_free(&w.origin);
    weir_json_free(w.json);
    return weir_job_close_output(job, rc, err);
}

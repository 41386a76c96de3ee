/* weir indexer import: files of other programs as a dataset.  docs/formats.md, "Imports". */
#include "indexer/index_import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weir/stream.h"
#include "weir/tok.h"

struct format {
    const char *name;
    int (*one)(struct import *x, const char *path, struct weir_err *err); // NULL: lines
    int flat;    // says by itself neither where documents nor where sequences end
    int untyped; // nor what type its tokens are
};

static const struct format formats[] = {
    {"megatron", import_dataset, 0, 0}, {"knowlm", import_dataset, 0, 0},
    {"npy", import_npy, 1, 0},          {"raw", import_raw, 1, 1},
    {"llm.c", import_llmc, 1, 0},       {"datatrove", import_datatrove, 0, 1},
    {"dolma", import_dolma, 0, 1},      {"jsonl", NULL, 0, 0},
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

void weir_indexer_import_opt_init(void *opt)
{
    *(struct weir_indexer_import_opt *)opt =
        (struct weir_indexer_import_opt){.eod = -1, .bod = -1, .field = "input_ids"};
}

static const struct format *find_format(const char *name)
{
    for (size_t i = 0; name && i < N_FORMATS; i++)
        if (!strcmp(formats[i].name, name))
            return &formats[i];
    return NULL;
}

static int check_options(const struct import *x, const struct format *f, struct weir_err *err)
{
    const struct weir_indexer_import_opt *o = x->opt;
    if (!f)
        return weir_err_set(err, WEIR_EUSAGE,
                            o->from ? "--from %s: not one of megatron, knowlm, npy, raw, llm.c, "
                                      "datatrove, dolma, jsonl"
                                    : "--from FORMAT is needed: megatron, knowlm, npy, raw, llm.c, "
                                      "datatrove, dolma or jsonl",
                            o->from);
    if (!f->flat && (o->eod >= 0 || o->bod >= 0))
        return weir_err_set(err, WEIR_EUSAGE,
                            "--from %s says itself where documents end: no --eod, no --bod",
                            f->name);
    if (!f->untyped && o->dtype != WEIR_IMPORT_AUTO)
        return weir_err_set(err, WEIR_EUSAGE, "--from %s says itself what type its tokens are",
                            f->name);
    return 0;
}

/* ---- what the ids are of ---- */

static int set_tokenizer(struct import *x, struct weir_err *err)
{
    struct index_manifest *m = &x->w.m;
    weir_tok *t = weir_tok_open(x->opt->model, err);
    if (!t)
        return err->code;
    m->vocab_size = weir_tok_vocab_size(t);
    for (size_t i = 0; i < 32; i++)
        snprintf(m->tokenizer + 2 * i, 3, "%02x", weir_tok_sha256(t)[i]);
    weir_tok_free(t);
    /* ids that programs put between documents may lie behind the vocabulary */
    m->max_id = m->vocab_size - 1;
    if (x->opt->eod > (int64_t)m->max_id)
        m->max_id = (uint64_t)x->opt->eod;
    if (x->opt->bod > (int64_t)m->max_id)
        m->max_id = (uint64_t)x->opt->bod;
    x->max_id = m->max_id;
    m->dtype = m->max_id <= UINT16_MAX ? 8 : 4;
    x->width = index_dtype_width(m->dtype);
    return 0;
}

static void put_command(struct import *x)
{
    const struct weir_indexer_import_opt *o = x->opt;
    struct weir_buf *b = &x->w.m.commands, text = {0};
    weir_buf_addf(&text, "weir indexer import --from %s", o->from);
    if (o->eod >= 0)
        weir_buf_addf(&text, " --eod %" PRId64, o->eod);
    if (o->bod >= 0)
        weir_buf_addf(&text, " --bod %" PRId64, o->bod);
    if (o->length)
        weir_buf_addf(&text, " -n %" PRId64, o->length);
    b->failed |= text.failed;
    weir_buf_add_json_lossy(b, weir_buf_span(&text));
    weir_buf_free(&text);
}

static int set_up(struct import *x, struct weir_err *err)
{
    struct index_manifest *m = &x->w.m;
    *m = (struct index_manifest){.unit = -1, .max_tokens = -1, .pad = -1, .eod = -1, .dtype = 4};
    x->max_id = INT32_MAX;
    x->with_manifest = x->opt->model != NULL;
    int rc = index_writer_check_name(x->job, err);
    if (!rc && x->with_manifest)
        rc = set_tokenizer(x, err);
    put_command(x);
    if (!rc)
        rc = weir_buf_check(&m->commands, err);
    x->block = malloc(IMPORT_BLOCK * sizeof(uint64_t));
    x->ids = malloc(IMPORT_BLOCK * sizeof *x->ids);
    x->made = malloc(IMPORT_BLOCK * sizeof *x->made);
    if (!rc && (!x->block || !x->ids || !x->made))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    return rc ? rc : index_writer_open(&x->w, x->job, x->with_manifest, err);
}

static int put_inputs(struct import *x, const struct format *f, struct weir_err *err)
{
    struct weir_job *job = x->job;
    int rc = 0;
    if (!f->one)
        return import_lines(x, err);
    for (size_t i = 0; !rc && i < job->n_inputs; i++) {
        x->input = job->inputs[i];
        x->number = 0;
        rc = f->one(x, job->inputs[i], err);
        weir_job_progress(job, (double)(i + 1) / (double)job->n_inputs);
    }
    if (!rc)
        rc = import_flat_end(x, err);
    struct weir_tally *t = &job->tally;
    t->kept = (struct weir_count){t->in.records - t->dropped.records, t->in.bytes, t->in.tokens};
    t->out = (struct weir_count){x->w.m.n_seqs, x->n_tokens * x->width, x->n_tokens};
    return rc;
}

int weir_indexer_import_run(const struct weir_indexer_import_opt *opt, struct weir_job *job,
                            struct weir_err *err)
{
    struct import x = {.opt = opt, .job = job};
    const struct format *f = find_format(opt->from);
    int rc = check_options(&x, f, err);
    if (!rc)
        rc = set_up(&x, err);
    if (!rc)
        rc = put_inputs(&x, f, err);
    x.w.m.max_tokens = (int64_t)x.longest;
    if (!rc)
        rc = index_writer_finish(&x.w, err);
    weir_buf_addf(&job->extra, ",\"sequences\":%" PRIu64 ",\"documents\":%" PRIu64, x.w.m.n_seqs,
                  x.w.m.n_docs);
    index_writer_free(&x.w);
    weir_buf_free(&x.doc.id);
    weir_buf_free(&x.doc.origin);
    weir_buf_free(&x.pending.path);
    free(x.block);
    free(x.ids);
    free(x.made);
    return weir_job_close_output(job, rc, err);
}

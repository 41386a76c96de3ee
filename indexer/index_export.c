/* weir indexer export: a dataset as the files of other programs.  docs/formats.md, "Exports". */
#include "indexer/index_export.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_writer.h"
#include "weir/stream.h"

void weir_indexer_export_opt_init(void *opt)
{
    *(struct weir_indexer_export_opt *)opt = (struct weir_indexer_export_opt){
        .shard = 100000000, // as llm.c's dev/data/fineweb.py
    };
}

/* ---- files ---- */

static int check_path(const struct export *x, const char *path, struct weir_err *err)
{
    const size_t n = strlen(path);
    if (weir_io_same_file(path, x->r.bin.path.p) || weir_io_same_file(path, x->r.idx.path.p))
        return weir_err_set(err, WEIR_EUSAGE, "%s: is of the dataset that is read", path);
    if (n < 4 || strcmp(path + n - 4, ".bin"))
        return 0;
    struct weir_buf prefix = {0};
    weir_buf_add(&prefix, path, n - 4);
    weir_buf_addc(&prefix, '\0');
    int rc = weir_buf_check(&prefix, err);
    if (!rc && index_file_exists(prefix.p, ".idx"))
        rc = weir_err_set(err, WEIR_EUSAGE, "%s: is of a dataset: there is a .idx beside it", path);
    weir_buf_free(&prefix);
    return rc;
}

int export_open(struct export *x, int slot, const char *ext, struct weir_err *err)
{
    struct weir_buf path = {0};
    weir_buf_adds(&path, x->job->output);
    weir_buf_adds(&path, ext);
    weir_buf_addc(&path, '\0');
    int rc = weir_buf_check(&path, err);
    if (!rc)
        rc = check_path(x, path.p, err);
    if (!rc && !(x->files[slot] = weir_io_open_write(path.p, err)))
        rc = err->code;
    weir_buf_free(&path);
    return rc;
}

int export_name(struct export *x, int slot, struct weir_err *err)
{
    struct index_content c = {0};
    weir_io *io = x->files[slot];
    int rc = weir_io_prepare(io, &c.bytes, c.hash, err);
    index_content_list(&x->job->output_list, weir_io_name(io), &c);
    if (!rc)
        rc = weir_buf_check(&x->job->output_list, err);
    if (rc)
        return rc;
    x->made_bytes += c.bytes;
    x->files[slot] = NULL;
    return weir_io_close(io, err);
}

/* ---- boundaries ---- */

int export_start(struct export *x, uint64_t seq, uint64_t *token, struct weir_err *err)
{
    if (seq == x->r.n_seqs) {
        *token = x->n_tokens;
        return 0;
    }
    if (seq - x->seqs_first >= x->n_seqs) {
        const uint64_t left = x->r.n_seqs - seq;
        x->seqs_first = seq;
        x->n_seqs = left < INDEX_BLOCK ? (size_t)left : INDEX_BLOCK;
        const int rc = index_reader_seqs(&x->r, seq, x->n_seqs, x->seqs, err);
        if (rc)
            return rc;
    }
    *token = x->seqs[seq - x->seqs_first].at / x->r.width;
    return 0;
}

/* Boundaries from … last of sequences or documents, in tokens, as u64. */
static int put_boundaries(struct export *x, int slot, int docs, uint64_t from, struct weir_err *err)
{
    const uint64_t end = (docs ? x->n_docs : x->r.n_seqs) + 1;
    const int listed = docs && !x->r.knowlm;
    uint64_t v[1024];
    int rc = 0;
    x->n_seqs = 0; // the window goes back to the front
    while (!rc && from < end) {
        const size_t n = end - from < 1024 ? (size_t)(end - from) : 1024;
        if (listed)
            rc = index_reader_docs(&x->r, from, n, (int64_t *)v, err);
        for (size_t i = 0; !rc && i < n; i++)
            rc = export_start(x, listed ? v[i] : from + i, &v[i], err);
        if (!rc)
            rc = weir_io_write(x->files[slot], v, n * sizeof *v, err);
        from += n;
    }
    return rc;
}

/* ---- NumPy: numpy/lib/format.py, version 1.0 ---- */

static int put_npy_header(struct export *x, int slot, const char *descr, uint64_t n,
                          struct weir_err *err)
{
    struct weir_buf b = {0};
    weir_buf_add(&b, "\x93NUMPY\x01\x00\x76\x00", 10); // 118 bytes follow, 128 in all
    weir_buf_addf(&b, "{'descr': '%s', 'fortran_order': False, 'shape': (%" PRIu64 ",), }", descr,
                  n);
    while (b.n < 127 && !b.failed)
        weir_buf_addc(&b, ' ');
    weir_buf_addc(&b, '\n');
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(x->files[slot], b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

static int put_npy_boundaries(struct export *x, int slot, const char *ext, int docs,
                              struct weir_err *err)
{
    int rc = export_open(x, slot, ext, err);
    if (!rc)
        rc = put_npy_header(x, slot, "<i8", (docs ? x->n_docs : x->r.n_seqs) + 1, err);
    return rc ? rc : put_boundaries(x, slot, docs, 0, err);
}

static int put_npy(struct export *x, struct weir_err *err)
{
    const char descr[] = {x->width == 1 ? '|' : '<', x->is_signed ? 'i' : 'u',
                          (char)('0' + x->width), '\0'};
    int rc = export_open(x, 0, ".npy", err);
    if (!rc)
        rc = put_npy_header(x, 0, descr, x->n_tokens, err);
    if (!rc)
        rc = export_tokens(x, err);
    if (!rc)
        rc = put_npy_boundaries(x, 1, ".sequences.npy", 0, err);
    if (!rc)
        rc = put_npy_boundaries(x, 2, ".documents.npy", 1, err);
    return rc ? rc : index_file_remove(x->job->output, ".npy", err);
}

/* ---- raw, llm.c ---- */

static int put_raw(struct export *x, struct weir_err *err)
{
    const int rc = export_open(x, 0, ".bin", err);
    return rc ? rc : export_tokens(x, err);
}

static int put_llmc(struct export *x, struct weir_err *err)
{
    int rc = export_shards_clear(x, err);
    if (!rc)
        rc = export_shard(x, err);
    return rc ? rc : export_tokens(x, err);
}

/* ---- datatrove: pipeline/tokens/tokenizer.py, TokenizedFile ---- */

/* "1.23 kT": three digits, as humanize.metric(n, unit="T"). */
static void add_metric(struct weir_buf *b, uint64_t n)
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T", "P", "E"};
    int exponent = 0;
    for (uint64_t left = n; left >= 10; left /= 10)
        exponent++;
    const double v = (double)n / pow(10, exponent / 3 * 3);
    weir_buf_addf(b, "%.*f %sT", 2 - exponent % 3, v, prefixes[exponent / 3]);
}

static int put_metadata(struct export *x, int slot, struct weir_err *err)
{
    struct weir_buf b = {0};
    if (x->has_manifest)
        weir_buf_addf(&b, "sha256:%s", x->m.tokenizer);
    else
        weir_buf_adds(&b, "Unknown Tokenizer");
    weir_buf_addf(&b, "|%" PRIu32 "\n%" PRIu64 "\n", x->width, x->n_tokens);
    add_metric(&b, x->n_tokens);
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(x->files[slot], b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

static int put_datatrove(struct export *x, struct weir_err *err)
{
    int rc = export_open(x, 0, ".ds", err);
    if (!rc)
        rc = export_tokens(x, err);
    if (!rc)
        rc = export_open(x, 1, ".ds.index", err);
    if (!rc)
        rc = put_boundaries(x, 1, 1, 1, err);
    if (!rc)
        rc = export_open(x, 2, ".ds.metadata", err);
    if (!rc)
        rc = put_metadata(x, 2, err);
    return rc ? rc : index_file_remove(x->job->output, ".ds", err);
}

/* ---- dolma ---- */

static int put_dolma(struct export *x, struct weir_err *err)
{
    int rc = export_open(x, 0, ".npy", err);
    if (!rc)
        rc = export_tokens(x, err);
    if (!rc)
        rc = export_open(x, 1, ".csv.gz", err);
    if (!rc)
        rc = export_dolma_rows(x, 1, err);
    return rc ? rc : index_file_remove(x->job->output, ".npy", err);
}

/* ---- all ---- */

static void choose_dtype(struct export *x)
{
    const int own = x->opt->to == WEIR_EXPORT_NPY || x->opt->to == WEIR_EXPORT_RAW ||
                    x->opt->to == WEIR_EXPORT_JSONL;
    const uint64_t read_max = x->r.dtype == 4   ? INT32_MAX
                              : x->r.dtype == 5 ? INT64_MAX
                                                : UINT64_MAX;
    if (x->opt->dtype == WEIR_EXPORT_AUTO && own)
        x->width = x->r.width;
    else if (x->opt->dtype == WEIR_EXPORT_AUTO)
        x->width = x->r.width <= 2 ? 2 : 4;
    else
        x->width = x->opt->dtype == WEIR_EXPORT_U16 ? 2 : 4;
    x->is_signed = x->opt->dtype == WEIR_EXPORT_AUTO && own && x->r.width >= 4;
    x->max_id = x->width < 8 ? (UINT64_C(1) << 8 * x->width) - 1 : UINT64_MAX;
    x->max_id = x->max_id < read_max ? x->max_id : read_max;
}

static int open_all(struct export *x, struct weir_err *err)
{
    x->r.idx.fd = x->r.bin.fd = -1;
    int rc = index_writer_check_name(x->job, err);
    if (!rc)
        rc = index_reader_open(&x->r, x->job->inputs[0], err);
    if (!rc)
        rc = index_reader_walk(&x->r, &x->n_tokens, NULL, NULL, err);
    if (!rc) {
        x->has_manifest = index_manifest_read(&x->m, x->job->inputs[0], err);
        rc = x->has_manifest < 0 ? x->has_manifest : 0;
    }
    x->n_docs = x->r.knowlm ? x->r.n_seqs : x->r.n_docs;
    x->block = malloc(EXPORT_BLOCK_BYTES);
    x->made = malloc(EXPORT_BLOCK_BYTES);
    if (!rc && (!x->block || !x->made))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        choose_dtype(x);
    return rc;
}

static int put_all(struct export *x, struct weir_err *err)
{
    static int (*const put[])(struct export *, struct weir_err *) = {
        [WEIR_EXPORT_NPY] = put_npy,     [WEIR_EXPORT_RAW] = put_raw,
        [WEIR_EXPORT_LLMC] = put_llmc,   [WEIR_EXPORT_DATATROVE] = put_datatrove,
        [WEIR_EXPORT_DOLMA] = put_dolma, [WEIR_EXPORT_JSONL] = export_jsonl,
    };
    int rc = put[x->opt->to](x, err);
    for (int slot = 1; !rc && slot < EXPORT_FILES; slot++)
        if (x->files[slot])
            rc = export_name(x, slot, err);
    if (rc)
        return rc;
    struct weir_tally *t = &x->job->tally;
    t->in = (struct weir_count){x->r.n_seqs, x->r.bin.size, x->n_tokens};
    t->kept = t->in;
    t->out =
        (struct weir_count){x->r.n_seqs, x->made_bytes + weir_io_offset(x->files[0]), x->n_tokens};
    x->job->out = x->files[0];
    x->files[0] = NULL;
    return 0;
}

int weir_indexer_export_run(const struct weir_indexer_export_opt *opt, struct weir_job *job,
                            struct weir_err *err)
{
    struct export *x = weir_calloc(1, sizeof *x);
    if (!x)
        return weir_job_close_output(job, weir_err_set(err, WEIR_EMEM, "out of memory"), err);
    x->opt = opt;
    x->job = job;
    int rc = open_all(x, err);
    if (!rc)
        rc = put_all(x, err);
    for (int slot = 0; slot < EXPORT_FILES; slot++)
        weir_io_abort(x->files[slot]);
    if (rc)
        export_shards_remove(x);
    index_reader_close(&x->r);
    index_manifest_free(&x->m);
    free(x->block);
    free(x->made);
    free(x);
    return weir_job_close_output(job, rc, err);
}

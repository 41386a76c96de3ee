/* Opening what annotate and stops share: the knowledge file, its alias index, the stop list. */
#include "kg2instruction/ann_open.h"

/* The index at the path; written when it is not there or of another. */
static ann_index *open_index(const char *path, const kg_file *kg, struct weir_job *job,
                             struct weir_err *err)
{
    ann_index *ix = ann_index_open(path, ann_index_stamp(kg), err);
    if (ix || err->code)
        return ix;
    weir_job_note(job, "writing %s", path);
    weir_io *io = weir_io_open_write_plain(path, err);
    if (io && !ann_index_build(kg, io, job->memory / 2, job->temp_dir, err)) {
        if (!weir_io_close(io, err))
            ix = ann_index_open(path, ann_index_stamp(kg), err);
    } else
        weir_io_abort(io);
    if (err->code)
        weir_err_prefix(err, "the alias index (--index FILE for another place)");
    return ix;
}

/* What is read beside the input is not what the run replaces. */
static int check_files(const struct ann_paths *p, const struct weir_job *job, struct weir_err *err)
{
    const char *const outs[] = {job->out ? NULL : job->output,
                                job->rejects ? weir_io_name(job->rejects) : NULL, job->ledger};
    const char *const in[] = {p->kg, p->index, p->stop};
    return weir_io_apart(in, p->stop ? 3 : 2, outs, 3, err);
}

static int open_all(struct ann_shared *s, const struct ann_paths *p, struct weir_job *job,
                    struct weir_err *err)
{
    if (check_files(p, job, err))
        return err->code;
    s->kg = kg_open(p->kg, err);
    if (!s->kg)
        return err->code;
    s->fold = kg_fold_open(err);
    if (s->fold)
        s->stop = ann_stop_open(p->stop, s->fold, err);
    if (s->stop)
        s->index = open_index(p->index, s->kg, job, err);
    return s->index ? 0 : err->code;
}

int ann_shared_open(struct ann_shared *s, const struct ann_paths *p, struct weir_job *job,
                    struct weir_err *err)
{
    if (!p->kg)
        return weir_err_set(err, WEIR_EUSAGE,
                            "--kg FILE is needed: weir kg2instruction build makes it");
    struct weir_buf beside = {0};
    struct ann_paths paths = *p;
    weir_buf_addf(&beside, "%s.aliases", p->kg);
    weir_buf_addc(&beside, 0);
    if (!paths.index)
        paths.index = beside.p;
    const int rc = weir_buf_check(&beside, err) ? err->code : open_all(s, &paths, job, err);
    weir_buf_free(&beside);
    return rc;
}

void ann_shared_close(struct ann_shared *s)
{
    ann_index_close(s->index);
    ann_stop_close(s->stop);
    kg_fold_close(s->fold);
    kg_close(s->kg);
}

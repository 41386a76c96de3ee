#include "dedup/dedup_shards.h"

int dedup_verdicts_step(struct dedup_verdicts *v, struct weir_err *err)
{
    struct weir_span record;
    const uint64_t least = v->has_next ? v->next.order + 1 : 0;
    v->has_next = dedup_read_next(&v->in, &record, err);
    if (v->has_next <= 0)
        return v->has_next;
    if (dedup_verdict_get(record, &v->next) || v->next.order < least ||
        v->next.order >= v->shard.documents)
        return weir_err_set(err, WEIR_EBAD, "%s: damaged: a verdict of impossible values",
                            weir_io_name(v->io));
    return 0;
}

int dedup_verdicts_open(struct dedup_verdicts *v, const char *path, struct weir_err *err)
{
    *v = (struct dedup_verdicts){.io = weir_io_open_read(path, err)};
    if (!v->io)
        return err->code;
    int rc = dedup_read_open(&v->in, v->io, DEDUP_VERDICT_MAGIC, "verdict", err);
    if (!rc)
        rc = dedup_shard_get(weir_buf_span(&v->in.head), &v->shard);
    if (rc)
        return weir_err_set(err, WEIR_EBAD, "%s: damaged: its head", path);
    return dedup_verdicts_step(v, err);
}

int dedup_verdicts_check(const struct dedup_verdicts *v, const struct dedup_content *c,
                         struct weir_err *err)
{
    const char *name = weir_io_name(v->io);
    if (c->n != v->shard.documents)
        return weir_err_set(err, WEIR_EBAD,
                            "%s: its shard had %llu documents when it was signed, now it has %llu",
                            name, (unsigned long long)v->shard.documents, (unsigned long long)c->n);
    if (dedup_content_get(c) != v->shard.content)
        return weir_err_set(err, WEIR_EBAD, "%s: this is not the shard that was signed", name);
    return 0;
}

void dedup_verdicts_close(struct dedup_verdicts *v)
{
    dedup_reader_free(&v->in);
    weir_io_abort(v->io);
    v->io = NULL;
}

/* Which of the pieces with equal hashes go. */
#include "dedup/dedup_cut.h"

#include <string.h>

#include "weir/io.h"

static int add_gone(weir_extsort *gone, const char *place, struct weir_err *err)
{
    return weir_extsort_add(gone, weir_span(place, DEDUP_PLACE), weir_span(NULL, 0), err);
}

/* All but the first of equal pieces. */
int dedup_choose_later(weir_extsort *marks, weir_extsort *gone, struct weir_err *err)
{
    struct weir_span key, place;
    uint64_t hash, last = 0;
    int rc = 0, got, first = 1;
    while (!rc && (got = weir_extsort_next(marks, &key, &place, err)) != 0) {
        if (got < 0)
            return got;
        memcpy(&hash, key.p, sizeof hash);
        if (!first && hash == last)
            rc = add_gone(gone, place.p, err);
        last = hash;
        first = 0;
    }
    return rc;
}

struct group { // equal lines
    uint64_t hash, n, n_docs, last_doc;
};

static int end_group(const struct group *g, uint64_t max_docs, uint64_t min_count,
                     weir_io *verdicts, struct weir_err *err)
{
    const char verdict = g->n_docs > max_docs && g->n >= min_count;
    return g->n ? weir_io_write(verdicts, &verdict, 1, err) : 0;
}

/* Whether a group goes is known behind it: its places are written to a temporary file meanwhile,
 * hash and place, and a byte for each group to another. */
static int count_groups(weir_extsort *marks, uint64_t max_docs, uint64_t min_count, weir_io *places,
                        weir_io *verdicts, struct weir_err *err)
{
    struct weir_span key, place;
    struct group g = {0};
    int rc = 0, got;
    while (!rc && (got = weir_extsort_next(marks, &key, &place, err)) != 0) {
        if (got < 0)
            return got;
        uint64_t hash;
        memcpy(&hash, key.p, sizeof hash);
        const uint64_t doc = dedup_get_be(place.p, 8);
        if (!g.n || hash != g.hash) {
            rc = end_group(&g, max_docs, min_count, verdicts, err);
            g = (struct group){.hash = hash};
        }
        g.n_docs += !g.n || doc != g.last_doc;
        g.n++;
        g.last_doc = doc;
        if (!rc)
            rc = weir_io_write(places, key.p, sizeof hash, err);
        if (!rc)
            rc = weir_io_write(places, place.p, DEDUP_PLACE, err);
    }
    return rc ? rc : end_group(&g, max_docs, min_count, verdicts, err);
}

static int choose_counted(weir_extsort *gone, weir_io *places, weir_io *verdicts,
                          struct weir_err *err)
{
    char record[8 + DEDUP_PLACE], last[8], verdict = 0;
    int rc = weir_io_rewind(places, err), first = 1, got = 0;
    if (!rc)
        rc = weir_io_rewind(verdicts, err);
    while (!rc && (got = weir_io_read_all(places, record, sizeof record, err)) > 0) {
        if (first || memcmp(last, record, sizeof last)) {
            rc = weir_io_read_all(verdicts, &verdict, 1, err);
            rc = rc < 0 ? rc : 0;
        }
        memcpy(last, record, sizeof last);
        first = 0;
        if (!rc && verdict)
            rc = add_gone(gone, record + 8, err);
    }
    return rc ? rc : got;
}

int dedup_choose_frequent(weir_extsort *marks, weir_extsort *gone, uint64_t max_docs,
                          uint64_t min_count, const char *temp_dir, struct weir_err *err)
{
    weir_io *places = weir_io_open_temp(temp_dir, err);
    weir_io *verdicts = places ? weir_io_open_temp(temp_dir, err) : NULL;
    int rc = verdicts ? count_groups(marks, max_docs, min_count, places, verdicts, err) : err->code;
    if (!rc)
        rc = choose_counted(gone, places, verdicts, err);
    weir_io_abort(places);
    weir_io_abort(verdicts);
    return rc;
}

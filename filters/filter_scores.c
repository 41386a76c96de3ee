/* --from-scores: the values that --annotate wrote into a record. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "filters/filter_run.h"

int filter_scores_read(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                       const struct weir_doc *doc)
{
    const struct weir_field *f = weir_json_find(doc->f, doc->n_f, "weir_filters");
    struct weir_err why = {0};
    t->n_score = t->next_score = 0;
    if (!f || f->type != WEIR_JSON_OBJECT) {
        weir_rec_bad(b, r, "no-score", "no object \"weir_filters\": --annotate writes it");
        return 1;
    }
    if (weir_json_object(t->score_json, f->raw.p, f->raw.n, &t->score, &t->n_score, &why) < 0) {
        weir_rec_bad(b, r, "no-score", "weir_filters: %s", why.msg);
        return 1;
    }
    return 0;
}

static int read_value(const struct weir_field *f, double *v)
{
    char s[64];
    if (f->type == WEIR_JSON_NULL) {
        *v = NAN;
        return 1;
    }
    if (f->type != WEIR_JSON_NUMBER || f->raw.n >= sizeof s)
        return 0;
    memcpy(s, f->raw.p, f->raw.n);
    s[f->raw.n] = 0;
    *v = strtod(s, NULL);
    return 1;
}

/* They are asked for in the order in which they were written, mostly. */
int filter_score(struct filter_thread *t, const char *key, double *v)
{
    for (size_t k = 0; k < t->n_score; k++) {
        const size_t i = (t->next_score + k) % t->n_score;
        if (weir_span_is(t->score[i].key, key)) {
            t->next_score = i;
            return read_value(t->score + i, v);
        }
    }
    return 0;
}

/* weir kg2instruction build: records to sorted streams, in parallel; then the file, part by part.
 */
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/kg_build.h"
#include "kg2instruction/kg_write.h"

void weir_kg_build_opt_init(void *opt)
{
    struct weir_kg_build_opt *o = opt;
    memset(o, 0, sizeof *o);
    o->lang = "zh,en";
}

static void sorters_free(struct kg_build *k)
{
    for (int i = 0; i < KG_N_SORTERS; i++) {
        weir_extsort_free(k->sorter[i]);
        k->sorter[i] = NULL;
    }
}

/* ---- set-up ---- */

static int add_lang(struct kg_keep *keep, struct weir_span name, struct weir_err *err)
{
    for (unsigned i = 0; i < keep->n_langs; i++)
        if (weir_span_is(name, keep->lang[i]))
            return 0;
    if (keep->n_langs == KG_LANGS_MAX)
        return weir_err_set(err, WEIR_EUSAGE, "--lang: more than %d languages", KG_LANGS_MAX - 1);
    if (!name.n || name.n >= sizeof keep->lang[0])
        return weir_err_set(err, WEIR_EUSAGE, "--lang %.*s: no language's code", (int)name.n,
                            name.p);
    for (size_t i = 0; i < name.n; i++)
        if (!(name.p[i] >= 'a' && name.p[i] <= 'z') && name.p[i] != '-')
            return weir_err_set(err, WEIR_EUSAGE, "--lang %.*s: no language's code", (int)name.n,
                                name.p);
    memcpy(keep->lang[keep->n_langs], name.p, name.n);
    keep->lang[keep->n_langs++][name.n] = 0;
    return 0;
}

/* "zh,en", and "mul", whose names hold in every language. */
static int parse_langs(struct kg_keep *keep, const char *list, struct weir_err *err)
{
    int rc = 0;
    for (const char *p = list; !rc;) {
        const size_t n = strcspn(p, ",");
        rc = add_lang(keep, weir_span(p, n), err);
        if (!p[n])
            break;
        p += n + 1;
    }
    return rc ? rc : add_lang(keep, WEIR_LIT("mul"), err);
}

/* Shares of the memory that sorters hold while records come in, in percent of what batches and
 * tables leave. */
static int open_sorters(struct kg_build *k, uint64_t memory, struct weir_err *err)
{
    static const unsigned share[KG_N_SORTERS] = {
        [KG_SORT_ENTITIES] = 28, [KG_SORT_NAMES] = 22, [KG_SORT_TITLES] = 6, [KG_SORT_EDGES] = 4};
    for (int i = 0; i < KG_N_SORTERS; i++) {
        k->sorter[i] = weir_extsort_new(memory / 100 * share[i], k->job->temp_dir, err);
        if (!k->sorter[i])
            return err->code;
    }
    return 0;
}

static int add_note(struct kg_build *k, const char *name, uint64_t n)
{
    const struct weir_count count = {n, 0, 0}, none = {0};
    return n ? weir_names_add(&k->job->tally.notes, weir_span(name, strlen(name)), count, none) : 0;
}

static int add_notes(struct kg_build *k, struct weir_err *err)
{
    const struct kg_totals *t = &k->writer.trailer.totals;
    const struct {
        const char *name;
        uint64_t n;
    } notes[] = {
        {"entities written", t->n_entities + t->n_properties},
        {"names written", t->n_names},
        {"look-up keys", t->n_keys},
        {"statements written", t->n_statements},
        {"classes written", t->n_classes},
        {"external ids left out (--external-ids keeps them)", k->n_external_ids},
        {"names too long for the look-up", k->n_long_names},
        {"candidates beyond 10000 of one name left out", k->n_cut_candidates},
        {"classes of which only the 4096 nearest above are kept", k->n_cut_classes},
        {"pages that are no redirects of articles", k->n_other_pages},
        {"pages of wikis of other languages (--lang)", k->n_foreign_pages},
        {"redirects to an entity", k->n_joined},
        {"redirects written, each name of an entity once", t->n_redirects},
        {"redirects to a part of an article left out", k->n_section_redirects},
        {"redirects whose target has no entity", k->n_lost_redirects},
    };
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (add_note(k, notes[i].name, notes[i].n))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}

/* ---- the parts in order; a sorter's memory goes back when its part is written ---- */

static int sorted(struct kg_build *k, enum kg_sorter which, const char *phase, struct weir_err *err)
{
    k->job->phase = phase;
    weir_job_progress(k->job, -1);
    return weir_extsort_sort(k->sorter[which], err);
}

static void done_with(struct kg_build *k, enum kg_sorter which)
{
    weir_extsort_free(k->sorter[which]);
    k->sorter[which] = NULL;
}

static int write_parts(struct kg_build *k, uint64_t memory, struct weir_err *err)
{
    struct weir_job *job = k->job;
    int rc = sorted(k, KG_SORT_TITLES, "redirects", err);
    if (!rc)
        rc = kg_join_redirects(k, err);
    done_with(k, KG_SORT_TITLES);
    if (!rc)
        rc = kg_writer_init(&k->writer, job->out, job->temp_dir, err);
    if (!rc)
        rc = sorted(k, KG_SORT_ENTITIES, "entities", err);
    if (!rc)
        rc = kg_write_entities(&k->writer, k->sorter[KG_SORT_ENTITIES], job, err);
    done_with(k, KG_SORT_ENTITIES);
    if (!rc)
        rc = sorted(k, KG_SORT_NAMES, "names", err);
    if (!rc)
        rc = kg_write_names(&k->writer, k->sorter[KG_SORT_NAMES], job, &k->n_cut_candidates, err);
    done_with(k, KG_SORT_NAMES);
    if (!rc)
        rc = sorted(k, KG_SORT_EDGES, "classes", err);
    if (!rc)
        rc = kg_write_classes(&k->writer, k->sorter[KG_SORT_EDGES], job, memory / 2,
                              &k->n_cut_classes, err);
    if (rc)
        return rc;
    struct kg_trailer *t = &k->writer.trailer;
    t->n_langs = k->keep.n_langs;
    memcpy(t->lang, k->keep.lang, sizeof t->lang);
    t->totals.n_names = k->n_names;
    t->totals.n_statements = k->n_statements;
    t->totals.n_qualifiers = k->n_qualifiers;
    return kg_writer_finish(&k->writer, err);
}

/* Nothing is lost between the records and the file. */
static int check_counts(const struct kg_build *k, struct weir_err *err)
{
    const struct kg_totals *t = &k->writer.trailer.totals;
    if (t->n_entities + t->n_properties == k->n_rows &&
        k->n_joined + k->n_lost_redirects == k->n_redirects)
        return 0;
    return weir_err_set(err, WEIR_EFAIL,
                        "%llu entities of %llu and %llu redirects of %llu came "
                        "back from the temporary files",
                        (unsigned long long)(t->n_entities + t->n_properties),
                        (unsigned long long)k->n_rows,
                        (unsigned long long)(k->n_joined + k->n_lost_redirects),
                        (unsigned long long)k->n_redirects);
}

/* The engine counted the entities; their bytes are known only now, as one file. */
static int count_file(struct kg_build *k, struct weir_err *err)
{
    const struct weir_count none = {0, 0, 0}, file = {0, k->writer.at, 0};
    k->job->tally.out.bytes = k->writer.at;
    return weir_names_add(&k->job->tally.sources, WEIR_LIT("wikidata"), none, file)
               ? weir_err_set(err, WEIR_EMEM, "out of memory")
               : 0;
}

static int build(struct kg_build *k, struct weir_err *err)
{
    struct weir_job *job = k->job;
    const uint64_t floor = (uint64_t)40 << 20;
    k->seen.memory =
        job->memory / 8; // at -m 1G ids up to 1,000 million, eight times what there are
    const uint64_t rest = job->memory - k->seen.memory;
    const uint64_t memory = rest > floor ? rest - floor : rest / 4;
    int rc = parse_langs(&k->keep, k->opt->lang, err);
    if (rc)
        return rc;
    k->keep.fold = k->fold = kg_fold_open(err);
    if (!k->fold)
        return err->code;
    rc = open_sorters(k, memory, err);
    if (!rc && !job->out) {
        job->out = weir_io_open_write_plain(job->output, err);
        rc = job->out ? 0 : err->code;
    }
    if (!rc)
        rc = kg_build_read(k, memory / 100 * 60, err);
    if (!rc)
        rc = write_parts(k, memory, err);
    if (!rc)
        rc = check_counts(k, err);
    if (!rc)
        rc = count_file(k, err);
    return rc ? rc : add_notes(k, err);
}

int weir_kg_build_run(const struct weir_kg_build_opt *opt, struct weir_job *job,
                      struct weir_err *err)
{
    struct kg_build k = {.opt = opt, .job = job};
    k.keep.external_ids = opt->external_ids;
    k.keep.unnamed = opt->unnamed;
    k.keep.seed = job->seed;
    const int rc = build(&k, err);
    sorters_free(&k);
    kg_writer_free(&k.writer);
    kg_seen_free(&k.seen);
    kg_fold_close(k.fold);
    return weir_job_close_output(job, rc, err);
}

/* A mix's plan in words and as JSON. */
#include <inttypes.h>
#include <string.h>

#include "indexer/mix_plan.h"

/* How often the samples of a source are used when all phases are done. */
struct use {
    uint64_t taken_samples, taken_tokens;
    uint64_t times;        // every sample at least so often
    uint64_t once_more;    // and so many once more
    uint64_t left_samples; // never used
    uint64_t repeated;     // uses of a sample that was used before
    uint64_t cut;          // of which only a part is used, in some phase
};

static struct use use_of(const struct mix_plan *p, uint32_t source)
{
    struct use u = {0};
    for (size_t i = 0; i < p->spec->n_takes; i++) {
        const struct mix_slice *s = &p->slices[i];
        if (s->source != source)
            continue;
        u.taken_samples += s->n_samples;
        u.taken_tokens += s->n_tokens;
        u.cut += s->cut > 0;
        u.left_samples = p->spec->sources[source].n_seqs - s->distinct;
        u.repeated = s->n_samples - s->distinct;
    }
    const uint64_t n = p->spec->sources[source].n_seqs;
    if (p->order == MIX_BATCHES)
        return u;
    u.times = u.taken_samples / n;
    u.once_more = u.taken_samples % n;
    u.left_samples = u.times ? 0 : n - u.once_more;
    u.repeated = u.times ? u.taken_samples - n : 0;
    return u;
}

static const char *const orders[] = {"shuffle", "interleaved", "sequential", "batches"};

static void put_slice(const struct mix_plan *p, const struct mix_slice *s, uint64_t phase_tokens,
                      struct weir_buf *b)
{
    const struct mix_source *src = &p->spec->sources[s->source];
    weir_buf_addf(b, "  %-24s %12" PRIu64 " %15" PRIu64 " %7.3f%% %9.4f",
                  mix_word(p->spec, src->name), s->n_samples, s->n_tokens,
                  phase_tokens ? 100.0 * (double)s->n_tokens / (double)phase_tokens : 0.0,
                  (double)s->n_tokens / (double)src->n_tokens);
    if (s->cut)
        weir_buf_addf(b, "  one cut to %" PRIu32, s->cut);
    if (s->asked > s->n_tokens)
        weir_buf_addf(b, "  %" PRIu64 " tokens short", s->asked - s->n_tokens);
    weir_buf_addc(b, '\n');
}

static void put_phase(const struct mix_plan *p, size_t phase, struct weir_buf *b)
{
    uint64_t samples = 0, tokens = 0;
    for (size_t i = 0; i < p->spec->n_takes; i++) {
        if (p->slices[i].phase != phase)
            continue;
        samples += p->slices[i].n_samples;
        tokens += p->slices[i].n_tokens;
    }
    weir_buf_addf(b, "phase %-20s %12s %15s %8s %9s\n",
                  mix_word(p->spec, p->spec->phases[phase].name), "samples", "tokens", "share",
                  "epochs");
    for (size_t i = 0; i < p->spec->n_takes; i++)
        if (p->slices[i].phase == phase)
            put_slice(p, &p->slices[i], tokens, b);
    weir_buf_addf(b, "  %-24s %12" PRIu64 " %15" PRIu64 "\n", "together", samples, tokens);
}

static void put_use(const struct mix_plan *p, uint32_t source, struct weir_buf *b)
{
    const struct mix_source *s = &p->spec->sources[source];
    const struct use u = use_of(p, source);
    weir_buf_addf(b, "  %-24s has %" PRIu64 " samples, %" PRIu64 " tokens: ",
                  mix_word(p->spec, s->name), s->n_seqs, s->n_tokens);
    if (p->order == MIX_BATCHES)
        weir_buf_addf(b, "%" PRIu64 " used, %" PRIu64 " times again%s", s->n_seqs - u.left_samples,
                      u.repeated, u.left_samples ? ", " : "");
    if (u.times && s->n_seqs > u.once_more)
        weir_buf_addf(b, "%" PRIu64 " used %" PRIu64 "x", s->n_seqs - u.once_more, u.times);
    if (u.once_more)
        weir_buf_addf(b, "%s%" PRIu64 " used %" PRIu64 "x", u.times ? ", " : "", u.once_more,
                      u.times + 1);
    if (u.left_samples)
        weir_buf_addf(b, "%s%" PRIu64 " left over", u.once_more ? ", " : "", u.left_samples);
    if (u.cut)
        weir_buf_addf(b, "; %" PRIu64 " cut", u.cut);
    weir_buf_addc(b, '\n');
}

void mix_plan_text(const struct mix_plan *p, struct weir_buf *b)
{
    weir_buf_addf(b, "order %s", orders[p->order]);
    if (p->order == MIX_SHUFFLE)
        weir_buf_addf(b, ", seed %" PRIu64, p->seed);
    weir_buf_adds(b, p->whole ? ", whole samples only\n" : "\n");
    for (size_t phase = 0; phase < p->spec->n_phases; phase++)
        put_phase(p, phase, b);
    weir_buf_adds(b, "sources\n");
    for (size_t i = 0; i < p->spec->n_sources; i++)
        put_use(p, (uint32_t)i, b);
}

static void put_name(struct weir_buf *b, const char *name)
{
    weir_buf_add_json_lossy(b, weir_span(name, strlen(name)));
}

void mix_plan_json(const struct mix_plan *p, struct weir_buf *b)
{
    weir_buf_addf(b, "{\"order\":\"%s\",\"seed\":%" PRIu64 ",\"takes\":[", orders[p->order],
                  p->seed);
    for (size_t i = 0; i < p->spec->n_takes; i++) {
        const struct mix_slice *s = &p->slices[i];
        weir_buf_adds(b, i ? ",{\"phase\":" : "{\"phase\":");
        put_name(b, mix_word(p->spec, p->spec->phases[s->phase].name));
        weir_buf_adds(b, ",\"source\":");
        put_name(b, mix_word(p->spec, p->spec->sources[s->source].name));
        weir_buf_addf(b, ",\"asked\":%" PRIu64 ",\"samples\":%" PRIu64 ",\"tokens\":%" PRIu64 "}",
                      s->asked, s->n_samples, s->n_tokens);
    }
    weir_buf_adds(b, "],\"sources\":{");
    for (size_t i = 0; i < p->spec->n_sources; i++) {
        const struct mix_source *s = &p->spec->sources[i];
        const struct use u = use_of(p, (uint32_t)i);
        weir_buf_adds(b, i ? "," : "");
        put_name(b, mix_word(p->spec, s->name));
        weir_buf_addf(b,
                      ":{\"samples\":%" PRIu64 ",\"tokens\":%" PRIu64 ",\"times\":%" PRIu64
                      ",\"once_more\":%" PRIu64 ",\"repeated\":%" PRIu64 ",\"left_over\":%" PRIu64
                      ",\"cut\":%" PRIu64 "}",
                      s->n_seqs, s->n_tokens, u.times, u.once_more, u.repeated, u.left_samples,
                      u.cut);
    }
    weir_buf_adds(b, "}}");
}

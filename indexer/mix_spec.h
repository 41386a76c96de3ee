/* What to mix: docs/formats.md, "Mix". */
#ifndef WEIR_MIX_SPEC_H
#define WEIR_MIX_SPEC_H

#include "weir/buf.h"

/* Weights and epochs are whole numbers of millionths: a mix must not depend on how a machine
 * rounds. */
enum { MIX_UNIT = 1000000 };
enum mix_kind { MIX_WEIGHT, MIX_TOKENS, MIX_SAMPLES, MIX_EPOCHS };

struct mix_source {
    size_t name;                // in mix_spec.text
    size_t first_name, n_names; // of its datasets, in mix_spec.names
    size_t n_phases;            // up to the last one that takes from it
    uint64_t n_seqs, n_tokens;  // of all its datasets: known when they were opened
};

struct mix_phase {
    size_t name;
    uint64_t tokens; // 0: not said
};

struct mix_take {
    uint32_t source, phase;
    enum mix_kind kind;
    uint64_t amount;  // millionths of weight or epochs, else a count
    uint64_t at_most; // millionths of epochs; 0: no limit
    uint64_t batch;   // samples of each batch; 0: not said
};

/* Start with {0}. */
struct mix_spec {
    struct weir_buf text; // words, each with a NUL
    struct mix_source *sources;
    struct mix_phase *phases;
    struct mix_take *takes; // phase by phase
    size_t *names;          // of datasets, in text
    size_t n_sources, n_phases, n_takes, n_names;
    size_t cap_sources, cap_phases, cap_takes, cap_names;
};

/* Adds the lines of a text; file stands in messages.  WEIR_EBAD with file:line when one is wrong.
 */
WEIR_MUST_CHECK int mix_spec_parse(struct mix_spec *s, struct weir_span text, const char *file,
                                   struct weir_err *err);
/* What can be said only at the end: there is something to take. */
WEIR_MUST_CHECK int mix_spec_check(struct mix_spec *s, struct weir_err *err);
void mix_spec_free(struct mix_spec *s);

static inline const char *mix_word(const struct mix_spec *s, size_t at)
{
    return s->text.p + at;
}

#endif

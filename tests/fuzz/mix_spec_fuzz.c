/* A spec of any bytes; what is read refers to what is there. */
#include <stdint.h>
#include <string.h>

#include "indexer/mix_spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct mix_spec *s)
{
    size_t n_names = 0;
    for (size_t i = 0; i < s->n_sources; i++) {
        if (s->sources[i].first_name != n_names || s->sources[i].name >= s->text.n)
            __builtin_trap();
        n_names += s->sources[i].n_names;
    }
    for (size_t i = 0; i < s->n_takes; i++)
        if (s->takes[i].source >= s->n_sources || s->takes[i].phase >= s->n_phases ||
            !s->takes[i].amount || (i && s->takes[i].phase < s->takes[i - 1].phase))
            __builtin_trap();
    for (size_t i = 0; i < s->n_names; i++)
        if (s->names[i] >= s->text.n || strlen(s->text.p + s->names[i]) > 4096)
            __builtin_trap();
    if (n_names != s->n_names)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mix_spec s = {0};
    struct weir_err err = {0};
    if (!mix_spec_parse(&s, weir_span((const char *)data, size), "spec", &err) &&
        !mix_spec_check(&s, &err))
        check(&s);
    mix_spec_free(&s);
    return 0;
}

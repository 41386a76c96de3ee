/* Any bytes as a knowledge file: readers stay inside them and come to an end, whatever they hold.
 * Checksums, which would stop a changed file at once, are set right first. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/kg_check.h"
#include "kg2instruction/kg_json.h"
#include "kg2instruction/kg_layout.h"
#include "lib/xxh.h"

static void read_all(const kg_file *f)
{
    struct weir_buf text = {0};
    struct weir_err err = {0};
    struct kg_keys k;
    struct weir_span key;
    struct kg_cursor c;
    struct kg_candidate one;
    const uint32_t *ids;
    size_t n;
    for (uint32_t row = 0; row < kg_n_rows(f) && row < 64; row++) {
        const kg_id id = kg_row_id(f, row);
        text.n = 0;
        (void)!kg_add_entity(&text, f, row);
        (void)!kg_find(f, id);
        (void)!kg_is_a(f, id, 35120);
        (void)!kg_ancestors(f, id, &ids, &n);
        (void)kg_label(f, row, 0);
        (void)!kg_statements(f, row, KG_P(31), &c);
    }
    kg_keys(f, &k);
    for (int i = 0; i < 256 && kg_key_next(&k, &key, &c) > 0; i++) {
        struct kg_cursor again;
        for (int m = 0; m < 256 && kg_candidate_next(&c, &one) > 0; m++)
            (void)!kg_find(f, one.id);
        (void)!kg_lookup(f, key, &again);
    }
    (void)!kg_lookup(f, WEIR_LIT("\xE4\xB8\x9C"), &c);
    (void)!kg_check(f, &err);
    weir_buf_free(&text);
}

/* The sums that a forger would write. */
static void set_sums(unsigned char *p, size_t n)
{
    struct kg_trailer t;
    if (n < KG_HEAD_BYTES + KG_TRAILER_BYTES)
        return;
    memcpy(&t, p + n - sizeof t, sizeof t);
    t.file_bytes = n;
    for (int i = 0; i < KG_N_SECTIONS; i++)
        if (t.section[i].at <= n && t.section[i].n <= n - t.section[i].at)
            t.section[i].hash = XXH3_64bits(p + t.section[i].at, t.section[i].n);
    t.hash = XXH3_64bits(&t, KG_TRAILER_HASHED);
    memcpy(p + n - sizeof t, &t, sizeof t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct weir_err err = {0};
    unsigned char *copy = malloc(n ? n : 1); // aligned, and its end is watched
    assert(copy);
    if (n)
        memcpy(copy, data, n);
    for (int sums = 0; sums < 2; sums++) {
        kg_file *f = kg_open_mem(copy, n, &err);
        if (f)
            read_all(f);
        kg_close(f);
        set_sums(copy, n);
    }
    free(copy);
    return 0;
}

/* Any text searched for private data: hits stand in order inside the text, the scalar scan finds
 * the same, and masking all kinds takes exactly them out. */
#include <stdlib.h>
#include <string.h>
#include "filters/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void check_masks(struct private_scan *s)
{
    struct weir_buf b[2] = {{0}, {0}};
    size_t left = s->text.n, placeholders = 0;
    for (size_t i = 0; i < s->n_hit; i++) {
        require(s->hit[i].at < s->hit[i].end && s->hit[i].end <= s->text.n);
        require(!i || s->hit[i].at >= s->hit[i - 1].end);
        left -= s->hit[i].end - s->hit[i].at;
        placeholders += strlen(private_placeholders[s->hit[i].kind]);
    }
    for (int k = 0; k < PRIVATE_N_KINDS; k++) {
        b[k % 2].n = 0;
        if (private_mask(s, (enum private_kind)k, &b[k % 2]))
            s->text = weir_buf_span(&b[k % 2]);
        else
            weir_buf_add(&b[k % 2], s->text.p, s->text.n), s->text = weir_buf_span(&b[k % 2]);
    }
    require(s->text.n == left + placeholders);
    weir_buf_free(&b[0]);
    weir_buf_free(&b[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static private_patterns *p;
    static struct private_scan a, b;
    struct weir_err err = {0};
    if (!p) {
        p = private_open(&err);
        require(p && private_scan_init(&a, p, &err) == 0 && private_scan_init(&b, p, &err) == 0);
    }
    char *exact = malloc(n ? n : 1); // so that a read behind the text is seen
    require(exact != NULL);
    memcpy(exact, data, n);
    require(private_scan_text(&a, weir_span(exact, n)) == 0);
    require(private_scan_text_scalar(&b, weir_span(exact, n)) == 0);
    require(a.n_hit == b.n_hit && (!a.n_hit || !memcmp(a.hit, b.hit, a.n_hit * sizeof *a.hit)));
    check_masks(&a);
    free(exact);
    return 0;
}

/* Our conversion against the OpenCC library's on texts made of its own entries, parts of them and
 * other characters. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/simplify.h"
#include "lib/opencc_dict.h"
#include "weir/utf8.h"

static struct weir_buf keys;
static size_t *key_at, n_keys, cap_keys;

static int keep_key(void *ctx, unsigned stage, unsigned dict, struct weir_span key,
                    struct weir_span value)
{
    (void)ctx;
    (void)stage;
    (void)dict;
    assert(weir_grow(&key_at, &cap_keys, n_keys + 2, sizeof *key_at) == 0);
    key_at[n_keys++] = keys.n;
    weir_buf_add(&keys, key.p, key.n);
    key_at[n_keys++] = keys.n;
    weir_buf_add(&keys, value.p, value.n);
    return 0;
}

static void add_piece(struct weir_buf *b)
{
    const size_t k = (size_t)rand() % n_keys;
    const char *p = keys.p + key_at[k];
    size_t n = (k + 1 < n_keys ? key_at[k + 1] : keys.n) - key_at[k];
    unsigned len;
    switch (rand() % 6) {
    case 0: // the first part of an entry
        weir_utf8_decode(p, n, &len);
        n = len;
        break;
    case 1:
        weir_buf_addc(b, "a1 \n.<"[rand() % 6]);
        return;
    case 2:
        weir_buf_add_utf8(b, 0x4E00 + (uint32_t)rand() % 0x5200);
        return;
    }
    weir_buf_add(b, p, n);
}

static void compare(const char *config, const simplify *s)
{
    struct weir_buf text = {0}, ours = {0}, theirs = {0};
    struct simplify_scratch x = {0};
    int n_same = 0;
    for (int round = 0; round < 300; round++) {
        text.n = ours.n = theirs.n = 0;
        for (int n = rand() % 400; n >= 0; n--)
            add_piece(&text);
        const int64_t n = simplify_text(s, &x, weir_buf_span(&text), &ours);
        assert(n >= 0 && opencc_convert(config, weir_buf_span(&text), &theirs) == 0);
        const struct weir_span result = n ? weir_buf_span(&ours) : weir_buf_span(&text);
        assert(weir_span_eq(result, weir_buf_span(&theirs)));
        n_same += n == 0;
    }
    assert(n_same < 100); // else the comparison would be of nothing
    simplify_scratch_free(&x);
    weir_buf_free(&text);
    weir_buf_free(&ours);
    weir_buf_free(&theirs);
}

static void is(const simplify *s, const char *text, int64_t n_bytes, const char *expected, size_t n)
{
    struct weir_buf out = {0};
    struct simplify_scratch x = {0};
    assert(simplify_text(s, &x, weir_span(text, n), &out) == n_bytes);
    assert(n_bytes ? weir_span_eq(weir_buf_span(&out), weir_span(expected, n)) : out.n == 0);
    simplify_scratch_free(&x);
    weir_buf_free(&out);
}

int main(void)
{
    static const char *const configs[] = {"t2s.json", "tw2sp.json", "hk2s.json"};
    struct weir_err err = {0};
    srand(1);
    for (int i = 0; i < 3; i++) {
        n_keys = keys.n = 0;
        assert(opencc_read(configs[i], keep_key, NULL, &err) == 0 && n_keys > 2000);
        simplify *s = simplify_open(configs[i], &err);
        assert(s && simplify_memory(s) > 100000);
        compare(configs[i], s);
        is(s, "简体不变", 0, NULL, strlen("简体不变"));
        is(s, "", 0, NULL, 0);
        is(s, "\0馬\0", 3, "\0马\0", 5); // a NUL ends nothing
        is(s, "好\n馬\n好", 3, "好\n马\n好", 11);
        simplify_close(s);
    }
    assert(!simplify_open("none.json", &err) && err.code == WEIR_EIO);
    weir_buf_free(&keys);
    free(key_at);
    return 0;
}

/* Dates, quantities and names in any text, and any bytes as an alias index: everything found lies
 * inside the text, in order; nothing is read outside. */
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ann_text.h"
#include "kg2instruction/ann_value.h"
#include "weir/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static kg_fold *fold;
static ann_index *names;
static struct weir_buf bytes;

static void begin(void)
{
    static const char *const keys[] = {
        "a b", "ab", "beethoven", "中国", "中国人民", "路德维希·范·贝多芬", "é-x"};
    char many[] = "a b?"; // more than twelve ways behind one: kids as bits
    struct weir_err err = {0};
    fold = kg_fold_open(&err);
    weir_io *io = weir_io_open_buf(&bytes, &err);
    ann_index_writer *w = ann_index_create(io, 1, 1 << 20, "/tmp", &err);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (ann_index_add(w, weir_span(keys[i], strlen(keys[i])), &err))
            abort();
    for (many[3] = 'a'; many[3] <= 'p'; many[3]++)
        if (ann_index_add(w, weir_span(many, 4), &err))
            abort();
    if (ann_index_finish(w, &err) || weir_io_close(io, &err))
        abort();
    ann_index_free(w);
    names = ann_index_open_mem(bytes.p, bytes.n, 0, &err);
    if (!fold || !names)
        abort();
}

static void values(struct weir_span text)
{
    struct ann_values v = {0};
    size_t at = 0;
    if (ann_values_find(text, &v))
        return;
    for (size_t i = 0; i < v.n; i++) {
        if (v.at[i].at < at || !v.at[i].n || v.at[i].n > text.n - v.at[i].at)
            abort();
        at = v.at[i].at + v.at[i].n;
    }
    ann_values_free(&v);
}

static void matches(struct weir_span text, const ann_index *ix)
{
    struct ann_text t = {0};
    struct ann_matches m = {0};
    if (!ann_text_set(&t, fold, text) && !ann_text_match(&t, ix, &m))
        for (size_t i = 0; i < m.n; i++)
            if (m.at[i].src > text.n || !m.at[i].src_n || m.at[i].src_n > text.n - m.at[i].src)
                abort();
    free(m.at);
    ann_text_free(&t);
}

/* The index with bytes of nodes, table and filter changed, its end left, which has a checksum. */
static void damaged(const uint8_t *data, size_t n)
{
    struct weir_err err = {0};
    const size_t room = bytes.n - ANN_INDEX_END;
    char *copy = malloc(bytes.n);
    if (!copy)
        return;
    memcpy(copy, bytes.p, bytes.n);
    for (; n >= 3; data += 3, n -= 3)
        copy[8 + (data[0] | data[1] << 8) % (room - 8)] ^= (char)data[2];
    ann_index *ix = ann_index_open_mem(copy, bytes.n, 0, &err);
    if (!ix)
        abort();
    matches(WEIR_LIT("a b ab a bc a bz beethoven 中国人民 中国 路德维希·范·贝多芬 é-x"), ix);
    ann_index_close(ix);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct weir_err err = {0};
    if (!names)
        begin();
    char *copy = malloc(n ? n : 1); // exactly n bytes, so that a sanitizer sees every step beyond
    if (!copy)
        return 0;
    if (n)
        memcpy(copy, data, n);
    ann_index *ix = ann_index_open_mem(copy, n, 0, &err);
    if (ix)
        matches(WEIR_LIT("Beethoven was born in 中国人民 a b"), ix);
    ann_index_close(ix);
    const struct weir_span text = weir_span(copy, weir_utf8_valid(copy, n));
    values(text);
    matches(text, names);
    damaged(data, n);
    free(copy);
    return 0;
}

/* The alias automaton against a search through the list of its keys, and hostile bytes. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kg2instruction/ann_index_impl.h"
#include "kg2instruction/ann_text.h"
#include "lib/xxh.h"

struct keys {
    char **at;
    size_t n;
};

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void build(struct keys *k, struct weir_buf *to)
{
    struct weir_err err = {0};
    qsort(k->at, k->n, sizeof *k->at, by_bytes);
    weir_io *io = weir_io_open_buf(to, &err);
    ann_index_writer *w = ann_index_create(io, 7, 1 << 20, "/tmp", &err);
    assert(io && w);
    for (size_t i = 0; i < k->n; i++)
        if (!i || strcmp(k->at[i], k->at[i - 1]))
            assert(ann_index_add(w, weir_span(k->at[i], strlen(k->at[i])), &err) == 0);
    assert(ann_index_finish(w, &err) == 0);
    ann_index_free(w);
    assert(weir_io_close(io, &err) == 0);
}

static size_t slow(const struct keys *k, const char *p, size_t n, const uint8_t *end)
{
    size_t best = 0;
    for (size_t i = 0; i < k->n; i++) {
        const size_t len = strlen(k->at[i]);
        if (len <= n && len > best && end[len] && !memcmp(k->at[i], p, len))
            best = len;
    }
    return best;
}

static size_t longest_of(const ann_index *ix, size_t head, size_t first, const char *p, size_t n,
                         const uint8_t *end)
{
    const uint64_t hash = ann_head_hash(ann_index_seed(ix), p, head, first);
    const struct ann_filter filter = ann_index_filter(ix);
    size_t node[ANN_INDEX_TWINS], best = 0;
    const unsigned k = ann_filter_may(&filter, hash) ? ann_index_trees(ix, hash, node) : 0;
    for (unsigned i = 0; i < k; i++) {
        const size_t found = ann_index_walk(ix, node[i], p, n, end);
        assert(!found || !best);
        best = found ? found : best;
    }
    return best;
}

static size_t longest(const ann_index *ix, const char *p, size_t n, const uint8_t *end)
{
    size_t first;
    const size_t head = ann_head(p, n, &first), best = longest_of(ix, head, first, p, n, end);
    return best ? best : longest_of(ix, first, first, p, n, end);
}

static uint32_t state = 1;
static uint32_t draw(uint32_t n)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % n;
}

/* Few characters, so that keys share begins and are begins of others; now and then one of many, so
 * that nodes of both kinds appear. */
static void draw_text(struct weir_buf *b, size_t chars)
{
    static const char few[] = "ab -";
    while (chars--) {
        const uint32_t kind = draw(10);
        if (kind < 6)
            weir_buf_addc(b, few[draw(4)]);
        else
            weir_buf_add_utf8(b, 0x4E00 + draw(kind < 9 ? 3 : 400));
    }
}

static int word_at(const char *p, size_t n, size_t at)
{
    return at < n && (unsigned char)p[at] < 128 && p[at] >= 'a';
}

static void random_keys(void)
{
    struct keys k = {calloc(6000, sizeof(char *)), 6000};
    struct weir_buf bytes = {0}, text = {0};
    struct weir_err err = {0};
    for (size_t i = 0; i < k.n; i++) {
        struct weir_buf b = {0};
        draw_text(&b, i ? 2 + draw(6) : 300);
        weir_buf_addc(&b, 0);
        k.at[i] = b.p;
    }
    draw_text(&text, 3000);
    weir_buf_addc(&text, 0x2D);
    weir_buf_adds(&text, k.at[0]);
    build(&k, &bytes);
    ann_index *ix = ann_index_open_mem(bytes.p, bytes.n, 7, &err);
    assert(ix && ann_index_size(ix) == bytes.n);
    assert(!ann_index_open_mem(bytes.p, bytes.n, 8, &err) && !err.code); // another stamp
    weir_buf_reserve(&text, ANN_WALK_SLACK);
    uint8_t *end = calloc(text.n + 1, 1);
    for (size_t i = 0; i <= text.n; i++)
        end[i] = !(i && word_at(text.p, text.n, i - 1) && word_at(text.p, text.n, i)) && draw(4);
    end[text.n] = 1;
    size_t found = 0, most = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (((unsigned char)text.p[i] & 0xC0) == 0x80 ||
            (i && word_at(text.p, text.n, i - 1) && word_at(text.p, text.n, i)))
            continue;
        const size_t want = slow(&k, text.p + i, text.n - i, end + i);
        assert(longest(ix, text.p + i, text.n - i, end + i) == want);
        found += want > 0;
        most = want > most ? want : most;
    }
    assert(found > 500 && most > 300);
    ann_index_close(ix);
    /* Any byte changed, any cut: refused or walked without leaving the bytes. */
    char *copy = malloc(bytes.n);
    for (int i = 0; i < 2000; i++) {
        memcpy(copy, bytes.p, bytes.n);
        copy[ANN_INDEX_BEGIN + draw((uint32_t)bytes.n - ANN_INDEX_BEGIN - ANN_INDEX_END)] =
            (char)draw(256);
        copy[bytes.n - ANN_INDEX_END - 1 - draw(400)] = (char)draw(256);
        ix = ann_index_open_mem(copy, bytes.n, 7, &err);
        assert(ix);
        for (size_t j = 0; j < text.n; j += 7)
            longest(ix, text.p + j, text.n - j, end + j);
        ann_index_close(ix);
    }
    memcpy(copy, bytes.p, bytes.n);
    assert(!ann_index_open_mem(copy, bytes.n - 16, 7, &err) && err.code == WEIR_EBAD);
    free(copy);
    free(end);
    weir_buf_free(&text);
    for (size_t i = 0; i < k.n; i++)
        free(k.at[i]);
    free(k.at);
    weir_buf_free(&bytes);
}

static void refusals(void)
{
    struct weir_buf b = {0};
    struct weir_err err = {0};
    weir_io *io = weir_io_open_buf(&b, &err);
    ann_index_writer *w = ann_index_create(io, 1, 1 << 20, "/tmp", &err);
    assert(ann_index_add(w, WEIR_LIT(""), &err) == WEIR_EBAD);
    err = (struct weir_err){0};
    assert(ann_index_add(w, WEIR_LIT("b"), &err) == 0 &&
           ann_index_add(w, WEIR_LIT("b"), &err) == 0);
    assert(ann_index_finish(w, &err) == WEIR_EBAD); // twice
    ann_index_free(w);
    weir_io_abort(io);
    weir_buf_free(&b);
}

/* ---- texts ---- */

static ann_index *index_of(const char *const *keys, struct weir_buf *bytes)
{
    struct keys k = {calloc(64, sizeof(char *)), 0};
    struct weir_err err = {0};
    for (; keys[k.n]; k.n++)
        k.at[k.n] = (char *)(uintptr_t)keys[k.n];
    build(&k, bytes);
    free(k.at);
    return ann_index_open_mem(bytes->p, bytes->n, 7, &err);
}

/* The names found, as they stand in the text, with | between, weak ones with ? behind. */
static void names(const ann_index *ix, const kg_fold *fold, const char *text, const char *want)
{
    struct ann_text t = {0};
    struct ann_matches m = {0};
    struct weir_buf got = {0};
    assert(ann_text_set(&t, fold, weir_span(text, strlen(text))) == 0);
    assert(ann_text_match(&t, ix, &m) == 0);
    for (size_t i = 0; i < m.n; i++) {
        if (i)
            weir_buf_addc(&got, '|');
        weir_buf_add(&got, text + m.at[i].src, m.at[i].src_n);
        if (m.at[i].weak)
            weir_buf_addc(&got, '?');
    }
    weir_buf_addc(&got, 0);
    if (strcmp(got.p, want))
        fprintf(stderr, "%s: %s, not %s\n", text, got.p, want);
    assert(!strcmp(got.p, want));
    weir_buf_free(&got);
    free(m.at);
    ann_text_free(&t);
}

static void texts(void)
{
    static const char *const keys[] = {"albert einstein",
                                       "einstein",
                                       "new york",
                                       "new york city",
                                       "york",
                                       "ibm",
                                       "清华大学",
                                       "浙江",
                                       "浙江大学",
                                       "大学",
                                       "中国",
                                       "人民",
                                       "中国人民解放军",
                                       "李白",
                                       "爱因斯坦",
                                       "路德维希·范·贝多芬",
                                       "国际单位制",
                                       "rock 'n' roll",
                                       NULL};
    struct weir_buf bytes = {0};
    struct weir_err err = {0};
    kg_fold *fold = kg_fold_open(&err);
    ann_index *ix = index_of(keys, &bytes);
    assert(fold && ix);
    names(ix, fold, "Albert Einstein moved to New York City.", "Albert Einstein|New York City");
    names(ix, fold, "Einsteins, NewYork, yorks", "");
    names(ix, fold, "IBM's ＩＢＭ", "IBM|ＩＢＭ");
    names(ix, fold, "ALBERT  EINSTEIN", "ALBERT  EINSTEIN");
    names(ix, fold, "Albert\nEinstein", "Einstein");
    names(ix, fold, "他在浙江大學讀書。", "浙江大學");
    names(ix, fold, "中國人民解放軍", "中國人民解放軍");
    names(ix, fold, "愛因斯坦，李白是", "愛因斯坦|李白");
    names(ix, fold, "桃李白白", "李白?");
    names(ix, fold, "路德維希‧范‧貝多芬", "路德維希‧范‧貝多芬");
    names(ix, fold, "rock ‘n’ roll", "rock ‘n’ roll");
    names(ix, fold, "IBM在中国", "IBM|中国");
    names(ix, fold, "", "");
    ann_index_close(ix);
    kg_fold_close(fold);
    weir_buf_free(&bytes);
}

/* A table whose slots all carry one tag, or that of a bucket before: each search ends after
 * ANN_INDEX_CHAIN buckets, so that a million take no longer than a million times that. */
static void one_hash(void)
{
    enum { BITS = 16, BUCKETS = 1 << BITS, SEARCHES = 100000 };
    struct {
        char magic[64];
        uint64_t slots[BUCKETS][ANN_INDEX_SLOTS];
        uint64_t filter[1];
        struct ann_index_end end;
    } *f = calloc(1, sizeof *f);
    struct weir_err err = {0};
    const uint64_t wanted = 1ull << 48; // the upper 16 bits: bucket 1
    size_t node[ANN_INDEX_TWINS];
    memcpy(f->magic, ANN_INDEX_MAGIC, 8);
    for (size_t i = 0; i < BUCKETS; i++)
        for (size_t k = 0; k < ANN_INDEX_SLOTS; k++)
            f->slots[i][k] = ann_index_tag(wanted, BITS) | 8;
    f->end = (struct ann_index_end){
        .bytes = sizeof *f, .n_keys = 1, .table_at = 64, .n_buckets = BUCKETS, .bits = BITS};
    memcpy(f->end.magic, ANN_INDEX_MAGIC, 8);
    f->end.hash = XXH3_64bits(&f->end, sizeof f->end - 8);
    ann_index *ix = ann_index_open_mem(f, sizeof *f, 0, &err);
    assert(ix);
    const clock_t begin = clock();
    size_t found = 0;
    for (uint64_t i = 1; i <= SEARCHES; i++)
        found += ann_index_trees(ix, wanted + (i << 28), node); // the tag's least bit
    assert(!found);
    // At 16 buckets a search it is a hundredth of a second or a few; through them all, minutes.
    assert((double)(clock() - begin) / CLOCKS_PER_SEC < 5);
    assert(ann_index_trees(ix, wanted, node) == ANN_INDEX_TWINS && node[0] == 8);
    ann_index_close(ix);
    free(f);
}

/* A file of an older version is none, so that it is written anew; of a newer one, an error. */
static void versions(void)
{
    char *names[] = {strdup("a b"), strdup("c")};
    struct keys k = {names, 2};
    struct weir_buf b = {0};
    struct weir_err err = {0};
    build(&k, &b);
    b.p[7]--;
    assert(!ann_index_open_mem(b.p, b.n, 0, &err) && !err.code);
    b.p[7] += 2;
    assert(!ann_index_open_mem(b.p, b.n, 0, &err) && err.code == WEIR_EBAD);
    weir_buf_free(&b);
    free(names[0]);
    free(names[1]);
}

int main(void)
{
    versions();
    one_hash();
    random_keys();
    refusals();
    texts();
    return 0;
}

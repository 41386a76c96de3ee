/* The external sort against a sort in memory: random records, budgets that force many runs and
 * several passes, equal keys, giants, empty keys. */
#include "weir/extsort.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct record {
    char key[24];
    size_t n_key;
    uint64_t serial; // the value starts with it
    size_t n_value;
};

static uint64_t state = 88172645463325252u;

static uint64_t xorshift(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static int by_key(const void *pa, const void *pb)
{
    const struct record *a = pa, *b = pb;
    const size_t n = a->n_key < b->n_key ? a->n_key : b->n_key;
    int c = memcmp(a->key, b->key, n);
    if (!c)
        c = (a->n_key > b->n_key) - (a->n_key < b->n_key);
    return c ? c : (a->serial > b->serial) - (a->serial < b->serial);
}

static void fill_value(char *p, const struct record *r)
{
    memset(p, (int)('a' + r->serial % 26), r->n_value);
    memcpy(p, &r->serial, sizeof(r->serial));
}

static void add(weir_extsort *s, const struct record *r)
{
    struct weir_err err = {0};
    char *v = malloc(r->n_value);
    fill_value(v, r);
    assert(!weir_extsort_add(s, weir_span(r->key, r->n_key), weir_span(v, r->n_value), &err));
    free(v);
}

/* Sorts n random records within memory and compares all that comes out. */
static void check(size_t n, uint64_t memory, unsigned letters, size_t giant_at)
{
    struct weir_err err = {0};
    struct record *ref = calloc(n + 1, sizeof(*ref));
    weir_extsort *s = weir_extsort_new(memory, "/tmp", &err);
    assert(s);
    for (size_t i = 0; i < n; i++) {
        struct record *r = &ref[i];
        r->n_key = xorshift() % (sizeof(r->key) + 1);
        for (size_t k = 0; k < r->n_key; k++) // NUL and bytes above 127 among them
            r->key[k] = (char)(xorshift() % letters * 85);
        r->serial = i;
        r->n_value = 8 + (i == giant_at ? 3000000 : xorshift() % 100);
        add(s, r);
    }
    assert(!weir_extsort_sort(s, &err));
    qsort(ref, n, sizeof(*ref), by_key);
    struct weir_span key, value;
    for (size_t i = 0; i < n; i++) {
        assert(weir_extsort_next(s, &key, &value, &err) == 1);
        assert(key.n == ref[i].n_key && !memcmp(key.p, ref[i].key, key.n));
        assert(value.n == ref[i].n_value);
        char *v = malloc(value.n);
        fill_value(v, &ref[i]);
        assert(!memcmp(v, value.p, value.n));
        free(v);
    }
    assert(weir_extsort_next(s, &key, &value, &err) == 0);
    assert(weir_extsort_next(s, &key, &value, &err) == 0);
    weir_extsort_free(s);
    free(ref);
}

static void order_of_calls(void)
{
    struct weir_err err = {0};
    struct weir_span k, v;
    weir_extsort *s = weir_extsort_new(1000, "/tmp", &err);
    assert(weir_extsort_next(s, &k, &v, &err) == WEIR_EFAIL);
    err.code = 0;
    assert(!weir_extsort_sort(s, &err));
    assert(weir_extsort_add(s, WEIR_LIT("a"), WEIR_LIT("b"), &err) == WEIR_EFAIL);
    weir_extsort_free(s);
    weir_extsort_free(NULL);
}

static void no_folder(void)
{
    struct weir_err err = {0};
    weir_extsort *s = weir_extsort_new(64, "/nonexistent/folder", &err);
    assert(s);
    int rc = 0;
    for (int i = 0; !rc && i < 10; i++)
        rc = weir_extsort_add(s, WEIR_LIT("some key"), WEIR_LIT("some value"), &err);
    assert(rc == WEIR_EIO && strstr(err.msg, "/nonexistent/folder"));
    weir_extsort_free(s);
}

/* Temporary files have no name, but /proc/self/fd leads to them. */
static void damage_files(int cut)
{
    for (int fd = 3; fd < 64; fd++) {
        char path[64], target[256] = "";
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        if (readlink(path, target, sizeof(target) - 1) < 0 || !strstr(target, "deleted"))
            continue;
        const off_t end = lseek(fd, 0, SEEK_END);
        if (cut)
            assert(!ftruncate(fd, end - 1));
        else
            assert(pwrite(fd, "?", 1, end - 1) == 1);
    }
}

static void damaged(int cut)
{
    struct weir_err err = {0};
    struct weir_span k, v;
    weir_extsort *s = weir_extsort_new(100000, "/tmp", &err);
    char key[16];
    for (int i = 0; i < 20000; i++) {
        snprintf(key, sizeof(key), "%08x", (unsigned)xorshift());
        assert(!weir_extsort_add(s, weir_span(key, 8), WEIR_LIT("some value"), &err));
    }
    damage_files(cut);
    int rc = weir_extsort_sort(s, &err);
    if (rc == 0) {
        damage_files(cut);
        while ((rc = weir_extsort_next(s, &k, &v, &err)) > 0)
            ;
    }
    assert(rc == WEIR_EIO);
    assert(strstr(err.msg, "damaged") || strstr(err.msg, "cut short"));
    weir_extsort_free(s);
}

int main(void)
{
    check(0, 1000, 3, SIZE_MAX);
    check(1, 0, 3, SIZE_MAX);
    check(1000, 1 << 20, 3, SIZE_MAX); // all in memory
    check(1000, 1 << 20, 1, SIZE_MAX); // keys that differ in length only
    check(3000, 0, 3, SIZE_MAX);       // a run a record, two at a time: twelve passes
    check(50000, 20000, 3, SIZE_MAX);  // some hundred runs, several passes
    check(50000, 200000, 2, SIZE_MAX); // one pass, many equal keys
    check(50000, 200000, 2, 25000);    // a record larger than the budget
    check(2000, 100000, 3, 1999);
    order_of_calls();
    no_folder();
    damaged(0);
    damaged(1);
    return 0;
}

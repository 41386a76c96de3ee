/* Opening a knowledge file, rows, classes. */
#include "kg2instruction/kg_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kg2instruction/kg_layout.h"
#include "lib/xxh.h"

static int bad(struct weir_err *err, const char *why)
{
    return weir_err_set(err, WEIR_EBAD, "%s", why);
}

static int check_head(const struct kg_file *f, struct weir_err *err)
{
    uint32_t version;
    if (f->n_map < 8 || memcmp(f->map, KG_MAGIC, 8))
        return bad(err, "not a knowledge file of weir kg2instruction build");
    if (f->n_map < KG_HEAD_BYTES + KG_TRAILER_BYTES)
        return bad(err, "a knowledge file cut short");
    memcpy(&version, f->map + 8, sizeof version);
    if (version != KG_VERSION)
        return weir_err_set(err, WEIR_EBAD, "version %u of the knowledge file; this reads %d",
                            version, KG_VERSION);
    return 0;
}

static int check_trailer(const struct kg_trailer *t, size_t n, struct weir_err *err)
{
    if (memcmp(t->magic, KG_END_MAGIC, sizeof t->magic))
        return bad(err, "a knowledge file without its end: cut short, or something stands behind");
    if (t->hash != XXH3_64bits(t, KG_TRAILER_HASHED))
        return bad(err, "the trailer's checksum is wrong");
    if (t->version != KG_VERSION || t->n_sections != KG_N_SECTIONS || t->zero ||
        t->n_langs > KG_LANGS_MAX)
        return bad(err, "the trailer makes no sense");
    if (t->file_bytes != n)
        return weir_err_set(err, WEIR_EBAD, "holds %zu bytes, not %llu as its trailer says", n,
                            (unsigned long long)t->file_bytes);
    for (unsigned i = 0; i < t->n_langs; i++)
        if (!t->lang[i][0] || !memchr(t->lang[i], 0, KG_LANG_BYTES))
            return bad(err, "the name of a language makes no sense");
    return 0;
}

static int check_sections(const struct kg_trailer *t, size_t n, struct weir_err *err)
{
    uint64_t at = KG_HEAD_BYTES;
    for (int i = 0; i < KG_N_SECTIONS; i++) {
        const struct kg_section *s = &t->section[i];
        if (s->at != at || s->n > n - at || ((s->n + 7) & ~(uint64_t)7) > n - at)
            return bad(err, "the sections do not tile the file");
        at += (s->n + 7) & ~(uint64_t)7;
    }
    return at == n - KG_TRAILER_BYTES ? 0 : bad(err, "the sections do not tile the file");
}

/* The sizes of the sections that are arrays follow from the totals. */
static int check_totals(struct kg_file *f, struct weir_err *err)
{
    const struct kg_totals *t = &f->trailer.totals;
    const struct kg_section *s = f->trailer.section;
    const uint64_t limit = (uint64_t)1 << 40; // no product below overflows
    if (t->n_entities > UINT32_MAX / 2 || t->n_properties > UINT32_MAX / 2 || t->n_keys > limit ||
        t->n_classes > UINT32_MAX || t->n_ancestors > limit)
        return bad(err, "the trailer's totals make no sense");
    f->n_rows = (uint32_t)(t->n_entities + t->n_properties);
    f->n_blocks = (t->n_keys + KG_BLOCK_KEYS - 1) / KG_BLOCK_KEYS;
    if (s[KG_ROWS].n != ((uint64_t)f->n_rows + 1) * sizeof(struct kg_row) ||
        s[KG_BLOCKS].n != f->n_blocks * 8 || s[KG_ANCESTORS].n != t->n_ancestors * 4 ||
        s[KG_CLASSES].n != (t->n_classes + 1) * sizeof(struct kg_class))
        return bad(err, "the sections do not have the sizes that the totals ask for");
    return 0;
}

static int take(struct kg_file *f, struct weir_err *err)
{
    int rc = check_head(f, err);
    if (rc)
        return rc;
    memcpy(&f->trailer, f->map + f->n_map - KG_TRAILER_BYTES, sizeof f->trailer);
    rc = check_trailer(&f->trailer, f->n_map, err);
    if (!rc)
        rc = check_sections(&f->trailer, f->n_map, err);
    if (!rc)
        rc = check_totals(f, err);
    if (rc)
        return rc;
    for (int i = 0; i < KG_N_SECTIONS; i++)
        f->section[i] = f->map + f->trailer.section[i].at;
    f->rows = (const struct kg_row *)(const void *)f->section[KG_ROWS];
    f->classes = (const struct kg_class *)(const void *)f->section[KG_CLASSES];
    f->ancestors = (const uint32_t *)(const void *)f->section[KG_ANCESTORS];
    f->blocks = f->section[KG_BLOCKS];
    return 0;
}

kg_file *kg_open_mem(const void *p, size_t n, struct weir_err *err)
{
    kg_file *f = weir_calloc(1, sizeof *f);
    if (!f) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    f->map = p;
    f->n_map = n;
    if ((uintptr_t)p % 8 == 0 ? !take(f, err) : (bad(err, "the bytes are not aligned"), 0))
        return f;
    free(f);
    return NULL;
}

static kg_file *map_file(int fd, struct weir_err *err)
{
    struct stat st;
    if (fstat(fd, &st)) {
        weir_err_errno(err, "cannot stat");
        return NULL;
    }
    if (!S_ISREG(st.st_mode)) {
        bad(err, "not a regular file: a knowledge file is mapped");
        return NULL;
    }
    if (!st.st_size) {
        bad(err, "empty: not a knowledge file");
        return NULL;
    }
    void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        weir_err_errno(err, "cannot map");
        return NULL;
    }
    kg_file *f = kg_open_mem(map, (size_t)st.st_size, err);
    if (f)
        f->mapped = 1;
    else
        munmap(map, (size_t)st.st_size);
    return f;
}

kg_file *kg_open(const char *path, struct weir_err *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        weir_err_errno(err, "%s: cannot open", path);
        return NULL;
    }
    kg_file *f = map_file(fd, err);
    close(fd);
    if (!f)
        weir_err_prefix(err, "%s", path);
    return f;
}

void kg_close(kg_file *f)
{
    if (f && f->mapped)
        munmap((void *)(uintptr_t)f->map, f->n_map);
    free(f);
}

/* ---- totals and rows ---- */

const struct kg_totals *kg_totals(const kg_file *f)
{
    return &f->trailer.totals;
}

uint64_t kg_size(const kg_file *f)
{
    return f->n_map;
}

const char *kg_lang(const kg_file *f, unsigned lang)
{
    return lang < f->trailer.n_langs ? f->trailer.lang[lang] : NULL;
}

int kg_lang_find(const kg_file *f, const char *name)
{
    for (unsigned i = 0; i < f->trailer.n_langs; i++)
        if (!strcmp(f->trailer.lang[i], name))
            return (int)i;
    return -1;
}

uint32_t kg_n_rows(const kg_file *f)
{
    return f->n_rows;
}

uint32_t kg_find(const kg_file *f, kg_id id)
{
    uint32_t low = 0, high = f->n_rows;
    while (low < high) {
        const uint32_t mid = low + (high - low) / 2;
        if (f->rows[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < f->n_rows && f->rows[low].id == id ? low : KG_NOT_FOUND;
}

kg_id kg_row_id(const kg_file *f, uint32_t row)
{
    return row < f->n_rows ? f->rows[row].id : 0;
}

uint32_t kg_popularity(const kg_file *f, uint32_t row)
{
    return row < f->n_rows ? f->rows[row].popularity : 0;
}

unsigned kg_row_datatype(const kg_file *f, uint32_t row)
{
    return row < f->n_rows ? f->rows[row].datatype : KG_DT_OTHER;
}

/* ---- classes ---- */

int kg_ancestors(const kg_file *f, kg_id cls, const uint32_t **ids, size_t *n)
{
    const uint64_t n_classes = f->trailer.totals.n_classes;
    uint64_t low = 0, high = n_classes;
    *ids = f->ancestors;
    *n = 0;
    while (low < high) {
        const uint64_t mid = low + (high - low) / 2;
        if (f->classes[mid].id < cls)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == n_classes || f->classes[low].id != cls)
        return 0;
    const uint64_t at = f->classes[low].at, end = f->classes[low + 1].at;
    if (at > end || end > f->trailer.totals.n_ancestors)
        return KG_DAMAGED;
    *ids = f->ancestors + at;
    *n = (size_t)(end - at);
    return 0;
}

static int below(const kg_file *f, kg_id id, kg_id cls)
{
    const uint32_t *ids;
    size_t n;
    if (id == cls)
        return 1;
    if (kg_ancestors(f, id, &ids, &n))
        return KG_DAMAGED;
    size_t low = 0, high = n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (ids[mid] < cls)
            low = mid + 1;
        else
            high = mid;
    }
    return low < n && ids[low] == cls;
}

int kg_is_a(const kg_file *f, kg_id id, kg_id cls)
{
    struct kg_cursor c;
    struct kg_statement s;
    int rc = below(f, id, cls);
    const uint32_t row = rc ? KG_NOT_FOUND : kg_find(f, id);
    if (row == KG_NOT_FOUND)
        return rc;
    rc = kg_statements(f, row, KG_P(31), &c);
    while (!rc && (rc = kg_statement_next(&c, &s)) > 0) {
        const int counts = s.rank != KG_DEPRECATED && s.main.kind == KG_ENTITY;
        rc = counts ? below(f, s.main.u.entity, cls) : 0;
    }
    return rc;
}

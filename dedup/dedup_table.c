#include "dedup/dedup_internal.h"

#include <sys/mman.h>

enum { FIRST_CAP = 512 };

int dedup_memory_take(struct dedup_memory *m, uint64_t bytes)
{
    if (bytes > m->limit - m->used)
        return WEIR_EMEM;
    m->used += bytes;
    return 0;
}

/* Mapped, so that a table left behind goes back to the system at once. */
static uint64_t *map_slots(struct dedup_memory *m, size_t cap)
{
    if (dedup_memory_take(m, cap * sizeof(uint64_t)))
        return NULL;
    void *p = mmap(NULL, cap * sizeof(uint64_t), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

int dedup_table_init(struct dedup_table *t, struct dedup_memory *m)
{
    *t = (struct dedup_table){map_slots(m, FIRST_CAP), FIRST_CAP, 0};
    return t->slot ? 0 : WEIR_EMEM;
}

void dedup_table_free(struct dedup_table *t)
{
    if (t->slot)
        munmap(t->slot, t->cap * sizeof *t->slot);
    t->slot = NULL;
}

/* Tags keep their order in the table, so that growing reads and writes it from end to end. */
static size_t home(const struct dedup_table *t, uint32_t tag)
{
    return (size_t)((__uint128_t)tag * t->cap >> 32);
}

static void put(struct dedup_table *t, uint64_t entry)
{
    size_t at = home(t, (uint32_t)(entry >> 32));
    while (t->slot[at])
        at = at + 1 == t->cap ? 0 : at + 1;
    t->slot[at] = entry;
}

static int grow(struct dedup_table *t, struct dedup_memory *m)
{
    struct dedup_table bigger = {NULL, t->cap + t->cap / 2, t->n};
    bigger.slot = map_slots(m, bigger.cap);
    if (!bigger.slot)
        return WEIR_EMEM;
    for (size_t i = 0; i < t->cap; i++)
        if (t->slot[i])
            put(&bigger, t->slot[i]);
    m->used -= t->cap * sizeof *t->slot;
    dedup_table_free(t);
    *t = bigger;
    return 0;
}

int dedup_table_reserve(struct dedup_table *t, struct dedup_memory *m)
{
    return t->n + 1 > t->cap / 5 * 4 ? grow(t, m) : 0;
}

void dedup_table_add(struct dedup_table *t, uint32_t tag, uint32_t row)
{
    put(t, (uint64_t)tag << 32 | (row + 1));
    t->n++;
}

int dedup_table_next(const struct dedup_table *t, uint32_t tag, size_t *at, uint32_t *row)
{
    size_t i = *at == DEDUP_TABLE_START ? home(t, tag) : *at + 1 == t->cap ? 0 : *at + 1;
    for (; t->slot[i]; i = i + 1 == t->cap ? 0 : i + 1) {
        if (t->slot[i] >> 32 == tag) {
            *at = i;
            *row = (uint32_t)t->slot[i] - 1;
            return 1;
        }
    }
    return 0;
}

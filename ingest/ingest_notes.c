/* Counting repairs: in each thread by itself, added up when threads end, reported sorted by name so
 * that the account does not depend on which thread came first. */
#include "ingest/ingest_out.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct ingest_notes {
    pthread_mutex_t lock;
    struct ingest_note at[INGEST_NOTES_MAX];
    size_t n;
};

static void count(struct ingest_note *at, size_t *n_at, const char *name, uint64_t n)
{
    for (size_t i = 0; i < *n_at; i++) {
        if (at[i].name == name || !strcmp(at[i].name, name)) {
            at[i].n += n;
            return;
        }
    }
    if (*n_at < INGEST_NOTES_MAX)
        at[(*n_at)++] = (struct ingest_note){name, n};
}

void ingest_note(struct ingest_out *out, const char *name, uint64_t n)
{
    if (n)
        count(out->note, &out->n_note, name, n);
}

struct ingest_notes *ingest_notes_new(void)
{
    struct ingest_notes *notes = weir_calloc(1, sizeof *notes);
    if (notes)
        pthread_mutex_init(&notes->lock, NULL);
    return notes;
}

void ingest_notes_add(struct ingest_notes *notes, const struct ingest_note *note, size_t n)
{
    if (!notes)
        return;
    pthread_mutex_lock(&notes->lock);
    for (size_t i = 0; i < n; i++)
        count(notes->at, &notes->n, note[i].name, note[i].n);
    pthread_mutex_unlock(&notes->lock);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct ingest_note *)a)->name, ((const struct ingest_note *)b)->name);
}

int ingest_notes_finish(struct ingest_notes *notes, struct weir_names *names)
{
    int rc = 0;
    if (!notes)
        return 0;
    qsort(notes->at, notes->n, sizeof notes->at[0], by_name);
    for (size_t i = 0; i < notes->n && !rc; i++)
        rc = weir_names_add(names, weir_span(notes->at[i].name, strlen(notes->at[i].name)),
                            (struct weir_count){.records = notes->at[i].n}, (struct weir_count){0});
    pthread_mutex_destroy(&notes->lock);
    free(notes);
    return rc;
}

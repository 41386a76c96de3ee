#include "filters/filter_stop.h"

#include <pthread.h>
#include <string.h>

#include "lib/xxh.h"

/* A table twice as large as the list. */
enum { SLOTS = 4096 };
static struct weir_span slot[SLOTS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct weir_span *find(struct weir_span word)
{
    size_t i = XXH3_64bits(word.p, word.n) % SLOTS;
    while (slot[i].p && !weir_span_eq(slot[i], word))
        i = (i + 1) % SLOTS;
    return slot + i;
}

static void fill(void)
{
    for (const char *p = filter_stop_words_zh; *p;) {
        const size_t n = strcspn(p, " ");
        *find(weir_span(p, n)) = weir_span(p, n);
        p += n + (p[n] == ' ');
    }
}

int filter_is_stop_word_zh(struct weir_span word)
{
    pthread_once(&once, fill);
    return word.n && find(word)->p != NULL;
}

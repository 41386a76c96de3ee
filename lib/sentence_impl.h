/* What the parts of sentence splitting share: the classes of characters. */
#ifndef WEIR_SENTENCE_IMPL_H
#define WEIR_SENTENCE_IMPL_H

#include <stdatomic.h>

#include "weir/sentence.h"
#include "weir/utf8.h"

/* What a character does to a sentence. */
enum mark {
    PLAIN,
    STOP,     // 。！？；: ends where it stands
    ELLIPSIS, // …: ends when there are two, or when nothing follows on the line
    POINT,    // . ends before a space and a start, unless a word or number owns it
    ASCII,    // ! ?: end before a space or a Chinese character
    CLOSER,   // quotes and brackets that stay with the mark before them
    GO_ON,    // ，、：—: behind a closing quote these say that the sentence goes on
    QUOTE,    // " opens and closes
    SPACE,
    NEWLINE,
};

/* Words end between characters of different kinds. */
enum kind { SPACES, HAN, WORDS, OTHERS };

enum kind sentence_slow_kind(uint32_t c);

/* Mark and kind of the characters below U+10000: mark | kind << 4. */
extern uint8_t sentence_classes[0x10000];
extern atomic_int sentence_classes_ready;
void sentence_make_classes(void);

/* Called by what others call, before any look at a character. */
static inline void need_classes(void)
{
    if (!atomic_load_explicit(&sentence_classes_ready, memory_order_acquire))
        sentence_make_classes();
}

static inline enum mark mark_of(uint32_t c)
{
    return c < 0x10000 ? (enum mark)(sentence_classes[c] & 15) : PLAIN;
}

static inline enum kind kind_of(uint32_t c)
{
    return c < 0x10000 ? (enum kind)(sentence_classes[c] >> 4) : sentence_slow_kind(c);
}

static inline uint32_t char_at(struct weir_span t, size_t at, unsigned *len)
{
    return weir_utf8_decode(t.p + at, t.n - at, len);
}

/* Is this what the search for the end of a sentence stops at? */
static inline int sentence_is_wanted(enum mark m)
{
    return (m >= STOP && m <= ASCII) || m == QUOTE || m == NEWLINE;
}

/* What weir_places() writes of place `at` < t.n. */
uint8_t sentence_place(struct weir_span t, size_t at);

/* weir_places() but for the end of the text, by the kernel of that name: "scalar", which is the
 * reference, "avx2", "avx512"; NULL where the processor has it not. */
typedef void sentence_places_kernel(struct weir_span t, uint8_t *to);
sentence_places_kernel *sentence_places(const char *name);
sentence_places_kernel sentence_places_avx512;

/* The first character from `at` on that is wanted, t.n when there is none.  The scalar one is the
 * reference. */
size_t sentence_next_mark(struct weir_span t, size_t at);
size_t sentence_next_mark_scalar(struct weir_span t, size_t at);

#endif

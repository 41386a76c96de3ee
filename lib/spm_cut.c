/* Where a text may be cut so that its parts, encoded one by one, have the ids of the whole.
 *
 * In BPE every symbol that encoding ever makes is a piece.  If no piece holds the characters "ab"
 * side by side, no symbol ever covers the place between this a and this b, so that merges left of
 * it know nothing of those right of it: they depend on score, and on position only within a tie,
 * where the order on each side is that of the whole.  (bpe_model.cc, Encode.)
 *
 * User-defined symbols are found before merging, the longest at each place from the left; they are
 * pieces too, so none of them covers the place either, and the search stands there in any case.
 *
 * What else ties one side to the other, and is therefore excluded: normalisation rules and removal
 * of spaces, unused pieces (split again by the last split seen anywhere in the text), and, without
 * byte fallback, neighbouring unknown characters, which become one <unk>. */
#include "spm_model.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/xxh.h"
#include "weir/utf8.h"

enum { SPACE = 0x2581, ALONE = 0x110000 };

/* Pairs of characters inside pieces, and characters that are pieces paired with ALONE: open
 * addressing, seeded. */
struct spm_cuts {
    uint64_t *keys; // 0: free
    size_t mask, n;
    uint64_t seed;
};

static uint64_t pair_key(uint32_t a, uint32_t b)
{
    return (uint64_t)1 << 63 | (uint64_t)a << 32 | b;
}

static size_t slot_of(const struct spm_cuts *c, uint64_t key)
{
    size_t i = XXH3_64bits_withSeed(&key, sizeof key, c->seed) & c->mask;
    while (c->keys[i] && c->keys[i] != key)
        i = (i + 1) & c->mask;
    return i;
}

static int has(const struct spm_cuts *c, uint32_t a, uint32_t b)
{
    return c->keys[slot_of(c, pair_key(a, b))] != 0;
}

static int rehash(struct spm_cuts *c, size_t size)
{
    struct spm_cuts old = *c;
    c->keys = weir_calloc(size, sizeof *c->keys);
    if (!c->keys) {
        c->keys = old.keys;
        return WEIR_EMEM;
    }
    c->mask = size - 1;
    for (size_t i = 0; old.keys && i <= old.mask; i++)
        if (old.keys[i])
            c->keys[slot_of(c, old.keys[i])] = old.keys[i];
    free(old.keys);
    return 0;
}

static int add(struct spm_cuts *c, uint32_t a, uint32_t b)
{
    const size_t i = slot_of(c, pair_key(a, b));
    if (c->keys[i])
        return 0;
    c->keys[i] = pair_key(a, b);
    return ++c->n * 2 > c->mask ? rehash(c, (c->mask + 1) * 2) : 0;
}

/* The character at s as the normaliser leaves it: spaces escaped, an invalid byte U+FFFD. */
static uint32_t char_at(const struct spm_model *m, struct weir_span s, size_t at, unsigned *len)
{
    const uint32_t c = weir_utf8_decode(s.p + at, s.n - at, len);
    if (c == WEIR_UTF8_BAD)
        return 0xFFFD;
    return c == ' ' && m->escape_spaces ? SPACE : c;
}

static int add_piece(const struct spm_model *m, struct spm_cuts *c, struct weir_span s)
{
    uint32_t before = 0;
    unsigned len;
    for (size_t at = 0; at < s.n; at += len) {
        const uint32_t here = char_at(m, s, at, &len);
        if (at ? add(c, before, here) : len == s.n && add(c, ALONE, here))
            return WEIR_EMEM;
        before = here;
    }
    return 0;
}

static int provable(const struct spm_model *m)
{
    if (m->type != SPM_BPE || m->folds || m->remove_spaces || m->whitespace_suffix)
        return 0;
    for (size_t i = 0; i < m->n_pieces; i++)
        if (m->pieces[i].type == SPM_UNUSED)
            return 0;
    return 1;
}

int spm_cuts_build(struct spm_model *m, struct weir_err *err)
{
    if (!provable(m))
        return 0;
    struct spm_cuts *c = m->cuts = weir_calloc(1, sizeof *c);
    if (!c || rehash(c, 1024))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (getrandom(&c->seed, sizeof c->seed, GRND_NONBLOCK) < 0)
        c->seed = (uintptr_t)c;
    for (size_t i = 0; i < m->n_pieces; i++) {
        const int type = m->pieces[i].type;
        if ((type == SPM_NORMAL || type == SPM_USER_DEFINED) && add_piece(m, c, m->pieces[i].text))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    return 0;
}

void spm_cuts_free(struct spm_cuts *c)
{
    if (c)
        free(c->keys);
    free(c);
}

static int may_cut(const struct spm_model *m, uint32_t a, uint32_t b)
{
    const struct spm_cuts *c = m->cuts;
    return !has(c, a, b) && (m->byte_fallback || has(c, ALONE, a) || has(c, ALONE, b));
}

size_t spm_cuts_end(const struct spm_model *m, struct weir_span text, size_t at, size_t want)
{
    if (!m->cuts || text.n - at <= want + want / 2)
        return text.n;
    size_t i = at + want;
    while (i < text.n && ((uint8_t)text.p[i] & 0xC0) == 0x80)
        i++; // behind a whole character, or behind stray bytes that are one U+FFFD each
    unsigned len;
    uint32_t before = 0;
    for (size_t k = 0; i < text.n; i += len, k++) {
        const uint32_t here = char_at(m, text, i, &len);
        if (k && may_cut(m, before, here))
            return i;
        before = here;
    }
    return text.n;
}

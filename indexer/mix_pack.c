#include "indexer/mix_pack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_BYTES = 64 << 20 }; // samples of many pieces each: the window closes early
#define NONE UINT32_MAX

int mix_pack_open(struct mix_pack *p, struct weir_err *err)
{
    const size_t n = MIX_PACK_WINDOW, n_bits = p->length / 64 + 1;
    if (!p->join)
        return 0;
    p->at = weir_calloc(n, sizeof *p->at);
    p->order = weir_calloc(n, sizeof *p->order);
    p->next = weir_calloc(n, sizeof *p->next);
    p->room = weir_calloc(n, sizeof *p->room);
    p->head = weir_calloc(n, sizeof *p->head);
    p->same = weir_calloc(n, sizeof *p->same);
    p->first = weir_calloc((size_t)p->length + 1, sizeof *p->first);
    p->bits = weir_calloc(n_bits, sizeof *p->bits);
    p->words = weir_calloc(n_bits / 64 + 1, sizeof *p->words);
    p->members = weir_calloc(n, sizeof *p->members);
    const int ok = p->at && p->order && p->next && p->room && p->head && p->same && p->first &&
                   p->bits && p->words && p->members;
    return ok ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

void mix_pack_close(struct mix_pack *p)
{
    void *const all[] = {p->at,   p->order, p->next, p->room,  p->head,
                         p->same, p->first, p->bits, p->words, p->members};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    weir_buf_free(&p->items);
}

/* ---- sequences by the room that they have ---- */

static void add_room(struct mix_pack *p, uint32_t seq)
{
    const uint32_t room = p->room[seq], word = room / 64;
    const int is_first = !(p->bits[word] >> room % 64 & 1);
    p->same[seq] = is_first ? NONE : p->first[room];
    p->first[room] = seq;
    p->bits[word] |= UINT64_C(1) << room % 64;
    p->words[word / 64] |= UINT64_C(1) << word % 64;
}

static void remove_first(struct mix_pack *p, uint32_t room)
{
    const uint32_t word = room / 64;
    p->first[room] = p->same[p->first[room]];
    if (p->first[room] != NONE)
        return;
    p->bits[word] &= ~(UINT64_C(1) << room % 64);
    if (!p->bits[word])
        p->words[word / 64] &= ~(UINT64_C(1) << word % 64);
}

/* The smallest room of at least n; NONE when no sequence has it. */
static uint32_t best_room(const struct mix_pack *p, uint32_t n)
{
    const uint32_t last = p->length / 64;
    uint32_t word = n / 64;
    uint64_t bits = p->bits[word] & ~UINT64_C(0) << n % 64;
    if (bits)
        return word * 64 + (uint32_t)__builtin_ctzll(bits);
    if (word++ == last)
        return NONE;
    uint64_t words = p->words[word / 64] & ~UINT64_C(0) << word % 64;
    for (uint32_t i = word / 64; i <= last / 64; words = p->words[++i]) {
        if (words) {
            word = i * 64 + (uint32_t)__builtin_ctzll(words);
            return word * 64 + (uint32_t)__builtin_ctzll(p->bits[word]);
        }
        if (i == last / 64)
            break;
    }
    return NONE;
}

/* ---- a window ---- */

static const struct mix_item *item_at(const struct mix_pack *p, uint32_t i)
{
    return (const struct mix_item *)(p->items.p + p->at[i]);
}

/* By length, longest first, of equal ones the earlier first: a counting sort needs first[]'s room,
 * which is free before packing. */
static void sort_window(struct mix_pack *p)
{
    memset(p->first, 0, ((size_t)p->length + 1) * sizeof *p->first);
    for (uint32_t i = 0; i < p->n; i++)
        p->first[item_at(p, i)->n]++;
    uint32_t sum = 0;
    for (uint32_t l = p->length + 1; l-- > 0;) {
        const uint32_t n = p->first[l];
        p->first[l] = sum;
        sum += n;
    }
    for (uint32_t i = 0; i < p->n; i++)
        p->order[p->first[item_at(p, i)->n]++] = i;
}

static void fit_all(struct mix_pack *p)
{
    const size_t n_bits = p->length / 64 + 1;
    memset(p->bits, 0, n_bits * sizeof *p->bits);
    memset(p->words, 0, (n_bits / 64 + 1) * sizeof *p->words);
    p->n_seqs = 0;
    for (uint32_t k = 0; k < p->n; k++) {
        const uint32_t i = p->order[k], n = item_at(p, i)->n, room = best_room(p, n);
        uint32_t seq = p->n_seqs;
        if (room == NONE) {
            p->n_seqs++;
            p->head[seq] = NONE;
            p->room[seq] = p->length;
        } else {
            seq = p->first[room];
            remove_first(p, room);
        }
        p->next[i] = p->head[seq];
        p->head[seq] = i;
        p->room[seq] -= n;
        add_room(p, seq);
    }
}

static int by_address(const void *a, const void *b)
{
    const struct mix_item *const *x = a, *const *y = b;
    return (*x > *y) - (*x < *y);
}

static int write_seq(struct mix_pack *p, const struct mix_item *const *items, size_t n,
                     uint32_t room, struct weir_err *err)
{
    p->n_unfilled += room;
    return mix_sink_add(p->sink, items, n, p->pad ? room : 0, err);
}

/* Sequences in the order of their first samples, samples in theirs: in a shuffle that is random,
 * and in any order little is moved. */
static int write_window(struct mix_pack *p, struct weir_err *err)
{
    uint32_t *seq_of = p->order; // of a sequence's first sample; not needed any more
    memset(seq_of, 0xFF, p->n * sizeof *seq_of);
    for (uint32_t s = 0; s < p->n_seqs; s++) {
        uint32_t least = p->head[s];
        for (uint32_t i = least; i != NONE; i = p->next[i])
            least = i < least ? i : least;
        seq_of[least] = s;
    }
    int rc = 0;
    for (uint32_t i = 0; !rc && i < p->n; i++) {
        if (seq_of[i] == NONE)
            continue;
        size_t n = 0;
        for (uint32_t k = p->head[seq_of[i]]; k != NONE; k = p->next[k])
            p->members[n++] = item_at(p, k);
        qsort(p->members, n, sizeof *p->members, by_address);
        rc = write_seq(p, p->members, n, p->room[seq_of[i]], err);
    }
    return rc;
}

int mix_pack_flush(struct mix_pack *p, struct weir_err *err)
{
    if (!p->n)
        return 0;
    sort_window(p);
    fit_all(p);
    const int rc = write_window(p, err);
    p->n = 0;
    weir_buf_reset(&p->items, WINDOW_BYTES);
    return rc;
}

/* ---- adding ---- */

static int keep_item(struct mix_pack *p, const struct mix_item *item, uint32_t from, uint32_t end,
                     struct weir_err *err)
{
    struct mix_item head = *item;
    const struct index_piece *pieces = mix_item_pieces(item);
    head.at += (uint64_t)from * p->sink->parts->width;
    head.n = end - from;
    head.n_pieces = 0;
    p->at[p->n] = p->items.n;
    weir_buf_add(&p->items, &head, sizeof head);
    for (uint32_t i = 0; i < item->n_pieces; i++) {
        struct index_piece piece;
        if (!index_piece_cut(&pieces[i], from, end, &piece))
            continue;
        head.n_pieces++;
        weir_buf_add(&p->items, &piece, sizeof piece);
    }
    const int rc = weir_buf_check(&p->items, err);
    if (rc)
        return rc;
    memcpy(p->items.p + p->at[p->n++], &head, sizeof head);
    return p->n == MIX_PACK_WINDOW || p->items.n >= WINDOW_BYTES ? mix_pack_flush(p, err) : 0;
}

int mix_pack_add(struct mix_pack *p, const struct mix_item *item, struct weir_err *err)
{
    if (!p->join && item->n > p->length)
        return weir_err_set(err, WEIR_EUSAGE,
                            "a sample of %" PRIu32 " tokens does not fit rows of -n %" PRIu32,
                            item->n, p->length);
    if (!p->join)
        return write_seq(p, &item, 1, p->length - item->n, err);
    p->n_cut += item->n > p->length;
    int rc = 0;
    for (uint32_t from = 0; !rc && from < item->n; from += p->length) {
        const uint32_t left = item->n - from;
        rc = keep_item(p, item, from, from + (left < p->length ? left : p->length), err);
    }
    return rc;
}

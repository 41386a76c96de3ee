/* Unigram models: the best path through the pieces that a text may be made of (Viterbi).
 *
 * As SentencePiece 0.1.97 adds (unigram_model.cc, EncodeOptimized): a path's score is a float, a
 * piece is added to it in double precision, an unknown character in single; of equal scores the
 * path that was found first stays.  Scores of long texts lose digits as they grow, and ids depend
 * on that: of two paths that are nearly equal, which one is better may depend on all of the text
 * before.  But where all pieces end that began before, all paths meet, and the best one up to there
 * is known for good. */
#include "tok_impl.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ENOUGH = 1024 }; // bytes whose pieces are put at once

struct tok_path {
    float score, second; // of the best path that ends here, and of the next one
    uint32_t length, id; // of the last piece; length 0: no path ends here
};

/* Three steps of the trie in one. */
static int build_nodes(struct tok_unigram *u)
{
    u->nodes = weir_calloc(0x10000, sizeof *u->nodes);
    for (uint32_t c = 0x800; u->nodes && c < 0x10000; c++) {
        uint32_t node = tok_trie_next(&u->trie, 0, (uint8_t)(0xE0 | c >> 12));
        if (node && (node = tok_trie_next(&u->trie, node, (uint8_t)(0x80 | (c >> 6 & 63)))))
            u->nodes[c] = tok_trie_next(&u->trie, node, (uint8_t)(0x80 | (c & 63)));
    }
    return u->nodes ? 0 : WEIR_EMEM;
}

int tok_unigram_build(weir_tok *t, struct weir_err *err)
{
    const struct spm_model *m = &t->model;
    struct tok_unigram *u = t->unigram = weir_calloc(1, sizeof *u);
    struct tok_key *keys = weir_calloc(m->n_pieces, sizeof *keys);
    size_t n = 0, bytes = 0;
    float low = FLT_MAX, high = FLT_MIN; // as the library starts
    int rc = !u || !keys || !(u->scores = weir_calloc(m->n_pieces, sizeof *u->scores));
    for (size_t i = 0; i < m->n_pieces && !rc; i++) {
        const struct tok_symbol *s = &t->symbols[i];
        if (s->type == SPM_NORMAL) {
            low = s->score < low ? s->score : low;
            high = s->score > high ? s->score : high;
        }
        bytes += s->text.n;
        if (s->pieces && s->type != SPM_UNUSED)
            keys[n++] = (struct tok_key){s->text, (uint32_t)i};
    }
    for (size_t i = 0; i < m->n_pieces && !rc; i++) {
        const float length = (float)m->pieces[i].text.n; // with U+2581 as three bytes
        const float bonus = length * high;
        u->scores[i] = m->pieces[i].type == SPM_USER_DEFINED ? bonus - 0.1 : m->pieces[i].score;
    }
    if (!rc) {
        u->unk_score = low - 10.0f;
        u->most = fabs((double)u->unk_score);
        rc = tok_joins_init(&u->joins, bytes);
    }
    for (size_t i = 0; i < n && !rc; i++) {
        u->most = fmax(u->most, fabs(u->scores[keys[i].value]));
        tok_joins_add(&u->joins, keys[i].text);
    }
    if (!rc)
        rc = tok_trie_build(&u->trie, keys, n);
    free(keys);
    if (!rc)
        rc = build_nodes(u);
    if (!rc)
        rc = tok_unigram_pairs(t);
    return rc ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}

void tok_unigram_free(struct tok_unigram *u)
{
    if (!u)
        return;
    tok_trie_free(&u->trie);
    free(u->scores);
    free(u->nodes);
    free(u->joins.pairs);
    tok_pairs_free(&u->han);
    free(u);
}

/* Puts the pieces of the best path, which covers n bytes from `from` on, and frees its places. */
static int put_path(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t from,
                    size_t n, float *margin)
{
    struct tok_path *p = s->paths;
    size_t count = 0;
    for (size_t at = n; at; at -= p[at].length) {
        *margin = fminf(*margin, p[at].score - p[at].second);
        count++;
    }
    const int rc =
        weir_grow(&s->ids, &s->cap_ids, 2 * count, sizeof *s->ids) || tok_sink_room(o, TOK_MOST(n));
    for (size_t at = n, k = count; at && !rc; at -= p[at].length) {
        s->ids[--k] = p[at].id;
        s->ids[count + k] = (uint32_t)at;
    }
    for (size_t at = 0; at <= n; at++)
        p[at].length = 0;
    for (size_t k = 0, at = from, end; k < count && !rc; k++, at = end) {
        end = from + s->ids[count + k];
        if (s->ids[k] == t->unk)
            tok_put_unknown(o, s->text.p, at, end);
        else
            tok_put(o, s->ids[k], end);
    }
    return rc ? WEIR_EMEM : 0;
}

/* Places behind what was reached always have length 0. */
static int path_room(weir_tok_scratch *s, size_t n)
{
    const size_t had = s->cap_paths;
    if (n <= had)
        return 0;
    if (weir_grow(&s->paths, &s->cap_paths, n * 2, sizeof *s->paths))
        return WEIR_EMEM;
    memset(s->paths + had, 0, (s->cap_paths - had) * sizeof *s->paths);
    return 0;
}

static inline void better(struct tok_path *to, double score, size_t length, uint32_t id)
{
    if (!to->length || score > to->score) {
        to->second = to->length ? to->score : -INFINITY;
        to->score = (float)score;
        to->length = (uint32_t)length;
        to->id = id;
    } else if (score > to->second) {
        to->second = (float)score;
    }
}

/* Tries all pieces that begin at p, with the character c; returns the length of the longest. */
static size_t extend(const struct tok_unigram *u, const char *p, size_t n, struct tok_path *path,
                     uint32_t c, size_t char_len, int *has_char)
{
    const struct tok_unit *units = u->trie.units;
    const double so_far = path->score;
    size_t longest = 0, i = char_len == 3 ? 2 : 0;
    uint32_t node = char_len == 3 ? u->nodes[c] : tok_trie_next(&u->trie, 0, (uint8_t)*p);
    while (node) {
        const int32_t id = u->trie.values[node];
        i++;
        if (id >= 0) {
            longest = i;
            *has_char |= longest == char_len;
            better(&path[longest], u->scores[id] + so_far, longest, (uint32_t)id);
        }
        if (i == n)
            break;
        const uint32_t to = units[node].base + (uint8_t)p[i];
        node = units[to].check == node ? to : 0;
    }
    return longest;
}

int tok_unigram_best(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t at,
                     size_t end, float *score, float *margin)
{
    const struct tok_unigram *u = t->unigram;
    size_t from = at, reached = at;
    if (path_room(s, TOK_LONGEST_PIECE))
        return WEIR_EMEM;
    s->paths[0].score = *score;
    while (at < end) {
        if (path_room(s, at - from + TOK_LONGEST_PIECE + 8))
            return WEIR_EMEM;
        if (at == reached && at - from >= ENOUGH) { // all paths meet here
            *score = s->paths[at - from].score;
            if (put_path(t, s, o, from, at - from, margin))
                return WEIR_EMEM;
            from = at;
            s->paths[0].score = *score;
        }
        struct tok_path *path = &s->paths[at - from];
        unsigned len;
        int has_char = 0;
        const uint32_t c = tok_decode_char(s->text.p + at, &len);
        size_t longest = extend(u, s->text.p + at, end - at, path, c, len, &has_char);
        if (!has_char) {
            const float unknown = u->unk_score + path->score;
            better(path + len, unknown, len, t->unk);
            longest = longest < len ? len : longest;
        }
        reached = reached < at + longest ? at + longest : reached;
        at += len;
    }
    *score = s->paths[end - from].score;
    return put_path(t, s, o, from, end - from, margin);
}

#include "dedup/dedup_cut.h"

#include <sha1.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"
#include "weir/utf8.h"

enum { KEEP_BYTES = 64 << 10 };

/* Python's str.isspace(), by which CCNet strips a line. */
static int is_space(uint32_t c)
{
    return weir_is_space(c) || (c >= 0x1C && c <= 0x1F);
}

static struct weir_span strip(struct weir_span s)
{
    unsigned len;
    while (s.n && is_space(weir_utf8_decode(s.p, s.n, &len))) {
        s.p += len;
        s.n -= len;
    }
    while (s.n) {
        const size_t at = weir_utf8_prev(s.p, s.n);
        if (!is_space(weir_utf8_decode(s.p + at, s.n - at, &len)))
            break;
        s.n = at;
    }
    return s;
}

uint64_t dedup_line_hash(struct dedup_cutter *c, struct weir_span line)
{
    struct weir_span normal = strip(line);
    SHA1_CTX sha;
    uint8_t digest[SHA1_DIGEST_LENGTH];
    uint64_t hash;
    if (c->rule->raw && normal.n) {
        normal = line;
    } else {
        dedup_simple_start(&c->simple, c->rule->simple, normal);
        dedup_simple_next(&c->simple, &normal);
    }
    if (!normal.n)
        return 0;
    SHA1Init(&sha);
    SHA1Update(&sha, (const uint8_t *)normal.p, normal.n);
    SHA1Final(digest, &sha);
    memcpy(&hash, digest, sizeof hash);
    return hash ? hash : 1;
}

static int is_allowed(const struct dedup_cut_rule *r, uint64_t hash)
{
    size_t low = 0, high = r->n_allowed;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (r->allowed[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->n_allowed && r->allowed[low] == hash;
}

static int push_piece(struct dedup_cutter *c, size_t from, size_t to)
{
    if (weir_grow(&c->piece, &c->cap_piece, c->n_piece + 1, sizeof *c->piece))
        return WEIR_EMEM;
    c->piece[c->n_piece++] = (struct dedup_piece){from, to};
    return 0;
}

static int push_mark(struct dedup_cutter *c, uint64_t hash, size_t piece)
{
    if (weir_grow(&c->mark, &c->cap_mark, c->n_mark + 1, sizeof *c->mark))
        return WEIR_EMEM;
    c->mark[c->n_mark++] = (struct dedup_mark){hash, (uint32_t)piece, 0};
    return 0;
}

static int cut_lines(struct dedup_cutter *c, struct weir_span text, int marks)
{
    for (size_t at = 0, next; at < text.n; at = next) {
        const char *nl = memchr(text.p + at, '\n', text.n - at);
        const size_t end = nl ? (size_t)(nl - text.p) : text.n;
        const struct weir_span line = weir_span(text.p + at, end - at);
        next = nl ? end + 1 : end;
        if (c->n_piece && !strip(line).n) { // a blank line belongs to the one before
            c->piece[c->n_piece - 1].to = next;
            continue;
        }
        const uint64_t hash = marks ? dedup_line_hash(c, line) : 0;
        if (hash && !is_allowed(c->rule, hash) && push_mark(c, hash, c->n_piece))
            return WEIR_EMEM;
        if (push_piece(c, at, next))
            return WEIR_EMEM;
    }
    return 0;
}

/* Appends a normalised sentence, as simplify_text() gives it: words with single spaces. */
static int add_sentence(struct dedup_cutter *c, struct weir_span sentence)
{
    struct weir_span chunk;
    if (weir_grow(&c->normal_at, &c->cap_normal_at, c->n_piece + 1, sizeof *c->normal_at))
        return WEIR_EMEM;
    if (c->n_piece)
        weir_buf_addc(&c->normal, ' ');
    c->normal_at[c->n_piece] = c->normal.n;
    dedup_simple_start(&c->simple, c->rule->simple, sentence);
    for (int first = 1; dedup_simple_next(&c->simple, &chunk); first = 0) {
        if (!first)
            weir_buf_addc(&c->normal, ' ');
        weir_buf_add(&c->normal, chunk.p, chunk.n);
    }
    return c->normal.failed ? WEIR_EMEM : 0;
}

static int is_blank(const char *p, size_t n)
{
    return !n || (*p == ' ' && !memcmp(p, p + 1, n - 1));
}

static int mark_spans(struct dedup_cutter *c)
{
    const size_t n = c->rule->n_sentences;
    if (!c->normal.n)
        return 0;
    for (size_t i = 0; i + n <= c->n_piece; i++) {
        const size_t from = c->normal_at[i];
        const size_t to = i + n < c->n_piece ? c->normal_at[i + n] - 1 : c->normal.n;
        if (is_blank(c->normal.p + from, to - from))
            continue;
        if (push_mark(c, XXH64(c->normal.p + from, to - from, 0), i))
            return WEIR_EMEM;
    }
    return 0;
}

static int cut_sentences(struct dedup_cutter *c, struct weir_span text,
                         enum weir_sentence_rules sentences, int marks)
{
    c->normal.n = 0;
    for (size_t at = 0, end; at < text.n; at = end) {
        end = weir_sentence_end(text, at, sentences);
        if (marks && add_sentence(c, weir_span(text.p + at, end - at)))
            return WEIR_EMEM;
        if (push_piece(c, at, end))
            return WEIR_EMEM;
    }
    return marks ? mark_spans(c) : 0;
}

int dedup_cut(struct dedup_cutter *c, struct weir_span text, enum weir_sentence_rules sentences,
              int marks)
{
    c->n_piece = c->n_mark = 0;
    const int rc =
        c->rule->n_sentences ? cut_sentences(c, text, sentences, marks) : cut_lines(c, text, marks);
    const int failed = c->simple.chunk.failed;
    weir_buf_reset(&c->simple.chunk, KEEP_BYTES);
    weir_buf_reset(&c->normal, KEEP_BYTES);
    return failed ? WEIR_EMEM : rc;
}

static int find_gone(struct dedup_cutter *c, const uint32_t *pieces, size_t n)
{
    const size_t length = c->rule->n_sentences ? c->rule->n_sentences : 1;
    c->n_gone = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t from = c->piece[pieces[i]].from, to = c->piece[pieces[i] + length - 1].to;
        if (c->n_gone && from <= c->gone[c->n_gone - 1].to) {
            c->gone[c->n_gone - 1].to = to;
            continue;
        }
        if (weir_grow(&c->gone, &c->cap_gone, c->n_gone + 1, sizeof *c->gone))
            return WEIR_EMEM;
        c->gone[c->n_gone++] = (struct dedup_piece){from, to};
    }
    return 0;
}

int dedup_cut_remove(struct dedup_cutter *c, struct weir_span text, const uint32_t *pieces,
                     size_t n, struct weir_buf *left)
{
    if (find_gone(c, pieces, n))
        return WEIR_EMEM;
    /* A text that did not end in a newline does not do so because its last line went. */
    struct dedup_piece *last = c->n_gone ? &c->gone[c->n_gone - 1] : NULL;
    if (last && last->to == text.n && text.p[text.n - 1] != '\n') {
        const size_t least = c->n_gone > 1 ? last[-1].to : 0;
        while (last->from > least && text.p[last->from - 1] == '\n')
            last->from--;
    }
    size_t at = 0;
    for (size_t i = 0; i < c->n_gone; i++) {
        weir_buf_add(left, text.p + at, c->gone[i].from - at);
        at = c->gone[i].to;
    }
    weir_buf_add(left, text.p + at, text.n - at);
    return left->failed ? WEIR_EMEM : 0;
}

void dedup_cutter_free(struct dedup_cutter *c)
{
    weir_buf_free(&c->simple.chunk);
    weir_buf_free(&c->normal);
    free(c->piece);
    free(c->mark);
    free(c->normal_at);
    free(c->gone);
}

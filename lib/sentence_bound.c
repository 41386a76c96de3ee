/* Places inside a sentence: where a long one may be cut. */
#include "sentence_impl.h"

#include <pthread.h>
#include <string.h>

enum { CLOSERS = 4 };

/* Is there a clause mark, perhaps with a few closers, right before at? */
static int behind_clause(struct weir_span t, size_t at, uint32_t next)
{
    unsigned len;
    for (int i = 0; i <= CLOSERS && at; i++) {
        at = weir_utf8_prev(t.p, at);
        const uint32_t c = char_at(t, at, &len);
        const enum mark m = mark_of(c);
        if (m == CLOSER || m == QUOTE)
            continue;
        if (c == '\n')
            return 1;
        if (m == PLAIN || m == SPACE)
            return 0;
        return c >= 0x80 || next >= 0x80 || kind_of(next) == SPACES;
    }
    return 0;
}

static int is_ascii_word(uint8_t c)
{
    return weir_is_ascii_alpha(c) || weir_is_ascii_digit(c);
}

/* Does a character of U+5000 to U+9FFF stand at p?  All of them are Han. */
static int is_common_han(const uint8_t *p)
{
    return p[0] >= 0xE5 && p[0] <= 0xE9 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
}

enum weir_bound weir_bound_at(struct weir_span text, size_t at)
{
    const uint8_t *u = (const uint8_t *)text.p;
    unsigned len;
    if (!at || at >= text.n)
        return WEIR_BOUND_CLAUSE;
    /* Most places; the rest says the same of them, slowly. */
    if (is_ascii_word(u[at - 1]) && (is_ascii_word(u[at]) || u[at] == ' '))
        return u[at] == ' ' ? WEIR_BOUND_WORD : WEIR_BOUND_CHAR;
    if (at >= 3 && is_common_han(u + at - 3))
        return weir_is_han(char_at(text, at, &len)) ? WEIR_BOUND_CHAR : WEIR_BOUND_WORD;
    need_classes();
    const uint32_t before = char_at(text, weir_utf8_prev(text.p, at), &len);
    const uint32_t next = char_at(text, at, &len);
    const enum mark m = mark_of(next);
    if (before == '\n')
        return WEIR_BOUND_CLAUSE;
    if (m != CLOSER && m != QUOTE && m != GO_ON && mark_of(before) != PLAIN &&
        behind_clause(text, at, next))
        return WEIR_BOUND_CLAUSE;
    return kind_of(before) == kind_of(next) ? WEIR_BOUND_CHAR : WEIR_BOUND_WORD;
}

/* ---- all places of a text ----
 *
 * What weir_bound_at() sees behind it is one of 64 states: the kind of the last character, and
 * whether a clause mark (of ASCII, which needs a space behind it, or another) or a newline stands
 * there with at most four closers between.  A character has one of 128 classes: its mark and kind,
 * and whether it is ASCII.  So a step is one look into a table. */

enum { NOT_ASCII = 64, AFTER_HAN = HAN };

/* What stands behind, above the kind in a state; with k closers between: + k. */
enum clause { NOTHING, AFTER_LINE = 1, AFTER_MARK = 6, AFTER_ASCII_MARK = 11 };

static uint8_t steps[64][128]; // bound << 6 | next state
static pthread_once_t steps_once = PTHREAD_ONCE_INIT;

static int closes(enum mark m)
{
    return m == CLOSER || m == QUOTE;
}

static enum weir_bound bound_in(enum kind before, unsigned clause, unsigned class)
{
    const enum mark m = (enum mark)(class & 15);
    const enum kind kind = (enum kind)(class >> 4 & 3);
    const int any_behind = clause < AFTER_ASCII_MARK || class & NOT_ASCII || kind == SPACES;
    if (clause == AFTER_LINE || (clause && any_behind && !closes(m) && m != GO_ON))
        return WEIR_BOUND_CLAUSE;
    return before == kind ? WEIR_BOUND_CHAR : WEIR_BOUND_WORD;
}

static unsigned clause_behind(unsigned clause, unsigned class)
{
    const enum mark m = (enum mark)(class & 15);
    if (closes(m)) // one more between, unless there are as many as count
        return clause && (clause - 1) % (CLOSERS + 1) < CLOSERS ? clause + 1 : NOTHING;
    if (m == NEWLINE)
        return AFTER_LINE;
    if (m == PLAIN || m == SPACE)
        return NOTHING;
    return class & NOT_ASCII ? AFTER_MARK : AFTER_ASCII_MARK;
}

static void make_steps(void)
{
    for (unsigned state = 0; state < 64; state++)
        for (unsigned class = 0; class < 128; class ++) {
            const unsigned next = clause_behind(state >> 2, class) << 2 | (class >> 4 & 3);
            steps[state][class] =
                (uint8_t)(bound_in((enum kind)(state & 3), state >> 2, class) << 6 | next);
        }
}

void weir_bounds(struct weir_span text, uint8_t *to)
{
    static const uint32_t han = WEIR_BOUND_CHAR; // and two places inside the character
    const char *p = text.p;
    unsigned state = 0, len;
    need_classes();
    pthread_once(&steps_once, make_steps);
    for (size_t at = 0; at < text.n; at += len) {
        while (state == AFTER_HAN && text.n - at > 2 && is_common_han((const uint8_t *)p + at)) {
            memcpy(to + at, &han, sizeof han);
            at += 3;
        }
        if (at == text.n)
            break;
        const uint32_t c = char_at(text, at, &len);
        const unsigned class = c < 0x80      ? sentence_classes[c]
                               : c < 0x10000 ? sentence_classes[c] | NOT_ASCII
                                             : PLAIN | NOT_ASCII | sentence_slow_kind(c) << 4;
        const uint8_t step = steps[state][class];
        const uint32_t bytes = step >> 6;
        memcpy(to + at, &bytes, sizeof bytes);
        state = step & 63;
    }
    to[0] = to[text.n] = WEIR_BOUND_CLAUSE;
}

#include "kg2instruction/ie_json.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK     ((size_t)32 << 10)
#define MAX_DEPTH 129

struct ie_block {
    struct ie_block *next;
    size_t n, cap;
    _Alignas(16) char p[];
};

void ie_doc_reset(struct ie_doc *d)
{
    while (d->block && (d->block->next || d->block->cap > BLOCK)) {
        struct ie_block *next = d->block->next;
        free(d->block);
        d->block = next;
    }
    if (d->block)
        d->block->n = 0;
    d->n_stack = 0;
    d->cut = d->failed = 0;
}

void ie_doc_free(struct ie_doc *d)
{
    while (d->block) {
        struct ie_block *next = d->block->next;
        free(d->block);
        d->block = next;
    }
    free(d->stack);
    *d = (struct ie_doc){0};
}

void *ie_alloc(struct ie_doc *d, size_t n)
{
    n = (n + 15) & ~(size_t)15;
    if (!d->block || d->block->cap - d->block->n < n) {
        const size_t cap = n > BLOCK ? n : BLOCK;
        struct ie_block *b = malloc(sizeof *b + cap);
        if (!b) {
            d->failed = 1;
            return NULL;
        }
        *b = (struct ie_block){.next = d->block, .cap = cap};
        d->block = b;
    }
    d->block->n += n;
    return d->block->p + d->block->n - n;
}

/* ---- parsing ---- */

struct in {
    struct ie_doc *d;
    const char *p;
    size_t at, n;
    int depth;
};

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int has(const struct in *i, const char *s)
{
    const size_t n = strlen(s);
    return i->n - i->at >= n && !memcmp(i->p + i->at, s, n);
}

static void skip_blank(struct in *i)
{
    while (i->at < i->n && is_blank(i->p[i->at]))
        i->at++;
}

/* Goes over the sign, or over its full-width form in loose text; 0 when it is not there. */
static int take(struct in *i, const char *sign, const char *wide)
{
    skip_blank(i);
    const size_t n = has(i, sign) ? strlen(sign) : i->d->loose && has(i, wide) ? strlen(wide) : 0;
    i->at += n;
    return n > 0;
}

static unsigned hex4(const char *p)
{
    unsigned v = 0;
    for (int i = 0; i < 4; i++) {
        const char c = p[i];
        if (c >= '0' && c <= '9')
            v = v << 4 | (unsigned)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            v = v << 4 | (unsigned)((c | 32) - 'a' + 10);
        else
            return 0x110000;
    }
    return v;
}

/* p[*i] is behind "\u"; *i goes behind the digits. */
static uint32_t unescape_u(const char *p, size_t *i, size_t n)
{
    uint32_t c = n - *i >= 4 ? hex4(p + *i) : 0x110000;
    if (c == 0x110000)
        return 0xFFFD;
    *i += 4;
    if (c >= 0xD800 && c < 0xDC00 && n - *i >= 6 && p[*i] == '\\' && p[*i + 1] == 'u') {
        const unsigned low = hex4(p + *i + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            *i += 6;
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return c >= 0xD800 && c < 0xE000 ? 0xFFFD : c;
}

static size_t utf8(uint32_t c, char *to)
{
    if (c < 0x80)
        return to[0] = (char)c, 1;
    if (c < 0x800)
        return to[0] = (char)(0xC0 | c >> 6), to[1] = (char)(0x80 | (c & 63)), 2;
    if (c < 0x10000)
        return to[0] = (char)(0xE0 | c >> 12), to[1] = (char)(0x80 | (c >> 6 & 63)),
               to[2] = (char)(0x80 | (c & 63)), 3;
    return to[0] = (char)(0xF0 | c >> 18), to[1] = (char)(0x80 | (c >> 12 & 63)),
           to[2] = (char)(0x80 | (c >> 6 & 63)), to[3] = (char)(0x80 | (c & 63)), 4;
}

/* Never longer than what it stands for. */
static struct weir_span unescape(struct ie_doc *d, const char *p, size_t n)
{
    char *to = ie_alloc(d, n + 1);
    size_t k = 0;
    if (!to)
        return weir_span("", 0);
    for (size_t i = 0; i < n;) {
        if (p[i] != '\\' || i + 1 == n) {
            to[k++] = p[i++];
            continue;
        }
        const char c = p[i + 1];
        i += 2;
        static const char from[] = "bfnrt", plain[] = "\b\f\n\r\t";
        const char *known = c ? strchr(from, c) : NULL;
        if (c == 'u') {
            char u[4];
            const size_t at = i;
            const size_t m = utf8(unescape_u(p, &i, n), u);
            const size_t room = 2 + (i - at);
            memcpy(to + k, u, m < room ? m : room);
            k += m < room ? m : 0;
            if (m > room)
                to[k++] = '?';
        } else {
            to[k++] = known ? plain[known - from] : c;
        }
    }
    return weir_span(to, k);
}

/* i->at is at the quote. */
static struct weir_span read_string(struct in *i)
{
    const char quote = i->p[i->at++];
    const size_t from = i->at;
    int escaped = 0;
    while (i->at < i->n && i->p[i->at] != quote) {
        escaped |= i->p[i->at] == '\\';
        i->at += i->p[i->at] == '\\' && i->n - i->at > 1 ? 2 : 1;
    }
    const size_t to = i->at;
    if (i->at < i->n)
        i->at++;
    else
        i->d->cut = 1;
    return escaped ? unescape(i->d, i->p + from, to - from) : weir_span(i->p + from, to - from);
}

static int is_quote(const struct in *i)
{
    return i->at < i->n && (i->p[i->at] == '"' || (i->d->loose && i->p[i->at] == '\''));
}

static int ends_scalar(char c)
{
    return is_blank(c) || c == ',' || c == ']' || c == '}' || c == ':' || c == '[' || c == '{';
}

static int read_scalar(struct in *i, struct ie_val *v)
{
    const size_t from = i->at;
    while (i->at < i->n && !ends_scalar(i->p[i->at]))
        i->at++;
    v->str = weir_span(i->p + from, i->at - from);
    const char c = v->str.n ? v->str.p[0] : 0;
    v->type = WEIR_JSON_NUMBER;
    if (weir_span_is(v->str, "true") || weir_span_is(v->str, "false") ||
        (i->d->loose && (weir_span_is(v->str, "True") || weir_span_is(v->str, "False"))))
        v->type = WEIR_JSON_BOOL;
    else if (weir_span_is(v->str, "null") || (i->d->loose && weir_span_is(v->str, "None")))
        v->type = WEIR_JSON_NULL;
    else if (i->d->loose && c != '-' && (c < '0' || c > '9'))
        v->type = WEIR_JSON_STRING; // a word without quotes
    return v->str.n > 0;
}

static int read_value(struct in *i, struct ie_val *v);

static int push(struct ie_doc *d, const struct ie_val *v)
{
    if (weir_grow(&d->stack, &d->cap_stack, d->n_stack + 1, sizeof *d->stack)) {
        d->failed = 1;
        return 0;
    }
    d->stack[d->n_stack++] = *v;
    return 1;
}

/* A member or an element; 0 when none begins here. */
static int read_item(struct in *i, int is_object, struct ie_val *v)
{
    struct weir_span key = {0};
    if (is_object) {
        skip_blank(i);
        if (!is_quote(i))
            return 0;
        key = read_string(i);
        if (!take(i, ":", "：")) {
            i->d->cut |= i->at == i->n;
            return 0;
        }
    }
    const int ok = read_value(i, v);
    v->key = key;
    return ok;
}

static int read_many(struct in *i, struct ie_val *v, const char *close)
{
    struct ie_doc *d = i->d;
    const size_t base = d->n_stack;
    const int is_object = *close == '}';
    int ok = ++i->depth < MAX_DEPTH;
    v->type = is_object ? WEIR_JSON_OBJECT : WEIR_JSON_ARRAY;
    i->at++;
    while (ok && !take(i, close, close)) {
        struct ie_val kid = {0};
        const size_t before = i->at;
        if (i->at == i->n) {
            d->cut = 1;
            break;
        }
        if (take(i, ",", "，") || (d->loose && take(i, "、", "；")))
            continue;
        if (read_item(i, is_object, &kid))
            ok = push(d, &kid);
        else if (d->loose && i->at < i->n && (i->p[i->at] == '}' || i->p[i->at] == ']'))
            break; // closed by the other bracket: this one was forgotten
        else if (d->loose && i->at == i->n)
            d->cut = 1;
        else
            ok = d->loose && i->at > before;
    }
    i->depth--;
    v->n = d->n_stack - base;
    v->kid = ok ? ie_alloc(d, v->n * sizeof *v->kid) : NULL;
    if (v->kid && v->n)
        memcpy(v->kid, d->stack + base, v->n * sizeof *v->kid);
    d->n_stack = base;
    return v->kid != NULL;
}

static int read_value(struct in *i, struct ie_val *v)
{
    skip_blank(i);
    *v = (struct ie_val){0};
    if (i->at == i->n) {
        i->d->cut = 1;
        return 0;
    }
    if (i->p[i->at] == '{')
        return read_many(i, v, "}");
    if (i->p[i->at] == '[')
        return read_many(i, v, "]");
    if (is_quote(i)) {
        v->type = WEIR_JSON_STRING;
        v->str = read_string(i);
        return !i->d->failed;
    }
    return read_scalar(i, v);
}

const struct ie_val *ie_parse(struct ie_doc *d, struct weir_span text, size_t *at)
{
    struct in i = {.d = d, .p = text.p, .at = *at, .n = text.n};
    struct ie_val *v = ie_alloc(d, sizeof *v);
    const int ok = v && read_value(&i, v);
    *at = i.at;
    return ok ? v : NULL;
}

/* ---- looking ---- */

const struct ie_val *ie_get(const struct ie_val *v, const char *key)
{
    if (!v || v->type != WEIR_JSON_OBJECT)
        return NULL;
    for (size_t i = v->n; i--;) // the last of that name counts, as everywhere
        if (weir_span_is(v->kid[i].key, key))
            return &v->kid[i];
    return NULL;
}

struct weir_span ie_text(const struct ie_val *v, const char *key)
{
    const struct ie_val *m = ie_get(v, key);
    return m && m->type == WEIR_JSON_STRING ? m->str : weir_span(NULL, 0);
}

int ie_whole(const struct ie_val *v, uint64_t *n)
{
    if (!v || v->type != WEIR_JSON_NUMBER || !v->str.n || v->str.n > 18)
        return -1;
    *n = 0;
    for (size_t i = 0; i < v->str.n; i++) {
        if (v->str.p[i] < '0' || v->str.p[i] > '9')
            return -1;
        *n = *n * 10 + (uint64_t)(v->str.p[i] - '0');
    }
    return 0;
}

int ie_number(const struct ie_val *v, const char *key, uint64_t *n)
{
    return ie_whole(ie_get(v, key), n);
}

/* ---- writing ---- */

void ie_put(struct weir_buf *b, const struct ie_val *v, int spaced)
{
    if (v->type == WEIR_JSON_STRING) {
        weir_buf_add_json(b, v->str);
        return;
    }
    if (v->type != WEIR_JSON_OBJECT && v->type != WEIR_JSON_ARRAY) {
        weir_buf_add(b, v->str.p, v->str.n);
        return;
    }
    const int is_object = v->type == WEIR_JSON_OBJECT;
    weir_buf_addc(b, is_object ? '{' : '[');
    for (size_t i = 0; i < v->n; i++) {
        if (i)
            weir_buf_adds(b, spaced ? ", " : ",");
        if (is_object) {
            weir_buf_add_json(b, v->kid[i].key);
            weir_buf_adds(b, spaced ? ": " : ":");
        }
        ie_put(b, &v->kid[i], spaced);
    }
    weir_buf_addc(b, is_object ? '}' : ']');
}

void ie_put_id(struct weir_buf *b, const struct ie_val *id)
{
    if (id->type == WEIR_JSON_NUMBER)
        weir_buf_add_json(b, id->str);
    else
        ie_put(b, id, 0);
}

void ie_put_rest(struct weir_buf *b, const struct ie_val *v, const char *const *named)
{
    for (size_t i = 0; v && v->type == WEIR_JSON_OBJECT && i < v->n; i++) {
        size_t k = 0;
        while (named[k] && !weir_span_is(v->kid[i].key, named[k]))
            k++;
        if (named[k])
            continue;
        weir_buf_addc(b, ',');
        weir_buf_add_json(b, v->kid[i].key);
        weir_buf_addc(b, ':');
        ie_put(b, &v->kid[i], 0);
    }
}

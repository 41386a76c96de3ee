/* A person's article goes on with a part of the name: Lincoln, 爱因斯坦. */
#include <string.h>

#include "kg2instruction/ann_mark.h"
#include "weir/utf8.h"

/* The last part of a folded name: behind the last space, or U+00B7 in Chinese; n 0: none. */
static struct weir_span last_part(struct weir_span name)
{
    size_t from = 0, chars = 0;
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == ' ')
            from = i + 1;
        if (i + 1 < name.n && !memcmp(name.p + i, "\xC2\xB7", 2))
            from = i + 2;
        if (name.p[i] == '(')
            return weir_span(NULL, 0);
    }
    const struct weir_span part = weir_span(name.p + from, name.n - from);
    for (size_t i = 0; i < part.n; i++)
        chars += ((unsigned char)part.p[i] & 0xC0) != 0x80;
    const int han = part.n && (unsigned char)*part.p >= 0xE3;
    return from && chars >= (han ? 2 : 4) ? part : weir_span(NULL, 0);
}

static int is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* In "Mary Lincoln" and "Lincoln Memorial" it is part of another name; "President Lincoln" is he.
 */
static int in_another_name(const struct ann_doc *d, size_t src, size_t n)
{
    static const char *const titles[] = {
        "president", "mr",       "mr.",      "dr",        "dr.",        "sir",     "general",
        "senator",   "king",     "queen",    "professor", "chancellor", "emperor", "colonel",
        "captain",   "minister", "when",     "while",     "after",      "before",  "in",
        "but",       "and",      "although", "as",        "since",      "because", "that"};
    const char *const t = d->doc.text.p;
    const size_t n_text = d->doc.text.n;
    const size_t end = src + n;
    if (end + 1 < n_text && t[end] == ' ' && is_upper(t[end + 1]))
        return 1;
    if (!src || (t[src - 1] != ' ' && t[src - 1] != '-'))
        return 0;
    size_t from = src - 1;
    while (from && t[from - 1] != ' ' && t[from - 1] != '\n')
        from--;
    if (!is_upper(t[from]))
        return 0;
    const size_t len = src - 1 - from;
    if (len && strchr(".,;:", t[src - 2]) && len > 3)
        return 0; // the end of a sentence or a clause
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (strlen(titles[i]) == len && !strncasecmp(titles[i], t + from, len))
            return 0;
    return 1;
}

int ann_name_parts(struct ann_doc *d)
{
    const struct ann_entity *e = d->subject != ANN_NONE_ENTITY ? &d->entities[d->subject] : NULL;
    if (!e || e->topic != ANN_PERSON || !d->doc.title.n)
        return 0;
    d->key.n = 0;
    if (kg_fold_text(d->sh->fold, &d->text.scratch, d->doc.title, &d->key))
        return WEIR_EMEM;
    const struct weir_span part = last_part(weir_buf_span(&d->key));
    const struct ann_text *t = &d->text;
    const int latin = part.n && (unsigned char)*part.p < 0xE3;
    for (size_t at = 0; part.n && at + part.n <= t->folded.n; at++) {
        const char *const hit = memmem(t->folded.p + at, t->folded.n - at, part.p, part.n);
        if (!hit)
            break;
        at = (size_t)(hit - t->folded.p);
        if (!t->end[at] || !t->end[at + part.n])
            continue;
        const struct weir_span s = ann_text_source(t, at, at + part.n);
        const size_t src = (size_t)(s.p - t->text.p);
        if (latin && (!is_upper(*s.p) || in_another_name(d, src, s.n)))
            continue;
        if (ann_place(d, src, s.n, d->subject, 0, ANN_BY_NAME))
            return WEIR_EMEM;
    }
    return 0;
}

#include "ingest/github_rules.h"

#include <string.h>
#include <strings.h>

/* Sentences that only that licence has, in lower case with single spaces. */
struct license {
    const char *id, *has, *lacks;
};

static const struct license licenses[] = {
    {"AGPL-3.0", "gnu affero general public license version 3, 19 november 2007", NULL},
    {"LGPL-3.0", "gnu lesser general public license version 3, 29 june 2007", NULL},
    {"LGPL-2.1", "gnu lesser general public license version 2.1, february 1999", NULL},
    {"GPL-3.0", "gnu general public license version 3, 29 june 2007", NULL},
    {"GPL-2.0", "gnu general public license version 2, june 1991", NULL},
    {"Apache-2.0", "apache license version 2.0, january 2004", NULL},
    {"MPL-2.0", "mozilla public license version 2.0 ", NULL},
    {"MIT",
     "permission is hereby granted, free of charge, to any person obtaining a copy of this "
     "software and associated documentation files",
     "except as contained in this notice"},
    {"ISC",
     "permission to use, copy, modify, and/or distribute this software for any purpose with or "
     "without fee is hereby granted, provided that",
     NULL},
    {"ISC",
     "permission to use, copy, modify, and distribute this software for any purpose with or "
     "without fee is hereby granted, provided that",
     NULL},
    {"0BSD",
     "permission to use, copy, modify, and/or distribute this software for any purpose with or "
     "without fee is hereby granted. the software",
     NULL},
    {"BSD-4-Clause", "all advertising materials mentioning features or use of this software", NULL},
    {"BSD-3-Clause", "may be used to endorse or promote products derived from",
     "all advertising materials mentioning features or use of this software"},
    {"BSD-2-Clause", "redistribution and use in source and binary forms",
     "may be used to endorse or promote products derived from"},
    {"Unlicense", "this is free and unencumbered software released into the public domain", NULL},
    {"CC0-1.0", "cc0 1.0 universal", NULL},
    {"CC-BY-4.0", "creative commons attribution 4.0 international", NULL},
    {"CC-BY-SA-4.0", "creative commons attribution-sharealike 4.0 international", NULL},
    {"BSL-1.0", "boost software license - version 1.0", NULL},
    {"EPL-2.0", "eclipse public license - v 2.0", NULL},
    {"Zlib", "this software is provided 'as-is', without any express or implied warranty", NULL},
};

enum { TEXT_MAX = 1 << 17, TAG_HEAD = 4096, TAG_MAX = 120 };

int github_is_license_name(struct weir_span name)
{
    static const char *const stems[] = {"license", "licence", "copying", "unlicense"};
    static const char *const ends[] = {"", ".txt", ".md", ".rst", ".markdown"};
    for (size_t i = 0; i < sizeof(stems) / sizeof(*stems); i++) {
        const size_t n = strlen(stems[i]);
        if (name.n < n || strncasecmp(name.p, stems[i], n))
            continue;
        const struct weir_span rest = weir_span(name.p + n, name.n - n);
        if (rest.n && (rest.p[0] == '-' || rest.p[0] == '_')) // LICENSE-MIT
            return 1;
        for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++) {
            if (rest.n == strlen(ends[k]) && !strncasecmp(rest.p, ends[k], rest.n))
                return 1;
        }
    }
    return 0;
}

/* Lower case, white space and comment marks as one space. */
static void normalise(struct weir_span text, struct weir_buf *b)
{
    char last = ' ';
    weir_buf_reset(b, TEXT_MAX);
    if (text.n > TEXT_MAX)
        text.n = TEXT_MAX;
    if (weir_buf_reserve(b, text.n))
        return;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        else if (c == '\n' || c == '\r' || c == '\t' || c == '*' || c == '#')
            c = ' ';
        if (c != ' ' || last != ' ')
            b->p[b->n++] = c;
        last = c;
    }
}

static int has(const struct weir_buf *b, const char *sentence)
{
    return b->n && memmem(b->p, b->n, sentence, strlen(sentence)) != NULL;
}

const char *github_license_of_text(struct weir_span text, struct weir_buf *scratch)
{
    const char *found = NULL;
    normalise(text, scratch);
    for (size_t i = 0; i < sizeof(licenses) / sizeof(*licenses); i++) {
        const struct license *l = &licenses[i];
        if (!has(scratch, l->has) || (l->lacks && has(scratch, l->lacks)))
            continue;
        if (found && strcmp(found, l->id))
            return NULL;
        found = l->id;
    }
    return found;
}

static int is_expression_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '+' || c == '(' || c == ')' || c == ' ' || c == ':';
}

/* SPDX 3.0.1, annex "SPDX license expressions": identifiers with AND, OR, WITH between them.  What
 * people write freely ("BSD 3-Clause") is none. */
static int is_expression(struct weir_span s)
{
    int wants_name = 1;
    for (size_t i = 0; i < s.n;) {
        size_t end = i;
        while (end < s.n && s.p[end] != ' ' && s.p[end] != '(' && s.p[end] != ')')
            end++;
        const struct weir_span w = weir_span(s.p + i, end - i);
        if (w.n) {
            const int is_operator =
                weir_span_is(w, "AND") || weir_span_is(w, "OR") || weir_span_is(w, "WITH");
            if (is_operator == wants_name)
                return 0;
            wants_name = is_operator;
        }
        i = end + (end < s.n);
    }
    return !wants_name;
}

struct weir_span github_license_tag(struct weir_span text)
{
    static const char tag[] = "SPDX-License-Identifier:";
    if (text.n > TAG_HEAD)
        text.n = TAG_HEAD;
    const char *p = text.n ? memmem(text.p, text.n, tag, sizeof(tag) - 1) : NULL;
    if (!p)
        return WEIR_LIT("");
    p += sizeof(tag) - 1;
    size_t n = 0;
    const size_t left = (size_t)(text.p + text.n - p);
    while (n < left && n < TAG_MAX && is_expression_byte(p[n]))
        n++;
    while (n && *p == ' ')
        p++, n--;
    while (n && (p[n - 1] == ' ' || p[n - 1] == '-')) // "-->" of HTML
        n--;
    return is_expression(weir_span(p, n)) ? weir_span(p, n) : WEIR_LIT("");
}

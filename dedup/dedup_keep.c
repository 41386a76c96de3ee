#include <stdlib.h>
#include <string.h>

#include "dedup/dedup_sign.h"

/* FIELD:max, FIELD:min: the name before the last colon. */
static int by_member(const char *rule, struct dedup_keep *keep)
{
    const char *colon = strrchr(rule, ':');
    const size_t n = colon ? (size_t)(colon - rule) : 0;
    if (!n || n >= sizeof keep->name)
        return 0;
    memcpy(keep->name, rule, n);
    keep->by = !strcmp(colon, ":max") ? DEDUP_MAX : DEDUP_MIN;
    return !strcmp(colon, ":max") || !strcmp(colon, ":min");
}

int dedup_keep_parse(const char *rule, struct dedup_keep *keep, struct weir_err *err)
{
    *keep = (struct dedup_keep){.by = DEDUP_FIRST};
    if (!strcmp(rule, "first"))
        return 0;
    if (!strcmp(rule, "longest")) {
        keep->by = DEDUP_LONGEST;
        return 0;
    }
    if (!strncmp(rule, "source:", 7) && rule[7]) {
        keep->by = DEDUP_SOURCE;
        keep->list = rule + 7;
        return 0;
    }
    if (by_member(rule, keep))
        return 0;
    return weir_err_set(err, WEIR_EUSAGE,
                        "--keep %s: not first, longest, FIELD:max, FIELD:min or source:A,B", rule);
}

/* The place of a name in the list; behind it what is not there. */
static uint64_t place_of(const char *list, struct weir_span name)
{
    for (uint64_t i = 0;; i++) {
        const size_t n = strcspn(list, ",");
        if (n == name.n && !memcmp(list, name.p, n))
            return i;
        if (!list[n])
            return i + 1;
        list += n + 1;
    }
}

/* Ordered as doubles are; what is no number comes last. */
static uint64_t number_rank(const struct weir_field *f, int greatest_first)
{
    uint64_t bits;
    if (!f || f->type != WEIR_JSON_NUMBER)
        return UINT64_MAX;
    double x = strtod(f->raw.p, NULL) + 0.0; // -0 is 0; a line's comma or brace ends the number
    if (greatest_first)
        x = 0.0 - x;
    memcpy(&bits, &x, sizeof bits);
    bits = bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
    return bits;
}

uint64_t dedup_keep_rank(const struct dedup_keep *keep, const struct weir_doc *doc,
                         struct weir_span text)
{
    switch (keep->by) {
    case DEDUP_FIRST:
        return 0;
    case DEDUP_LONGEST:
        return UINT64_MAX - text.n;
    case DEDUP_SOURCE:
        return place_of(keep->list, doc->source.p ? doc->source : WEIR_LIT(""));
    case DEDUP_MAX:
    case DEDUP_MIN:
        break;
    }
    return number_rank(weir_json_find(doc->f, doc->n_f, keep->name), keep->by == DEDUP_MAX);
}

/* Labels, aliases and article titles of an entity, in the languages that are kept. */
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/kg_entity.h"
#include "lib/xxh.h"
#include "weir/utf8.h"

enum { SLOTS_KEEP = 4096 };

/* Variants of Chinese whose label names an entity, the best first: what is simplified as it stands
 * comes before what is made simplified by table. */
static const char *const chinese[] = {"zh-hans", "zh-cn", "zh",    "zh-sg", "zh-my",
                                      "zh-hant", "zh-tw", "zh-hk", "zh-mo"};

/* The kept language that a code is or is a variant of, -1 for none: en-gb is en, zh-hk is zh; but
 * zh-yue, zh-min-nan and zh-classical are languages of their own.  *rank: lower is better. */
static int lang_of(const struct kg_keep *k, struct weir_span code, unsigned *rank)
{
    for (unsigned i = 0; i < k->n_langs; i++) {
        const size_t n = strlen(k->lang[i]);
        if (code.n < n || memcmp(code.p, k->lang[i], n))
            continue;
        if (!strcmp(k->lang[i], "zh")) {
            for (unsigned v = 0; v < sizeof chinese / sizeof *chinese; v++)
                if (weir_span_is(code, chinese[v]))
                    return *rank = v, (int)i;
        } else if (code.n == n) {
            return *rank = 0, (int)i;
        } else if (code.p[n] == '-' && (code.n == n + 3 || code.n == n + 5)) {
            return *rank = 1, (int)i;
        }
    }
    return -1;
}

/* ---- the list of names: one entry a text and language ---- */

static size_t slot_of(const struct kg_entity *e, struct weir_span text, unsigned lang)
{
    size_t i = XXH3_64bits_withSeed(text.p, text.n, e->keep->seed + lang) & (e->n_slots - 1);
    for (; e->slot[i]; i = (i + 1) & (e->n_slots - 1)) {
        const struct kg_name_item *m = &e->name[e->slot[i] - 1];
        if (m->lang == lang && m->n == text.n && !memcmp(e->text.p + m->at, text.p, text.n))
            break;
    }
    return i;
}

static int grow_slots(struct kg_entity *e)
{
    const size_t n = e->n_slots ? e->n_slots * 2 : 256;
    uint32_t *slot = weir_calloc(n, sizeof *slot);
    if (!slot)
        return WEIR_EMEM;
    free(e->slot);
    e->slot = slot;
    e->n_slots = n;
    for (size_t k = 0; k < e->n_names; k++) {
        const struct kg_name_item *m = &e->name[k];
        slot[slot_of(e, weir_span(e->text.p + m->at, m->n), m->lang)] = (uint32_t)k + 1;
    }
    return 0;
}

static int no_memory(struct kg_entity *e)
{
    return weir_err_set(e->err, WEIR_EMEM, "out of memory");
}

/* Where a name of that text is in the list, added without kind when it is new. */
static int add_text(struct kg_entity *e, struct weir_span text, unsigned lang,
                    struct kg_name_item **item)
{
    const size_t at = e->text.n;
    *item = NULL;
    if (!strcmp(e->keep->lang[lang], "zh")) {
        if (kg_fold_simplify(e->keep->fold, &e->fold, text, &e->text))
            return no_memory(e);
    } else {
        weir_buf_add(&e->text, text.p, text.n);
    }
    if (e->text.failed || (e->n_names * 2 >= e->n_slots && grow_slots(e)) ||
        weir_grow(&e->name, &e->cap_names, e->n_names + 1, sizeof *e->name))
        return no_memory(e);
    if (e->text.n == at)
        return 0;
    const struct weir_span t = weir_span(e->text.p + at, e->text.n - at);
    uint32_t *slot = &e->slot[slot_of(e, t, lang)];
    if (*slot) {
        e->text.n = at;
    } else {
        e->name[e->n_names++] = (struct kg_name_item){at, t.n, 0, (uint8_t)lang};
        *slot = (uint32_t)e->n_names;
    }
    *item = &e->name[*slot - 1];
    return 0;
}

/* ---- the members ---- */

/* PHP wrote an empty map as an empty list, and dumps still have them. */
static int is_map(struct json_node n)
{
    return json_tree_type(n) == WEIR_JSON_OBJECT;
}

static int is_empty_list(struct json_node n)
{
    struct json_node first;
    return json_tree_type(n) == WEIR_JSON_ARRAY && !json_tree_first(n, &first);
}

static int member(struct kg_entity *e, struct json_node root, const char *name,
                  int (*each)(void *ctx, struct weir_span key, struct json_node value))
{
    struct json_node n;
    if (!json_tree_get(root, name, &n) || is_empty_list(n))
        return 0;
    return is_map(n) ? json_tree_each(n, each, e) : kg_malformed(e, "\"%s\" is no object", name);
}

static int value_of(struct kg_entity *e, struct json_node n, struct weir_span *s)
{
    struct json_node v;
    if (!json_tree_get(n, "value", &v) || !json_tree_string(v, s))
        return kg_malformed(e, "a label or alias without \"value\"");
    return 0;
}

static int count_label(void *ctx, struct weir_span code, struct json_node value)
{
    struct kg_entity *e = ctx;
    struct kg_name_item *item = NULL;
    struct weir_span s;
    unsigned rank;
    const int lang = lang_of(e->keep, code, &rank);
    if (lang < 0)
        return 0;
    int rc = value_of(e, value, &s);
    if (!rc)
        rc = add_text(e, s, (unsigned)lang, &item);
    if (rc || !item)
        return rc;
    item->kinds |= KG_ALIAS;
    if (rank < e->best_rank[lang]) {
        e->best_rank[lang] = rank;
        e->best_name[lang] = (size_t)(item - e->name);
    }
    return 0;
}

/* Of a language's variants the best is the label, the others are as good as aliases. */
static int parse_labels(struct kg_entity *e, struct json_node root)
{
    for (unsigned i = 0; i < e->keep->n_langs; i++)
        e->best_rank[i] = UINT32_MAX;
    const int rc = member(e, root, "labels", count_label);
    for (unsigned i = 0; !rc && i < e->keep->n_langs; i++)
        if (e->best_rank[i] != UINT32_MAX)
            e->name[e->best_name[i]].kinds = KG_LABEL;
    return rc;
}

static int add_alias(void *ctx, struct weir_span key, struct json_node value)
{
    struct kg_entity *e = ctx;
    struct kg_name_item *item = NULL;
    struct weir_span s;
    (void)key;
    int rc = value_of(e, value, &s);
    if (!rc)
        rc = add_text(e, s, e->lang, &item);
    if (!rc && item && !(item->kinds & KG_LABEL))
        item->kinds |= KG_ALIAS;
    return rc;
}

static int add_aliases(void *ctx, struct weir_span code, struct json_node list)
{
    struct kg_entity *e = ctx;
    unsigned rank;
    const int lang = lang_of(e->keep, code, &rank);
    if (lang < 0)
        return 0;
    e->lang = (unsigned)lang;
    const enum weir_json_type t = json_tree_type(list);
    if (t != WEIR_JSON_ARRAY && t != WEIR_JSON_OBJECT)
        return kg_malformed(e, "aliases that are no list");
    return json_tree_each(list, add_alias, e);
}

int kg_site_lang(const struct kg_keep *k, struct weir_span site)
{
    for (unsigned i = 0; i < k->n_langs; i++) {
        const size_t n = strlen(k->lang[i]);
        if (site.n == n + 4 && !memcmp(site.p, k->lang[i], n) && !memcmp(site.p + n, "wiki", 4))
            return (int)i;
    }
    return -1;
}

static int add_sitelink(void *ctx, struct weir_span site, struct json_node link)
{
    struct kg_entity *e = ctx;
    struct kg_name_item *item = NULL;
    struct json_node n;
    struct weir_span s;
    if (e->popularity < UINT16_MAX)
        e->popularity++;
    const int lang = kg_site_lang(e->keep, site);
    if (lang < 0)
        return 0;
    if (!json_tree_get(link, "title", &n) || !json_tree_string(n, &s))
        return kg_malformed(e, "a sitelink without \"title\"");
    const size_t at = e->titles.n;
    weir_buf_addc(&e->titles, (char)(lang + 1));
    weir_buf_add(&e->titles, s.p, s.n);
    weir_buf_addc(&e->titles, 0);
    if (s.n && memchr(s.p, 0, s.n))
        e->titles.n = at; // no title has a NUL: it is in no dump of pages
    const int rc = add_text(e, s, (unsigned)lang, &item);
    if (!rc && item)
        item->kinds |= KG_TITLE;
    return rc;
}

int kg_parse_names(struct kg_entity *e, struct json_node root)
{
    if (e->n_slots > SLOTS_KEEP) { // of one giant
        free(e->slot);
        e->slot = NULL;
        e->n_slots = 0;
    } else if (e->n_slots) {
        memset(e->slot, 0, e->n_slots * sizeof *e->slot);
    }
    int rc = parse_labels(e, root);
    if (!rc)
        rc = member(e, root, "aliases", add_aliases);
    if (!rc)
        rc = member(e, root, "sitelinks", add_sitelink);
    return rc;
}

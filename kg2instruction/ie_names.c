#include "kg2instruction/ie_names.h"

#include <stdlib.h>
#include <string.h>
#include "kg2instruction/ie_file.h"

struct pair {
    const char *label, *name;
};

static const struct pair conll[] = {{"PER", "person"},
                                    {"LOC", "location"},
                                    {"ORG", "organization"},
                                    {"MISC", "miscellaneous"},
                                    {0}};
static const struct pair chinese[] = {{"PER", "人物"},
                                      {"LOC", "地理位置"},
                                      {"ORG", "组织机构"},
                                      {"NR", "人物"},
                                      {"NS", "地理位置"},
                                      {"NT", "组织机构"},
                                      {0}};
static const struct pair cluener[] = {{"address", "地址"},
                                      {"book", "书名"},
                                      {"company", "公司"},
                                      {"game", "游戏"},
                                      {"government", "政府"},
                                      {"movie", "电影"},
                                      {"name", "姓名"},
                                      {"organization", "组织机构"},
                                      {"position", "职位"},
                                      {"scene", "景点"},
                                      {0}};
static const struct pair casie[] = {{"Databreach", "data breach"},
                                    {"Phishing", "phishing"},
                                    {"Ransom", "ransom"},
                                    {"DiscoverVulnerability", "discover vulnerability"},
                                    {"PatchVulnerability", "patch vulnerability"},
                                    {0}};
/* ACE 2005, English: annotation guidelines for entities 5.6, relations 5.8 and events 5.4. */
static const struct pair ace[] = {{"PER", "person"},
                                  {"ORG", "organization"},
                                  {"GPE", "geopolitical entity"},
                                  {"LOC", "location"},
                                  {"FAC", "facility"},
                                  {"VEH", "vehicle"},
                                  {"WEA", "weapon"},
                                  {"ART", "artifact"},
                                  {"GEN-AFF", "general affiliation"},
                                  {"ORG-AFF", "organization affiliation"},
                                  {"PART-WHOLE", "part whole"},
                                  {"PER-SOC", "person social"},
                                  {"PHYS", "physical"},
                                  {"Be-Born", "born"},
                                  {"Marry", "marry"},
                                  {"Divorce", "divorce"},
                                  {"Injure", "injure"},
                                  {"Die", "die"},
                                  {"Transport", "transport"},
                                  {"Transfer-Ownership", "transfer ownership"},
                                  {"Transfer-Money", "transfer money"},
                                  {"Start-Org", "start organization"},
                                  {"Merge-Org", "merge organization"},
                                  {"Declare-Bankruptcy", "declare bankruptcy"},
                                  {"End-Org", "end organization"},
                                  {"Attack", "attack"},
                                  {"Demonstrate", "demonstrate"},
                                  {"Meet", "meet"},
                                  {"Phone-Write", "phone write"},
                                  {"Start-Position", "start position"},
                                  {"End-Position", "end position"},
                                  {"Nominate", "nominate"},
                                  {"Elect", "elect"},
                                  {"Arrest-Jail", "arrest jail"},
                                  {"Release-Parole", "release parole"},
                                  {"Trial-Hearing", "trial hearing"},
                                  {"Charge-Indict", "charge indict"},
                                  {"Sue", "sue"},
                                  {"Convict", "convict"},
                                  {"Sentence", "sentence"},
                                  {"Fine", "fine"},
                                  {"Execute", "execute"},
                                  {"Extradite", "extradite"},
                                  {"Acquit", "acquit"},
                                  {"Appeal", "appeal"},
                                  {"Pardon", "pardon"},
                                  {0}};
static const struct {
    const char *source;
    const struct pair *pairs;
} known[] = {{"conll", conll},  {"conll2003", conll}, {"peoples-daily", chinese},
             {"msra", chinese}, {"cluener", cluener}, {"casie", casie},
             {"ace2005", ace}};

struct ie_names {
    const struct pair *pairs;
    int last_part; // of "Conflict:Attack" and "PER:Individual", a part alone is looked up
    struct ie_file file;
};

static int open_words(struct ie_names *n, const char *source, struct weir_err *err)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].source, source))
            n->pairs = known[i].pairs;
    n->last_part = n->pairs == ace;
    return n->pairs ? 0
                    : weir_err_set(err, WEIR_EUSAGE,
                                   "--names words: the labels of %s are words already, or not "
                                   "known; a JSON file can name them",
                                   source);
}

static int check_file(const struct ie_names *n, const char *path, struct weir_err *err)
{
    const struct ie_val *v = n->file.root;
    int ok = v->type == WEIR_JSON_OBJECT;
    for (size_t i = 0; ok && i < v->n; i++) {
        const struct ie_val *name = &v->kid[i];
        if (name->type == WEIR_JSON_ARRAY && name->n)
            name = &name->kid[0];
        ok = name->type == WEIR_JSON_STRING;
    }
    return ok ? 0 : weir_err_set(err, WEIR_EBAD, "%s: not an object {\"label\": \"name\"}", path);
}

int ie_names_open(struct ie_names **names, const char *how, const char *source,
                  struct weir_err *err)
{
    *names = NULL;
    if (!strcmp(how, "keep"))
        return 0;
    struct ie_names *n = weir_calloc(1, sizeof *n);
    if (!n)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    int rc = !strcmp(how, "words") ? open_words(n, source, err) : ie_file_open(&n->file, how, err);
    if (!rc && n->file.root)
        rc = check_file(n, how, err);
    if (rc)
        ie_names_free(n);
    else
        *names = n;
    return rc;
}

void ie_names_free(struct ie_names *n)
{
    if (!n)
        return;
    ie_file_close(&n->file);
    free(n);
}

static struct weir_span look_up(const struct pair *pairs, struct weir_span label,
                                struct weir_span otherwise)
{
    for (const struct pair *p = pairs; p->label; p++)
        if (weir_span_is(label, p->label))
            return weir_span(p->name, strlen(p->name));
    return otherwise;
}

struct weir_span ie_name(const struct ie_names *n, struct weir_span label)
{
    if (!n)
        return label;
    if (!n->pairs) {
        const struct ie_val *v = ie_file_find(&n->file, label);
        return !v ? label : v->type == WEIR_JSON_ARRAY ? v->kid[0].str : v->str;
    }
    const struct weir_span whole = look_up(n->pairs, label, weir_span(NULL, 0));
    const char *colon = n->last_part && label.n ? memchr(label.p, ':', label.n) : NULL;
    if (whole.p || !colon)
        return whole.p ? whole : label;
    const size_t front = (size_t)(colon - label.p);
    /* An event's kind stands behind, an entity's before its subtype. */
    const struct weir_span behind =
        look_up(n->pairs, weir_span(colon + 1, label.n - front - 1), weir_span(NULL, 0));
    return behind.p ? behind : look_up(n->pairs, weir_span(label.p, front), label);
}

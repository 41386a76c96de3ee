/* The table of counts: which sets, of which files, and what became of them. */
#include <stdlib.h>
#include <string.h>
#include "kg2instruction/ie_compose.h"

enum { MAX_SETS = 4096 };

void compose_sets_free(struct compose_sets *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->at[i].name);
    free(s->at);
    free(s->file);
    free(s->inputs);
}

size_t compose_sets_find(const struct compose_sets *s, struct weir_span name)
{
    for (size_t i = 0; i < s->n; i++)
        if (weir_span_is(name, s->at[i].name))
            return i;
    return SIZE_MAX;
}

static int add_file(struct compose_sets *s, const char *name, size_t set, struct weir_err *err)
{
    for (size_t i = 0; i < s->n_files; i++)
        if (!strcmp(s->file[i].name, name))
            return weir_err_set(err, WEIR_EUSAGE, "%s is given twice", name);
    if (!*name)
        return weir_err_set(err, WEIR_EUSAGE, "a file without a name");
    if (weir_grow(&s->file, &s->cap_files, s->n_files + 1, sizeof *s->file))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    s->file[s->n_files++] = (struct compose_file){name, set};
    return 0;
}

/* All, or a number from 1 on; 0 when it is neither. */
static uint64_t count_of(const char *s)
{
    uint64_t n = 0;
    if (!strcmp(s, "all"))
        return COMPOSE_ALL;
    for (; *s >= '0' && *s <= '9' && n < (uint64_t)1 << 56; s++)
        n = n * 10 + (uint64_t)(*s - '0');
    return *s ? 0 : n;
}

static int add_set(struct compose_sets *s, const char *take, size_t *n_shared, struct weir_err *err)
{
    if (s->n == MAX_SETS)
        return weir_err_set(err, WEIR_EUSAGE, "more than %d sets", MAX_SETS);
    char *name = strdup(take);
    if (!name || weir_grow(&s->at, &s->cap, s->n + 1, sizeof *s->at)) {
        free(name);
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    s->at[s->n++] = (struct compose_set){.name = name}; // and is freed with the sets
    char *count = strchr(name, '='), *files = count ? strchr(count, ':') : NULL;
    if (count)
        *count++ = 0;
    if (files)
        *files++ = 0;
    if (!count || !*name || !(s->at[s->n - 1].count = count_of(count)))
        return weir_err_set(err, WEIR_EUSAGE,
                            "--take %s: it is NAME=COUNT or NAME=COUNT:FILE,FILE; COUNT is all or "
                            "a number from 1",
                            take);
    if (compose_sets_find(s, weir_span(name, strlen(name))) != s->n - 1)
        return weir_err_set(err, WEIR_EUSAGE, "--take %s is given twice", name);
    *n_shared += !files;
    while (files) {
        char *comma = strchr(files, ',');
        if (comma)
            *comma++ = 0;
        if (add_file(s, files, s->n - 1, err))
            return err->code;
        files = comma;
    }
    return 0;
}

/* The set that takes what no set names: the only one without files, or by the records' source. */
static size_t set_of_rest(const struct compose_sets *s, size_t n_shared)
{
    size_t i = s->n;
    if (n_shared != 1)
        return SIZE_MAX;
    while (i--) {
        size_t k = 0;
        while (k < s->n_files && s->file[k].set != i)
            k++;
        if (k == s->n_files)
            break;
    }
    return i;
}

int compose_sets_open(struct compose_sets *s, const struct weir_strings *take,
                      const char *const *rest, size_t n_rest, struct weir_err *err)
{
    static const char *const standard_input[] = {"-"};
    size_t n_shared = 0;
    if (!take->n)
        return weir_err_set(err, WEIR_EUSAGE, "--take NAME=COUNT says what to take");
    for (size_t i = 0; i < take->n; i++)
        if (add_set(s, take->at[i], &n_shared, err))
            return err->code;
    if (!n_shared && n_rest)
        return weir_err_set(err, WEIR_EUSAGE, "%s: no set without files takes it", rest[0]);
    const size_t of_rest = set_of_rest(s, n_shared);
    if (n_shared && !n_rest) {
        rest = standard_input;
        n_rest = 1;
    }
    for (size_t i = 0; i < n_rest; i++)
        if (add_file(s, rest[i], of_rest, err))
            return err->code;
    s->inputs = weir_calloc(s->n_files, sizeof *s->inputs);
    if (!s->inputs)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < s->n_files; i++)
        s->inputs[i] = s->file[i].name;
    return 0;
}

uint64_t compose_set_times(const struct compose_set *set, uint64_t rank)
{
    return set->draw / set->unique + (rank < set->draw % set->unique);
}

int compose_sets_draw(struct compose_sets *s, const struct weir_compose_opt *opt,
                      struct weir_err *err)
{
    for (size_t i = 0; i < s->n; i++) {
        struct compose_set *set = &s->at[i];
        const int is_short = set->count != COMPOSE_ALL && set->count > set->unique;
        const int repeats = opt->repeat && set->unique;
        if (is_short && !repeats && !opt->fewer)
            return weir_err_set(err, WEIR_EFAIL,
                                "%s: %llu asked for, %llu different ones are there (--fewer takes "
                                "those%s)",
                                set->name, (unsigned long long)set->count,
                                (unsigned long long)set->unique,
                                set->unique ? ", --repeat takes them again" : "");
        set->draw = set->count == COMPOSE_ALL || (is_short && !repeats) ? set->unique : set->count;
    }
    return 0;
}

void compose_set_put(const struct compose_set *set, struct weir_buf *to)
{
    weir_buf_adds(to, "{\"set\":");
    weir_buf_add_json_lossy(to, weir_span(set->name, strlen(set->name)));
    if (set->count == COMPOSE_ALL)
        weir_buf_adds(to, ",\"count\":\"all\"");
    else
        weir_buf_addf(to, ",\"count\":%llu", (unsigned long long)set->count);
    const struct {
        const char *name;
        uint64_t n;
    } member[] = {{"in", set->in},
                  {"unfit", set->unfit},
                  {"duplicates", set->duplicates},
                  {"taken", set->taken},
                  {"repeated", set->repeated},
                  {"short", set->count == COMPOSE_ALL ? 0 : set->count - set->draw},
                  {"bytes", set->bytes},
                  {"longest", set->longest}};
    for (size_t i = 0; i < sizeof member / sizeof *member; i++)
        weir_buf_addf(to, ",\"%s\":%llu", member[i].name, (unsigned long long)member[i].n);
    weir_buf_addc(to, '}');
}

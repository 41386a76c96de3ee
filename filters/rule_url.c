/* Block lists of hosts and URLs, looked up in the record's url (and source, when that is one), or
 * in the links of the text. */
#include <string.h>
#include "filters/filter.h"
#include "filters/url_list.h"

static const char *url_options(const struct weir_filters_opt *opt)
{
    return opt->url_lists.n ? "--url-list" : NULL;
}

static size_t url_implied(const struct weir_filters_opt *opt, struct filter_limit *limit)
{
    if (!opt->url_lists.n)
        return 0;
    limit[0] = (struct filter_limit){"url-listed-max", 0};
    return 1;
}

static int read_list(url_list *l, const char *path, const struct filter_plan *plan,
                     struct weir_err *err)
{
    struct url_list_count c = {0};
    const uint64_t memory = plan->job ? plan->job->memory / 2 : 0;
    if (url_list_read(l, path, memory, &c, err) < 0)
        return err->code;
    if (c.n_bad)
        weir_job_warn(plan->job, "%s: %llu of %llu lines are no hosts or URLs, first line %llu",
                      path, (unsigned long long)c.n_bad, (unsigned long long)c.n_lines,
                      (unsigned long long)c.first_bad);
    return 0;
}

static int url_open(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                    void **shared, struct weir_err *err)
{
    if (!opt->url_lists.n)
        return weir_err_set(err, WEIR_EUSAGE, "rules on listed URLs need --url-list");
    url_list *l = url_list_new(err);
    int rc = l ? 0 : err->code;
    for (size_t i = 0; !rc && i < opt->url_lists.n; i++)
        rc = read_list(l, opt->url_lists.at[i], plan, err);
    if (rc) {
        url_list_free(l);
        return rc;
    }
    url_list_sort(l);
    *shared = l;
    return 0;
}

static void url_close(void *shared)
{
    url_list_free(shared);
}

static uint64_t url_memory(const void *shared)
{
    return url_list_memory(shared);
}

static const struct filter_tool url_tool = {.options = url_options,
                                            .implied = url_implied,
                                            .open = url_open,
                                            .close = url_close,
                                            .memory = url_memory};

static int has(const struct filter_doc *d, struct weir_span url, struct weir_span *entry)
{
    return url.n && url_list_has(filter_shared(d, &url_tool), url, entry);
}

static double listed(struct filter_doc *d, int arg)
{
    struct weir_span entry;
    (void)arg;
    return has(d, d->doc->url, &entry) || has(d, d->doc->source, &entry);
}

static double links(struct filter_doc *d, int arg)
{
    struct weir_span url, entry;
    double n = 0;
    (void)arg;
    for (size_t at = 0; url_list_next_link(d->text, &at, &url);)
        n += has(d, url, &entry);
    return n;
}

static void add_entry(struct weir_span url, struct weir_span entry, struct weir_buf *b)
{
    weir_buf_adds(b, ",\"url\":");
    weir_buf_add_json_lossy(b, url);
    weir_buf_adds(b, ",\"listed\":");
    weir_buf_add_json_lossy(b, entry);
}

static void explain_listed(struct filter_doc *d, int arg, struct weir_buf *b)
{
    struct weir_span entry;
    (void)arg;
    if (has(d, d->doc->url, &entry))
        add_entry(d->doc->url, entry, b);
    else if (has(d, d->doc->source, &entry))
        add_entry(d->doc->source, entry, b);
}

static void explain_links(struct filter_doc *d, int arg, struct weir_buf *b)
{
    struct weir_span url, entry;
    (void)arg;
    for (size_t at = 0; url_list_next_link(d->text, &at, &url);)
        if (has(d, url, &entry)) {
            add_entry(url, entry, b);
            return;
        }
}

const struct filter_rule rule_url[] = {
    {.name = "url-listed-max",
     .kind = FILTER_MAX,
     .measure = listed,
     .on_request = 1,
     .tool = &url_tool,
     .help = "1 when the record's url or source is in a --url-list",
     .explain = explain_listed},
    {.name = "url-links-listed-max",
     .kind = FILTER_MAX,
     .measure = links,
     .on_request = 1,
     .tool = &url_tool,
     .help = "links in the text that are in a --url-list",
     .explain = explain_links},
    {0},
};

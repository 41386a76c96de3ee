/* weir audit --serve: the report with what is behind it, on loopback. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit_browse.h"
#include "lib/http.h"
#include "weir/stream.h"

struct serving {
    struct browse browse;
    struct weir_buf page, report;
    http_server *http;
};

/* A number of the query; 0 after refusing. */
static int number(http_request *r, const char *name, uint64_t below, uint64_t *v)
{
    const char *text = http_argument(r, name);
    char *end = NULL;
    errno = 0;
    *v = text && *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
    if (end && !*end && !errno && *v < below)
        return 1;
    http_reply_error(r, 400, name, NULL, "\"%s\" must be a number below %llu", name,
                     (unsigned long long)below);
    return 0;
}

static void on_page(void *ctx, http_request *r)
{
    const struct serving *s = ctx;
    http_header(r, "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
                "connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'");
    http_reply_static(r, "text/html; charset=utf-8", weir_buf_span(&s->page));
}

static void on_report(void *ctx, http_request *r)
{
    const struct serving *s = ctx;
    http_reply_static(r, "application/json", weir_buf_span(&s->report));
}

static void on_groups(void *ctx, http_request *r)
{
    const struct serving *s = ctx;
    struct weir_buf b = {0};
    browse_put_groups(&s->browse, &b);
    http_reply(r, 200, "application/json", &b);
}

static void on_samples(void *ctx, http_request *r)
{
    const struct serving *s = ctx;
    struct weir_buf b = {0};
    uint64_t group;
    if (!number(r, "group", s->browse.n_groups, &group))
        return;
    browse_put_samples(s->browse.group[group], &b);
    http_reply(r, 200, "application/json", &b);
}

static void on_sequence(void *ctx, http_request *r)
{
    struct serving *s = ctx;
    struct weir_buf b = {0};
    struct weir_err err = {0};
    uint64_t set, at;
    const int by_token = http_argument(r, "token") != NULL;
    if (!number(r, "dataset", s->browse.n_sets, &set) ||
        !number(r, by_token ? "token" : "sequence", UINT64_MAX, &at))
        return;
    if (!browse_put_sequence(&s->browse, &s->browse.set[set], at, by_token, &b, &err)) {
        http_reply(r, 200, "application/json", &b);
        return;
    }
    weir_buf_free(&b);
    http_reply_error(r, err.code == WEIR_EUSAGE ? 404 : 503, NULL, NULL, "%s", err.msg);
}

static const struct http_route routes[] = {{"GET", "/", 1, on_page},
                                           {"GET", "/report", 1, on_report},
                                           {"GET", "/groups", 1, on_groups},
                                           {"GET", "/samples", 1, on_samples},
                                           {"GET", "/sequence", 1, on_sequence},
                                           {0}};

static int say_where(struct serving *s, struct weir_job *job, struct weir_err *err)
{
    const char *url = http_url(s->http);
    if (weir_job_open_output(job, err) || weir_io_write(job->out, url, strlen(url), err) ||
        weir_io_write(job->out, "\n", 1, err))
        return err->code;
    return weir_io_flush(job->out, err);
}

int audit_serve(const struct audit *a, const struct weir_audit_opt *opt, struct weir_job *job,
                struct weir_err *err)
{
    struct serving s = {.page = {0}};
    const struct http_opt http = {.port = (unsigned)opt->port,
                                  .max_body = 1 << 10,
                                  .max_bodies = 1 << 16,
                                  .max_connections = 64,
                                  .timeout = 30,
                                  .drain = 5,
                                  .routes = routes,
                                  .ctx = &s};
    int rc = browse_open(&s.browse, opt, job, err);
    audit_report_json(a, &s.report);
    if (!rc)
        rc = audit_report_html(a, 1, &s.page, err);
    if (!rc)
        rc = weir_buf_check(&s.page, err);
    if (!rc)
        rc = weir_buf_check(&s.report, err);
    http_block_signals();
    if (!rc && !(s.http = http_open(&http, err)))
        rc = err->code;
    if (!rc)
        rc = say_where(&s, job, err);
    if (!rc)
        rc = http_run(s.http, err);
    http_close(s.http);
    browse_close(&s.browse);
    weir_buf_free(&s.page);
    weir_buf_free(&s.report);
    return weir_job_close_output(job, rc, err);
}

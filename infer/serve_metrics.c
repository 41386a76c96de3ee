/* GET /metrics: the text format of Prometheus. */
#include <string.h>
#include "infer/serve_internal.h"

static void add(struct weir_buf *to, const char *name, const char *type, const char *help)
{
    weir_buf_addf(to, "# HELP weir_%s %s\n# TYPE weir_%s %s\n", name, help, name, type);
}

static void add_one(struct weir_buf *to, const char *name, const char *type, const char *help,
                    double value)
{
    add(to, name, type, help);
    weir_buf_addf(to, "weir_%s %.15g\n", name, value);
}

static void add_calls(struct weir_buf *to, const struct serve_stats *t)
{
    static const char *const paths[] = {"/generate", "/v1/completions", "/v1/chat/completions"};
    add(to, "calls_total", "counter", "Calls that were taken, by path.");
    for (size_t i = 0; i < 3; i++)
        weir_buf_addf(to, "weir_calls_total{path=\"%s\"} %llu\n", paths[i],
                      (unsigned long long)t->calls[i]);
    add_one(to, "calls_finished_total", "counter", "Calls that were answered.",
            (double)t->finished);
    add_one(to, "calls_cancelled_total", "counter",
            "Calls whose client hung up before the answer was made.", (double)t->cancelled);
    add_one(to, "calls_failed_total", "counter", "Calls that failed in the engine.",
            (double)t->failed);
    add_one(to, "calls_refused_full_total", "counter", "Calls refused because the queue was full.",
            (double)t->full);
    add_one(to, "prompt_tokens_total", "counter", "Tokens of prompts.", (double)t->prompt_tokens);
    add_one(to, "generated_tokens_total", "counter", "Tokens that were generated.",
            (double)t->new_tokens);
    add_one(to, "steps_total", "counter", "Steps of the engine.", (double)t->steps);
    add_one(to, "step_seconds_total", "counter", "Time spent in steps.", t->step_seconds);
}

static void add_lanes(struct weir_buf *to, const struct serve *s, const struct gen_load *load)
{
    static const struct {
        const char *name, *help;
    } all[] = {{"requests_running", "Requests that take part in steps."},
               {"requests_waiting", "Requests that wait for room in the cache."},
               {"cache_pages_used", "Pages of the cache set aside for requests that run."},
               {"cache_pages", "Pages of the cache."}};
    for (size_t g = 0; g < 4; g++) {
        add(to, all[g].name, "gauge", all[g].help);
        for (size_t i = 0; i < s->n_lanes; i++) {
            const uint64_t values[] = {load[i].running, load[i].waiting, load[i].pages,
                                       load[i].max_pages};
            weir_buf_addf(to, "weir_%s{model=", all[g].name);
            weir_buf_add_json_lossy(to, weir_span(s->lane[i].name, strlen(s->lane[i].name)));
            weir_buf_addf(to, "} %llu\n", (unsigned long long)values[g]);
        }
    }
}

static void add_answers(struct weir_buf *to, const struct serve *s)
{
    add(to, "http_answers_total", "counter", "Answers by their HTTP status.");
    for (unsigned status = 100; status < 600; status++)
        if (http_count(s->http, status))
            weir_buf_addf(to, "weir_http_answers_total{status=\"%u\"} %llu\n", status,
                          (unsigned long long)http_count(s->http, status));
    add_one(to, "http_connections", "gauge", "Open connections.", http_connections(s->http));
}

void serve_metrics(void *ctx, http_request *r)
{
    struct serve *s = ctx;
    struct weir_buf b = {0};
    struct gen_load load[2] = {{0}};
    pthread_mutex_lock(&s->lock);
    const struct serve_stats stats = s->stats;
    const size_t waiting = s->n_waiting;
    for (size_t i = 0; i < s->n_lanes; i++)
        load[i] = s->lane[i].load;
    pthread_mutex_unlock(&s->lock);
    add_calls(&b, &stats);
    add_one(&b, "answers_waited_for", "gauge", "Answers under way or in the queue.",
            (double)waiting);
    add_lanes(&b, s, load);
    add_answers(&b, s);
    add_one(&b, "peak_memory_bytes", "gauge", "Largest resident memory so far.",
            (double)weir_peak_memory());
    http_reply(r, 200, "text/plain; version=0.0.4; charset=utf-8", &b);
}

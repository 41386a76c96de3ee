/* Every preset on any text: as a document of one line, and annotated. */
#include <stdlib.h>
#include <string.h>
#include "weir/filters.h"
#include "weir/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void run(const struct weir_filters_opt *opt, struct weir_span line)
{
    struct weir_buf out = {0};
    struct weir_err err = {0};
    struct weir_job job;
    weir_job_init(&job, "filters");
    job.in = weir_io_open_mem(line.p, line.n, &err);
    job.out = weir_io_open_buf(&out, &err);
    if (weir_filters_run(opt, &job, &err) < 0 && err.code != WEIR_EBAD)
        abort();
    weir_job_free(&job);
    weir_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const langs[] = {"Python", "HTML", "Rust", "JSON"};
    const char *preset[] = {
        "zh-web,en-web,code,gopher,gopher-repetition,c4,c4-zh,fineweb,"
        "fineweb2-zh,fineweb2-yue,roots-zh,mapcc-zh,data-juicer-zh,redpajama,starcoder,"
        "zh-books,boilerplate"};
    const struct weir_filters_opt plain = {.presets = {preset, 1}};
    const struct weir_filters_opt notes = {.presets = {preset, 1}, .annotate = 1};
    const char *text = (const char *)data;
    if (!n || weir_utf8_valid(text, n) != n)
        return 0;
    struct weir_buf b = {0};
    weir_buf_addf(&b, "{\"code_lang\":\"%s\",\"path\":\"a.rs\",\"text\":", langs[data[0] % 4]);
    weir_buf_add_json(&b, weir_span(text, n));
    weir_buf_addc(&b, '}');
    run(&plain, weir_buf_span(&b));
    run(&notes, weir_buf_span(&b));
    weir_buf_free(&b);
    return 0;
}

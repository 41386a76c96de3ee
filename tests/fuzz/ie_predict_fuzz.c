/* Any text as an answer, for every task: nothing is read twice or outside, and what the strict way
 * reads the loose way reads too. */
#include <stdlib.h>
#include <string.h>
#include "kg2instruction/ie_predict.h"
#include "weir/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static weir_json *json;
    struct weir_err err = {0};
    if (!json)
        json = weir_json_new(&err);
    if (weir_utf8_valid((const char *)data, n) != n)
        return 0;
    char *exact = malloc(n ? n : 1); // so that a read behind the text is seen
    check(json && exact);
    memcpy(exact, data, n);
    for (int task = 0; task < IE_N_TASKS; task++) {
        struct ie_tuples loose = {0}, strict = {0};
        struct ie_doc a = {0}, b = {0};
        const struct weir_span text = weir_span(exact, n);
        const int read = ie_tuples_read(&loose, &a, (enum ie_task)task, text, NULL);
        const int strictly = ie_tuples_read(&strict, &b, (enum ie_task)task, text, json);
        check(read >= 0 && strictly >= 0 && (!strict.n || strictly));
        check(strict.n <= loose.n);
        size_t bytes = 0;
        for (size_t i = 0; i < loose.n; i++)
            bytes += loose.at[i].type.n + (loose.at[i].a.n > 0) + (loose.at[i].b.n > 0);
        check(loose.n <= n + 1 || bytes > 0);
        ie_doc_free(&a);
        ie_doc_free(&b);
        free(loose.at);
        free(strict.at);
    }
    free(exact);
    return 0;
}

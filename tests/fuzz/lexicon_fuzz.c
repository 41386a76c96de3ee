/* Any file as a list of harmful terms, and as the text that it is looked for in. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "weir/utf8.h"
#include "filters/lexicon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct weir_err err = {0};
    const int fd = memfd_create("list", 0);
    if (fd < 0 || dup2(fd, 77) < 0 || write(77, data, n) != (ssize_t)n || lseek(77, 0, SEEK_SET))
        return 0;
    close(fd);
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    static lexicon_fold *fold; // made once: its tables take long
    if (!fold)
        fold = lexicon_fold_new(&err);
    lexicon *l = weir_calloc(1, sizeof *l); // without the built-in terms, which take long
    struct lexicon_scan s;
    struct lexicon_notice notice = {0};
    if (l && (l->fold = fold) &&
        lexicon_load(l, "/proc/self/fd/77", LEX_LISTED, &notice, &err) == 0 &&
        lexicon_compile(l, &err) == 0 && lexicon_scan_init(&s, l, &err) == 0) {
        struct weir_buf b = {0};
        const size_t valid = weir_utf8_valid((const char *)data, n);
        if (lexicon_scan_text(&s, weir_span((const char *)data, valid), n) < 0)
            abort();
        for (int c = 0; c < LEX_N_CATEGORIES; c++)
            lexicon_scan_terms(&s, (enum lexicon_category)c, 16, &b);
        weir_buf_free(&b);
        lexicon_scan_free(&s);
    }
    weir_buf_free(&notice.shown);
    if (l)
        l->fold = NULL;
    lexicon_close(l);
    close(77);
    return 0;
}

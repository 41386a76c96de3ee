/* Any file as a list of harmful terms, and as the text that it is looked for in. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
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
    lexicon *l = weir_calloc(1, sizeof *l); // without the built-in terms, which take long
    struct lexicon_scan s;
    if (l && (l->fold = lexicon_fold_new(&err)) &&
        lexicon_load(l, "/proc/self/fd/77", LEX_LISTED, &err) == 0 &&
        lexicon_compile(l, &err) == 0 && lexicon_scan_init(&s, l, &err) == 0) {
        if (lexicon_scan_text(&s, weir_span((const char *)data, n), n) < 0)
            abort();
        lexicon_scan_free(&s);
    }
    lexicon_close(l);
    close(77);
    return 0;
}

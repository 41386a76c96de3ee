/* Any bytes as a fastText model: what the check lets through must be safe to use.  A dense model of
 * a few bytes claims much memory only when the file holds it. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "weir/fasttext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct weir_err err = {0};
    static float p[1 << 16];
    const int fd = memfd_create("model", 0);
    if (fd < 0 || dup2(fd, 78) < 0 || write(78, data, n) != (ssize_t)n || lseek(78, 0, SEEK_SET))
        return 0;
    close(fd);
    weir_fasttext *m = weir_fasttext_open("/proc/self/fd/78", &err);
    if (m && weir_fasttext_n_labels(m) <= sizeof p / sizeof *p &&
        weir_fasttext_score(m, WEIR_LIT("a 历 史 now </s> b"), p, &err) < 0)
        abort();
    weir_fasttext_close(m);
    close(78);
    return 0;
}

/* Any file as a block list, and any bytes as URLs and as text with links. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "filters/url_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct weir_err err = {0};
    struct url_list_count count;
    struct weir_span url, entry;
    const struct weir_span all = weir_span((const char *)data, n);
    const int fd = memfd_create("list", 0);
    if (fd < 0 || dup2(fd, 79) < 0 || write(79, data, n) != (ssize_t)n || lseek(79, 0, SEEK_SET))
        return 0;
    close(fd);
    url_list *l = url_list_new(&err);
    if (l && url_list_read(l, "/proc/self/fd/79", 1 << 20, &count, &err) == 0) {
        url_list_sort(l);
        for (size_t at = 0; url_list_next_link(all, &at, &url);)
            if (url_list_has(l, url, &entry) &&
                (entry.p < url.p || entry.p + entry.n > url.p + url.n))
                abort();
        for (const uint8_t *p = data, *nl; (nl = memchr(p, '\n', n - (size_t)(p - data)));
             p = nl + 1)
            url_list_has(l, weir_span((const char *)p, (size_t)(nl - p)), &entry);
    }
    url_list_free(l);
    close(79);
    return 0;
}

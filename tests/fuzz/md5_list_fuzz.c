/* Lists of MD5s: a file's name, a line break, and the list; what is found stands in it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "infer/file_hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A line begins with the digits and, but for white space, ends with the name. */
static int stands(const char *list, const char *name, const char *md5)
{
    char *copy = strdup(list), *save = NULL;
    int found = 0;
    if (!copy)
        abort();
    for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        size_t end = strlen(line);
        while (end && strchr(" \t\r\v\f", line[end - 1]))
            line[--end] = '\0';
        found |= end > strlen(name) + 32 && !strncasecmp(line, md5, 32) &&
                 !strcmp(line + end - strlen(name), name);
    }
    free(copy);
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t *nl = n ? memchr(data, '\n', n) : NULL;
    char md5[33];
    if (!nl)
        return 0;
    char *name = strndup((const char *)data, (size_t)(nl - data));
    const size_t n_list = n - (size_t)(nl + 1 - data);
    char *list = malloc(n_list + 1), *exact = malloc(n_list ? n_list : 1);
    if (!name || !list || !exact)
        abort();
    memcpy(list, nl + 1, n_list);
    memcpy(exact, nl + 1, n_list); // so that a byte too far is found
    list[n_list] = '\0';
    const int found = md5_listed(weir_span(exact, n_list), name, md5);
    if (found && (strlen(md5) != 32 || strspn(md5, "0123456789abcdef") != 32))
        abort();
    if (found && strlen(list) == n_list && !stands(list, name, md5))
        abort();
    free(name);
    free(list);
    free(exact);
    return 0;
}

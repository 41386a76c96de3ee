#include "infer/file_hash.h"

#include <ctype.h>
#include <md5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "infer/tensor_numbers.h"
#include "lib/xxh.h"

static void spell(const uint8_t *p, size_t n, char *hex)
{
    for (size_t i = 0; i < n; i++)
        snprintf(hex + 2 * i, 3, "%02x", p[i]);
}

int file_hash(const char *path, uint64_t *bytes, char hex[33], char *md5, struct weir_err *err)
{
    enum { PART = 4 << 20 };
    struct mapped m;
    MD5_CTX ctx;
    uint8_t digest[MD5_DIGEST_LENGTH];
    XXH128_canonical_t canonical;
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (mapped_open(&m, path, err)) {
        XXH3_freeState(state);
        return err->code;
    }
    XXH3_128bits_reset(state);
    MD5Init(&ctx);
    for (uint64_t at = 0, n; at < m.n; at += n) {
        n = m.n - at < PART ? m.n - at : PART;
        XXH3_128bits_update(state, m.p + at, n);
        if (md5)
            MD5Update(&ctx, m.p + at, n);
        mapped_forget(m.p + at, n);
    }
    *bytes = m.n;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
    spell(canonical.digest, sizeof canonical.digest, hex);
    MD5Final(digest, &ctx);
    if (md5)
        spell(digest, sizeof digest, md5);
    XXH3_freeState(state);
    mapped_close(&m);
    return 0;
}

/* Whether the line ends with the name as md5sum writes it, a folder before it or none. */
static int names_file(const char *p, size_t n, const char *name)
{
    const size_t n_name = strlen(name);
    return n >= 33 + n_name && !memcmp(p + n - n_name, name, n_name) &&
           memchr(" */\t", p[n - n_name - 1], 4);
}

int md5_listed(struct weir_span list, const char *name, char md5[33])
{
    const char *p = list.p, *end = list.p + list.n;
    for (const char *next; p < end; p = next) {
        const char *nl = memchr(p, '\n', (size_t)(end - p)), *to = nl ? nl : end;
        next = nl ? nl + 1 : end;
        while (to > p && isspace((unsigned char)to[-1]))
            to--;
        if (!names_file(p, (size_t)(to - p), name))
            continue;
        for (size_t i = 0; i < 32; i++)
            md5[i] = (char)tolower((unsigned char)p[i]);
        md5[32] = '\0';
        if (strspn(md5, "0123456789abcdef") == 32 && memchr(" \t", p[32], 2))
            return 1;
    }
    return 0;
}

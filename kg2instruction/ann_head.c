/* What a name is looked up by. */
#include <string.h>

#include "kg2instruction/ann_index.h"
#include "kg2instruction/kg_layout.h"
#include "weir/utf8.h"

/* The end of the word of that class that begins at p[at]; Chinese: two characters. */
static size_t word_end(const char *p, size_t n, size_t at, enum ann_class cls)
{
    unsigned len;
    weir_utf8_decode(p + at, n - at, &len);
    at += len;
    while (cls != ANN_OTHER && at < n &&
           ann_class_of(weir_utf8_decode(p + at, n - at, &len)) == cls) {
        at += len;
        if (cls == ANN_HAN)
            break;
    }
    return at;
}

size_t ann_head(const char *p, size_t n, size_t *first)
{
    unsigned len, next;
    const enum ann_class cls = ann_class_of(weir_utf8_decode(p, n, &len));
    const size_t end = *first = word_end(p, n, 0, cls);
    if (cls != ANN_WORD || end == n ||
        ann_class_of(weir_utf8_decode(p + end, n - end, &len)) != ANN_OTHER || end + len == n ||
        ann_class_of(weir_utf8_decode(p + end + len, n - end - len, &next)) != ANN_WORD)
        return end;
    return word_end(p, n, end + len, ANN_WORD);
}

uint64_t ann_head_hash(uint64_t seed, const char *p, size_t n, size_t first)
{
    char head[KG_KEY_MAX + ANN_HASH_SLACK] = {0};
    unsigned len;
    memcpy(head, p, n);
    const uint64_t hash = ann_hash_word(seed, head, first);
    if (n == first)
        return hash;
    weir_utf8_decode(head + first, n - first, &len);
    const size_t second = first + len;
    return ann_hash_pair(hash, ann_hash_word(seed, head + second, n - second), head + first, len);
}

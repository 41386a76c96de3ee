/* Documents without end, from real text: dedup_docs N FILE.jsonl.  FILE is what weir ingest wrote;
 * its sentences are drawn at random, so that N documents of about 2,000 bytes share sentences but
 * are no copies; three in ten are copies of an earlier one, half of these with one sentence
 * exchanged.  The same N gives the same bytes everywhere. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DOCUMENT = 2000, SHORTEST = 45, LONGEST = 600, SENTENCES = 1 << 22 };

struct sentence {
    const char *p;
    size_t n;
};
static struct sentence sentence[SENTENCES];
static size_t n_sentences;

static uint64_t mix(uint64_t z) // SplitMix64 (Steele, Lea and Flood 2014)
{
    z += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
}

/* Pieces that end in a full stop and hold no escape or quote: they can stand in any JSON string. */
static void find_sentences(const char *p, const char *end)
{
    static const char stop[] = "。";
    for (const char *start = p; n_sentences < SENTENCES && p < end; p++) {
        if (*p == '"' || *p == '\\' || *p == '\n') {
            start = p + 1;
        } else if ((size_t)(end - p) >= 3 && !memcmp(p, stop, 3)) {
            const size_t n = (size_t)(p + 3 - start);
            // behind an escape a letter of it would be left
            if (n >= SHORTEST && n <= LONGEST && (unsigned char)*start >= 0x80)
                sentence[n_sentences++] = (struct sentence){start, n};
            start = p + 3;
        }
    }
}

static size_t draw(uint64_t seed, uint64_t other, char *to)
{
    size_t n = 0;
    for (uint64_t k = 0; n < DOCUMENT; k++) {
        const uint64_t s = k == 2 && other ? other : seed;
        const struct sentence *x = &sentence[mix(mix(s) + k) % n_sentences];
        memcpy(to + n, x->p, x->n);
        n += x->n;
    }
    return n;
}

int main(int argc, char **argv)
{
    struct stat st;
    const uint64_t n = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
    const int fd = n ? open(argv[2], O_RDONLY) : -1;
    if (fd < 0 || fstat(fd, &st)) {
        fprintf(stderr, "dedup_docs N FILE.jsonl\n");
        return 2;
    }
    const char *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return 1;
    find_sentences(p, p + st.st_size);
    if (!n_sentences)
        return 1;
    for (uint64_t i = 0; i < n; i++) {
        char text[DOCUMENT + LONGEST];
        const uint64_t r = mix(~i);
        const int copy = i && r % 10 < 3;
        const uint64_t seed = copy ? mix(r) % i : i;
        const size_t bytes = draw(seed, copy && r >> 32 & 1 ? r : 0, text);
        printf("{\"id\":\"%llu\",\"text\":\"", (unsigned long long)i);
        fwrite(text, 1, bytes, stdout);
        fputs("\"}\n", stdout);
    }
    return ferror(stdout) || fflush(stdout);
}

/* n-gram counts: by hand, and against plain string comparison on random words. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "filters/filter_ngrams.h"

static struct filter_ngrams g;
static struct filter_words w;

static void prepare(const char *text)
{
    const struct weir_span s = weir_span(text, strlen(text));
    assert(filter_words_measure(s, FILTER_WORDS_SPACE, &w) == 0);
    assert(filter_ngrams_prepare(&g, s, &w) == 0);
}

static uint64_t top(unsigned n)
{
    uint64_t chars;
    assert(filter_ngrams_top(&g, &w, n, &chars) == 0);
    return chars;
}

static uint64_t greedy(unsigned n)
{
    uint64_t chars;
    assert(filter_ngrams_greedy(&g, &w, n, 11, &chars) == 0);
    return chars;
}

static void by_hand(void)
{
    prepare("a b c a b d a b");
    assert(top(2) == 3 * 3); // "a b" three times, three characters
    assert(top(3) == 5);     // all once: the first, "a b c"
    assert(greedy(2) == 4);  // ab bc ca [ab] da [ab]: two duplicates of two characters
    assert(greedy(5) == 0);
    prepare("a b");
    assert(top(3) == 0 && greedy(5) == 0);
    prepare("");
    assert(top(2) == 0 && greedy(5) == 0);
    /* Joined without spaces "ab c" and "a bc" are one; joined by spaces they are two. */
    prepare("ab c x a bc");
    assert(greedy(2) == 3);
    assert(top(2) == 4);
    /* Ties: "x yy" (4 characters) comes first of those that occur twice. */
    prepare("x yy x yy zzz q zzz q");
    assert(top(2) == 2 * 4);
    uint64_t again, all;
    prepare("a b a b c");
    assert(filter_ngrams_repeated(&g, &w, 2, &again, &all) == 0);
    assert(again == 4 && all == 8); // ab ba ab bc
}

static void windows(void)
{
    uint64_t again, all;
    const struct weir_span s = WEIR_LIT("一二 三\n一二三四");
    assert(filter_ngrams_chars(&g, s, 7, 3, 1, &again, &all) == 0);
    assert(all == 5 && again == 1); // 一二三 二三一 三一二 [一二三] 二三四
    assert(filter_ngrams_chars(&g, s, 7, 8, 1, &again, &all) == 0);
    assert(all == 0 && again == 0);
}

/* The scan written down again with strings. */
static uint64_t greedy_by_strings(char words[][8], size_t n_words, unsigned n)
{
    static char seen[400][80];
    size_t n_seen = 0;
    uint64_t chars = 0;
    for (size_t i = 0; i + n <= n_words;) {
        char gram[80] = "";
        for (unsigned k = 0; k < n; k++)
            strcat(gram, words[i + k]);
        size_t at = 0;
        while (at < n_seen && strcmp(seen[at], gram))
            at++;
        if (at < n_seen) {
            chars += strlen(gram);
            i += n;
        } else {
            strcpy(seen[n_seen++], gram);
            i++;
        }
    }
    return chars;
}

/* Top and repeated n-grams by comparing every window with every other. */
static void counts(char words[][8], size_t n_words, unsigned n)
{
    uint64_t best = 0, most = 0, again = 0, all = 0, got_again, got_all;
    for (size_t i = 0; i + n <= n_words; i++) {
        uint64_t count = 0, chars = 0;
        for (unsigned k = 0; k < n; k++)
            chars += strlen(words[i + k]);
        for (size_t j = 0; j + n <= n_words; j++) {
            unsigned k = 0;
            while (k < n && !strcmp(words[i + k], words[j + k]))
                k++;
            count += k == n;
        }
        if (count > most) {
            most = count;
            best = count * (chars + n - 1);
        }
        all += chars;
        again += count > 1 ? chars : 0;
    }
    assert(top(n) == best);
    assert(filter_ngrams_repeated(&g, &w, n, &got_again, &got_all) == 0);
    assert(got_again == again && got_all == all);
}

static void at_random(void)
{
    static char words[300][8];
    srand(3);
    for (int round = 0; round < 200; round++) {
        char text[2500] = "";
        const size_t n = (size_t)(rand() % 300);
        const int letters = 1 + rand() % 3, longest = 1 + rand() % 7;
        for (size_t i = 0; i < n; i++) {
            const int len = 1 + rand() % longest;
            for (int k = 0; k < len; k++)
                words[i][k] = (char)('a' + rand() % letters);
            words[i][len] = 0;
            strcat(strcat(text, words[i]), " ");
        }
        prepare(text);
        assert(w.n == n);
        for (unsigned k = 2; k <= 10; k++)
            assert(greedy(k) == greedy_by_strings(words, n, k));
        for (unsigned k = 2; k <= 10; k++)
            counts(words, n, k);
    }
}

int main(void)
{
    by_hand();
    windows();
    at_random();
    filter_ngrams_free(&g);
    filter_words_free(&w);
    return 0;
}

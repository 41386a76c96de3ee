/* Processors and warpers on scores worked out by hand, and draws against their probabilities. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "infer/sample.h"

static struct candidate c[8], spare[8];

static int near(double a, double b)
{
    return fabs(a - b) < 1e-5;
}

static void test_penalty(void)
{
    float s[] = {2, -2, 4, 0};
    const uint32_t ids[] = {0, 1, 0, 1, 3};
    uint64_t seen[1] = {0};
    sample_penalise(s, ids, 5, 2, seen);
    assert(s[0] == 1 && s[1] == -4 && s[2] == 4 && s[3] == 0 && seen[0] == 0);
}

static void test_discourage(void)
{
    float s[] = {2, -2, 4, 0};
    const uint32_t ids[] = {0, 1, 0, 0};
    uint64_t seen[1] = {0};
    sample_discourage(s, ids, 4, 0.5f, 0.25f, seen);
    assert(s[0] == 0.75f && s[1] == -2.75f && s[2] == 4 && s[3] == 0 && seen[0] == 0);
    sample_discourage(s, ids, 2, 0, -1, seen);
    assert(s[0] == 1.75f && s[1] == -1.75f);
}

static void test_greedy_and_top(void)
{
    const float s[] = {1, 5, 3, 5, 3};
    assert(sample_greedy(s, 5) == 1);
    sample_top(s, 5, 3, c);
    assert(c[0].id == 1 && c[1].id == 3 && c[2].id == 2);
    sample_top(s, 5, 5, c);
    assert(c[3].id == 4 && c[4].id == 0);
}

static void test_log_softmax(void)
{
    float s[] = {0, logf(3)};
    sample_log_softmax(s, 2);
    assert(near(s[0], log(0.25)) && near(s[1], log(0.75)));
    float far[] = {1000, 0};
    sample_log_softmax(far, 2);
    assert(far[0] == 0 && far[1] == -1000);
}

static void test_warp(void)
{
    /* Probabilities 0.5, 0.25, 0.125, 0.125. */
    const float s[] = {logf(4), logf(2), 0, 0};
    struct sample_opt o = {1, 0, 1, 1};
    assert(sample_warp(s, 4, &o, c, spare) == 4);
    o.top_k = 3; // the third and the fourth are equal: both stay
    assert(sample_warp(s, 4, &o, c, spare) == 4);
    o.top_k = 2;
    assert(sample_warp(s, 4, &o, c, spare) == 2 && c[1].id == 1);
    o.top_k = 0;
    o.top_p = 0.75f; // the two last have 0.25 together, which is not more than 1 - p
    assert(sample_warp(s, 4, &o, c, spare) == 2);
    o.top_p = 0.76f; // 0.125 may go, 0.25 not
    assert(sample_warp(s, 4, &o, c, spare) == 3);
    o.top_p = 0.1f;
    assert(sample_warp(s, 4, &o, c, spare) == 1 && c[0].id == 0);
    o.least = 2;
    assert(sample_warp(s, 4, &o, c, spare) == 2);
    /* Temperature 0.5 squares the odds: 16, 4, 1, 1 of 22; 2/22 go under 0.9, 6/22 do not. */
    o = (struct sample_opt){0.5f, 0, 0.9f, 1};
    assert(sample_warp(s, 4, &o, c, spare) == 2 && near(c[0].score, 2 * log(4)));
}

static void test_draw(void)
{
    const struct candidate two[] = {{logf(3), 0}, {0, 1}};
    struct sample_rng r = {7};
    int first = 0;
    for (int i = 0; i < 40000; i++)
        first += sample_draw(two, 2, &r) == 0;
    /* 0.75, standard deviation 0.0022. */
    assert(fabs(first / 40000.0 - 0.75) < 0.011);
}

static void test_without_replacement(void)
{
    struct sample_rng r = {1};
    for (int i = 0; i < 100; i++) {
        struct candidate d[] = {{0, 4}, {2, 1}, {1, 3}, {-50, 2}};
        assert(sample_without_replacement(d, 4, 3, &r) == 3);
        /* What is e^50 less likely than the others is not among the first three. */
        assert(d[0].id == 1 && d[1].id == 3 && d[2].id == 4);
    }
    struct candidate one[] = {{0, 9}};
    assert(sample_without_replacement(one, 1, 6, &r) == 1);
}

/* As many as a vocabulary has, many equal, against what comparing says. */
static void test_sort(void)
{
    enum { N = 5000 };
    static float s[N];
    static struct candidate many[N], more[N];
    const struct sample_opt o = {1, 0, 1, 1};
    uint32_t state = 1;
    for (size_t i = 0; i < N; i++) {
        state = state * 1664525 + 1013904223;
        s[i] = (float)(int32_t)(state >> 20) / 16 - 128 + (i % 3 ? 0.0f : 1e-3f * (float)i);
    }
    s[7] = 0.0f;
    s[3] = -0.0f;
    s[11] = -INFINITY;
    assert(sample_warp(s, N, &o, many, more) == N);
    for (size_t i = 0; i < N; i++)
        assert(many[i].score == s[many[i].id]);
    for (size_t i = 1; i < N; i++)
        assert(many[i - 1].score > many[i].score ||
               (many[i - 1].score == many[i].score && many[i - 1].id < many[i].id));
}

int main(void)
{
    test_penalty();
    test_discourage();
    test_greedy_and_top();
    test_log_softmax();
    test_warp();
    test_sort();
    test_draw();
    test_without_replacement();
    return 0;
}

/* Bands and rows, and what they do.  Two signatures agree in one value with probability J, the
 * Jaccard similarity; in all r rows of one of b bands with 1 - (1 - J^r)^b (Leskovec, Rajaraman and
 * Ullman, Mining of Massive Datasets, section 3.4.2).  Kept values have 8 bits, so that unequal
 * ones agree once in 256: J is replaced by J + (1 - J) / 256 (Li and König 2010). */
#include "dedup/dedup_internal.h"

#include <math.h>
#include <string.h>

enum {
    STEPS = 500, // midpoints of each integral
    DEFAULT_PERM = 128
};

static double power(double x, unsigned n)
{
    double y = 1;
    for (; n; n >>= 1, x *= x)
        if (n & 1)
            y *= x;
    return y;
}

/* Adds up 0.5 * (false positives below the threshold + false negatives above it). */
static double cost(double threshold, unsigned bands, const double *to_the_r)
{
    double below = 0, above = 0;
    for (int i = 0; i < STEPS; i++) {
        below += 1 - power(1 - to_the_r[i], bands);
        above += power(1 - to_the_r[STEPS + i], bands);
    }
    return 0.5 * (below * threshold + above * (1 - threshold)) / STEPS;
}

void dedup_plan_choose(double threshold, unsigned num_perm, unsigned *bands, unsigned *rows)
{
    double s[2 * STEPS], to_the_r[2 * STEPS];
    for (int i = 0; i < STEPS; i++) {
        s[i] = threshold * (i + 0.5) / STEPS;
        s[STEPS + i] = threshold + (1 - threshold) * (i + 0.5) / STEPS;
    }
    double best = HUGE_VAL;
    for (unsigned b = 1; b <= num_perm; b++) {
        memcpy(to_the_r, s, sizeof s);
        for (unsigned r = 1; r <= num_perm / b; r++) {
            double c = cost(threshold, b, to_the_r);
            if (c < best)
                best = c, *bands = b, *rows = r;
            for (int i = 0; i < 2 * STEPS; i++)
                to_the_r[i] *= s[i];
        }
    }
}

static double agree(double jaccard)
{
    return jaccard + (1 - jaccard) / 256;
}

unsigned dedup_plan_matches(const struct dedup_plan *p)
{
    // The small term keeps a product that should be whole from being rounded up.
    const double share = p->value_bytes == 1 ? agree(p->threshold) : p->threshold;
    return (unsigned)ceil(p->num_perm * share - 1e-9);
}

int dedup_plan_init(struct dedup_plan *p, const struct weir_dedup_opt *opt, struct weir_err *err)
{
    if (!(opt->threshold > 0 && opt->threshold <= 1))
        return weir_err_set(err, WEIR_EUSAGE, "--threshold: not above 0 and at most 1");
    if (!opt->bands != !opt->rows)
        return weir_err_set(err, WEIR_EUSAGE, "--bands and --rows go together");
    if (opt->bands < 0 || opt->rows < 0 || opt->bands > DEDUP_MAX_PERM ||
        opt->rows > DEDUP_MAX_PERM || opt->bands * opt->rows > DEDUP_MAX_PERM ||
        opt->num_perm < 0 || opt->num_perm > DEDUP_MAX_PERM)
        return weir_err_set(err, WEIR_EUSAGE, "more than %d values in a signature", DEDUP_MAX_PERM);
    unsigned used = (unsigned)(opt->bands * opt->rows);
    p->threshold = opt->threshold;
    p->num_perm = opt->num_perm ? (unsigned)opt->num_perm : DEFAULT_PERM;
    if (!opt->num_perm && used > p->num_perm)
        p->num_perm = used;
    if (used > p->num_perm)
        return weir_err_set(err, WEIR_EUSAGE, "--bands x --rows is more than --num-perm %u",
                            p->num_perm);
    p->bands = (unsigned)opt->bands;
    p->rows = (unsigned)opt->rows;
    if (!used)
        dedup_plan_choose(p->threshold, p->num_perm, &p->bands, &p->rows);
    p->value_bytes = 1;
    p->min_matches = dedup_plan_matches(p);
    p->exact = opt->exact || !opt->near;
    p->near = opt->near || !opt->exact;
    p->verify = p->near && opt->verify;
    return 0;
}

double dedup_plan_collide(const struct dedup_plan *p, double jaccard)
{
    return 1 - power(1 - power(agree(jaccard), p->rows), p->bands);
}

double dedup_plan_estimate(const struct dedup_plan *p, unsigned matches)
{
    double share = (double)matches / p->num_perm;
    double j = (share - 1.0 / 256) / (1 - 1.0 / 256);
    return j > 0 ? j : 0;
}

/* Convolves dist (of n trials so far) with rows trials of chance q; the outcome "all agree" is left
 * out when but_all. */
static void convolve(double *dist, unsigned n, unsigned rows, double q, int but_all)
{
    double from[DEDUP_MAX_PERM + 1];
    memcpy(from, dist, (n + 1) * sizeof *dist);
    memset(dist, 0, (n + rows + 1) * sizeof *dist);
    double log_choose = 0;
    for (unsigned k = 0; k + (but_all ? 1 : 0) <= rows; k++) {
        double chance = exp(log_choose + k * log(q) + (rows - k) * log1p(-q));
        for (unsigned i = 0; i <= n; i++)
            dist[i + k] += from[i] * chance;
        log_choose += log((double)(rows - k) / (k + 1));
    }
}

double dedup_plan_drop(const struct dedup_plan *p, double jaccard)
{
    double q = agree(jaccard);
    if (q >= 1)
        return 1;
    double all[DEDUP_MAX_PERM + 1] = {1}, no_band[DEDUP_MAX_PERM + 1] = {1};
    unsigned n = 0;
    for (unsigned b = 0; b < p->bands; b++, n += p->rows) {
        convolve(all, n, p->rows, q, 0);
        convolve(no_band, n, p->rows, q, 1);
    }
    convolve(all, n, p->num_perm - n, q, 0);
    convolve(no_band, n, p->num_perm - n, q, 0);
    double chance = 0;
    for (unsigned m = p->min_matches; m <= p->num_perm; m++)
        chance += all[m] - no_band[m];
    return chance < 0 ? 0 : chance;
}

void dedup_plan_print(const struct dedup_plan *p, struct weir_buf *b)
{
    weir_buf_addf(b, "threshold %g: %u bands x %u rows of %u permutations\n", p->threshold,
                  p->bands, p->rows, p->num_perm);
    weir_buf_adds(b, "similarity  share a band   dropped\n");
    for (int percent = 30; percent <= 100; percent += 5) {
        double j = percent / 100.0;
        weir_buf_addf(b, "      %4.2f        %6.4f    %6.4f\n", j, dedup_plan_collide(p, j),
                      dedup_plan_drop(p, j));
    }
}

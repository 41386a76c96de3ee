#include "lib/account.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "weir_config.h"

void weir_account_start(struct weir_account *a, const char *program, int argc, char **argv)
{
    memset(a, 0, sizeof *a);
    a->program = program;
    a->argc = argc;
    a->argv = argv;
    a->start_time = time(NULL);
    a->terminal = isatty(2);
    clock_gettime(CLOCK_MONOTONIC, &a->start);
}

double weir_account_seconds(const struct weir_account *a)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - a->start.tv_sec) + (double)(now.tv_nsec - a->start.tv_nsec) / 1e9;
}

static double to_seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

double weir_account_cpu(void)
{
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) ? 0 : to_seconds(u.ru_utime) + to_seconds(u.ru_stime);
}

/* 1234567 as 1,234,567. */
static const char *grouped(uint64_t v, char to[32])
{
    char digits[24];
    const int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)v);
    int at = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            to[at++] = ',';
        to[at++] = digits[i];
    }
    to[at] = 0;
    return to;
}

/* Decimal units, as disks and networks are counted. */
static const char *sized(uint64_t v, char to[32])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    double d = (double)v;
    int u = 0;
    while (d >= 999.5 && u < 5)
        d /= 1000, u++;
    snprintf(to, 32, d < 9.95 && u ? "%.1f %s" : "%.0f %s", d, units[u]);
    return to;
}

static uint64_t bytes_read(const struct weir_job *job)
{
    return job->tally.in.bytes + job->tally.framing + job->aside.bytes;
}

void weir_account_progress(struct weir_job *job, double share)
{
    const struct weir_account *a = job->progress_state;
    const double s = weir_account_seconds(a);
    char in[32], out[32], rate[32], left[64] = "", percent[16] = "", temp[64] = "", n[32];
    /* In a pipe only the program that reads the file knows how far it is; the others would write
     * over its line. */
    if (share < 0 && !job->progress)
        return;
    if (share >= 0)
        snprintf(percent, sizeof percent, "%3.0f %%  ", share * 100);
    if (share > 0.001 && !job->phase) {
        const long t = (long)(s / share - s + 0.5);
        if (t >= 3600)
            snprintf(left, sizeof left, "  %ld:%02ld:%02ld left", t / 3600, t / 60 % 60, t % 60);
        else
            snprintf(left, sizeof left, "  %ld:%02ld left", t / 60, t % 60);
    }
    if (job->temp_bytes)
        snprintf(temp, sizeof temp, "  temporary %s", sized(job->temp_bytes, n));
    fprintf(stderr, "%s%s: %s%s%s%s/s  in %s  out %s%s%s%s", a->terminal ? "\r\033[K" : "",
            a->program, job->phase ? job->phase : "", job->phase ? " " : "", percent,
            sized((uint64_t)((double)bytes_read(job) / (s > 0 ? s : 1)), rate),
            grouped(job->tally.in.records + job->aside.records, in),
            grouped(job->tally.out.records, out), temp, left, a->terminal ? "" : "\n");
    fflush(stderr);
}

void weir_account_clear(const struct weir_account *a)
{
    if (a->terminal)
        fputs("\r\033[K", stderr);
}

void weir_account_text(const char *s)
{
    for (; *s; s++) {
        const unsigned char c = (unsigned char)*s;
        fputc(c < 0x20 || c == 0x7F ? '?' : c, stderr);
    }
}

static void print_reasons(const struct weir_job *job)
{
    const struct weir_names *r = &job->tally.reasons;
    char n[32];
    for (size_t i = 0; i < r->n; i++)
        fprintf(stderr, "%s%s %s", i ? ", " : ": ", r->at[i].name, grouped(r->at[i].in.records, n));
}

static void print_details(const struct weir_account *a, const struct weir_job *job)
{
    char n[32], m[32], s[32];
    for (size_t i = 0; i < job->tally.sources.n; i++) {
        const struct weir_named *x = &job->tally.sources.at[i];
        fprintf(stderr, "%s: source ", a->program);
        weir_account_text(x->name);
        fprintf(stderr, ": in %s, out %s (%s)\n", grouped(x->in.records, n),
                grouped(x->out.records, m), sized(x->out.bytes, s));
    }
    for (size_t i = 0; i < job->tally.notes.n; i++) {
        const struct weir_named *x = &job->tally.notes.at[i];
        fprintf(stderr, "%s: %s %s\n", a->program, x->name, grouped(x->in.records, n));
    }
}

void weir_account_close(const struct weir_account *a, const struct weir_job *job)
{
    const struct weir_tally *t = &job->tally;
    const double s = weir_account_seconds(a);
    const uint64_t peak = weir_peak_memory();
    char n[32], b[32];
    if (job->verbose)
        print_details(a, job);
    if (peak > job->memory)
        fprintf(stderr, "%s: peak memory of %s is above -m %lluM\n", a->program, sized(peak, b),
                (unsigned long long)(job->memory >> 20));
    fprintf(stderr, "%s %s: in %s (%s)", a->program, WEIR_VERSION, grouped(t->in.records, n),
            sized(t->in.bytes, b));
    fprintf(stderr, ", out %s (%s", grouped(t->out.records, n), sized(t->out.bytes, b));
    if (t->out.tokens)
        fprintf(stderr, ", %s tokens", grouped(t->out.tokens, b));
    fprintf(stderr, "), dropped %s", grouped(t->dropped.records, n));
    if (t->bad.records)
        fprintf(stderr, ", bad %s", grouped(t->bad.records, n));
    print_reasons(job);
    fprintf(stderr, "; %.2f s, CPU %.2f s, %.1f MB/s, peak %s\n", s, weir_account_cpu(),
            (double)bytes_read(job) / 1e6 / (s > 0 ? s : 1), sized(peak, b));
}

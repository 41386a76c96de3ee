/* The lexicon: lists as they come, matching, what hits come to, the cache. */
#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "filters/lexicon.h"

static void put(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static struct lexicon_notice notice;

static lexicon *open_lists(const char *file, const char *allow, struct weir_err *err)
{
    lexicon *l = lexicon_open(err);
    assert(l);
    weir_buf_free(&notice.shown);
    memset(&notice, 0, sizeof notice);
    if ((!file || lexicon_load(l, file, LEX_LISTED, &notice, err) == 0) &&
        (!allow || lexicon_load(l, allow, LEX_ALLOW, &notice, err) == 0) &&
        lexicon_compile(l, err) == 0)
        return l;
    lexicon_close(l);
    return NULL;
}

static struct lexicon_scan s;

static double score(enum lexicon_category c, const char *text, uint64_t n_chars)
{
    assert(lexicon_scan_text(&s, weir_span(text, strlen(text)), n_chars) == 0);
    return s.score[c];
}

static int near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static void matching(void)
{
    struct weir_err err = {0};
    put("list", "\xEF\xBB\xBFxqzzy,\r\n\r\n# comment\r\n#tag\r\n测试坏词\r\n"
                "strongterm\tdrugs\t4\nweakterm\tdrugs\t2\n坏词加长\thate\t3\n"
                "evidence of court\tcontext\t1\n赌博\thate\t9\n"
                "坏话\thate\t2\n某地人\tgroup\n");
    put("fine", "测试坏词典\nxqzzy fine\n");
    lexicon *l = open_lists("list", "fine", &err);
    assert(l && lexicon_size(l) > 500 && lexicon_memory(l) > 10000);
    assert(lexicon_scan_init(&s, l, &err) == 0);
    const enum lexicon_category listed = LEX_LISTED, drugs = LEX_DRUGS;
    assert(score(listed, "", 0) == 0);
    /* Without case, and only whole words where the term ends in letters. */
    assert(score(listed, "XqZZy", 5) == 1 && score(listed, "好xqzzy好", 7) == 1);
    assert(score(listed, "xqzzys axqzzy xqzzy1", 20) == 0);
    assert(score(listed, "a #tag b", 8) == 1);
    /* Chinese anywhere; nothing inside an allowed term. */
    assert(score(listed, "这是测试坏词吗", 7) == 1 && score(listed, "这是测试坏词典吗", 8) == 0);
    assert(score(listed, "测试坏词典和测试坏词", 10) == 1);
    assert(score(listed, "xqzzy fine", 10) == 0);
    /* Inside a longer term only the longer counts. */
    assert(score(LEX_HATE, "坏词加长", 4) == 3);
    /* A list's word on a built-in term holds. */
    assert(score(LEX_HATE, "赌博", 2) == 9 && s.score[LEX_GAMBLING] == 0);
    /* Distinct terms add up, copies do not; copies count for the density, (4 + 4 + 2) / .5, but not
     * those of one term alone. */
    assert(score(drugs, "strongterm strongterm", 21) == 4 && s.density[drugs] == 0);
    assert(score(drugs, "strongterm strongterm weakterm", 30) == 6 && s.density[drugs] == 20);
    assert(score(drugs, "strongterm weakterm", 19) == 6);
    /* Context divides the weak by two, a 4 by the root of two, a 9 not: 4 / 1.414 + 2 / 2. */
    assert(near(score(drugs, "strongterm weakterm evidence of court", 40), sqrt(8) + 1));
    assert(score(LEX_HATE, "赌博 evidence of court", 40) == 9);
    /* Four thousand characters: half; density by real length. */
    assert(near(score(drugs, "strongterm weakterm", 4000), 3) && near(s.density[drugs], 1.5));
    /* A weak term of hate beside a group counts three times: "坏话" weighs 2; the group, 60 bytes
     * before or behind, no more. */
    assert(score(LEX_HATE, "坏话", 2) == 2 && score(LEX_HATE, "某地人坏话", 5) == 6);
    assert(score(LEX_HATE, "坏话。一二三四五六七八九十一二三四五六七八九某地人", 25) == 6);
    assert(score(LEX_HATE, "坏话。一二三四五六七八九十一二三四五六七八九十某地人", 26) == 2);
    assert(score(LEX_HATE, "某地人。一二三四五六七八九十一二三四五六七八九坏话", 25) == 6);
    assert(score(LEX_HATE, "某地人。一二三四五六七八九十一二三四五六七八九十坏话", 26) == 2);
    /* Strong ones are what they are; in 4,000 characters: 2 / 2 + 2 * 2 / 4. */
    assert(score(LEX_HATE, "坏词加长，某地人", 8) == 3);
    assert(near(score(LEX_HATE, "某地人坏话", 4000), 2) && s.worst_score == LEX_HATE);
    /* Distinct terms; the copy is none. */
    assert(score(drugs, "strongterm weakterm strongterm 赌博", 30) == 6);
    assert(s.distinct[drugs] == 2 && s.distinct[LEX_HATE] == 1 && s.worst_distinct == drugs);
    /* Places are bytes of the text as it came: ＸＱ is six bytes, the mark between is three. */
    struct weir_buf b = {0};
    assert(score(drugs, "好 ＳＴ\xE2\x80\x8BRongterm", 14) == 4);
    lexicon_scan_terms(&s, drugs, 3, &b);
    assert(weir_span_is(weir_buf_span(&b), "[{\"term\":\"strongterm\",\"weight\":4,\"at\":4,"
                                           "\"end\":21,\"found\":\"ＳＴ\xE2\x80\x8BRongterm\"}]"));
    weir_buf_free(&b);
    lexicon_scan_free(&s);
    lexicon_close(l);
}

static void bad_list(const char *text, const char *why)
{
    struct weir_err err = {0};
    put("bad", text);
    assert(!open_lists("bad", NULL, &err));
    if (!strstr(err.msg, why))
        fprintf(stderr, "%s\n", err.msg);
    assert(strstr(err.msg, why));
}

static void bad_lists(void)
{
    bad_list("fine\nterm\tnonsense\n", "bad: line 2: no category \"nonsense\"");
    bad_list("term\tdrugs\t12\n", "line 1: a weight is a digit");
    bad_list("a\n\xFF\xFF\n", "neither UTF-8 nor GB18030");
    bad_list("a\n\xE2\x80\x8B\n", "line 2: a term of characters that nobody sees");
    struct weir_err err = {0};
    assert(!open_lists("not-there", NULL, &err) && strstr(err.msg, "not-there"));
}

static double listed(const char *list, size_t n, const char *text)
{
    struct weir_err err = {0};
    FILE *f = fopen("form", "wb");
    assert(f && fwrite(list, 1, n, f) == n && fclose(f) == 0);
    lexicon *l = open_lists("form", NULL, &err);
    if (!l)
        fprintf(stderr, "%s\n", err.msg);
    assert(l && lexicon_scan_init(&s, l, &err) == 0);
    const double v = score(LEX_LISTED, text, 10);
    lexicon_scan_free(&s);
    lexicon_close(l);
    return v;
}
#define LISTED(list, text) listed(list, sizeof(list) - 1, text)

static void forms(void)
{
    /* Terms between marks, and what stands in their place. */
    assert(LISTED("甲乙丙|丁戊己,庚辛壬，子丑寅\n", "甲乙丙 丁戊己 庚辛壬 子丑寅") == 4);
    assert(LISTED("甲乙丙,\n丁戊己=>***\n", "甲乙丙 丁戊己 ***") == 2);
    /* "甲乙丙" and "丁戊" in GBK: BCD7 D2D2 B1FB, B6A1 CEEC. */
    assert(LISTED("\xBC\xD7\xD2\xD2\xB1\xFB\r\n\xB6\xA1\xCE\xEC", "甲乙丙丁戊") == 2);
    /* base64 of the same in UTF-8: E794B2 E4B999 E4B899, E4B881 E6888A. */
    assert(LISTED("55Sy5LmZ5LiZ\n5LiB5oiK\n", "甲乙丙丁戊") == 2);
    /* Words that base64 could be, but whose bytes are no text, stay words. */
    assert(LISTED("zzporn\nqqqq\nxxxxxxxx\n", "zzporn qqqq xxxxxxxx") == 3);
    /* One term in both scripts and forms is one. */
    assert(LISTED("甲發票乙\n甲发票乙\n", "甲發票乙 甲发票乙") == 1);
    static const char rest[] = "\n性\n网站\nok\n甲乙丙";
    char list[250 + sizeof rest - 1];
    memset(list, 'a', 250);
    memcpy(list + 250, rest, sizeof rest - 1);
    assert(listed(list, sizeof list, "甲乙丙 性") == 2);
    assert(notice.n_long == 1 && notice.n_short == 2 && notice.n_common == 1);
    assert(weir_span_is(weir_buf_span(&notice.shown), "性 网站 ok"));
}

/* Names of the cache's entries; returns how many. */
static int entries(char names[][300])
{
    int n = 0;
    DIR *dir = opendir("cache/weir");
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_name[0] != '.')
            snprintf(names[n++], 300, "cache/weir/%s", e->d_name);
    if (dir)
        closedir(dir);
    return n;
}

static void works(void)
{
    struct weir_err err = {0};
    lexicon *l = open_lists("list", NULL, &err);
    assert(l && lexicon_scan_init(&s, l, &err) == 0);
    assert(score(LEX_LISTED, "测试坏词", 4) == 1 && score(LEX_LISTED, "xqzzy", 5) == 1);
    lexicon_scan_free(&s);
    lexicon_close(l);
}

static void cache(void)
{
    static char names[20][300];
    char here[3000], path[3100];
    assert(getcwd(here, sizeof here));
    snprintf(path, sizeof path, "%s/cache", here);
    setenv("XDG_CACHE_HOME", path, 1);
    works();
    assert(entries(names) == 1);
    works(); // from the cache
    assert(entries(names) == 1);
    /* One byte wrong, cut short, empty: not entries, and written anew. */
    for (int kind = 0; kind < 3; kind++) {
        struct stat before, after;
        assert(stat(names[0], &before) == 0);
        const int fd = open(names[0], O_RDWR);
        assert(fd >= 0);
        if (kind == 0)
            assert(pwrite(fd, "\x55\xAA\x55", 3, before.st_size / 2) == 3);
        else
            assert(ftruncate(fd, kind == 1 ? before.st_size - 1 : 0) == 0);
        close(fd);
        works();
        assert(stat(names[0], &after) == 0 && after.st_size == before.st_size);
        assert(after.st_ino != before.st_ino && entries(names) == 1);
    }
    /* No place to write, no place at all. */
    setenv("XDG_CACHE_HOME", "/proc/nowhere", 1);
    works();
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    works();
}

int main(void)
{
    matching();
    bad_lists();
    forms();
    cache();
    return 0;
}

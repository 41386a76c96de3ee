/* Private data at the limits of each kind, and the vector scan against the scalar one. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "filters/private.h"

static struct private_scan s;

/* The text with what was found in square brackets of its kind, "[email a@b.cn]". */
static const char *marked(const char *text)
{
    static struct weir_buf b;
    size_t from = 0;
    b.n = 0;
    assert(private_scan_text(&s, weir_span(text, strlen(text))) == 0);
    for (size_t i = 0; i < s.n_hit; i++) {
        const struct private_hit *h = s.hit + i;
        weir_buf_add(&b, text + from, h->at - from);
        weir_buf_addf(&b, "[%s %.*s]",
                      h->kind == PRIVATE_KEY ? private_keys[h->key].name : private_names[h->kind],
                      (int)(h->end - h->at), text + h->at);
        from = h->end;
    }
    weir_buf_adds(&b, text + from);
    weir_buf_addc(&b, 0);
    return b.p;
}

static void is(const char *text, const char *expected)
{
    const char *got = marked(text);
    if (strcmp(got, expected) != 0)
        fprintf(stderr, "%s\n gives %s\n not   %s\n", text, got, expected);
    assert(strcmp(got, expected) == 0);
}

static void none(const char *text)
{
    is(text, text);
}

/* 11010519491231002X is the example of GB 11643-1999. */
static void id_cards(void)
{
    is("号11010519491231002X。", "号[id-card 11010519491231002X]。");
    is("11010519491231002x", "[id-card 11010519491231002x]");
    is("１１０１０５１９４９１２３１００２Ｘ", "[id-card １１０１０５１９４９１２３１００２Ｘ]");
    is("110105 19491231 002X", "[id-card 110105 19491231 002X]");
    none("110105194912310021");  // check digit
    none("11010519490231002X");  // no 31 February
    none("17010519491231002X");  // no province
    none("111010519491231002X"); // 19 digits
    none("a11010519491231002X");
    none("11010519491231002XY");
}

/* By Luhn's rule 4111111111111111, 5500000000000004 and 340000000000009 are the classic examples.
 */
static void bank_cards(void)
{
    is("card 4111111111111111.", "card [bank-card 4111111111111111].");
    is("pay 4111 1111 1111 1111 now", "pay [bank-card 4111 1111 1111 1111] now");
    is("卡号5500-0000-0000-0004", "卡号[bank-card 5500-0000-0000-0004]");
    is("card 340000000000009", "card [bank-card 340000000000009]");
    is("card 3400 000000 00009", "card [bank-card 3400 000000 00009]");
    none("card 4111111111111112");
    none("number 4111111111111111"); // nothing speaks of cards
    none("card 0.4111111111111111");
    none("card 9111111111111111");
    none("4111 1111 1111 1111 1111 1111"); // a row of numbers
    none("card 41111111111111111");        // 17 digits
}

static void phones(void)
{
    is("请打13800138000。", "请打[phone 13800138000]。");
    is("Tel13800138000", "Tel[phone 13800138000]");
    is("手机 138 0013 8000", "手机 [phone 138 0013 8000]");
    is("+86-138-0013-8000", "[phone +86-138-0013-8000]");
    is("008613800138000", "[phone 008613800138000]");
    is("电话１３８００１３８０００", "电话[phone １３８００１３８０００]");
    none("请打12800138000。");  // no such block
    none("请打15400138000。");  // nor this
    none("请打1380013800。");   // ten digits
    none("请打138001380000。"); // twelve
    none("number 13800138000"); // no Chinese, no word
    none("订单号13800138000");
    none("http://a.cn/13800138000");
    is("(010)62345678", "[phone (010)62345678]");
    is("0571-87654321-801 ", "[phone 0571-87654321-801] ");
    is("电话01062345678", "电话[phone 01062345678]");
    none("01062345678");
    none("0199-87654321"); // no such area
    none("010-12345678");  // no local number begins with 1
    is("+44 20 7946 0958", "[phone +44 20 7946 0958]");
    is("+1 (415) 555-2671", "[phone +1 (415) 555-2671]");
    none("+1 (115) 555-2671");
    none("+44 20 7946");
    none("+999 20 7946 0958"); // no such country
    is("(415) 555-2671", "[phone (415) 555-2671]");
    none("(115) 555-2671");
    none("400-555-2671");
}

static void addresses(void)
{
    is("写信a.b_c@qq.com。", "写信[email a.b_c@qq.com]。");
    is("<li.lei@mail.tsinghua.edu.cn>", "<[email li.lei@mail.tsinghua.edu.cn]>");
    is("联系lilei＠163.com", "联系[email lilei＠163.com]");
    none("a@b");
    none("a@b.png");
    none("a@example.com");
    none("git@github.com:a/b.git");
    none("@github.com");
    is("来自61.135.169.121。", "来自[ip 61.135.169.121]。");
    is("61.135.169.121:8080", "[ip 61.135.169.121]:8080");
    none("61.135.169.256");
    none("61.135.169");
    none("61.135.169.121.5");
    none("version 61.135.169.121");
    none("172.16.0.1 172.31.255.254 192.168.0.1 10.1.1.1 192.0.2.200 100.64.0.1");
    is("172.15.0.101 172.32.0.101", "[ip 172.15.0.101] [ip 172.32.0.101]");
    none("3.2.1.4");
    is("ip 36.2.1.4", "ip [ip 36.2.1.4]");
    is("[2400:da00:2::29]", "[[ip 2400:da00:2::29]]");
    none("2001:db8:2::29");
    none("2400:da00:2:29");
    none("fe80::1:2:3 fd12:3456::1");
}

static void plates(void)
{
    is("车牌京A12345，", "车牌[plate 京A12345]，");
    is("沪A·D1234F", "沪A·D1234F"); // six, but no form of new energy's
    is("沪A·DF1234", "[plate 沪A·DF1234]");
    is("沪A·12345D", "[plate 沪A·12345D]");
    is("粤Z1234港", "[plate 粤Z1234港]");
    is("京Ａ１２３４５", "[plate 京Ａ１２３４５]");
    none("京A1234");
    none("京A123456");
    none("京AABCDE");
    none("京I12345");
    none("中A12345");
    none("京a12345");
}

static void passports(void)
{
    is("护照E12345678", "护照[passport E12345678]");
    is("passport no. 123456789", "passport no. [passport 123456789]");
    is("护照号EA1234567", "护照号[passport EA1234567]");
    none("产品E12345678");
    none("护照E123456");
    none("护照E1234567890");
}

/* The token of GitHub's form was published with the description of its check sum. */
static void keys(void)
{
    is("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",
       "[github-token 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]");
    none("ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18");
    is("AKIAJY5II3SZNHZ25SUA", "[aws-access-key AKIAJY5II3SZNHZ25SUA]");
    none("AKIAJY5II3SZNHZ25SU");
    none("AKIAJY5II3SZNHZ25SUAB");
    none("AKIAIOSFODNN7EXAMPLE");
    /* The header is {"alg":"HS256","typ":"JWT"}, that of the other one {"a":1}. */
    is("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_"
       "XgL0n",
       "[jwt eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0."
       "dozjgNryP4J3jVmNHl0w5N_XgL0n]");
    none("eyJhIjoxfQeyJhIjoxfQ.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n"); // no alg
    is("api_key = \"9f86d081884c7d659a2f\"", "api_key = \"[secret 9f86d081884c7d659a2f]\"");
    none("api_key = \"9f86d081884c7d659a2\""); // 19 hexadecimal digits
    none("api_key = \"11111111111111112222\"");
    none("key_name = \"9f86d081884c7d659a2f\"");
    is("password = \"Tr0ub4dor&3\"", "password = \"[secret Tr0ub4dor&3]\"");
    none("password = Tr0ub4dor&3");
    is("密码：Tr0ub4dor&3", "密码：[secret Tr0ub4dor&3]");
    none("password = \"troubador\"");
    is("redis://u:s3cr3t@db.a.cn/0", "redis://u:[url-password s3cr3t]@db.a.cn/0");
    none("redis://u:password@db.a.cn/0");
}

static void masks(void)
{
    struct weir_buf b = {0}, c = {0}, r = {0};
    static const char text[] = "打13800138000或a@qq.com和b@qq.com。";
    assert(private_scan_text(&s, weir_span(text, strlen(text))) == 0);
    assert(private_mask(&s, PRIVATE_KEY, &b) == 0 && b.n == 0);
    assert(private_mask(&s, PRIVATE_EMAIL, &b) == 2);
    s.text = weir_buf_span(&b);
    assert(weir_span_eq(s.text, WEIR_LIT("打13800138000或<EMAIL>和<EMAIL>。")));
    assert(private_mask(&s, PRIVATE_PHONE, &c) == 1);
    assert(weir_span_eq(weir_buf_span(&c), WEIR_LIT("打<PHONE>或<EMAIL>和<EMAIL>。")));
    private_report(&s, &r);
    assert(weir_span_eq(weir_buf_span(&r), WEIR_LIT("[{\"kind\":\"phone\",\"at\":3,\"n\":7},"
                                                    "{\"kind\":\"email\",\"at\":13,\"n\":7},"
                                                    "{\"kind\":\"email\",\"at\":23,\"n\":7}]")));
    weir_buf_free(&b);
    weir_buf_free(&c);
    weir_buf_free(&r);
}

/* Texts of pieces that candidates are made of, at all places of the vectors. */
static void same_as_scalar(void)
{
    static const char *const pieces[] = {"1",
                                         "13800138000",
                                         "@",
                                         "a",
                                         "京A12345",
                                         "好",
                                         "＠",
                                         "１",
                                         "Ａ",
                                         ".",
                                         "a@qq.com",
                                         " ",
                                         "61.135.169.121",
                                         "\n",
                                         "电话",
                                         "Z",
                                         "-",
                                         "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"};
    struct private_hit *other = NULL;
    struct weir_buf b = {0};
    srand(1);
    for (int round = 0; round < 20000; round++) {
        b.n = 0;
        for (int n = rand() % 40; n >= 0; n--)
            weir_buf_adds(&b, pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)]);
        assert(private_scan_text_scalar(&s, weir_buf_span(&b)) == 0);
        const size_t n = s.n_hit;
        other = weir_realloc_array(other, n + 1, sizeof *other);
        assert(other);
        if (n)
            memcpy(other, s.hit, n * sizeof *other);
        assert(private_scan_text(&s, weir_buf_span(&b)) == 0);
        assert(s.n_hit == n && (!n || memcmp(other, s.hit, n * sizeof *other) == 0));
    }
    free(other);
    weir_buf_free(&b);
}

int main(void)
{
    struct weir_err err = {0};
    private_patterns *p = private_open(&err);
    assert(p && private_scan_init(&s, p, &err) == 0);
    none("");
    assert(private_scan_text(&s, weir_span(NULL, 0)) == 0 && s.n_hit == 0);
    none("好");
    id_cards();
    bank_cards();
    phones();
    addresses();
    plates();
    passports();
    keys();
    masks();
    same_as_scalar();
    private_scan_free(&s);
    private_close(p);
    return 0;
}

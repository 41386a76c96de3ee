/* Recall and precision on private data planted by a generator of our own: every kind in every form,
 * in Chinese, English and code, among what only looks like it.  The generator computes check digits
 * by the standards' own words; it shares nothing with the scanner. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "filters/private.h"

static uint64_t state = 20240601;

static unsigned below(unsigned n) // splitmix64
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (unsigned)((z ^ z >> 31) % n);
}

#define PICK(list) (list)[below(sizeof(list) / sizeof *(list))]

static struct weir_buf text;

static void put(const char *s)
{
    weir_buf_adds(&text, s);
}

static void put_random(const char *set, unsigned n)
{
    const unsigned size = (unsigned)strlen(set);
    for (unsigned i = 0; i < n; i++)
        weir_buf_addc(&text, set[below(size)]);
}

static const char digits[] = "0123456789", upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                  alnum[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                  url64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* A template: '#' a digit, '9' to '2' a digit of 2 to 9, '@' a capital, '%' a lower-case letter,
 * all else itself; '~' takes the next byte as it is. */
static void put_form(const char *form)
{
    for (; *form; form++) {
        if (*form == '#')
            put_random(digits, 1);
        else if (*form == '^')
            put_random("23456789", 1);
        else if (*form == '?')
            put_random("ABCDEFGHJKLMNPQRSTUVWXYZ", 1);
        else if (*form == '%')
            put_random("abcdefghijklmnopqrstuvwxyz", 1);
        else
            weir_buf_addc(&text, *form);
    }
}

/* ASCII digits and letters from byte `from` on in full width. */
static void widen(size_t from)
{
    char copy[64];
    const size_t n = text.n - from;
    assert(n < sizeof copy);
    memcpy(copy, text.p + from, n);
    text.n = from;
    for (size_t i = 0; i < n; i++)
        weir_buf_add_utf8(&text, (uint32_t)(unsigned char)copy[i] + 0xFEE0);
}

/* ---- the kinds ---- */

static void email(void)
{
    static const char *const locals[] = {"%%%%%%", "%%%.%%%%", "%%%%##",      "#########",
                                         "%_%%%",  "%%%+%%%",  "?%%%%.?%%%%", "%%-%%%#"};
    static const char *const domains[] = {
        "qq.com",    "163.com",     "gmail.com",  "foxmail.com", "mail.%%%%.com", "%%%%.edu.cn",
        "%%%%%.org", "outlook.com", "%%%.gov.cn", "%%%%.co.uk",  "%%%-%%%.de",    "sina.cn"};
    put_form(PICK(locals));
    put(below(12) ? "@" : "＠");
    put_form(PICK(domains));
}

static void mobile(void)
{
    static const char *const blocks[] = {"130", "136", "139", "147", "151", "158", "166",
                                         "173", "177", "180", "188", "189", "191", "199"};
    static const char *const before[] = {"", "", "", "", "+86 ", "+86", "+86-", "0086-", "86-"};
    const char *b = PICK(before), *s = below(3) ? "" : below(2) ? "-" : " ";
    const size_t from = text.n;
    put(b);
    put(PICK(blocks));
    put(s);
    put_form("####");
    put(s);
    put_form("####");
    if (!*b && !*s && !below(10))
        widen(from);
}

static void phone(void)
{
    static const char *const forms[] = {
        "010-^#######",      "(010)^#######",    "021-^#######",        "0571-8#######",
        "0755-2#######",     "（0755）2#######", "0311-8#######-###",   "+86-10-6#######",
        "+86 21 6####### ",  "020 8#######",     "+1 415 555 ####",     "+1-212-555-####",
        "+1 (650) 253-####", "+44 20 7### ####", "+44 (0)20 7### ####", "+81-3-3###-####",
        "+33 1 4# ## ## ##", "+852 2### ####",   "+853 6### ####",      "+886 2 2### ####",
        "+65 6### ####",     "+61 2 6### ####",  "+82-2-3###-####",     "+7 495 ###-##-##",
        "(415) 555-####",    "650-253-####",     "+34 936 ## ## ##",    "+55 11 3###-####",
    };
    if (below(2)) {
        mobile();
        return;
    }
    put_form(PICK(forms));
    while (text.p[text.n - 1] == ' ')
        text.n--;
}

static void id_card(void)
{
    static const char *const regions[] = {"110101", "310104", "440305", "320106", "330102",
                                          "510107", "420111", "610113", "230103", "650102"};
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    char id[32], out[40];
    snprintf(id, sizeof id, "%s%04u%02u%02u%03u", PICK(regions), 1940 + below(80), 1 + below(12),
             1 + below(28), below(1000));
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (id[i] - '0') * weights[i];
    const int need = (12 - sum % 11) % 11; // GB 11643: the weighted sum with it is 1 modulo 11
    id[17] = need == 10 ? (below(2) ? 'X' : 'x') : (char)('0' + need);
    id[18] = 0;
    const size_t from = text.n;
    if (below(5)) {
        put(id);
        if (!below(10))
            widen(from);
    } else {
        snprintf(out, sizeof out, "%.6s %.8s %s", id, id + 6, id + 14);
        put(out);
    }
}

static void bank_card(int words)
{
    static const char *const forms[] = {"622202#########", "622848############", "621700#########",
                                        "622588#########"};
    static const char *const others[] = {"439225#########", "518621#########", "356868#########",
                                         "37828#########"};
    char n[24] = "", out[40] = "";
    const char *form = words && below(3) == 0 ? PICK(others) : PICK(forms);
    size_t len = strlen(form);
    for (size_t i = 0; i < len; i++)
        n[i] = form[i] == '#' ? digits[below(10)] : form[i];
    unsigned sum = 0; // ISO/IEC 7812: doubled from the right, the check digit first
    for (size_t i = 0; i < len; i++) {
        const unsigned v = (unsigned)(n[len - 1 - i] - '0') * (i % 2 ? 1 : 2);
        sum += v / 10 + v % 10;
    }
    n[len++] = (char)('0' + (10 - sum % 10) % 10);
    n[len] = 0;
    if (below(2) || len < 16) {
        put(n);
        return;
    }
    const char s = below(2) ? ' ' : '-';
    for (size_t i = 0, k = 0; i < len; i++) {
        if (i && i % 4 == 0)
            out[k++] = s;
        out[k++] = n[i];
    }
    put(out);
}

static void plate(void)
{
    static const char *const provinces[] = {"京", "沪", "粤", "苏", "浙", "川", "鲁", "鄂", "琼"};
    static const char *const forms[] = {"?#####",  "?##?##",  "?·#####", "?·?####",
                                        "?D#####", "?#####F", "?####学", "? #####"};
    put(PICK(provinces));
    put_form(PICK(forms));
}

static void ip(void)
{
    static const char *const v6[] = {"2400:da00:2::29:#", "2001:250:1:9::##", "240e:9##:8#:1::1",
                                     "2606:2800:220:1:248:1893:25c8:1946"};
    if (!below(6)) {
        put_form(PICK(v6));
        return;
    }
    static const unsigned char first[] = {13,  36,  47,  58,  61,  101, 110,
                                          123, 142, 180, 202, 218, 221};
    char s[24];
    snprintf(s, sizeof s, "%u.%u.%u.%u", PICK(first), below(250) + 1, below(250) + 1,
             100 + below(150));
    put(s);
}

static void passport(void)
{
    static const char *const forms[] = {"E########", "G########", "E?#######", "^########",
                                        "?#######"};
    put_form(PICK(forms));
}

static void crc_token(const char *prefix)
{
    put(prefix);
    const size_t at = text.n;
    put_random(alnum, 30);
    uLong crc = crc32(0, (const Bytef *)text.p + at, 30);
    char six[7] = "";
    for (int i = 5; i >= 0; i--, crc /= 62)
        six[i] = alnum[crc % 62];
    put(six);
}

static void base64url(const char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i += 3) {
        const unsigned b[3] = {(unsigned char)s[i], i + 1 < n ? (unsigned char)s[i + 1] : 0,
                               i + 2 < n ? (unsigned char)s[i + 2] : 0};
        const unsigned v = b[0] << 16 | b[1] << 8 | b[2];
        for (size_t k = 0; k < (n - i >= 3 ? 4 : n - i + 1); k++)
            weir_buf_addc(&text, url64[v >> (18 - 6 * k) & 63]);
    }
}

static void pem(void)
{
    static const char *const what[] = {"RSA ", "EC ", "OPENSSH ", ""};
    const char *w = PICK(what);
    weir_buf_addf(&text, "-----BEGIN %sPRIVATE KEY-----\n", w);
    for (int i = 0; i < 6; i++) {
        put_random(alnum, 64);
        put("\n");
    }
    weir_buf_addf(&text, "-----END %sPRIVATE KEY-----", w);
}

/* Keys that stand for themselves. */
static void key(void)
{
    static const char *const prefixes[] = {"ghp_", "gho_", "ghs_", "npm_"};
    switch (below(12)) {
    case 0:
        put("AKIA");
        put_random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
        break;
    case 1:
    case 2:
        crc_token(PICK(prefixes));
        break;
    case 3:
        put("xoxb-");
        put_form("############-############-");
        put_random(alnum, 24);
        break;
    case 4:
        put("AIza");
        put_random(url64, 35);
        break;
    case 5:
        base64url("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
        put(".");
        base64url("{\"sub\":\"1234567890\",\"name\":\"Li Lei\",\"iat\":1516239022}");
        put(".");
        put_random(alnum, 43);
        break;
    case 6:
        pem();
        break;
    case 7:
        put("sk_live_");
        put_random(alnum, 24);
        break;
    case 8:
        put("glpat-");
        put_random(alnum, 20);
        break;
    case 9:
        put("hf_");
        put_random(alnum + 10, 34);
        break;
    case 10:
        put("LTAI");
        put_random(alnum, 20);
        break;
    default:
        put("hooks.slack.com/services/T");
        put_random(upper, 8);
        put("/B");
        put_random(upper, 8);
        put("/");
        put_random(alnum, 24);
    }
}

/* ---- where they stand: what is before, by language ---- */

enum { ZH, EN, CODE };

static const char *const lead[PRIVATE_N_KINDS][3][6] = {
    [PRIVATE_EMAIL] = {{"请发邮件至", "邮箱：", "联系人王先生，", "（", "投稿信箱 ", "我的地址是"},
                       {"write to ", "Contact: ", "by John <", "mailto:", "e-mail (", "sent from "},
                       {"# Author: ", "author = \"", " * @author Li Lei <", "{\"email\": \"", "'",
                        "// "}},
    [PRIVATE_PHONE] = {{"请致电", "联系电话：", "手机", "热线：", "电话:", "传真 "},
                       {"call ", "Tel: ", "Phone ", "fax: ", "Mobile: ", "telephone "},
                       {"{\"phone\": \"", "tel = '", "mobile: ", "\"tel\":\"", "// phone ",
                        "phone="}},
    [PRIVATE_ID_CARD] = {{"身份证号", "身份证：", "公民身份号码为", "，证件号码 ", "（", "张三，"},
                         {"ID card ", "identity number: ", "ID: ", "(", "no. ", "holder of "},
                         {"{\"id_card\": \"", "idno = '", "id: ", "\"", "// ", "idcard="}},
    [PRIVATE_BANK_CARD] =
        {{"银行卡号", "卡号：", "工商银行账号 ", "请汇入账户", "转到卡", "建行卡"},
         {"card ", "credit card: ", "bank account ", "my visa ", "card no. ", "Card: "},
         {"{\"card\": \"", "card_no = '", "bank: ", "\"account\":\"", "// card ", "card="}},
    [PRIVATE_PASSPORT] = {{"护照号码", "护照：", "持护照", "护照号 ", "本人护照为", "護照號碼："},
                          {"passport ", "Passport No. ", "passport number: ", "passport (",
                           "Passport: ", "holds passport "},
                          {"{\"passport\": \"", "passport = '", "passport: ", "// passport ",
                           "passport=", "\"passport_no\":\""}},
    [PRIVATE_PLATE] = {{"车牌号", "车辆", "一辆号牌为", "肇事车", "（", "驾驶"},
                       {"plate ", "car ", "a car (", "registered ", "licence plate: ", "vehicle "},
                       {"{\"plate\": \"", "plate = '", "car: ", "// ", "plate=", "\"no\":\""}},
    [PRIVATE_IP] = {{"服务器", "访问 ", "IP地址：", "攻击来自", "（", "主机 "},
                    {"from ", "server at ", "ping ", "IP: ", "host (", "connected to "},
                    {"host = \"", "http://", "server ", "ssh root@", "addr: ", "listen "}},
    [PRIVATE_KEY] = {{"密钥是 ", "令牌：", "我的 key ", "如下：", "使用 ", "配置 "},
                     {"use ", "key: ", "the token is ", "with ", "set it to ", "leaked: "},
                     {"KEY = \"", "token: ", "export API=", "{\"key\": \"", "auth('", "// "}},
};

static const char *const tail[3][6] = {
    {"。", "，请注意。", "）。", " 等", "；", "\n"},
    {". ", ", please", ") and", " is it", "\n", ">"},
    {"\"", "',", "\n", "\"}", " ;", "\n"},
};

static const char *const filler[3][4] = {
    {"今天天气很好，我们去公园散步。", "会议于2024年3月15日上午9点30分开始，共1200人参加。",
     "该书定价￥68.00元，ISBN 978-7-111-12345-6。", "全国人口14.1亿，同比增长3.5%。"},
    {"The quick brown fox jumps over the lazy dog. ", "It cost $1,234.56 in 1998. ",
     "See section 3.2.1 for details. ", "About 12345 people came. "},
    {"for (int i = 0; i < 100; i++) sum += a[i];\n", "const x = 0x1F2E3D4C;\n",
     "version = \"1.12.3\"\n", "return fmt.Sprintf(\"%d\", n)\n"},
};

/* ---- what only looks like it ---- */

static const char *const traps[] = {
    "ISBN 978-7-121-#####-#",
    "ISBN 7-302-0####-#",
    "ISBN 978730#######",
    "ISSN 1000-####",
    "16########",
    "16###########",
    "16##############",
    "20240315######",
    "2024-03-15 12:30:45.123456",
    "version 1.2.3.4",
    "v10.15.7.1",
    "版本1.21.3.2",
    "4.18.0-305.el8",
    "$Id: lua.c,v 1.160.1.2 2007",
    "md5 d41d8cd98f00b204e9800998ecf8427e",
    "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "550e8400-e29b-41d4-a716-446655440000",
    "6fa459ea-ee8a-3ca4-894e-db77e160355e",
    "¥13,800,138,000",
    "$6,222,021,234",
    "¥13800138000",
    "doi:10.1038/s41586-020-2649-2",
    "doi 10.1145/3292500.3330701",
    "arXiv:2112.11446",
    "arXiv 1706.03762v5",
    "3.14159265358979323846",
    "0.6222021234567890123",
    "2.71828182845904523536",
    "1.7976931348623157e308",

    "4611686018427387904",
    "6364136223846793005",
    "14695981039346656037",
    "0xCBF29CE484222325",
    "4503599627370496",
    "9007199254740991",
    "00:1B:44:11:3A:B7",
    "IMEI 35#############",
    "京ICP备1#######号",
    "粤B2-2009####",
    "京公网安备 1101080202####号",
    "沪B2-20210968",
    "订单号：1381234####",
    "流水号13912345###",
    "编号：1581234####",
    "/item/1380013####.html",
    "id=1391234####&x=1",
    "3.1380013####",
    "http://a.cn/1380013####/",
    "(2021)京01民终12345号",
    "GB/T 2260-2007",
    "GB 11643-1999",
    "600519.SH",
    "CN10123456#A",
    "116.397128,39.916527",
    "1.602176634e-19",
    "1 0 192704 35816 2096 1887 130 4162 130 2080 2538 53 6",
    "kmalloc-192 3561 4053 192 21",
    "4242 4242 4242 4242 4242 4242",
    "0000 0000 0000 0000",
    "110101199013077719",
    "110101199003077710",
    "44030519990230123X",
    "6222021234567890127",
    "4111111111111112",
    "192.168.1.1",
    "10.0.0.1",
    "172.16.254.1",
    "127.0.0.1",
    "0.0.0.0",
    "255.255.255.0",
    "192.0.2.1",
    "198.51.100.7",
    "203.0.113.9",
    "8.8.8.8",
    "1.1.1.1",
    "224.0.0.1",
    "2001:db8::1",
    "fe80::1",
    "::1",
    "fd00::1",
    "std::vector",
    "12:30:45",
    "git@github.com:a/b.git",
    "icon@2x.png",
    "@param x",
    "npm i react@18.2.0",
    "a@example.com",
    "user@localhost",
    "aes128-gcm@openssh.com",
    "obj@foo.bar(1)",
    "x = a @ b",
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_0123456789012345678901234567890123456",
    "xoxb-xxxx-xxxx-xxxxxxxxxxxx",
    "eyJhbGciOiJub25lIn0",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "password = \"password\"",
    "api_key = \"your-api-key-here\"",
    "token = getTokenFromServer()",
    "secret: ${SECRET_KEY}",
    "password: <your password>",
    "\"integrity\": \"sha512-z+6oLxGzz3fY+1HkY0qMZw==\"",
    "key = \"AAAAAAAAAAAAAAAAAAAAAAAA\"",
    "token_type = \"urn:ietf:params:oauth:token-type:jwt\"",
    "400-820-####",
    "95588",
    "12315",
    "1-800-FLOWERS",
    "E1234567",
    "型号E12345678",
    "G1234567 route",
    "京A股",
    "沪深300",
    "苏A1",
    "粤港澳",
    "川A级",
    "http://user:password@host/",
    "11.3.3.2 Ranking",

    "chromestatus.com/feature/6206321818861568",
    "QQ1381234####",
    "uid 1391234####",
};

/* The same where no Chinese stands beside it: there a number of eleven digits or sixteen says
 * nothing by itself. */
static const char *const code_traps[] = {
    "17179869184",
    "set novar 17179869185",
    "6206321818861568",
    "x = 13812345678;",
    "KQU( 6260933257596067126), KQU( 6208885766767996043)",
    "[14159265359]",
    "0, 13579246801, 15",
};

/* ---- the run ---- */

struct truth {
    size_t at, end;
    enum private_kind kind;
};
static struct truth truth[256];
static size_t n_truth;

static void plant(enum private_kind kind, int where)
{
    put(lead[kind][where][below(6)]);
    const size_t at = text.n;
    switch (kind) {
    case PRIVATE_EMAIL:
        email();
        break;
    case PRIVATE_PHONE:
        phone();
        break;
    case PRIVATE_ID_CARD:
        id_card();
        break;
    case PRIVATE_BANK_CARD:
        bank_card(1);
        break;
    case PRIVATE_PASSPORT:
        passport();
        break;
    case PRIVATE_PLATE:
        plate();
        break;
    case PRIVATE_IP:
        ip();
        break;
    default:
        key();
    }
    truth[n_truth++] = (struct truth){at, text.n, kind};
    put(tail[where][below(6)]);
    put(filler[where][below(4)]);
}

static size_t planted[PRIVATE_N_KINDS], found[PRIVATE_N_KINDS], right[PRIVATE_N_KINDS];

static const char *show(size_t at, size_t end)
{
    static char s[400];
    const size_t from = at > 40 ? at - 40 : 0, to = text.n - end > 20 ? end + 20 : text.n;
    snprintf(s, sizeof s, "%.*s", (int)(to - from), text.p + from);
    return s;
}

static void compare(struct private_scan *s)
{
    assert(private_scan_text(s, weir_buf_span(&text)) == 0);
    size_t k = 0;
    for (size_t i = 0; i < n_truth; i++) {
        planted[truth[i].kind]++;
        while (k < s->n_hit && s->hit[k].at < truth[i].at)
            k++;
        const int same = k < s->n_hit && s->hit[k].at == truth[i].at &&
                         s->hit[k].end == truth[i].end && s->hit[k].kind == truth[i].kind;
        right[truth[i].kind] += (size_t)same;
        if (!same && getenv("SHOW"))
            printf("missed %s: %s\n", private_names[truth[i].kind],
                   show(truth[i].at, truth[i].end));
    }
    for (size_t i = 0; i < s->n_hit; i++) {
        int same = 0;
        found[s->hit[i].kind]++;
        for (k = 0; k < n_truth; k++)
            same |= truth[k].at == s->hit[i].at && truth[k].end == s->hit[i].end &&
                    truth[k].kind == s->hit[i].kind;
        if (!same && getenv("SHOW"))
            printf("wrong %s: %s\n", private_names[s->hit[i].kind],
                   show(s->hit[i].at, s->hit[i].end));
    }
}

static void one_document(struct private_scan *s)
{
    const int where = (int)below(3);
    weir_buf_reset(&text, 1 << 20);
    n_truth = 0;
    put(filler[where][below(4)]);
    for (int i = 0; i < 24; i++) {
        if (below(2)) {
            plant((enum private_kind)below(PRIVATE_N_KINDS), where);
        } else {
            put_form(where != ZH && !below(12) ? PICK(code_traps) : PICK(traps));
            put(where == ZH ? "。" : "\n");
            put(filler[where][below(4)]);
        }
    }
    compare(s);
}

int main(void)
{
    struct weir_err err = {0};
    struct private_scan s;
    private_patterns *p = private_open(&err);
    assert(p && private_scan_init(&s, p, &err) == 0);
    for (int i = 0; i < 4000; i++)
        one_document(&s);
    int bad = 0;
    for (int k = 0; k < PRIVATE_N_KINDS; k++) {
        const double recall = (double)right[k] / (double)planted[k],
                     precision = (double)right[k] / (double)found[k];
        const double bar = k == PRIVATE_ID_CARD || k == PRIVATE_BANK_CARD ? 0.99 : 0.95;
        printf("%-10s planted %zu recall %.4f precision %.4f\n", private_names[k], planted[k],
               recall, precision);
        bad |= planted[k] < 1000 || recall < bar || precision < bar;
    }
    private_scan_free(&s);
    private_close(p);
    weir_buf_free(&text);
    return bad;
}

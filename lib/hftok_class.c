/* General categories as of Unicode 16, which the reference's regular expressions know: ICU's for
 * what was there in Unicode 15 (any ICU from 72 on), the rest from this table. */
#include "hftok_impl.h"

#include <pthread.h>
#include <unicode/uchar.h>

struct range {
    uint32_t first, last;
    uint8_t class;
};

/* DerivedGeneralCategory.txt of Unicode 15.1 and 16.0. */
static const struct range newer[] = {
    {0x897, 0x897, HF_M},          {0x1B4E, 0x1B4F, HF_P},        {0x1B7F, 0x1B7F, HF_P},
    {0x1C89, 0x1C8A, HF_L},        {0x2427, 0x2429, HF_SYMBOL},   {0x2FFC, 0x2FFF, HF_SYMBOL},
    {0x31E4, 0x31E5, HF_SYMBOL},   {0x31EF, 0x31EF, HF_SYMBOL},   {0xA7CB, 0xA7CD, HF_L},
    {0xA7DA, 0xA7DC, HF_L},        {0x105C0, 0x105F3, HF_L},      {0x10D40, 0x10D49, HF_N},
    {0x10D4A, 0x10D65, HF_L},      {0x10D69, 0x10D6D, HF_M},      {0x10D6E, 0x10D6E, HF_P},
    {0x10D6F, 0x10D85, HF_L},      {0x10D8E, 0x10D8F, HF_SYMBOL}, {0x10EC2, 0x10EC4, HF_L},
    {0x10EFC, 0x10EFC, HF_M},      {0x11380, 0x11389, HF_L},      {0x1138B, 0x1138B, HF_L},
    {0x1138E, 0x1138E, HF_L},      {0x11390, 0x113B5, HF_L},      {0x113B7, 0x113B7, HF_L},
    {0x113B8, 0x113C0, HF_M},      {0x113C2, 0x113C2, HF_M},      {0x113C5, 0x113C5, HF_M},
    {0x113C7, 0x113CA, HF_M},      {0x113CC, 0x113D0, HF_M},      {0x113D1, 0x113D1, HF_L},
    {0x113D2, 0x113D2, HF_M},      {0x113D3, 0x113D3, HF_L},      {0x113D4, 0x113D5, HF_P},
    {0x113D7, 0x113D8, HF_P},      {0x113E1, 0x113E2, HF_M},      {0x116D0, 0x116E3, HF_N},
    {0x11BC0, 0x11BE0, HF_L},      {0x11BE1, 0x11BE1, HF_P},      {0x11BF0, 0x11BF9, HF_N},
    {0x11F5A, 0x11F5A, HF_M},      {0x13460, 0x143FA, HF_L},      {0x16100, 0x1611D, HF_L},
    {0x1611E, 0x1612F, HF_M},      {0x16130, 0x16139, HF_N},      {0x16D40, 0x16D6C, HF_L},
    {0x16D6D, 0x16D6F, HF_P},      {0x16D70, 0x16D79, HF_N},      {0x18CFF, 0x18CFF, HF_L},
    {0x1CC00, 0x1CCEF, HF_SYMBOL}, {0x1CCF0, 0x1CCF9, HF_N},      {0x1CD00, 0x1CEB3, HF_SYMBOL},
    {0x1E5D0, 0x1E5ED, HF_L},      {0x1E5EE, 0x1E5EF, HF_M},      {0x1E5F0, 0x1E5F0, HF_L},
    {0x1E5F1, 0x1E5FA, HF_N},      {0x1E5FF, 0x1E5FF, HF_P},      {0x1F8B2, 0x1F8BB, HF_SYMBOL},
    {0x1F8C0, 0x1F8C1, HF_SYMBOL}, {0x1FA89, 0x1FA89, HF_SYMBOL}, {0x1FA8F, 0x1FA8F, HF_SYMBOL},
    {0x1FABE, 0x1FABE, HF_SYMBOL}, {0x1FAC6, 0x1FAC6, HF_SYMBOL}, {0x1FADC, 0x1FADC, HF_SYMBOL},
    {0x1FADF, 0x1FADF, HF_SYMBOL}, {0x1FAE9, 0x1FAE9, HF_SYMBOL}, {0x1FBCB, 0x1FBEF, HF_SYMBOL},
    {0x2EBF0, 0x2EE5D, HF_L},
};

uint8_t hf_classes[0x110000];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int is_newer(uint32_t c)
{
    UVersionInfo v;
    u_charAge((UChar32)c, v);
    return v[0] > 15 || (v[0] == 15 && v[1] > 0);
}

int hf_nfc_knows(uint32_t c)
{
    UVersionInfo v;
    u_charAge((UChar32)c, v);
    return v[0] <= 9;
}

static void set(uint32_t first, uint32_t last, uint8_t class)
{
    for (uint32_t c = first; c <= last; c++)
        hf_classes[c] = class;
}

static UBool add_range(const void *ctx, UChar32 first, UChar32 limit, UCharCategory type)
{
    (void)ctx;
    const uint32_t m = U_MASK(type);
    const uint8_t class = (uint8_t)((m & U_GC_L_MASK ? HF_L : 0) | (m & U_GC_N_MASK ? HF_N : 0) |
                                    (m & U_GC_M_MASK ? HF_M : 0) | (m & U_GC_P_MASK ? HF_P : 0) |
                                    (m & U_GC_S_MASK ? HF_SYMBOL : 0));
    if (class)
        set((uint32_t)first, (uint32_t)limit - 1, class);
    return 1;
}

/* A character of this kind neither composes with what stands before it nor is moved across it. */
static int stands_alone(UChar32 c)
{
    return u_getIntPropertyValue(c, UCHAR_NFC_QUICK_CHECK) == 1 && !u_getCombiningClass(c) &&
           !u_getIntPropertyValue(c, UCHAR_LEAD_CANONICAL_COMBINING_CLASS);
}

static void add_composing(uint32_t first, uint32_t last)
{
    for (uint32_t c = first; c <= last; c++)
        if (!stands_alone((UChar32)c) && hf_nfc_knows(c))
            hf_classes[c] |= HF_COMPOSES;
}

static void build(void)
{
    static const uint32_t spaces[] = {0x9,  0xA,    0xB,    0xC,    0xD,    0x20,   0x85,
                                      0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
    u_enumCharTypes(add_range, NULL);
    for (uint32_t c = 0; c < 0x110000; c++)
        if (hf_classes[c] && is_newer(c))
            hf_classes[c] = 0;
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++)
        set(newer[i].first, newer[i].last, newer[i].class);
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        hf_classes[spaces[i]] |= HF_S;
    for (uint32_t c = 0x2000; c <= 0x200A; c++)
        hf_classes[c] |= HF_S;
    /* Han and Hangul syllables stand alone; nothing else does anything outside these. */
    add_composing(0x300, 0x33FF);
    add_composing(0xA000, 0xABFF);
    add_composing(0xF900, 0x1FFFF);
    add_composing(0x2F800, 0x2FA1F);
    for (uint32_t c = 'a'; c <= 'z'; c++) {
        hf_classes[c] |= HF_FAST_LATIN;
        hf_classes[c - 32] |= HF_FAST_LATIN;
    }
}

void hf_classes_build(void)
{
    pthread_once(&once, build);
}

/* Which of the two Chinese standards has a character, as ICU's converters know them. */
#include <pthread.h>
#include <unicode/ucnv.h>
#include "weir/utf8.h"

static uint8_t standards[WEIR_HAN_STANDARDS];
static pthread_once_t standards_once = PTHREAD_ONCE_INIT;

/* Decodes every two-byte code of a standard. */
static void mark(const char *icu, unsigned last_lead, uint8_t bit)
{
    UErrorCode e = U_ZERO_ERROR;
    UConverter *cnv = ucnv_open(icu, &e);
    for (unsigned lead = 0xA1; U_SUCCESS(e) && lead <= last_lead; lead++) {
        for (unsigned trail = 0x40; trail < 0xFF; trail++) {
            const char code[2] = {(char)lead, (char)trail};
            const char *p = code;
            UErrorCode bad = U_ZERO_ERROR;
            const UChar32 c = ucnv_getNextUChar(cnv, &p, code + 2, &bad);
            if (U_SUCCESS(bad) && p == code + 2 && c >= 0x4E00 && c < 0xA000)
                standards[c - 0x4E00] |= bit;
            ucnv_reset(cnv);
        }
    }
    if (cnv)
        ucnv_close(cnv);
}

static void fill(void)
{
    mark("GB2312", 0xF7, WEIR_GB2312);
    mark("Big5", 0xF9, WEIR_BIG5);
}

const uint8_t *weir_han_standards(void)
{
    pthread_once(&standards_once, fill);
    return standards;
}

/* The language of a text, told from a sample of bounded size.
 *
 * Script decides first: an ideograph says as much as three letters, and where ideographs, kana and
 * hangul say more than all other letters, an eighth of them hangul is Korean, an eighth kana
 * Japanese, the rest Chinese.  All else is CLD2's to tell.  Chinese is zh-Hans or zh-Hant by which
 * has more of the characters that only GB 2312 or only Big5 has, and zh when neither has; it is
 * Cantonese (yue) when one in fifty of its characters, three of them at least and not the same, are
 * such as only written Cantonese uses: 嘅 咗 喺 哋 嚟 佢 冇 唔 啲 嗰 咁 嘢 瞓 攞 揾 諗 睇 噉.
 *
 * With a fastText model its most likely label is the language, and the probability its score. */
#ifndef WEIR_FILTER_LANG_H
#define WEIR_FILTER_LANG_H

#include "weir/buf.h"
#include "weir/fasttext.h"

enum { LANG_TAG = 36, LANG_PIECES = 4 };

struct lang_guess {
    char tag[LANG_TAG]; // BCP 47, or the model's label; "und" for a text without letters
    double score;       // share of the letters that is in it, or the model's probability; 0..1
    double chinese;     // share of the letters that is Chinese, whatever most of them are
};

/* Scratch of one thread. */
struct lang_scratch {
    struct weir_buf sample, line;
    float *p; // (labels of the model)
};
int lang_scratch_init(struct lang_scratch *s, const weir_fasttext *model, struct weir_err *err);
void lang_scratch_free(struct lang_scratch *s);

/* The language of valid UTF-8 by sample bytes of it: a text of no more than that whole, of a longer
 * one LANG_PIECES pieces, evenly spread; 0: the whole text.  model may be NULL.  Returns 0,
 * WEIR_EMEM or WEIR_EFAIL. */
int lang_guess(struct lang_scratch *s, const weir_fasttext *model, struct weir_span text,
               size_t sample, struct lang_guess *g);

/* 1 when the tag is the wanted one or begins with it: "zh" is zh-Hans too. */
int lang_matches(const char *tag, struct weir_span wanted);

#endif

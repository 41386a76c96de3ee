// CLD2 behind C.  The entry is a function-try-block: no exception crosses.
#include "cld2.h"

#include <climits>
#include <cstdio> // what CLD2's header takes for granted
#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <cstring>

namespace
{

// CLD2 has some tags from before BCP 47.
const char *modern(const char *tag)
{
    static const char *const pairs[][2] = {{"un", "und"},     {"iw", "he"}, {"jw", "jv"},
                                           {"zh", "zh-Hans"}, {"no", "nb"}, {"tl", "fil"}};
    for (const auto &p : pairs)
        if (!std::strcmp(tag, p[0]))
            return p[1];
    return tag;
}

} // namespace

extern "C" int cld2_detect(struct weir_span text, cld2_guess *g)
try {
    const CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    CLD2::Language top[3];
    int percent[3], text_bytes;
    double score[3];
    bool reliable;
    if (text.n > INT_MAX)
        return WEIR_EFAIL;
    const CLD2::Language l =
        CLD2::ExtDetectLanguageSummary(text.p, static_cast<int>(text.n), true, &hints, 0, top,
                                       percent, score, nullptr, &text_bytes, &reliable);
    g->tag = modern(CLD2::LanguageCode(l));
    g->share = 0;
    for (int i = 0; i < 3; i++)
        if (top[i] == l && l != CLD2::UNKNOWN_LANGUAGE)
            g->share = percent[i] / 100.0;
    return 0;
} catch (...) {
    return WEIR_EFAIL;
}

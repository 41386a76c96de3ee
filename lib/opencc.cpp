// OpenCC behind C.  Every entry is a function-try-block: no exception crosses.
#include <opencc/Config.hpp>
#include <opencc/Conversion.hpp>
#include <opencc/ConversionChain.hpp>
#include <opencc/Converter.hpp>
#include <opencc/DictEntry.hpp>
#include <opencc/DictGroup.hpp>
#include <opencc/Exception.hpp>
#include <opencc/Lexicon.hpp>
#include <opencc/MaxMatchSegmentation.hpp>

#include "opencc_dict.h"
#include "weir/buf.h"

namespace
{

struct reader {
    opencc_entry_fn fn;
    void *ctx;
    unsigned stage;
};

int read_dict(const opencc::Dict &d, const reader &r, unsigned number)
{
    for (const auto &entry : *d.GetLexicon()) {
        const std::string key = entry->Key(), value = entry->GetDefault();
        const int rc =
            r.fn(r.ctx, r.stage, number, {key.data(), key.size()}, {value.data(), value.size()});
        if (rc < 0)
            return rc;
    }
    return 0;
}

int read_stage(const opencc::DictPtr &d, const reader &r)
{
    const auto *group = dynamic_cast<const opencc::DictGroup *>(d.get());
    if (!group)
        return read_dict(*d, r, 0);
    unsigned number = 0;
    for (const auto &one : group->GetDicts())
        if (const int rc = read_dict(*one, r, number++))
            return rc;
    return 0;
}

} // namespace

extern "C" int opencc_read(const char *config, opencc_entry_fn fn, void *ctx, weir_err *err)
try {
    const opencc::ConverterPtr c = opencc::Config().NewFromFile(config);
    const auto *cut =
        dynamic_cast<const opencc::MaxMatchSegmentation *>(c->GetSegmentation().get());
    if (!cut)
        return weir_err_set(err, WEIR_EBAD, "OpenCC: %s segments in an unknown way", config);
    reader r{fn, ctx, 0};
    if (const int rc = read_stage(cut->GetDict(), r))
        return rc;
    for (const auto &conversion : c->GetConversionChain()->GetConversions()) {
        r.stage++;
        if (const int rc = read_stage(conversion->GetDict(), r))
            return rc;
    }
    return 0;
} catch (const std::bad_alloc &) {
    return weir_err_set(err, WEIR_EMEM, "out of memory");
} catch (const opencc::Exception &e) {
    return weir_err_set(err, WEIR_EIO, "OpenCC: %s: %s", config, e.what());
} catch (...) {
    return weir_err_set(err, WEIR_EIO, "OpenCC: %s cannot be read", config);
}

extern "C" int opencc_convert(const char *config, struct weir_span text, struct weir_buf *out)
try {
    const std::string s =
        opencc::Config().NewFromFile(config)->Convert(std::string(text.p, text.n));
    weir_buf_add(out, s.data(), s.size());
    return out->failed ? WEIR_EMEM : 0;
} catch (...) {
    return WEIR_EFAIL;
}
